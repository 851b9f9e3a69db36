"""The hours of a round as choices, with what is left of each: for who comes, and for who puts somebody on the list."""

from __future__ import annotations

from core.dialogue import Choice
from core.rounds import Round
from handlers.form import labelled
from handlers.turn import Turn
from storage import joins

ANY = "any"


async def of_round(turn: Turn, round_: Round, person_id: int | None, *, full: str = "join.slot.full") -> list[Choice]:
    """Every hour, then "any". The seat that the person has already is counted as free. `full`: how an hour without seats is said."""
    room = await joins.room(turn.tx, round_, but_for=person_id)
    choices = []
    for slot in round_.slots:
        left = room.slots[slot.starts] if room.total is None else min(room.slots[slot.starts], room.total)
        message = "join.slot.free" if left > 0 else full
        hour = turn.voice.hour(slot.starts)
        label = turn.text(message, hour=hour, count=max(0, left))
        choices.append(Choice(slot.starts, label, (slot.starts, hour, *_said(slot.starts))))
    return [*choices, *labelled(turn, **{ANY: "join.slot.any"})]


def _said(starts: str) -> tuple[str, ...]:
    """An hour as people type it: "7h", "7h30", "7:30"."""
    hour, minute = int(starts[:2]), starts[3:]
    if minute == "00":
        return f"{hour}h", f"{hour} giờ", f"{hour}:00", f"{hour}h00"
    return f"{hour}h{minute}", f"{hour} giờ {minute}", f"{hour}:{minute}"

"""The list of a round as it is now, as a file: an officer's own units, an administrator's all."""

from __future__ import annotations

from core.authority import own_units
from core.rounds import Round
from handlers.turn import Turn
from storage import donors, records


async def hand_out(turn: Turn, round_: Round) -> None:
    """The file, and how many are on it; kept on record, for it holds numbers."""
    index = await turn.unit_index()
    own = own_units(turn.person, index)
    unit_ids = None if own is None else sorted(own)
    unit = index.get(turn.person.unit_id) if own is not None else None
    rows = await donors.count(turn.tx, unit_ids, round_id=round_.id)
    await records.add_audit(
        turn.tx,
        turn.person.address,
        "export",
        at=turn.at,
        list="registration",
        unit=unit.code if unit else "all",
        round=round_.code,
        format="xlsx",
        rows=rows,
    )
    if not rows:
        turn.say("list.now_empty", "/list", name=round_.name)
        return
    text = turn.text("list.now", name=round_.name, count=rows)
    name = unit.name if unit else ""
    turn.document("registration.xlsx", text, units=unit_ids, unit=name, round=round_.code, rows=rows)

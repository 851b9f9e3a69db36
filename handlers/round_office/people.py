"""Those who have joined, and those who wait: what a change means for them."""

from __future__ import annotations

from core.rounds import Round, RoundState
from handlers.joining_offers import offer_seats
from handlers.round_changes import is_news
from handlers.turn import Turn
from storage import joins, rounds


async def told(turn: Turn, before: Round, after: Round) -> str:
    """How many people will hear of a change; "" where it is no news to anybody."""
    if not is_news(before, after):
        return ""
    counts = await joins.counts(turn.tx, before.id)
    count = counts.seated + counts.waiting + counts.maybe
    if not count:
        return turn.text("rounds.told_none")
    off = after.state is RoundState.CANCELLED
    return turn.text("rounds.told_off" if off else "rounds.told", count=count)


async def stays(turn: Turn, before: Round, after: Round) -> list[str]:
    """Who keeps what a change would not give them any more: a place over the capacity, a name on a list of other units."""
    lines = []
    counts = await joins.counts(turn.tx, before.id)
    if after.capacity != before.capacity and after.capacity is not None and counts.seated > after.capacity:
        lines.append(turn.text("rounds.overfull", seated=counts.seated))
    if after.units != before.units and after.units:
        index = await turn.unit_index()
        invited = await joins.active_of_units(turn.tx, before.id, sorted(index.below_all(after.units)))
        if left_out := counts.seated + counts.waiting + counts.maybe - len(invited):
            lines.append(turn.text("rounds.left_out", count=left_out))
    return lines


async def offer(turn: Turn, round_id: int) -> None:
    """Whatever a change has freed goes to the next in the line."""
    round_ = await rounds.by_id(turn.tx, round_id)
    assert round_ is not None
    for draft in await offer_seats(turn.tx, turn.house, round_, turn.now):
        turn.tell(draft)

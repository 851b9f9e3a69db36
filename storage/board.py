"""How far each unit is with a round: one question to the index of answers, whoever asks and however many donors there are."""

from __future__ import annotations

from core.board import NOBODY, Board, Sight, Tally, as_of_today, make_board
from storage import quotas
from storage.database import Tx

# What an answer counts as; a seat that is offered is not taken yet.
_STATES = {
    "certain": Tally(certain=1),
    "maybe": Tally(maybe=1),
    "waiting": Tally(waiting=1),
    "offered": Tally(waiting=1),
}
_OUTCOMES = {"gave": Tally(came=1, gave=1), "deferred": Tally(came=1)}


async def counted(tx: Tx, round_id: int) -> dict[int | None, Tally]:
    """The people of a round by the unit that their answer counts for."""
    rows = await tx.all(
        # The order of the index joins_board: it is read once from end to end, and nothing is sorted.
        "SELECT unit_id, state, outcome, count(*) FROM joins WHERE round_id = ? GROUP BY unit_id, state, outcome",
        (round_id,),
    )
    found: dict[int | None, Tally] = {}
    for unit_id, state, outcome, people in rows:
        said, came = _STATES.get(state, NOBODY), _OUTCOMES.get(outcome, NOBODY)
        found[unit_id] = found.get(unit_id, NOBODY) + _times(said + came, people)
    return found


def _times(one: Tally, people: int) -> Tally:
    return Tally(one.certain * people, one.maybe * people, one.waiting * people, one.came * people, one.gave * people)


async def of_round(tx: Tx, round_id: int, sight: Sight) -> Board:
    """The board of a round, for one reader."""
    return make_board(await counted(tx, round_id), as_of_today(await quotas.of_round(tx, round_id), sight.index), sight)

"""How far each unit is with a round: one question to the index of answers, whoever asks and however many donors there are."""

from __future__ import annotations

from core.board import Board, Sight, Tally, as_of_today, make_board
from storage import quotas
from storage.database import Tx

# As the fields of a Tally. A seat that is offered is not taken yet; who was sent home came too.
_COUNTED = (
    "SELECT unit_id, sum(state = 'certain'), sum(state = 'maybe'), sum(state IN ('waiting', 'offered')),"
    " coalesce(sum(outcome IN ('gave', 'deferred')), 0), coalesce(sum(outcome = 'gave'), 0)"
    # In the order of the index joins_board, which holds all of it: read once from end to end, and nothing is sorted.
    " FROM joins WHERE round_id = ? GROUP BY unit_id"
)


async def counted(tx: Tx, round_id: int) -> dict[int | None, Tally]:
    """The people of a round by the unit that their answer counts for."""
    return {unit_id: Tally(*people) for unit_id, *people in await tx.all(_COUNTED, (round_id,))}


async def of_round(tx: Tx, round_id: int, sight: Sight) -> Board:
    """The board of a round, for one reader."""
    return make_board(await counted(tx, round_id), as_of_today(await quotas.of_round(tx, round_id), sight.index), sight)

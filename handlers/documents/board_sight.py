"""What the documents about a round's board share: its params, and the board that they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.board import Board, Sight
from core.rounds import Round
from core.units import UnitIndex
from handlers.documents.paper import Paper, Params, slug
from storage import board, rounds
from storage.database import Tx
from storage.units import UnitsCache


@dataclass(frozen=True, slots=True)
class Seen:
    """A round, its board for one reader, and the units by which it is told."""

    round: Round
    board: Board
    index: UnitIndex


async def load(tx: Tx, paper: Paper, params: Params, key: str = "round") -> Seen:
    """The board of `params[key]` for who answers for `params["units"]` (None: all). Raises LookupError where the round is no more."""
    found = await rounds.by_code(tx, params[key])
    if found is None:
        raise LookupError(f"no round has the code {params[key]}")
    units, trees = params["units"], UnitsCache()
    own = None if units is None else frozenset((await trees.index(tx, paper.today)).below_all(units))
    index = await trees.index(tx, day_of(found, paper.today, now=params.get("now", False)))
    sight = Sight(index, own, found.units)
    return Seen(found, await board.of_round(tx, found.id, sight), index)


def day_of(round_: Round, today: date, *, now: bool) -> date:
    """The day whose tree a board goes by: what was over before a reform stays with the units of its day, unless asked otherwise."""
    return today if now else min(today, round_.held_on)


def filename(what: str, params: Params, paper: Paper, suffix: str) -> str:
    """As "tien-do-ls-2026-11-2026-11-22.png"."""
    return f"{slug(what, params['round'], paper.today.isoformat())}.{suffix}"

"""Which rounds a person follows, and what of them: looked up in the tables at every step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from core.authority import follows, own_units
from core.board import Board, Sight
from core.dates import show_date, show_weekday
from core.people import Role
from core.rounds import Round, RoundState
from core.unclear import Unclear
from core.units import UnitIndex
from handlers.form import Answers
from handlers.in_hand import screens_about
from handlers.turn import Turn
from storage import board, records, rounds

ROUND = "round"  # The answer that holds the code of the round in hand.
NOW = "now"  # The answer that is there where a round of long ago is told by the units of today.
_BACK, _AHEAD = timedelta(days=730), timedelta(days=730)
_SHOWN = (RoundState.OPEN, RoundState.CLOSED, RoundState.DONE)


@dataclass(frozen=True, slots=True)
class Seen:
    """A round, its board for the person, and the units by which it is told: those of its day, or with `now` those of today.

    `reformed`: some of the units have ended since.
    """

    round: Round
    board: Board
    index: UnitIndex
    now: bool = False
    reformed: bool = False


async def followed(turn: Turn) -> list[Round]:
    """Rounds that the person may follow: the next one first, those that are over last."""
    own = own_units(turn.person, await turn.unit_index())
    found = await rounds.between(turn.tx, turn.today - _BACK, turn.today + _AHEAD)
    mine = [round_ for round_ in found if _shown(round_, own, await turn.unit_index())]
    past = [round_ for round_ in mine if round_.held_on < turn.today]
    return [round_ for round_ in mine if round_.held_on >= turn.today] + past[::-1]


def _shown(round_: Round, own: frozenset[int] | None, index: UnitIndex) -> bool:
    return round_.state in _SHOWN and follows(round_, own, index)


async def find(turn: Turn, code: str) -> Round | None:
    """The round of a code, where the person may follow it; None also where there is none. A refusal is kept."""
    round_ = await rounds.by_code(turn.tx, code)
    if round_ is None:
        return None
    index = await turn.unit_index()
    if _shown(round_, own_units(turn.person, index), index):
        return round_
    await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="progress", round=round_.code)
    return None


async def see(turn: Turn, round_: Round, *, now: bool = False) -> Seen:
    """The board of a round for the person. Authority is of today, the tree of the round's day; with `now` the tree is too."""
    today = await turn.unit_index()
    index = today if now else await turn.house.units.index(turn.tx, min(turn.today, round_.held_on))
    sight = Sight(index, own_units(turn.person, today), round_.units)
    made = await board.of_round(turn.tx, round_.id, sight)
    units = filter(None, (today.get(line.unit_id) for line in made.lines))
    return Seen(round_, made, index, now, any(map(today.ended, units)))


async def document(turn: Turn, name: str, text: str, seen: Seen, **more: str) -> None:
    """A file of the board, for the units that the person answers for."""
    units = None if turn.person.role is Role.ADMIN else sorted(turn.person.units_as(Role.OFFICER))
    turn.document(name, text, round=seen.round.code, units=units, now=seen.now, **more)


def label(turn: Turn, round_: Round) -> str:
    """A round on a button: its name and its day."""
    weekday = show_weekday(round_.held_on, turn.language)
    return turn.text("join.listed", name=round_.name, weekday=weekday, date=show_date(round_.held_on))


async def _in_hand(turn: Turn, answers: Answers) -> Seen:
    if (round_ := await find(turn, answers[ROUND])) is None:
        raise Unclear("progress.refused", contact=turn.settings.contact)
    return await see(turn, round_, now=NOW in answers)


asks, reads = screens_about(_in_hand)

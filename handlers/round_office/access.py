"""Which rounds a person has in hand. Looked up in the tables at every step: a button, or a role of yesterday, gives nothing."""

from __future__ import annotations

from datetime import date

from core.authority import may_invite
from core.rounds import Round
from core.unclear import Unclear
from handlers.form import Answers
from handlers.in_hand import screens_about
from handlers.turn import Turn
from storage import records, rounds

ROUND = "round"  # The answer that holds the code of the round in hand.
LEAVE = "_leave"  # The command that an answer leads to, out of these screens.
_FIRST = date(2000, 1, 1)


async def all_mine(turn: Turn) -> list[Round]:
    """Every round that the person may manage, in order of date."""
    index = await turn.unit_index()
    plan = await rounds.between(turn.tx, _FIRST, date.max)
    return [round_ for round_ in plan if may_invite(turn.person, round_.units, index)]


async def find(turn: Turn, code: str) -> Round | None:
    """The round of a code, where the person may manage it; None also where there is none: who may not must not learn which it is."""
    round_ = await rounds.by_code(turn.tx, code)
    if round_ is None:
        return None
    if may_invite(turn.person, round_.units, await turn.unit_index()):
        return round_
    await audit(turn, "refused", round_, command="rounds")
    return None


async def audit(turn: Turn, action: str, round_: Round, **detail: object) -> None:
    """Keep who did what to which round: codes and counts alone."""
    await records.add_audit(turn.tx, turn.person.address, action, at=turn.at, round=round_.code, **detail)


async def _in_hand(turn: Turn, answers: Answers) -> Round:
    if (round_ := await find(turn, answers[ROUND])) is None:
        raise Unclear("rounds.refused", contact=turn.settings.contact)
    return round_


asks, reads = screens_about(_in_hand, "/rounds")

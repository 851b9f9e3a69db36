"""Which rounds a person has in hand. Looked up in the tables at every step: a button, or a role of yesterday, gives nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

from core.authority import may_invite
from core.rounds import Round
from handlers.form import Answers, Ask, Finish, Given, Prompt, Read
from handlers.turn import Turn
from storage import records, rounds

ROUND = "round"  # The answer that holds the code of the round in hand.
LEAVE = "_leave"  # The command that an answer leads to, out of these screens.
_FIRST = date(2000, 1, 1)

AskRound = Callable[[Turn, Answers, Round], Awaitable[Prompt]]
ReadRound = Callable[[Turn, Answers, Given, Round], Awaitable[object]]


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


def refusal(turn: Turn) -> str:
    """What is said where the round is not the person's."""
    return turn.text("rounds.refused", contact=turn.settings.contact)


async def audit(turn: Turn, action: str, round_: Round, **detail: object) -> None:
    """Keep who did what to which round: codes and counts alone."""
    await records.add_audit(turn.tx, turn.person.address, action, at=turn.at, round=round_.code, **detail)


def asks(ask: AskRound) -> Ask:
    """A question about the round in hand; where it is not (or no longer) the person's, the refusal stands in its place."""

    async def asked(turn: Turn, answers: Answers) -> Prompt:
        round_ = await find(turn, answers[ROUND])
        return await ask(turn, answers, round_) if round_ else Prompt(refusal(turn))

    return asked


def reads(read: ReadRound) -> Read:
    """An answer about the round in hand. Where it is not (or no longer) the person's, the form ends."""

    async def answered(turn: Turn, answers: Answers, given: Given) -> object:
        round_ = await find(turn, answers[ROUND])
        if round_ is None:
            raise Finish(refusal(turn), "/rounds")
        return await read(turn, answers, given, round_)

    return answered

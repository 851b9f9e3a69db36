"""Choosing a round: the one to follow, or an earlier one to set beside it."""

from __future__ import annotations

from collections.abc import Sequence

from core.dialogue import Choice
from core.rounds import Round
from core.unclear import Unclear
from handlers.form import Answers, AskAgain, Given, GoTo, Prompt, labelled
from handlers.progress import board, compare, scope
from handlers.progress.scope import Seen
from handlers.turn import Turn

_PAGE = 6
_VIEW = "_page"


async def ask_round(turn: Turn, answers: Answers) -> Prompt:
    """Which round to follow."""
    found = await scope.followed(turn)
    if not found:
        return Prompt(turn.text("progress.no_rounds"))
    return Prompt(turn.text("progress.which"), _page(turn, answers, found))


def _page(turn: Turn, answers: Answers, found: Sequence[Round]) -> list[Choice]:
    page = answers.get(_VIEW, 0)
    shown = found[page * _PAGE : (page + 1) * _PAGE]
    ways = {"more": "unit.more"} if (page + 1) * _PAGE < len(found) else {}
    ways |= {"fewer": "unit.fewer"} if page else {}
    choices = [Choice(f"r{round_.code}", scope.label(turn, round_), (round_.code, round_.name)) for round_ in shown]
    return [*choices, *labelled(turn, **ways)]


def _picked(answers: Answers, given: Given) -> str:
    """The code of the round that was chosen; AskAgain after a turn of the page."""
    if given.value is None:
        raise Unclear("unclear.choice")
    if given.value in ("more", "fewer"):
        answers[_VIEW] = max(0, answers.get(_VIEW, 0) + (1 if given.value == "more" else -1))
        raise AskAgain
    answers.pop(_VIEW, None)
    return given.value[1:]


async def read_round(turn: Turn, answers: Answers, given: Given) -> object:
    """Its board, with the picture."""
    answers[scope.ROUND] = code = _picked(answers, given)
    if round_ := await scope.find(turn, code):
        await board.send_picture(turn, await scope.see(turn, round_))
    raise GoTo("board")


def _earlier(found: Sequence[Round], seen: Seen) -> list[Round]:
    return [round_ for round_ in found if round_.held_on < seen.round.held_on]


@scope.asks
async def ask_earlier(turn: Turn, answers: Answers, seen: Seen) -> Prompt:
    """Which earlier round to set beside the one in hand; the last one first."""
    found = sorted(_earlier(await scope.followed(turn), seen), key=lambda round_: round_.held_on, reverse=True)
    if not found:
        return Prompt(turn.text("progress.no_earlier"))
    return Prompt(turn.text("progress.earlier", name=seen.round.name), _page(turn, answers, found))


@scope.reads
async def read_earlier(turn: Turn, answers: Answers, given: Given, seen: Seen) -> object:
    """Both side by side."""
    code = _picked(answers, given)
    before = await scope.find(turn, code)
    if before is None:
        raise Unclear("unclear.choice")
    raise GoTo("again", await compare.show(turn, await scope.see(turn, before), seen))

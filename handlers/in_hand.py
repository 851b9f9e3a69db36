"""Screens about one thing: it is looked up in the tables at every step, because a button, or a role of yesterday, gives nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from core.unclear import Unclear
from handlers.form import Answers, Ask, Finish, Given, Prompt, Read
from handlers.turn import Turn

T = TypeVar("T")
Find = Callable[[Turn, Answers], Awaitable[T]]
AskAbout = Callable[[Turn, Answers, T], Awaitable[Prompt]]
ReadAbout = Callable[[Turn, Answers, Given, T], Awaitable[object]]


def screens_about(find: Find[T], *commands: str) -> tuple[Callable[[AskAbout[T]], Ask], Callable[[ReadAbout[T]], Read]]:
    """(asks, reads): what makes questions and answers about it into those of a form. `find` raises Unclear, with a sentence, where it
    is not (or no longer) the person's: that stands in the question's place, and the answer ends the form, with these commands.
    """

    def asks(ask: AskAbout[T]) -> Ask:
        async def asked(turn: Turn, answers: Answers) -> Prompt:
            try:
                thing = await find(turn, answers)
            except Unclear as unclear:
                return Prompt(turn.text(unclear.reason, **unclear.params))
            return await ask(turn, answers, thing)

        return asked

    def reads(read: ReadAbout[T]) -> Read:
        async def answered(turn: Turn, answers: Answers, given: Given) -> object:
            try:
                thing = await find(turn, answers)
            except Unclear as unclear:
                raise Finish(turn.text(unclear.reason, **unclear.params), *commands) from None
            return await read(turn, answers, given, thing)

        return answered

    return asks, reads

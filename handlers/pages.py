"""Long lists on small screens: a page of them, and the ways to turn it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from core.dialogue import Choice
from handlers.form import Answers, AskAgain, labelled
from handlers.turn import Turn

PAGE = 6  # With the ways to turn the page and two things more to do, no screen has more than ten choices.
_KEY = "_page"
_Item = TypeVar("_Item")


def shown(answers: Answers, items: Sequence[_Item]) -> Sequence[_Item]:
    """The page that is looked at; the last one where the list has become shorter."""
    page = _at(answers, len(items))
    return items[page * PAGE : (page + 1) * PAGE]


def ways(turn: Turn, answers: Answers, count: int) -> list[Choice]:
    """The buttons to the next page and to the one before."""
    page = _at(answers, count)
    more = {"more": "unit.more"} if (page + 1) * PAGE < count else {}
    return labelled(turn, **more, **({"fewer": "unit.fewer"} if page else {}))


def offered(turn: Turn, **values: str) -> list[Choice]:
    """Choices value=message id, in order. Typed, they are known by their labels in every language and by nothing else."""
    return [Choice(value, turn.text(message), (f"@{message}",)) for value, message in values.items()]


def turn_page(answers: Answers, value: str | None) -> None:
    """Raises AskAgain where a button turned the page."""
    if value in ("more", "fewer"):
        answers[_KEY] = max(0, int(answers.get(_KEY) or 0) + (1 if value == "more" else -1))
        raise AskAgain


def begin(answers: Answers) -> None:
    """A list is looked at from its first page."""
    answers.pop(_KEY, None)


def first(answers: Answers, count: int) -> int:
    """The place in the list (from 0) of the first one shown."""
    return _at(answers, count) * PAGE


def _at(answers: Answers, count: int) -> int:
    return min(int(answers.get(_KEY) or 0), max(0, count - 1) // PAGE)


def told_apart(choices: Sequence[Choice]) -> list[Choice]:
    """The same choices; of those that read alike the second says so, and the third: a label must mean one thing."""
    seen: dict[str, int] = {}
    apart = []
    for choice in choices:
        seen[choice.label] = number = seen.get(choice.label, 0) + 1
        apart.append(choice._replace(label=f"{choice.label} ({number})") if number > 1 else choice)
    return apart

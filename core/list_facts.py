"""What reading a list is made of: cells, the facts of one person, and why a person should look at a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, NamedTuple

from core.unclear import Unclear
from core.vietnamese import fold, nfc

Cell = str | int | float | bool | date | time | None
Facts = dict[str, Any]  # of one person, as JSON values; what the row does not say is not there

_QUOTED = 60
_NOTHING = frozenset(("", "-", "--", "...", "…", "/", "n/a", "khong", "khong co", "k", "ko", "chua co"))


class Doubt(NamedTuple):
    """Why a person should look at a row: message id and what fills it. `field`: the fact concerned, or "".

    `choices`: what it may mean, as values of that fact. `grave`: nothing can be taken as read, so that the row must be mended or left out.
    """

    field: str
    message: str
    params: Mapping[str, Any] = {}
    choices: tuple[Any, ...] = ()
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What a cell says of its fact. `value` None: nothing. `notes`: what was mended on the way and is told in a sum."""

    value: Any = None
    doubts: tuple[Doubt, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Occasion:
    """By what ages are counted: the day the file is read, and the year that its title or date names."""

    today: date
    year: int


@dataclass
class Draft:
    """A row on its way: facts, doubts and notes as they come together."""

    facts: Facts = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(self, name: str, said: Said) -> None:
        """Add what a cell says of a fact."""
        if said.value is not None:
            self.facts[name] = said.value
        self.doubts += said.doubts
        self.notes += said.notes


def text_of(cell: Cell) -> str:
    """A cell as one line of text; a whole number without its point; "" for an empty one, and for what marks one."""
    if isinstance(cell, float):
        cell = int(cell) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.12g}"
    text = nfc(str("" if cell is None else cell))
    return "" if fold(text).strip(" .") in _NOTHING else text


def quoted(cell: Cell) -> str:
    """A cell as a question repeats it."""
    text = text_of(cell)
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED].rstrip()}…"


def unread(name: str, cell: Cell, unclear: Unclear, *, grave: bool) -> Said:
    """The doubt about a cell that nobody can read, with the reason that a form would give."""
    inside = {"typed": quoted(cell), "reason": unclear.reason, "reason_params": dict(unclear.params)}
    return Said(doubts=(Doubt(name, f"list.doubt.{name}", inside, grave=grave),))

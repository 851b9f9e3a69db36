"""Changes of units from a day on: a table of the steps that each asks for, and what has been answered so far.

What is answered lies under one key ("way"), so that beginning another change forgets it all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from core.dates import read_date
from core.round_grammar import read_words
from handlers.form import Answers, Given, GoTo, Prompt, labelled
from handlers.turn import Turn
from handlers.unit_office import access, fields

WAY = "way"
# What each change asks for, in order. `also`, `parts`, `into`, `parent` and `sector` are units, asked for by one question.
STEPS: dict[str, tuple[str, ...]] = {
    "add": ("name", "kind", "day"),
    "rename": ("name", "day", "note"),
    "move": ("parent", "day"),
    "reports": ("sector", "day"),
    "merge": ("also", "into", "day", "note"),
    "split": ("parts", "day", "note"),
    "dissolve": ("day", "note"),
}
PICKS = ("also", "parts", "into", "parent", "sector")


@dataclass
class Way:
    """The change in hand. A part, and `into`, is an id, or the name of a unit that is to be made; `below`: where a new one is added."""

    do: str = ""
    below: int | None = None
    step: int = 0
    name: str = ""
    kind: str = ""
    into: int | str | None = None
    drop: int | None = None
    also: list[int] = field(default_factory=list)
    parts: list[int | str] = field(default_factory=list)
    day: str = ""
    note: str = ""

    @property
    def asked(self) -> str:
        """What is asked for now; "preview" at the end."""
        steps = STEPS[self.do]
        return steps[self.step] if self.step < len(steps) else "preview"

    @property
    def on(self) -> date | None:
        """The day from which it holds; None: since ever."""
        return date.fromisoformat(self.day) if self.day else None


def way_of(answers: Answers) -> Way:
    """The change in hand."""
    return Way(**answers[WAY])


def keep(answers: Answers, way: Way) -> None:
    """Keep what has been answered."""
    answers[WAY] = dict(vars(way))


def begin(answers: Answers, do: str, unit_id: int | None) -> GoTo:
    """To the first question of a change, of this unit, or (add) below it; None: of a new root."""
    way = Way(do, below=unit_id)
    keep(answers, way)
    return _ask_for(way)


def go_on(answers: Answers, way: Way, after: str = "") -> GoTo:
    """To the next question of the change, or to the one behind another, which was asked once more."""
    way.step = (STEPS[way.do].index(after) if after else way.step) + 1
    keep(answers, way)
    return _ask_for(way)


def _ask_for(way: Way) -> GoTo:
    return GoTo("unit" if way.asked in PICKS else way.asked)


async def ask_name(turn: Turn, answers: Answers) -> Prompt:
    """What a unit is called from then on, or a new one at all."""
    way = way_of(answers)
    return Prompt(turn.text("units.ask.new_rename" if way.do == "rename" else "units.ask.new_name"))


async def read_name(_: Turn, answers: Answers, given: Given) -> object:
    """Of a part, back to the list of the parts."""
    way, name = way_of(answers), fields.read_name(given.text)
    if way.asked == "parts":
        way.parts.append(name)
        keep(answers, way)
        raise GoTo("unit")
    if way.asked == "into":
        way.into = name
    else:
        way.name = name
    raise go_on(answers, way)


async def read_kind(turn: Turn, answers: Answers, given: Given) -> object:
    """The kind of a new unit, or of one that is corrected."""
    kind = fields.kind_given(turn, answers, given)
    way = way_of(answers)
    if way.do == "edit":
        unit = await access.find(turn, answers.get(access.UNIT))
        if unit is None:
            raise GoTo("list", access.refusal(turn))
        raise await fields.save(turn, unit, "kind", kind)
    way.kind = kind
    raise go_on(answers, way, "kind")


async def ask_day(turn: Turn, answers: Answers) -> Prompt:
    """From which day on. A new unit may have been there all along."""
    way = way_of(answers)
    ever = {"ever": "units.since_ever"} if way.do in ("add", "move", "reports") and way.drop is None else {}
    return Prompt(turn.text("units.ask.day"), labelled(turn, today="units.today", **ever))


async def read_day(turn: Turn, answers: Answers, given: Given) -> object:
    """A day of the calendar, also one that is to come."""
    way = way_of(answers)
    if given.value == "today":
        way.day = turn.today.isoformat()
    elif given.value == "ever":
        way.day = ""
    else:
        way.day = read_date(given.text, turn.today).isoformat()
    raise go_on(answers, way, "day")


async def ask_note(turn: Turn, _: Answers) -> Prompt:
    """Which paper says so."""
    return Prompt(turn.text("units.ask.note"), labelled(turn, skip="units.no_note"))


async def read_note(_: Turn, answers: Answers, given: Given) -> object:
    """It stands on the card of the unit."""
    way = way_of(answers)
    way.note = "" if given.value == "skip" else read_words(given.text)
    raise go_on(answers, way, "note")

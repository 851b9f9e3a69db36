"""What a cell of each column of a plan says, as fields of a round; what nobody can read raises Unclear with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import Any, NamedTuple

from core import round_grammar as grammar
from core.dates import read_time
from core.findings import Finding
from core.plan_cells import (
    Hours,
    Places,
    PlanDay,
    count_cell,
    date_cell,
    hours_cell,
    list_cell,
    percent_cell,
    place_cell,
    yes_cell,
)
from core.plan_cells import Read as CellRead
from core.rounds import RoundState
from core.sheet_table import Cell, text_of
from core.unclear import Unclear
from core.vietnamese import fold

Facts = dict[str, Any]  # fields of a round as JSON values; what the file does not name is not there

LONGEST = 300  # letters of one fact: it is to be read on a phone
NOTHING = ("-", "–")  # An empty cell says nothing; this says that there is none.
_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
_BEFORE_NUMBER = re.compile(r"^(?:dot|so|round)\s*(?:so|thu)?\s*")
_SECONDS = re.compile(r"^(\d{1,2}:\d\d):00$")
_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
    "xi": 11,
    "xii": 12,
}

STATES: dict[RoundState, tuple[str, ...]] = {
    RoundState.DRAFT: ("nhap", "ban nhap", "du thao", "draft"),
    RoundState.OPEN: ("mo", "dang mo", "mo dang ky", "open"),
    RoundState.CLOSED: ("dong", "da dong", "dong dang ky", "closed"),
    RoundState.DONE: ("xong", "da xong", "da to chuc", "hoan thanh", "done"),
    RoundState.CANCELLED: ("huy", "da huy", "cancelled", "canceled"),
}
_STATES = {word: state for state, words in STATES.items() for word in words}
_EVERYBODY = frozenset(("tat ca", "moi nguoi", "moi don vi", "toan tinh", "all", "everybody", "everyone"))


class Said(NamedTuple):
    """What a cell says, and the questions that it raises. Without facts it could not be read, and the questions say why."""

    facts: Facts
    asked: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Occasion:
    """What cells are read with: the day, for years of two digits, and the year of the plan, for days without one."""

    today: date
    year: int | None = None


Read = Callable[[Cell, Occasion], Said]


def _plain(cell: Cell) -> str:
    """A cell as text; a number that Excel keeps with a fraction of zero is whole."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else text_of(cell)


def _short(text: str) -> str:
    if len(text) > LONGEST:
        raise Unclear("import.wrong.long", highest=LONGEST)
    return text


def _text(name: str) -> Read:
    return lambda cell, _: Said({name: _short(text_of(cell))})


def _cell(read: Callable[[Cell], CellRead[Any]], made: Callable[[Any], Facts], empty: Facts) -> Read:
    """As plans write it. `made`: the facts of what was read; `empty`: those of a cell that says that there is nothing."""

    def said(cell: Cell, _: Occasion) -> Said:
        if cell is None:
            return Said(empty)
        found = read(cell)
        return Said({} if found.value is None else made(found.value), found.findings)

    return said


def _typed(read: Callable[[str], Facts], empty: Facts) -> Read:
    """As officers type it in the chat."""
    return lambda cell, _: Said(read(str(cell)) if cell is not None else empty)


def _names(name: str) -> Read:
    return lambda cell, _: Said({name: [_short(one) for one in list_cell(cell).value or ()]})


def _units(cell: Cell, occasion: Occasion) -> Said:
    """Names or codes of units; nobody named is everybody."""
    names = _names("units")(cell, occasion).facts["units"]
    return Said({"units": [] if [fold(name) for name in names] and fold(names[0]) in _EVERYBODY else names})


def _code(cell: Cell, _: Occasion) -> Said:
    text = text_of(cell)
    if not _CODE.fullmatch(text):
        raise Unclear("import.wrong.code")
    return Said({"code": text})


def _number(name: str) -> Read:
    """As "Đợt 4", 4, 4.0 or "IV"."""

    def read(cell: Cell, _: Occasion) -> Said:
        said = _BEFORE_NUMBER.sub("", fold(_plain(cell))).strip(" .:()")
        number = _ROMAN.get(said) or (int(said) if re.fullmatch(r"[0-9]{1,4}", said) else 0)
        if not number:
            raise Unclear("import.wrong.number", text=text_of(cell)[:40])
        return Said({name: number})

    return read


def _state(cell: Cell, _: Occasion) -> Said:
    said = fold(text_of(cell)).strip(" .")
    if said not in _STATES:
        raise Unclear("import.wrong.state", text=text_of(cell)[:40])
    return Said({"state": _STATES[said].value})


def _hour_of(cell: Cell) -> str:
    """An hour as "HH:MM"; Excel may keep it as a part of a day."""
    if isinstance(cell, float) and 0 <= cell < 1:
        minutes = round(cell * 24 * 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    at = cell if isinstance(cell, time) else read_time(_SECONDS.sub(r"\1", text_of(cell)))
    return at.strftime("%H:%M")


def _hour(name: str) -> Read:
    return lambda cell, _: Said({name: _hour_of(cell) if cell is not None else ""})


def _hours_facts(hours: Hours) -> Facts:
    return {"opens": hours.opens, "closes": hours.closes}


def _as_hours(cell: Cell) -> CellRead[Hours]:
    return hours_cell(time.fromisoformat(_hour_of(cell)) if isinstance(cell, float) else cell)


def _places(places: Places) -> Facts:
    return {"place": _short(places.place), "place_or": [_short(place) for place in places.alternatives]}


def _day(name: str) -> Read:
    """A day. "(dự kiến)" beside it makes it tentative."""

    def read(cell: Cell, occasion: Occasion) -> Said:
        def made(day: PlanDay) -> Facts:
            facts: Facts = {name: day.day.isoformat()}
            return facts | ({"tentative": True} if day.tentative and name == "held_on" else {})

        def day_of(cell: Cell) -> CellRead[PlanDay]:
            return date_cell(cell, today=occasion.today, plan_year=occasion.year)

        return _cell(day_of, made, {name: None})(cell, occasion)

    return read


def _capacity(cell: Cell, occasion: Occasion) -> Said:
    """People at most. A round for nobody is a slip: who means "no limit" leaves the cell empty."""
    said = _cell(count_cell, lambda count: {"capacity": count}, {"capacity": None})(cell, occasion)
    if said.facts.get("capacity") == 0:
        raise Unclear("import.wrong.capacity")
    return said


READERS: dict[str, Read] = {
    "code": _code,
    "number": _number("number"),
    "counter": _number("counter"),
    "name": _text("name"),
    "occasion": _text("occasion"),
    "held_on": _day("held_on"),
    "hours": _cell(_as_hours, _hours_facts, {"opens": "", "closes": ""}),
    "opens": _hour("opens"),
    "closes": _hour("closes"),
    "place": _cell(place_cell, _places, {"place": "", "place_or": []}),
    "place_address": _text("place_address"),
    "pin": _typed(grammar.read_spot, {"lat": None, "lon": None}),
    "target": _cell(count_cell, lambda count: {"target": count}, {"target": None}),
    "yield_percent": _cell(percent_cell, lambda share: {"yield_percent": share}, {"yield_percent": None}),
    "capacity": _capacity,
    "slots": _typed(grammar.read_slots, {"slots": []}),
    "parts": _typed(grammar.read_parts, {"parts": []}),
    "deadline_on": _day("deadline_on"),
    "units": _units,
    "leading": _names("leading"),
    "executing": _names("executing"),
    "contact": _text("contact"),
    "tentative": _cell(yes_cell, lambda yes: {"tentative": yes}, {"tentative": False}),
    "state": _state,
}

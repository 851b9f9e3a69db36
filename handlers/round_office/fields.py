"""What a round has to say for itself: one row a field, for the card, the questions, the preview and the change log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from core import round_grammar as grammar
from core.dates import show_date, show_weekday
from core.rounds import Round
from core.vietnamese import fold
from handlers.round_changes import plain
from handlers.turn import Turn

Values = Mapping[str, Any]  # Columns of a round as JSON holds them; a change log may know only some of a field's.
Read = Callable[[str, date], dict[str, Any]]
Show = Callable[[Turn, Values], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Field:
    """`columns` of `Round`. `read`: words, and today, -> columns; raises Unclear. `show`: "" where there is nothing to say.

    `empty`: what the columns are without it, where it may be left out. `choices`: message -> columns, offered as taps.
    `step`: the question that asks for it.
    """

    key: str
    columns: tuple[str, ...]
    show: Show
    read: Read | None = None
    empty: dict[str, Any] | None = None
    choices: dict[str, dict[str, Any]] = field(default_factory=dict)
    step: str = "value"


def values_of(round_: Round, columns: tuple[str, ...]) -> dict[str, Any]:
    """The columns of a round as JSON holds them."""
    return {column: plain(getattr(round_, column)) for column in columns}


async def _show_column(_: Turn, values: Values, *, column: str) -> str:
    value = values.get(column)
    return "" if value is None else str(value)


async def _show_message(turn: Turn, values: Values, *, column: str) -> str:
    """A number with its measure."""
    value = values.get(column)
    return "" if value is None else turn.text(f"rounds.shown.{column}", value=turn.voice.figure(value))


async def _show_names(_: Turn, values: Values, *, column: str) -> str:
    return "; ".join(values.get(column) or ())


async def _show_day(turn: Turn, values: Values, *, column: str) -> str:
    if not values.get(column):
        return ""
    day = date.fromisoformat(values[column])
    return f"{show_weekday(day, turn.language)}, {show_date(day)}"


async def _show_held(turn: Turn, values: Values) -> str:
    day = await _show_day(turn, values, column="held_on")
    if "tentative" not in values:
        return day
    if not day:
        return turn.text("rounds.tentative" if values["tentative"] else "rounds.settled")
    return turn.text("rounds.tentative_day", day=day) if values["tentative"] else day


async def _show_hours(_: Turn, values: Values) -> str:
    return grammar.show_span(values.get("opens") or "", values.get("closes") or "")


async def _show_place(turn: Turn, values: Values) -> str:
    places = [values.get("place") or "", *(values.get("place_or") or ())]
    return f" {turn.text('round.or')} ".join(filter(None, places))


async def _show_map(_: Turn, values: Values) -> str:
    spots = [f"{spot:.6g}" for spot in (values.get("lat"), values.get("lon")) if spot is not None]
    return ", ".join(spots)


async def _show_parts(_: Turn, values: Values) -> str:
    return "; ".join(grammar.show_part(**part) for part in values.get("parts") or ())


async def _show_slots(turn: Turn, values: Values) -> str:
    shown = (
        f"{slot['starts']} ({turn.text('rounds.shown.capacity', value=slot['capacity'])})"
        for slot in values.get("slots") or ()
    )
    return "; ".join(shown)


async def _show_units(turn: Turn, values: Values) -> str:
    index = await turn.unit_index()
    units = [index.get(unit_id) for unit_id in values.get("units") or ()]
    names = sorted((unit.name for unit in units if unit), key=fold)
    return "; ".join(names) or turn.text("rounds.everybody")


async def _show_reminders(turn: Turn, values: Values) -> str:
    value = values.get("reminders")
    if value is None:
        return turn.text("rounds.reminders_usual")
    return value or turn.text("rounds.reminders_none")


async def _show_rules(turn: Turn, values: Values) -> str:
    return values.get("rule_set") or turn.text("rounds.rules_usual")


def _of(show: Callable[..., Awaitable[str]], column: str) -> Show:
    return partial(show, column=column)


def _text(column: str) -> Read:
    return lambda text, _: {column: grammar.read_words(text)}


def _number(column: str, lowest: int, highest: int) -> Read:
    return lambda text, _: {column: grammar.read_number(text, lowest, highest)}


_MOST = 100_000  # More people than any round in the country had.

FIELDS: tuple[Field, ...] = (
    Field("number", ("number",), _of(_show_column, "number"), _number("number", 1, 999)),
    Field("name", ("name",), _of(_show_column, "name"), _text("name")),
    Field("occasion", ("occasion",), _of(_show_column, "occasion"), _text("occasion"), {"occasion": ""}),
    Field(
        "day",
        ("held_on", "tentative"),
        _show_held,
        grammar.read_day,
        choices={"rounds.tentative": {"tentative": True}, "rounds.settled": {"tentative": False}},
    ),
    Field("hours", ("opens", "closes"), _show_hours, grammar.read_span, {"opens": "", "closes": ""}),
    # Another place is at another address, and elsewhere on the map.
    Field("place", ("place", "place_or", "place_address", "lat", "lon"), _show_place, grammar.read_places),
    Field(
        "address", ("place_address",), _of(_show_column, "place_address"), _text("place_address"), {"place_address": ""}
    ),
    Field("map", ("lat", "lon"), _show_map, grammar.read_spot, {"lat": None, "lon": None}),
    Field("parts", ("parts",), _show_parts, grammar.read_parts, {"parts": []}),
    Field("target", ("target",), _of(_show_message, "target"), _number("target", 1, _MOST), {"target": None}),
    Field(
        "share",
        ("yield_percent",),
        _of(_show_message, "yield_percent"),
        lambda text, _: {"yield_percent": grammar.read_percent(text)},
        {"yield_percent": None},
    ),
    Field("capacity", ("capacity",), _of(_show_message, "capacity"), _number("capacity", 1, _MOST), {"capacity": None}),
    Field("slots", ("slots",), _show_slots, grammar.read_slots, {"slots": []}),
    Field(
        "deadline",
        ("deadline_on",),
        _of(_show_day, "deadline_on"),
        lambda text, today: {"deadline_on": grammar.read_day(text, today)["held_on"]},
        {"deadline_on": None},
    ),
    Field("units", ("units",), _show_units, step="unit"),
    Field("leading", ("leading",), _of(_show_names, "leading"), grammar.names_of("leading"), {"leading": []}),
    Field("executing", ("executing",), _of(_show_names, "executing"), grammar.names_of("executing"), {"executing": []}),
    Field("contact", ("contact",), _of(_show_column, "contact"), _text("contact"), {"contact": ""}),
    Field(
        "reminders",
        ("reminders",),
        _show_reminders,
        grammar.read_reminders,
        {"reminders": None},
        {"rounds.reminders_none": {"reminders": ""}},
    ),
    Field("rules", ("rule_set",), _show_rules, step="rules"),
)
BY_KEY = {row.key: row for row in FIELDS}

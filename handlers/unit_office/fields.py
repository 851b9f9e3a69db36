"""Changing what a unit is called and of which kind it is, as it should always have been; from a day on, it is renamed instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.dialogue import Choice
from core.round_grammar import read_words
from core.unclear import Unclear
from core.units import Unit
from core.vietnamese import nfc
from handlers import unit_question
from handlers.form import Answers, AskAgain, Given, GoTo, Prompt, labelled
from handlers.turn import Turn
from handlers.unit_office import access
from storage import reforms

_LONGEST = 200
_PAGE = 8
_KINDS_VIEW = "_kind"
_FIELD = "field"
# In the order of the menu of kinds.
KINDS = (
    "federation", "sector_union", "union", "grassroots_union", "province", "city", "district", "commune", "ward", "township",
    "agency", "hospital", "school", "company", "committee", "red_cross", "youth", "club", "unit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """`read`: words -> column; raises Unclear. `empty`: what stands there where nothing is wanted, None where something must."""

    key: str
    column: str
    value: Callable[[Unit], str]
    read: Callable[[str], Any]
    empty: Any = None


def read_name(text: str) -> str:
    """A name as it is kept. Raises Unclear."""
    name = read_words(text)
    if not any(letter.isalpha() for letter in name):
        raise Unclear("unclear.unit")
    if len(name) > _LONGEST:
        raise Unclear("unclear.long", highest=_LONGEST)
    return name


def _read_aliases(text: str) -> list[str]:
    return list(dict.fromkeys(read_name(part) for part in nfc(text).split(";") if part.strip()))[:20]


FIELDS = (
    Field("name", "name", lambda unit: unit.name, read_name),
    Field("short", "short_name", lambda unit: unit.short_name, read_name, empty=""),
    Field("aliases", "aliases", lambda unit: "; ".join(unit.aliases), _read_aliases, empty=()),
)
BY_KEY = {row.key: row for row in FIELDS}


@access.asks
async def ask_fields(turn: Turn, _: Answers, unit: Unit) -> Prompt:
    """Which field to change."""
    ways = {"name": "units.field.name", "short": "units.field.short"}
    ways |= {"aliases": "units.field.aliases", "kind": "units.field.kind"}
    return Prompt(turn.text("units.fields_ask", name=unit.name), labelled(turn, **ways))


@access.reads
async def read_fields(_: Turn, answers: Answers, given: Given, __: Unit) -> object:
    """The field."""
    if given.value is None:
        raise Unclear("unclear.choice")
    answers[_FIELD] = given.value
    answers["way"] = {"do": "edit"}
    raise GoTo("kind" if given.value == "kind" else "value")


@access.asks
async def ask_value(turn: Turn, answers: Answers, unit: Unit) -> Prompt:
    """What it shall be; what it is now stands in front."""
    row = BY_KEY[answers[_FIELD]]
    label = turn.text(f"units.field.{row.key}")
    now = turn.text("units.now", label=label, value=row.value(unit) or "–")
    empty = {"empty": "units.empty"} if row.empty is not None else {}
    return Prompt(f"{now}\n{turn.text(f'units.ask.{row.key}')}", labelled(turn, **empty))


@access.reads
async def read_value(turn: Turn, answers: Answers, given: Given, unit: Unit) -> object:
    """Written at once: it is a correction, and stands in the log."""
    row = BY_KEY[answers[_FIELD]]
    value = row.empty if given.value == "empty" and row.empty is not None else row.read(given.text)
    raise await save(turn, unit, row.column, value)


async def save(turn: Turn, unit: Unit, column: str, value: object) -> GoTo:
    """Write one column; back to the card with the word that it was done."""
    if column == "name":
        await reforms.correct_name(turn.tx, unit.id, str(value), turn.today)
    else:
        await reforms.edit(turn.tx, unit.id, **{column: value})
    await access.audit(turn, "unit", unit, change="edit", field=column)
    turn.house.units.refresh()
    return GoTo("card", turn.text("units.saved"))


async def ask_kind(turn: Turn, answers: Answers) -> Prompt:
    """Which kind of unit it is."""
    page = answers.get(_KINDS_VIEW, 0)
    shown = KINDS[page * _PAGE : (page + 1) * _PAGE]
    ways = {"more": "unit.more"} if (page + 1) * _PAGE < len(KINDS) else {}
    ways |= {"fewer": "unit.fewer"} if page else {}
    choices = [Choice(f"={kind}", unit_question.kind_of(turn, kind)) for kind in shown]
    return Prompt(turn.text("units.ask.kind"), [*choices, *labelled(turn, **ways)])


def kind_given(turn: Turn, answers: Answers, given: Given) -> str:
    """The kind that was chosen or typed. Raises AskAgain for another page, Unclear for none."""
    if given.value in {"more", "fewer"}:
        answers[_KINDS_VIEW] = answers.get(_KINDS_VIEW, 0) + (1 if given.value == "more" else -1)
        raise AskAgain
    if given.value:
        return given.value[1:]
    said = nfc(given.text).lower()
    found = [kind for kind in KINDS if unit_question.kind_of(turn, kind).lower() == said]
    if not found:
        raise Unclear("unclear.units_kind")
    return found[0]

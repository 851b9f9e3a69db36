"""A plan of the year as tables of a sheet, or as TOML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError

from bot.plans import RoundEntry, UnitEntry, iso_facts
from core.plan_entries import Entry, Plan, Remark, numbered, read_tables, year_of
from core.rounds import RoundState
from core.sheet_table import Table
from core.unclear import Unclear
from core.vietnamese import nfc

_MOST = {"units": 10_000, "rounds": 400}  # of one file
_LINE = re.compile(r"line (\d+)")
_ROUND = re.compile(r"\s*\[\[\s*rounds\s*\]\]")


def read_tables_of_plan(tables: Sequence[Table], today: date, asked: tuple[Remark, ...]) -> Plan:
    """What the tables of a file say. Raises Unclear, with a sentence for the officer, for a file that is refused as a whole."""
    plan = read_tables(tables, today)
    if not plan.entries:
        raise Unclear("import.refused.no_rounds")
    if len(plan.entries) > _MOST["rounds"]:
        raise Unclear("import.refused.long", highest=_MOST["rounds"])
    return Plan(plan.entries, plan.year, (*asked, *plan.asked))


def read_toml(body: bytes, today: date) -> Plan:
    """What a TOML file says. Raises Unclear for a file that is refused as a whole."""
    try:
        data = tomllib.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unclear("import.refused.letters") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = _LINE.search(str(error))
        raise Unclear("import.refused.toml", where=line[1] if line else "?") from error
    if strange := data.keys() - {"units", "rounds"}:
        raise Unclear("import.refused.toml", where=nfc(min(strange))[:40])
    units, rounds = (_tables(data, name) for name in ("units", "rounds"))
    if not units and not rounds:
        raise Unclear("import.refused.no_rounds")
    lines = [number for number, line in enumerate(body.decode("utf-8-sig").split("\n"), 1) if _ROUND.match(line)]
    # Written in line ("rounds = [{…}]") they have no lines of their own to be found by: then they are counted.
    places = lines if len(lines) == len(rounds) else range(1, len(rounds) + 1)
    entries = numbered(map(_entry, places, rounds))
    facts = tuple(_unit(place, table) for place, table in enumerate(units, 1))
    return Plan(tuple(entries), year_of(entries, today), state=RoundState.OPEN, units=facts)


def _tables(data: dict[str, Any], name: str) -> list[Any]:
    """The tables of [[units]] or [[rounds]]."""
    tables = data.get(name, [])
    if not isinstance(tables, list) or len(tables) > _MOST[name]:
        raise Unclear("import.refused.toml", where=name)
    return tables


def _unit(place: int, table: Any) -> dict[str, Any]:
    """One unit. What rounds stand on must be whole, so a wrong one refuses the file."""
    try:
        return UnitEntry.model_validate(table).model_dump(mode="json")
    except ValidationError as error:
        raise Unclear("import.refused.toml", where=f"units {place}: {_first(error)}") from error


def _entry(place: int, table: Any) -> Entry:
    """One round: what it names, and nothing else."""
    try:
        entry = RoundEntry.model_validate(table)
    except ValidationError as error:
        return Entry("", place, {}, (Remark("", "import.wrong.toml", {"where": _first(error)}),))
    return Entry("", place, iso_facts(entry))


def _first(error: ValidationError) -> str:
    """Where the first mistake is; pydantic's own words are English and may quote the file."""
    first = error.errors(include_url=False, include_input=False)[0]
    return ".".join(str(part) for part in first["loc"])[:80] or first["type"]

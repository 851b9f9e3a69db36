"""A plan as a file: .xlsx, .csv or .toml, told apart by what stands in it."""

from __future__ import annotations

import csv
import re
import tomllib
from datetime import date
from pathlib import PurePath
from typing import Any

from pydantic import ValidationError

from bot.plans import RoundEntry, UnitEntry, iso_facts
from bot.sheets import read_csv, read_xlsx
from core.plan_entries import Entry, Plan, Remark, numbered, read_tables, year_of
from core.plan_table import MAX_BYTES, Table, find_table
from core.rounds import RoundState
from core.unclear import Unclear
from core.vietnamese import nfc

_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0"
_TEXTS = (".csv", ".tsv", ".txt")
_MOST = {"units": 10_000, "rounds": 400}  # of one file
_LINE = re.compile(r"line (\d+)")
_ROUND = re.compile(r"\s*\[\[\s*rounds\s*\]\]")


def read_file(name: str, body: bytes, today: date) -> Plan:
    """What the file says. Raises Unclear, with a sentence for the officer, for a file that is refused as a whole."""
    if not body:
        raise Unclear("import.refused.empty")
    if len(body) > MAX_BYTES:
        raise Unclear("import.refused.size", highest=MAX_BYTES >> 20)
    if body.startswith((_ZIP, _OLE)):
        return _xlsx(body, today)
    suffix = PurePath(name).suffix.lower()
    if suffix == ".toml":
        return _toml(body, today)
    if suffix in _TEXTS:
        return _csv(body, today)
    raise Unclear("import.refused.broken" if suffix in (".xlsx", ".xlsm") else "import.refused.kind")


def _xlsx(body: bytes, today: date) -> Plan:
    sheets, hidden = read_xlsx(body)
    tables = [table for sheet in sheets if (table := find_table(sheet))]
    asked = (Remark("", "import.asked.hidden", {"sheets": ", ".join(map(nfc, hidden))[:200]}),) if hidden else ()
    return _plan(tables, today, asked)


def _csv(body: bytes, today: date) -> Plan:
    try:
        sheets, doubtful = read_csv(body)
    except csv.Error as error:
        raise Unclear("import.refused.broken") from error
    # The separator is the one with which most columns make sense.
    tables = [table for sheet in sheets if (table := find_table(sheet))]
    best = sorted(tables, key=lambda table: len(table.columns), reverse=True)[:1]
    return _plan(best, today, (Remark("", "import.asked.letters", {}),) if doubtful else ())


def _plan(tables: list[Table], today: date, asked: tuple[Remark, ...]) -> Plan:
    if not tables:
        raise Unclear("import.refused.no_table")
    plan = read_tables(tables, today)
    if not plan.entries:
        raise Unclear("import.refused.no_rounds")
    if len(plan.entries) > _MOST["rounds"]:
        raise Unclear("import.refused.long", highest=_MOST["rounds"])
    return Plan(plan.entries, plan.year, (*asked, *plan.asked))


def _toml(body: bytes, today: date) -> Plan:
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

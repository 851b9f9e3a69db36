"""What the rows of a plan say: facts of rounds, what is wrong with a row, and what is to be asked about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from core.findings import Weekday
from core.plan_cells import count_cell, weekday_asked
from core.plan_check import check_total
from core.plan_columns import LONGEST, NOTHING, READERS, Facts, Occasion
from core.rounds import RoundState
from core.sheet_table import Line, Table
from core.unclear import Unclear

_NO_FACTS = ("counter", "weekday")  # Columns that help to read a row, and say nothing of the round themselves.
_TWICE = {"code": "import.wrong.twice_code", "number": "import.wrong.twice_number"}
_YEAR = re.compile(r"\bnăm\s+(20\d\d)\b|\b(20\d\d)\s+(?:plan|rounds)\b", re.IGNORECASE)


class Remark(NamedTuple):
    """A sentence about a row, or about the file: message id and what fills it. `field`: the column concerned, or ""."""

    field: str
    message: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `wrong`: why it cannot be saved; `asked`: what a person should look at; `blank`: columns that say nothing here.

    `row` counts as the program shows it, of the sheet named.
    """

    sheet: str
    row: int
    facts: Facts
    wrong: tuple[Remark, ...] = ()
    asked: tuple[Remark, ...] = ()
    blank: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole file. `year`: that its title names, else the one most rounds lie in. `state`: of new rounds that name none.

    `asked`: about the file itself; `units`: that come with the rounds, as files write them.
    """

    entries: tuple[Entry, ...]
    year: int
    asked: tuple[Remark, ...] = ()
    state: RoundState = RoundState.DRAFT
    units: tuple[Facts, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain data for the row of an upload."""
        entries = [
            [e.sheet, e.row, e.facts, remarks_json(e.wrong), remarks_json(e.asked), e.blank] for e in self.entries
        ]
        return {
            "entries": entries,
            "year": self.year,
            "asked": remarks_json(self.asked),
            "state": self.state.value,
            "units": self.units,
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> Plan:
        """The inverse of `to_json`."""
        entries = tuple(
            Entry(sheet, row, facts, remarks_of(wrong), remarks_of(asked), tuple(blank))
            for sheet, row, facts, wrong, asked, blank in data["entries"]
        )
        state = RoundState(data["state"])
        return Plan(entries, data["year"], remarks_of(data["asked"]), state=state, units=tuple(data["units"]))


# Findings keep their figures' types until somebody reads them; what JSON has no type for goes by a name.
_NAMED: dict[str, tuple[type[Any], Callable[[Any], Any], Callable[[Any], Any]]] = {
    "date": (date, date.isoformat, date.fromisoformat),
    "decimal": (Decimal, str, Decimal),
    "weekday": (Weekday, lambda day: day.number, Weekday),
}


def remarks_json(remarks: Iterable[Remark]) -> list[list[Any]]:
    """Plain data, for the row of an upload."""
    return [[r.field, r.message, {name: _tagged(value) for name, value in r.params.items()}] for r in remarks]


def _tagged(value: Any) -> Any:
    for name, (type_, put, _) in _NAMED.items():
        if isinstance(value, type_):
            return {name: put(value)}
    return value


def remarks_of(data: Iterable[Sequence[Any]]) -> tuple[Remark, ...]:
    """The inverse of `remarks_json`."""
    return tuple(
        Remark(field, message, {name: _untagged(value) for name, value in params.items()})
        for field, message, params in data
    )


def _untagged(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((name, plain),) = value.items()
    return _NAMED[name][2](plain)


def read_tables(tables: Sequence[Table], today: date) -> Plan:
    """What all tables of a file say together."""
    named = [year for table in tables for line in table.above for year in _YEAR.findall(line)]
    named_year = int("".join(named[-1])) if named else None
    occasion = Occasion(today, named_year)
    entries = numbered(_entry(table, line, occasion) for table in tables for line in table.lines)
    year = named_year or year_of(entries, today)
    return Plan(tuple(entries), year, (*unread(tables), *_sum(tables, entries)))


def _entry(table: Table, line: Line, occasion: Occasion) -> Entry:
    facts: Facts = {}
    wrong: list[Remark] = []
    asked: list[Remark] = []
    blank = [name for name in table.columns if line.cells.get(name) is None]
    for name in table.columns:
        if (cell := line.cells.get(name)) is None or name not in READERS:
            continue
        try:
            said = READERS[name](None if cell in NOTHING else cell, occasion)
        except Unclear as unclear:
            wrong.append(Remark(name, unclear.reason, unclear.params))
            continue
        remarks = [Remark(name, f"check.{finding.code}", finding.params) for finding in said.asked]
        (asked if said.facts else wrong).extend(remarks)
        tentative = facts.get("tentative") or said.facts.get("tentative")
        facts |= said.facts
        if tentative:  # In the date's cell or in one of its own: saying it once is enough.
            facts["tentative"] = True
    if (weekday := line.cells.get("weekday")) is not None and facts.get("held_on"):
        found = weekday_asked(weekday, date.fromisoformat(facts["held_on"]))
        asked.extend(Remark("held_on", f"check.{finding.code}", finding.params) for finding in found)
    if "tentative" in blank:
        facts.setdefault("tentative", False)
    if line.section and not facts.get("occasion"):
        facts["occasion"] = line.section[:LONGEST]
    return Entry(
        table.sheet, line.row, facts, tuple(wrong), tuple(asked), tuple(n for n in blank if n not in _NO_FACTS)
    )


def numbered(entries: Iterable[Entry]) -> list[Entry]:
    """Every row with the number of its round: its own, else the one in front of the row, else the one after the row before."""
    done: list[Entry] = []
    last = 0
    for entry in entries:
        facts = dict(entry.facts)
        counter = facts.pop("counter", None)
        asked = entry.asked
        if "number" not in facts and not any(remark.field in ("number", "") for remark in entry.wrong):
            facts["number"] = counter or last + 1
            if not counter:
                asked += (Remark("number", "import.asked.numbered", {"number": last + 1}),)
        last = facts.get("number", last)
        done.append(replace(entry, facts=facts, asked=asked))
    return _alone(done)


def _alone(entries: Iterable[Entry]) -> list[Entry]:
    """A row is wrong where one before it has its number or its code: nobody can tell which of the two is meant."""
    first: dict[tuple[str, object], int] = {}
    done = []
    for entry in entries:
        for name, message in _TWICE.items():
            if (said := entry.facts.get(name)) is None:
                continue
            row = first.setdefault((name, said), entry.row)
            if row != entry.row:
                twin = Remark(name, message, {name: said, "row": row})
                entry = replace(entry, wrong=(*entry.wrong, twin))
                break
        done.append(entry)
    return done


def year_of(entries: Sequence[Entry], today: date) -> int:
    """The year most rounds lie in: codes of rounds without one are made of it, so it must not move when one round does."""
    years = [str(entry.facts["held_on"])[:4] for entry in entries if entry.facts.get("held_on")]
    return int(max(sorted(set(years)), key=years.count)) if years else today.year


def unread(tables: Sequence[Table]) -> Iterable[Remark]:
    """What of the file was not read."""
    for table in tables:
        for message, titles in (("import.asked.twice", table.twice), ("import.asked.unread", table.unread)):
            if titles:
                yield Remark("", message, {"titles": ", ".join(titles)[:LONGEST]})
        if table.skipped:
            yield Remark("", "import.asked.skipped", {"rows": ", ".join(map(str, table.skipped))[:LONGEST]})


def _sum(tables: Sequence[Table], entries: Sequence[Entry]) -> Iterable[Remark]:
    """The printed total, where it is not that of the rows. Rows whose target nobody can read may fill up what is missing."""
    totals = [total for table in tables if (total := count_cell(table.totals.get("target")).value) is not None]
    if len(totals) == len(tables) and (finding := check_total(sum(totals), [e.facts.get("target") for e in entries])):
        yield Remark("", f"check.{finding.code}", finding.params)

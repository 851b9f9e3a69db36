"""What the rows of a table of units say: facts, what is wrong with a row, and what is to be asked about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any

from core.plan_entries import Entry, Remark, remarks_json, remarks_of, unread
from core.sheet_table import Line, Table, is_below, text_of
from core.unclear import Unclear
from core.unit_columns import COLUMNS, kind_in, read_cell


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole file. `asked`: about the file itself."""

    entries: tuple[Entry, ...]
    asked: tuple[Remark, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain data for the row of an upload."""
        entries = [[e.sheet, e.row, e.facts, remarks_json(e.wrong), remarks_json(e.asked)] for e in self.entries]
        return {"entries": entries, "asked": remarks_json(self.asked)}

    @staticmethod
    def from_json(data: dict[str, Any]) -> Tree:
        """The inverse of `to_json`."""
        entries = (
            Entry(sheet, row, facts, remarks_of(wrong), remarks_of(asked))
            for sheet, row, facts, wrong, asked in data["entries"]
        )
        return Tree(tuple(entries), remarks_of(data["asked"]))


def read_units(tables: Sequence[Table], today: date, asked: Sequence[Remark] = ()) -> Tree:
    """What all tables of a file say together."""
    entries = [_entry(table, line, today) for table in tables for line in takewhile(_is_unit, table.lines)]
    return Tree(tuple(entries), (*asked, *unread(tables)))


def _is_unit(line: Line) -> bool:
    """False for the first line of what stands below the table."""
    return not ("code" not in line.cells and is_below(text_of(line.cells.get("name"))))


def _entry(table: Table, line: Line, today: date) -> Entry:
    """One row. An empty cell says nothing; without a column for the parent, the heading that a row stands under names it."""
    facts: dict[str, Any] = {}
    wrong: list[Remark] = []
    for name in COLUMNS:
        if (cell := line.cells.get(name)) is None:
            continue
        try:
            facts[name] = read_cell(name, cell, today)
        except Unclear as unclear:
            wrong.append(Remark(name, unclear.reason, unclear.params))
    if "name" not in facts and not wrong and "code" not in facts:
        wrong.append(Remark("name", "unitfile.wrong.name", {}))
    if "parent" not in table.columns and line.section:
        facts["parent"] = line.section
    if "name" in facts and "kind" not in facts and "kind" not in {remark.field for remark in wrong}:
        facts["guessed"] = kind_in(facts["name"])
    first, last = facts.get("valid_from"), facts.get("valid_to")
    if first and last and last < first:
        wrong.append(Remark("valid_to", "unitfile.wrong.order", {}))
    return Entry(table.sheet, line.row, facts, tuple(wrong))

"""A sheet whose letters come from before Unicode, as one of today's: titles are found in it, and names are read, like in any other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from core.legacy_text import Encoding, Reading, habit, read
from core.sheet_table import Cell, Sheet

Place = tuple[int, int]  # row and column, from 0
_SAMPLE = 2_000  # cells that tell how a sheet was written


class Modern(NamedTuple):
    """The sheet in today's letters, and what stood where something was changed."""

    sheet: Sheet
    was: Mapping[Place, str]
    readings: Mapping[Place, Reading]

    @property
    def encoding(self) -> Encoding:
        """How what was changed had been written."""
        found = [reading.encoding for reading in self.readings.values()]
        return max(found, key=found.count, default=Encoding.UNICODE)


def modern(sheet: Sheet) -> Modern:
    """The same cells; texts in an old encoding read as Vietnamese."""
    texts = [cell for row in sheet.rows for cell in row if isinstance(cell, str) and not cell.isascii()]
    usual = habit(texts[:_SAMPLE])
    was: dict[Place, str] = {}
    readings: dict[Place, Reading] = {}
    rows: list[list[Cell]] = []
    for at, row in enumerate(sheet.rows):
        rows.append(list(row))
        for column, cell in enumerate(row):
            if isinstance(cell, str) and (reading := read(cell, usual)).text != cell:
                rows[-1][column], was[at, column], readings[at, column] = reading.text, cell, reading
    return Modern(Sheet(sheet.name, rows, sheet.merges), was, readings) if was else Modern(sheet, {}, {})

"""The tree of units as a sheet that can be changed and sent back: one unit a row, parents by their codes, each above what is below it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from core.unit_columns import COLUMNS
from core.units import Unit, UnitIndex
from handlers.documents.paper import Document, Paper, Params, Progress, clean, quiet, slug
from handlers.documents.plan_sheets import Column, Table, open_book
from storage import units
from storage.database import Tx
from storage.units import UnitRow

_FORMATS = {"valid_from": "day", "valid_to": "day", "kind": "centre"}
_WIDTHS_MM = {
    "code": 38, "name": 78, "kind": 42, "parent": 38, "short_name": 40, "aliases": 56, "reports": 34, "valid_from": 26,
    "valid_to": 26, "into": 40,
}  # fmt: skip


def filename(params: Params, paper: Paper) -> str:  # noqa: ARG001 (one name for all)
    """As "cay-don-vi-2026-11-22.xlsx"."""
    return f"{slug(paper.text('units.doc.file'), paper.today.isoformat())}.xlsx"


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:
    """All units (`units`: ids, None for all), also those that have ended."""
    index = await units.index_of(tx, paper.today)
    stored = await units.rows(tx)
    wanted = None if params["units"] is None else set(params["units"])
    rows = [stored[unit.code] for unit in _in_order(index, None) if wanted is None or unit.id in wanted]
    columns = [
        Column(paper.text(f"units.doc.{name}"), _WIDTHS_MM[name], _FORMATS.get(name, "text")) for name in COLUMNS
    ]
    title = paper.text("units.doc.title", organisation=clean(paper.organisation))
    with open_book(path, paper, title) as book:
        table = Table(book, paper.text("units.doc.sheet"), columns)
        table.line(title, "title")
        table.line(paper.text("units.doc.note"), "note")
        table.titles()
        first = table.at - 1
        for number, row in enumerate(rows, 1):
            table.row([_cell(paper, row, name) for name in COLUMNS])
            progress(number, len(rows))
        table.sheet.autofilter(first, 0, max(first + 1, table.at - 1), len(columns) - 1)


def _in_order(index: UnitIndex, above: int | None) -> Iterator[Unit]:
    """Each unit above what is below it; what has ended behind what is there. (A circle in the data is walked once.)"""
    waiting = [*reversed([*index.children(above), *index.not_in_force(above)])]
    seen: set[int] = set()
    while waiting:
        unit = waiting.pop()
        if unit.id in seen:
            continue
        seen.add(unit.id)
        yield unit
        waiting += reversed([*index.children(unit.id), *index.not_in_force(unit.id)])


def _cell(paper: Paper, row: UnitRow, name: str) -> object:
    value = getattr(row, name)
    if name == "kind":
        message = f"unit.kind.{value}"
        return paper.text(message) if paper.words.has(message) else value
    if isinstance(value, tuple):
        return "; ".join(map(clean, value))
    if name in ("valid_from", "valid_to"):
        return date.fromisoformat(value) if value else None
    return clean(value)


DOCUMENT = Document("unit-tree.xlsx", heavy=False, filename=filename, write=write)

"""Emulation points of a year as a spreadsheet: the rule on top, every unit with what its points are for."""

from __future__ import annotations

from pathlib import Path

from core.emulation import Rule, Year, points_of
from handlers import board_text
from handlers.documents.paper import Document, Paper, Params, Progress, clean, quiet, slug
from handlers.documents.plan_sheets import Column, Table, open_book
from storage import emulation
from storage.database import Tx
from storage.units import index_of

_COLUMNS = (
    ("rank", 14, "number"),
    ("unit", 84, "text"),
    ("quota", 22, "number"),
    ("donations", 22, "number"),
    ("percent", 20, "percent"),
    ("quota_points", 24, "tenths"),
    ("donation_points", 24, "tenths"),
    ("lists", 30, "centre"),
    ("list_points", 24, "tenths"),
    ("points", 24, "tenths"),
)


def filename(params: Params, paper: Paper) -> str:
    """As "diem-thi-dua-2026-2026-12-28.xlsx"."""
    return f"{slug(paper.text('points.doc.file'), str(params['year']), paper.today.isoformat())}.xlsx"


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:
    """The units below one, the best first; the same points share a rank."""
    year, rule = int(params["year"]), Rule.from_json(params["rule"])
    index = await index_of(tx, emulation.day_of(year, paper.today))
    root = index.get(params["unit"])
    if root is None:
        raise LookupError(f"no unit has the id {params['unit']}")
    rows, total = emulation.table(await emulation.of_year(tx, year, index, paper.zone), root.id)
    columns = [Column(paper.text(f"points.doc.{name}"), mm, format_) for name, mm, format_ in _COLUMNS]
    title = paper.text("points.head", year=year, unit=clean(root.name))
    with open_book(path, paper, title) as book:
        table = Table(book, paper.text("points.doc.sheet"), columns)
        table.line(title, "title")
        table.line(board_text.rule_of_points(paper, rule), "note")
        table.titles()
        totals = sorted((points_of(rule, of).total for of in rows.values()), reverse=True)
        for unit_id, of in sorted(rows.items(), key=lambda row: -points_of(rule, row[1]).total):
            rank = totals.index(points_of(rule, of).total) + 1
            table.row([rank, clean(index.label(index.units[unit_id])), *_cells(of, rule)])
        table.row([None, paper.text("board.doc.total"), total.quota, total.donations, *[None] * 6])
    progress(len(rows), len(rows))


def _cells(of: Year, rule: Rule) -> list[object]:
    points = points_of(rule, of)
    percent = None if of.percent is None else of.percent / 100
    lists = f"{of.lists}/{of.lists_due}" if of.lists_due else ""
    return [of.quota, of.donations, percent, points.quota, points.donations, lists, points.lists, points.total]


DOCUMENT = Document("points.xlsx", heavy=True, filename=filename, write=write)

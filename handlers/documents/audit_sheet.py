"""The log of who did what as a sheet, for administrators: the newest first, with codes and counts, and nobody's name or number."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from handlers import audit_text
from handlers.documents.paper import Document, Paper, Params, Progress, clean, quiet, slug
from handlers.documents.plan_sheets import Column, Table, open_book
from handlers.voice import Voice
from storage import audit
from storage.database import Tx
from storage.units import UnitsCache

_PAGE = 2000
_WIDTHS = (
    ("number", 18, "number"),
    ("at", 42, "centre"),
    ("address", 62, "text"),
    ("kind", 50, "text"),
    ("what", 150, "text"),
    ("person", 38, "centre"),
)


def filename(params: Params, paper: Paper) -> str:  # noqa: ARG001 (the same signature for every document)
    """As "nhat-ky-2026-11-22.xlsx"."""
    return f"{slug(paper.text('file.audit'), paper.today.isoformat())}.xlsx"


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:  # noqa: ARG001
    """Every entry; the number is the one in the table, without gaps, so that a missing one shows."""
    index = await UnitsCache().index(tx, paper.today)
    voice = Voice(paper.words, paper.language, paper.organisation, "", paper.zone)
    view = audit.View("")
    total = await audit.count(tx, view)
    columns = [Column(paper.text(f"audit.column.{name}"), mm, kind) for name, mm, kind in _WIDTHS]
    with open_book(path, paper, paper.text("audit.doc_title")) as book:
        table = Table(book, paper.text("audit.doc_sheet"), columns)
        table.line(clean(paper.text("audit.doc_title")), "title")
        table.line(paper.text("audit.doc_note", count=total), "note")
        table.titles()
        first, done, below = table.at - 1, 0, None
        while entries := await audit.page(tx, view, below=below, most=_PAGE):
            for entry in entries:
                at = datetime.fromtimestamp(entry.at / 1000, UTC).astimezone(paper.zone)
                kind = audit_text.ACTIONS.get(entry.action)
                table.row(
                    (
                        entry.id,
                        f"{at:%H:%M:%S %d/%m/%Y}",
                        clean(entry.address),
                        paper.text(f"audit.kind.{kind}") if kind else clean(entry.action),
                        clean(audit_text.sentence(voice, entry.action, entry.detail, index)),
                        clean(str(entry.detail.get("person") or "")),
                    )
                )
            below, done = entries[-1].id, done + len(entries)
            progress(done, total)
        table.sheet.autofilter(first, 0, max(first + 1, table.at - 1), len(columns) - 1)


DOCUMENT = Document("audit.xlsx", heavy=True, filename=filename, write=write)

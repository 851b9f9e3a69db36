"""The members of a club, for its head: number, phone and workplace. Source: the plan of a province for 2021, duties of club heads."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from core.phones import show_phone
from handlers.documents.paper import Document, Paper, Params, Progress, clean, quiet, slug
from handlers.documents.plan_sheets import Column, Table, open_book
from storage import clubs
from storage.database import Tx
from storage.units import UnitsCache

_PAGE = 2000
_WIDTHS = (
    ("number", 14, "number"),
    ("name", 60, "text"),
    ("phone", 36, "centre"),
    ("workplace", 90, "text"),
    ("since", 30, "day"),
)


def filename(params: Params, paper: Paper) -> str:
    """As "thanh-vien-clb-mau-nong-2026-11-22.xlsx"."""
    return f"{slug(paper.text('file.members'), params['code'], paper.today.isoformat())}.xlsx"


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:
    """The sheet. Raises LookupError where the club is no more."""
    index = await UnitsCache().index(tx, paper.today)
    club = index.by_code(params["code"])
    if club is None:
        raise LookupError("the club is no more")
    total = await clubs.count(tx, club.id)
    book = open_book(path, paper, paper.text("club.file_title", club=club.name))
    table = Table(
        book, paper.text("club.file_sheet"), [Column(paper.text(f"club.column.{n}"), w, f) for n, w, f in _WIDTHS]
    )
    table.line(clean(paper.text("club.file_title", club=club.name)), "title")
    table.line(paper.text("club.file_note", count=total), "note")
    table.titles()
    for first in range(0, total, _PAGE):
        for place, member in enumerate(await clubs.members(tx, club.id, first=first, most=_PAGE), first + 1):
            unit = index.get(member.donor.unit_id)
            day = datetime.fromtimestamp(member.joined_at / 1000, UTC).astimezone(paper.zone).date()
            where = clean(unit.name if unit else member.donor.unit_text)
            table.row((place, clean(member.donor.full_name), show_phone(member.donor.phone), where, day))
            progress(place, total)
    book.close()


DOCUMENT = Document("members.xlsx", heavy=False, filename=filename, write=write)

"""Those whom a broadcast has not reached, and why, so that somebody can phone them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from core.dates import show_date
from core.phones import show_phone
from handlers.documents.paper import Document, Paper, Params, Progress, clean, quiet, slug
from handlers.documents.plan_sheets import Column, Table, open_book
from storage import audiences, broadcasts
from storage.broadcasts import Cast, Missed
from storage.database import Tx
from storage.units import UnitsCache

_PAGE = 500
_WIDTHS_MM = (15, 70, 85, 40, 70)


def filename(params: Params, paper: Paper) -> str:
    """As "chua-nhan-thong-bao-12.xlsx"."""
    return f"{slug(paper.text('missed.file'), str(params['broadcast']))}.xlsx"


async def _everybody(tx: Tx, cast: Cast, paper: Paper) -> AsyncIterator[list[Missed]]:
    """Pages of those who were not written to with success, then of those who could not be written to at all."""
    row: int | None = 0
    while row is not None:
        page, row = await broadcasts.missed(tx, cast.id, row, _PAGE)
        yield page
    after = 0
    while members := await audiences.page(tx, cast.audience, after, limit=_PAGE, today=paper.today):
        after = members[-1].person_id
        aside = [member for member in members if member.why]
        written = await broadcasts.with_row(tx, cast.id, [member.person_id for member in aside])
        yield [Missed(member.person_id, member.why) for member in aside if member.person_id not in written]


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:  # noqa: ARG001 (nobody knows how many there are before they are read)
    """Of the broadcast `broadcast`. Raises LookupError where it is no longer there."""
    cast = await broadcasts.by_id(tx, int(params["broadcast"]))
    if cast is None:
        raise LookupError("broadcast")
    index = await UnitsCache().index(tx, paper.today)
    titles = [paper.text(f"missed.{name}") for name in ("no", "name", "unit", "phone", "reason")]
    columns = [Column(title, mm) for title, mm in zip(titles, _WIDTHS_MM, strict=True)]
    columns[0] = columns[0]._replace(format="number")
    title = paper.text("missed.title", number=cast.id)
    with open_book(path, paper, title) as book:
        table = Table(book, paper.text("missed.sheet"), columns)
        table.line(title, "title")
        table.line(
            paper.text("missed.note", at=f"{paper.now.astimezone(paper.zone):%H:%M}, {show_date(paper.today)}"), "note"
        )
        table.titles()
        first, number = table.at - 1, 0
        async for page in _everybody(tx, cast, paper):
            known = await broadcasts.lines(tx, [one.person_id for one in page])
            for one in page:
                name, unit_id, unit_text, phone = known.get(one.person_id, (paper.text("missed.officer"), None, "", ""))
                unit = index.get(unit_id)
                number += 1
                said = (name, unit.name if unit else unit_text, show_phone(phone) if phone else "")
                table.row([number, *map(clean, said), paper.text(f"missed.why.{one.why}")])
        if not number:
            table.line(paper.text("missed.nobody"), "note")
        table.sheet.autofilter(first, 0, max(first + 1, table.at - 1), len(columns) - 1)


DOCUMENT = Document("missed.xlsx", heavy=True, filename=filename, write=write)

"""The registration form to be filled in: exactly as the lists that are handed out, with a sheet that says how."""

from __future__ import annotations

from pathlib import Path

from handlers.documents import registration
from handlers.documents.paper import Document, Paper, Params, Progress, clean, quiet, slug
from handlers.documents.plan_sheets import Column, Table
from handlers.documents.registration import AGE_TITLE, TITLES, Row
from handlers.documents.xlsx import FormSheet, Heading, open_form
from storage.database import Tx

_ROWS = 30  # A page or two; whoever needs more rows inserts them.
_NAME, _UNIT, _COUNT, _PHONE, _NOTE = TITLES[1], TITLES[2], TITLES[5], TITLES[6], TITLES[7]


def filename(params: Params, paper: Paper) -> str:
    """As "mau-danh-sach-dang-ky-so-y-te.xlsx"."""
    return f"{slug(paper.text('list.doc.file'), str(params['unit']))}.xlsx"


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:  # noqa: ARG001 (the message holds it all)
    """Both sheets. `unit`: whose list it is, or ""."""
    with open_form(path, paper) as (book, formats):
        sheet = FormSheet(book, formats, Heading(*registration.heading(paper, params), paper.today.year))
        for number in range(1, _ROWS + 1):
            sheet.add(Row(number, "", "", None, None, None, "", ""))
        sheet.sign(registration.place_and_date(paper))
        columns = [("column", 46), ("how", 150), ("example", 60)]
        table = Table(
            book, paper.text("list.doc.sheet"), [Column(paper.text(f"list.doc.{name}"), mm) for name, mm in columns]
        )
        table.line(paper.text("list.doc.title"), "title")
        table.line(paper.text("list.doc.note"), "note")
        table.titles()
        for title, how, example in _help(paper):
            table.row([title, paper.text(f"list.doc.help.{how}"), clean(example)])
    progress(1, 1)


def _help(paper: Paper) -> list[tuple[str, str, str]]:
    """Title of a column, what is said of it, an example."""
    return [
        (_NAME, "name", paper.text("list.doc.example_name")),
        (_UNIT, "unit", paper.text("list.doc.example_unit")),
        (f"{AGE_TITLE} ({TITLES[3]} | {TITLES[4]})", "age", "34 · 1992 · 15/3/1992"),
        (_COUNT, "donations", "0 · 3"),
        (_PHONE, "phone", "0900 000 101"),
        (_NOTE, "note", paper.text("list.doc.example_note")),
        (paper.text("list.doc.more"), "more", paper.text("list.doc.example_more")),
    ]


DOCUMENT = Document("list-template.xlsx", heavy=False, filename=filename, write=write)

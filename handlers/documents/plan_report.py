"""What was found in a plan that an officer sent: every row, what it is about and why."""

from __future__ import annotations

from pathlib import Path, PurePath

from handlers.documents.paper import Document, Paper, Params, Progress, clean, quiet, slug
from handlers.documents.plan_sheets import Column, Table, open_book
from storage.database import Tx

_WIDTHS_MM = (15, 36, 30, 50, 150)


def filename(params: Params, paper: Paper) -> str:
    """As "bao-cao-ke-hoach-2027.xlsx"."""
    return f"{slug(paper.text('import.doc.report_file'), PurePath(str(params['name'])).stem)}.xlsx"


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:  # noqa: ARG001 (the message holds it all)
    """All lines of a report (`lines`: kind, where, round, text), in their order."""
    about = str(params.get("about", "import.doc.round"))
    titles = [
        paper.text(name) for name in ("import.doc.no", "import.doc.kind", "import.doc.where", about, "import.doc.what")
    ]
    columns = [Column(title, mm) for title, mm in zip(titles, _WIDTHS_MM, strict=True)]
    columns[0] = columns[0]._replace(format="number")
    title = paper.text("import.doc.report", name=clean(str(params["name"])))
    with open_book(path, paper, title) as book:
        table = Table(book, paper.text("import.doc.report_sheet"), columns)
        table.line(title, "title")
        table.line(paper.text("import.doc.report_note"), "note")
        table.titles()
        first = table.at - 1
        for number, (kind, *texts) in enumerate(params["lines"], 1):
            table.row([number, paper.text(f"import.kind.{kind}"), *map(clean, texts)])
            progress(number, len(params["lines"]))
        table.sheet.autofilter(first, 0, max(first + 1, table.at - 1), len(columns) - 1)


DOCUMENT = Document("plan-report.xlsx", heavy=False, filename=filename, write=write)

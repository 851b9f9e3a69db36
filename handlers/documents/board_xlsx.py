"""The board of a round as a spreadsheet: every unit, in the order of the tree, and all of them together once."""

from __future__ import annotations

from pathlib import Path

from core.board import Line, expected
from core.dates import show_date
from core.rounds import Round
from handlers import board_text
from handlers.documents import board_sight
from handlers.documents.board_sight import Seen
from handlers.documents.paper import Document, Paper, Params, Progress, clean, quiet
from handlers.documents.plan_sheets import Column, Table, open_book
from storage.database import Tx

# The title's sentence, width in millimetres, format.
_COLUMNS = (
    ("number", 12, "number"),
    ("unit", 80, "text"),
    ("quota", 20, "number"),
    ("certain", 22, "number"),
    ("percent", 18, "percent"),
    ("missing", 20, "number"),
    ("donors", 32, "number"),
    ("maybe", 20, "number"),
    ("waiting", 20, "number"),
    ("came", 20, "number"),
    ("gave", 20, "number"),
    ("gave_percent", 28, "percent"),
    ("reported", 36, "number"),
)


def filename(params: Params, paper: Paper) -> str:
    """As "tien-do-ls-2026-11-2026-11-22.xlsx"."""
    return board_sight.filename(paper.text("board.doc.file"), params, paper, "xlsx")


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:
    """All lines of a round's board for who answers for these units."""
    seen = await board_sight.load(tx, paper, params)
    columns = [Column(paper.text(f"board.doc.{name}"), mm, format_) for name, mm, format_ in _COLUMNS]
    title = paper.text("board.doc.title", name=clean(seen.round.name), date=show_date(seen.round.held_on))
    with open_book(path, paper, title) as book:
        table = Table(book, paper.text("board.doc.sheet"), columns)
        table.line(title, "title")
        now = {"hour": f"{paper.now.astimezone(paper.zone):%H:%M}", "date": show_date(paper.today)}
        table.line(
            " ".join([paper.text("board.as_of", **now), *board_text.outlook(paper, seen.board, seen.round)]), "note"
        )
        table.titles()
        for number, line in enumerate(seen.board.lines, 1):
            table.row([number, *_cells(paper, seen, line)])
        if seen.board.rest.people.answered or seen.board.rest.people.came:
            table.row([None, *_cells(paper, seen, seen.board.rest)])
        _, *total = _cells(paper, seen, seen.board.total)
        table.row([None, paper.text("board.doc.total"), *total])
    progress(1, 1)


def _cells(paper: Paper, seen: Seen, line: Line) -> list[object]:
    """What stands in a row, behind its number. No quota is an empty cell."""
    people = line.people
    return [
        clean(board_text.name(paper, seen.index, line)),
        line.quota,
        people.certain,
        _share(people.certain, line.quota),
        line.missing,
        _donors(line, seen.round),
        people.maybe,
        people.waiting,
        people.came,
        people.gave,
        _share(people.gave, line.quota) if seen.board.total.people.came else None,
        line.reported or None,
    ]


def _share(part: int, quota: int | None) -> float | None:
    """The cell shows whole per cents; cut off here, because a spreadsheet would round 99.6 up to all."""
    return 100 * part // quota / 100 if quota else None


def _donors(line: Line, round_: Round) -> int | None:
    if line.quota is None or not round_.yield_percent:
        return None
    return max(0, expected(line.quota, round_.yield_percent) - expected(line.people.certain, round_.yield_percent))


DOCUMENT = Document("board.xlsx", heavy=False, filename=filename, write=write)

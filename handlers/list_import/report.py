"""What reading a list found: how many rows are fine, which are to be looked at and why, and what of the file is not taken."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from core.dialogue import Reply
from core.list_rows import Row, to_look_at
from handlers.list_import import say
from handlers.list_import.work import Work
from handlers.plan_report import Line
from handlers.turn import Turn

_SHOWN = 8  # rows that a telephone shows at once; all of them are asked about one after the other


def report(turn: Turn, work: Work) -> None:
    """The whole report: the first lines here, all of them as a file where there are more."""
    turn.reply(Reply(_screen(turn, work)))
    asked = to_look_at(work.rows)
    if len(asked) > _SHOWN:
        lines = [line.to_json() for line in _lines(turn, work, asked)]
        said = turn.text("import.report_file")
        turn.document("plan-report.xlsx", said, name=work.upload.name, about="list.field.name", lines=lines)


def _lines(turn: Turn, work: Work, asked: list[Row]) -> Iterator[Line]:
    """Every reason of every row, as the file tells them."""
    sheets = say.has_sheets(work.rows)
    for row in asked:
        place, name = say.where(turn.voice, row, sheets=sheets), row.facts.get("name", "?")
        for doubt in row.doubts:
            yield Line("wrong" if doubt.grave else "asked", place, name, say.reason(turn.voice, doubt))


def _screen(turn: Turn, work: Work) -> str:
    asked = to_look_at(work.rows)
    grave = [row for row in asked if row.grave]
    fine = len(work.rows) - len(asked)
    counts = {"list.count.fine": fine, "list.count.look": len(asked) - len(grave), "list.count.grave": len(grave)}
    found = ", ".join(turn.text(message, count=count) for message, count in counts.items() if count)
    head = (
        turn.text("list.report", name=work.upload.name, parts=found)
        if asked
        else turn.text("list.report_clean", name=work.upload.name, count=fine)
    )
    parts = [head, _rows(turn, work, asked), "\n".join(f"• {line}" for line in _about(turn, work))]
    return "\n\n".join(filter(None, parts))


def _rows(turn: Turn, work: Work, asked: list[Row]) -> str:
    """The first rows that are to be looked at, those that cannot be read before the others."""
    ordered = sorted(asked, key=lambda row: (not row.grave, row.place))
    sheets = say.has_sheets(work.rows)
    lines = [
        f"• {say.where(turn.voice, row, sheets=sheets)}, {row.facts.get('name', '?')}: {say.reason(turn.voice, row.doubts[0])}"
        for row in islice(ordered, _SHOWN)
        if row.doubts
    ]
    if len(ordered) > _SHOWN:
        lines.append(turn.text("list.and_more", count=len(ordered) - _SHOWN))
    return "\n".join([turn.text("list.to_look"), *lines]) if lines else ""


def _about(turn: Turn, work: Work) -> Iterator[str]:
    """What was mended on the way, and what is not taken."""
    people = work.people
    for message, rows in sorted(people.notes.items()):
        yield turn.text(message, count=len(rows), rows=say.rows_of(rows))
    if people.left:
        yield turn.text("list.left", columns=", ".join(turn.text(f"list.never.{name}") for name in people.left))
    if people.unread:
        yield turn.text("list.unread", titles=", ".join(people.unread)[:200])
    for message, params in people.asked:
        yield turn.text(message, **params)
    if people.printed is not None and people.printed != len(people.entries):
        yield turn.text("list.printed", printed=people.printed, read=len(people.entries))
    if people.year != turn.today.year:
        yield turn.text("list.year", year=people.year)

"""The form of a plan of the year: a sheet to fill in, with a few invented rounds, and a sheet that explains every column."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from core.rounds import RoundState
from handlers.documents.paper import Document, Paper, Params, Progress, clean, quiet, slug
from handlers.documents.plan_sheets import Column, Table, open_book
from storage.database import Tx

# Field, width in millimetres, format; in the order in which one plans.
COLUMNS = (
    ("number", 13, "number"),
    ("name", 38, "text"),
    ("occasion", 38, "text"),
    ("held_on", 26, "day"),
    ("tentative", 15, "centre"),
    ("opens", 17, "hour"),
    ("closes", 17, "hour"),
    ("place", 44, "text"),
    ("place_address", 36, "text"),
    ("target", 19, "number"),
    ("yield_percent", 19, "percent"),
    ("deadline_on", 26, "day"),
    ("units", 40, "text"),
    ("leading", 40, "text"),
    ("executing", 42, "text"),
    ("capacity", 17, "number"),
    ("slots", 30, "text"),
    ("parts", 58, "text"),
    ("contact", 38, "text"),
    ("pin", 30, "text"),
    ("state", 19, "centre"),
    ("code", 24, "text"),
)
NEEDED = ("held_on", "place")
_OFFERED = (RoundState.DRAFT, RoundState.OPEN, RoundState.CLOSED, RoundState.CANCELLED)
_ROWS = 200  # Rows that are ready to be filled in; more may follow.
_FRIDAY = 4


def _examples(paper: Paper, units: str) -> list[dict[str, Any]]:
    """Three rounds of next year, invented from top to bottom: all at working days, far enough apart, none at a holiday."""
    year = paper.today.year + 1
    march, july, october = (_friday(date(year, month, day)) for month, day in ((3, 12), (7, 9), (10, 15)))
    hall = paper.text("import.sample.hall")
    usual: dict[str, Any] = {"opens": time(7), "closes": time(11, 30), "units": units, "yield_percent": 0.8}
    usual |= {"leading": paper.text("import.sample.leading"), "contact": paper.text("import.sample.contact")}
    rounds: list[dict[str, Any]] = [
        {
            "held_on": march,
            "place": hall,
            "place_address": paper.text("import.sample.address"),
            "target": 200,
            "capacity": 280,
        }
        | {"slots": "07:00=70; 08:00=70; 09:00=70; 10:00=70", "state": "open", "pin": "21.3856, 103.0169"}
        | {"parts": paper.text("import.sample.parts", hall=hall)},
        {
            "held_on": july,
            "place": paper.text("import.sample.either"),
            "target": 150,
            "tentative": "x",
            "state": "draft",
        },
        {"held_on": october, "place": paper.text("import.sample.school"), "target": 180, "state": "draft"},
    ]
    return [
        usual
        | {
            "number": number,
            "name": paper.text("import.sample.name", number=number, year=year),
            "occasion": paper.text(f"import.sample.{number}.occasion"),
            "executing": paper.text(f"import.sample.{number}.executing"),
            "deadline_on": round_["held_on"] - timedelta(days=10),
        }
        | round_
        | {"state": paper.text(f"import.state.{round_['state']}")}
        for number, round_ in enumerate(rounds, 1)
    ]


def _friday(day: date) -> date:
    """The first Friday from this day on: when nearly all rounds are held."""
    return day + timedelta(days=(_FRIDAY - day.weekday()) % 7)


def filename(_: Params, paper: Paper) -> str:
    """As "ke-hoach-mau.xlsx"."""
    return f"{slug(paper.text('import.doc.template_file'))}.xlsx"


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:  # noqa: ARG001 (the message holds it all)
    """Both sheets. `units`: what stands under invited units in the examples."""
    title = paper.text("import.doc.template", year=paper.today.year + 1)
    with open_book(path, paper, title) as book:
        columns = [Column(paper.text(f"import.field.{name}"), mm, kind) for name, mm, kind in COLUMNS]
        table = Table(book, paper.text("import.doc.template_sheet"), columns)
        table.line(title, "title")
        table.line(paper.text("import.doc.template_note"), "note")
        table.titles()
        first = table.at
        for example in _examples(paper, clean(str(params["units"]))):
            table.row([example.get(name) for name, *_ in COLUMNS])
        _offer(table, paper, first)
        _explain(Table(book, paper.text("import.doc.help_sheet"), _help_columns(paper)), paper)
    progress(1, 1)


def _offer(table: Table, paper: Paper, first: int) -> None:
    """What may be chosen instead of typed, and what is no date, hour or number."""
    last = first + _ROWS
    column = {name: place for place, (name, *_) in enumerate(COLUMNS)}
    states = [paper.text(f"import.state.{state.value}") for state in _OFFERED]
    rules: dict[str, dict[str, Any]] = {
        "state": {"validate": "list", "source": states},
        "tentative": {"validate": "list", "source": ["x"]},
        "target": {"validate": "integer", "criteria": ">=", "value": 0},
        "capacity": {"validate": "integer", "criteria": ">", "value": 0},
    }
    for name, rule in rules.items():
        ask = {
            "input_title": paper.text(f"import.field.{name}")[:32],
            "input_message": paper.text(f"import.help.{name}")[:255],
        }
        wrong = {"error_type": "warning", "error_message": paper.text("import.doc.invalid")}
        table.sheet.data_validation(first, column[name], last, column[name], {**rule, **ask, **wrong})


def _help_columns(paper: Paper) -> list[Column]:
    widths = {"column": 42, "needed": 24, "how": 125, "example": 84}
    return [
        Column(paper.text(f"import.doc.{name}"), mm, "centre" if name == "needed" else "text")
        for name, mm in widths.items()
    ]


def _explain(table: Table, paper: Paper) -> None:
    table.line(paper.text("import.doc.help"), "title")
    table.line(paper.text("import.doc.help_note"), "note")
    table.titles()
    for name, *_ in COLUMNS:
        needed = paper.text("import.doc.needed_yes") if name in NEEDED else ""
        words = (f"import.{kind}.{name}" for kind in ("help", "example"))
        table.row([paper.text(f"import.field.{name}"), needed, *map(paper.text, words)])


DOCUMENT = Document("plan-template.xlsx", heavy=False, filename=filename, write=write)

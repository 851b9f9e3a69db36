"""What the spreadsheets about a plan share: paper, letters, and a table that is as high as its words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from handlers.documents.paper import Paper
from handlers.documents.wrapping import line_count

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_FONT, _SIZE, _BIG = "Times New Roman", 12, 14  # Source: Decree 30/2020/NĐ-CP, annex I
_LINE, _PAD = 15.75, 4.0  # points
_HIGHEST_ROW = 409.0  # points; Source: Excel specifications and limits
_PIXELS_PER_MM = 96 / 25.4
_A4, _A3 = 9, 8  # Source: Excel's numbers of papers
_A4_HOLDS_MM = 400
_HEAD_COLOUR, _LINE_COLOUR = "#F8DADF", "#C9A3AB"  # the rose of the house, light enough for black print

_CELL = {
    "font_name": _FONT,
    "font_size": _SIZE,
    "text_wrap": True,
    "valign": "top",
    "border": 1,
    "border_color": _LINE_COLOUR,
}
FORMATS: dict[str, dict[str, Any]] = {
    "title": {"font_name": _FONT, "font_size": _BIG, "bold": True, "valign": "vcenter"},
    "note": {"font_name": _FONT, "font_size": _SIZE, "italic": True, "valign": "top", "text_wrap": True},
    "head": _CELL | {"bold": True, "align": "center", "valign": "vcenter", "bg_color": _HEAD_COLOUR},
    "text": _CELL | {"num_format": "@", "align": "left", "indent": 1},
    "number": _CELL | {"align": "center", "num_format": "#,##0"},
    "percent": _CELL | {"align": "center", "num_format": "0 %"},
    "tenths": _CELL | {"align": "center", "num_format": "#,##0.0"},
    "day": _CELL | {"align": "center", "num_format": "dd/mm/yyyy"},
    "hour": _CELL | {"align": "center", "num_format": "hh:mm"},
    "centre": _CELL | {"align": "center", "num_format": "@"},
}
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class Column(NamedTuple):
    """A column: its title, its width in millimetres, the format of its cells."""

    title: str
    width_mm: int
    format: str = "text"


def open_book(path: Path, paper: Paper, title: str) -> Workbook:
    """A workbook that keeps a text a text, whatever it looks like."""
    from xlsxwriter import Workbook

    book = Workbook(path, _OPTIONS | {"tmpdir": str(path.parent)})
    book.set_properties({"title": title, "author": paper.organisation, "created": paper.now.replace(tzinfo=None)})
    return book


class Table:
    """One sheet with a title, a note and a table; written from top to bottom."""

    def __init__(self, book: Workbook, name: str, columns: Sequence[Column]) -> None:
        """On its side, as wide as a page: A3 where A4 would leave nothing to be read."""
        self.sheet: Worksheet = book.add_worksheet(name)
        self.columns = columns
        self.at = 0
        self._formats: dict[str, Format] = {name: book.add_format(properties) for name, properties in FORMATS.items()}
        self.sheet.set_paper(_A3 if sum(column.width_mm for column in columns) > _A4_HOLDS_MM else _A4)
        self.sheet.set_landscape()
        self.sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer(f'&C&"{_FONT},Regular"&10&P/&N')
        for column, (_, mm, _kind) in enumerate(columns):
            self.sheet.set_column_pixels(column, column, round(mm * _PIXELS_PER_MM))

    def line(self, text: str, format_: str) -> None:
        """A line above the table, as wide as what a screen shows of it."""
        widths = [column.width_mm for column in self.columns]
        reach = next((n for n in range(len(widths)) if sum(widths[: n + 1]) > 240), len(widths) - 1)
        lines = line_count(text, sum(widths[: reach + 1]), _BIG if format_ == "title" else _SIZE)
        self.sheet.set_row(self.at, lines * _LINE * (1.2 if format_ == "title" else 1) + _PAD)
        self.sheet.merge_range(self.at, 0, self.at, reach, text, self._formats[format_])
        self.at += 1

    def titles(self) -> None:
        """The row of titles; it stays in sight and comes again on every page."""
        titles = [column.title for column in self.columns]
        lines = max(line_count(c.title, c.width_mm, _SIZE, bold=True) for c in self.columns)
        self.sheet.set_row(self.at, lines * _LINE + _PAD)
        for column, title in enumerate(titles):
            self.sheet.write_string(self.at, column, title, self._formats["head"])
        self.sheet.repeat_rows(self.at)
        self.sheet.freeze_panes(self.at + 1, 0)
        self.at += 1

    def row(self, values: Iterable[object]) -> None:
        """A row of the table, as high as its longest text."""
        cells = list(zip(values, self.columns, strict=True))
        lines = max(_lines(value, column) for value, column in cells)
        self.sheet.set_row(self.at, min(lines * _LINE + _PAD, _HIGHEST_ROW))
        for place, (value, column) in enumerate(cells):
            self._write(place, value, self._formats[column.format])
        self.at += 1

    def _write(self, column: int, value: object, style: Format) -> None:
        if value is None or value == "":
            self.sheet.write_blank(self.at, column, None, style)
        elif isinstance(value, str):
            self.sheet.write_string(self.at, column, value[:32_767], style)
        else:
            self.sheet.write(self.at, column, value, style)


def _lines(value: object, column: Column) -> int:
    if not isinstance(value, str):
        return 1
    return sum(line_count(part, column.width_mm, _SIZE) for part in value.split("\n"))

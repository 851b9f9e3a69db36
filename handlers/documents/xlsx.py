"""The registration list as a spreadsheet that prints on A4 as the official form lays it out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from handlers.documents import registration
from handlers.documents.paging import Pages
from handlers.documents.paper import Document, Paper, Params, Progress, quiet
from handlers.documents.registration import AGE_TITLE, SIGNATURE, SUBTITLE, TITLE, TITLES, Row
from handlers.documents.wrapping import line_count
from storage.database import Tx

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

SHEET_ROWS = 1_000_000  # Excel ends at 1,048,576 rows; heading and signatures need some of them
_LONGEST_CELL = 32_767  # Source: Excel specifications and limits
_HIGHEST_ROW = 409.0  # points; Source: Excel specifications and limits

# Source: Decree 30/2020/NĐ-CP, annex I: A4, on its side for a wide table; top and bottom 20-25 mm, left 30-35,
# right 15-20. Upright, the unit would have three centimetres left, and most rows two lines.
_MARGINS_MM = {"left": 30, "right": 15, "top": 20, "bottom": 20}
_FONT = "Times New Roman"
_SIZE, _BIG = 12, 13  # Source: the same annex: 13-14 for text, 12-13 above it
_LINE, _BIG_LINE, _PAD = 15.75, 17.25, 3.0  # points: a line of either size, and the air above and below a row together
_ROOM_TO_SIGN = 4  # lines
# The columns are as wide as the page, so a reader that measures a digit a little wider would push one off it. Not "fit to page":
# Excel then overlooks the page break that keeps the signatures in company. Source: XlsxWriter, set_h_pagebreaks()
_SCALE = 95  # per cent
_POINTS_PER_MM = 72 / 25.4
_EMPTY_ROW = 15.75  # points, of `default_row_height`
_PIXELS_PER_MM = 96 / 25.4

# Width in millimetres and format of each column, in the order of Row; together as wide as the page.
_COLUMNS = (
    (17, "number"),
    (56, "text"),
    (69, "text"),
    (13, "number"),
    (13, "number"),
    (24, "number"),
    (30, "phone"),
    (30, "text"),
)
_WIDTHS_MM, _KINDS = zip(*_COLUMNS, strict=True)
_MAY_WRAP = tuple(column for column, kind in enumerate(_KINDS) if kind == "text")
_MALE, _FEMALE = 3, 4
_LAST = len(_COLUMNS) - 1
_LEFT_BLOCK = (0, _MALE - 1)  # who issues the list
_RIGHT_BLOCK = (_MALE, _LAST)  # who signs it
_WHOLE = (0, _LAST)

_CENTRED = {"font_name": _FONT, "font_size": _SIZE, "align": "center", "valign": "vcenter", "text_wrap": True}
_CELL = _CENTRED | {"border": 1}
_FORMATS = {
    "above": _CENTRED | {"font_size": _BIG},
    "bold": _CENTRED | {"font_size": _BIG, "bold": True},
    "slanted": _CENTRED | {"font_size": _BIG, "italic": True},
    "signature": _CENTRED | {"font_size": _BIG, "valign": "top"},
    "head": _CELL | {"bold": True},
    "number": _CELL,
    "text": _CELL | {"align": "left", "indent": 1, "num_format": "@"},
    "phone": _CELL | {"num_format": "@", "text_wrap": False},
}
_OPTIONS = {
    "constant_memory": True,
    # Column widths are counted in digits of the default font: one that every reader has keeps them true.
    "default_format_properties": {"font_name": _FONT, "font_size": _SIZE},
    "default_column_width": 72,  # pixels, as Excel has it with this font
    "default_row_height": 21,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class Heading(NamedTuple):
    """What stands above the table."""

    above: str
    unit: str
    year: int


class FormSheet:
    """One sheet, written from top to bottom: what is behind cannot be changed any more."""

    def __init__(self, book: Workbook, formats: dict[str, Format], heading: Heading) -> None:
        """Lay out the page and write all that stands above the first row."""
        number = len(book.worksheets()) + 1
        self._sheet: Worksheet = book.add_worksheet("Danh sách" if number == 1 else f"Danh sách {number}")
        self._formats = formats
        self._at = 0
        self.rows = 0
        high = (210 - _MARGINS_MM["top"] - _MARGINS_MM["bottom"]) * _POINTS_PER_MM * 100 / _SCALE
        self._pages = Pages(high - _LINE)  # A line is left free: readers round heights each in their own way.
        self._lay_out()
        self._write_heading(heading)
        self._write_titles()

    def _lay_out(self) -> None:
        sheet = self._sheet
        sheet.set_paper(9)  # A4
        sheet.set_landscape()
        sheet.set_margins(**{side: mm / 25.4 for side, mm in _MARGINS_MM.items()})
        sheet.set_print_scale(_SCALE)
        sheet.center_horizontally()
        sheet.set_footer(f'&C&"{_FONT},Regular"&{_SIZE}&P/&N')
        for column, mm in enumerate(_WIDTHS_MM):
            sheet.set_column_pixels(column, column, round(mm * _PIXELS_PER_MM))

    def _write_heading(self, heading: Heading) -> None:
        self._line(heading.above, "above", _LEFT_BLOCK)
        self._line(heading.unit, "bold", _LEFT_BLOCK)
        self._skip()
        self._line(TITLE, "bold", _WHOLE)
        self._line(SUBTITLE.format(year=heading.year), "bold", _WHOLE)
        self._skip()

    def _write_titles(self) -> None:
        """Two rows: both ages share a title, every other title reaches over both rows."""
        sheet, head, top = self._sheet, self._formats["head"], self._at
        upper = [*TITLES[:3], AGE_TITLE, "", *TITLES[5:]]
        lower = ["", "", "", *TITLES[3:5], "", "", ""]
        lines = max(line_count(title, mm, _SIZE, bold=True) for title, mm in zip(upper, _WIDTHS_MM, strict=True))
        for height, titles in ((max(1, lines - 1), upper), (1, lower)):
            sheet.set_row(self._at, height * _LINE + _PAD)
            self._pages.head(height * _LINE + _PAD)
            self._pages.repeated += height * _LINE + _PAD
            for column, title in enumerate(titles):
                sheet.write_string(self._at, column, title, head)
            self._at += 1
        # merge_range() would write into the row above, which is on disk already; a merge needs no more than its place.
        sheet.merge += [
            [top, column, top + 1, column] for column in range(len(TITLES)) if column not in (_MALE, _FEMALE)
        ]
        sheet.merge.append([top, _MALE, top, _FEMALE])
        sheet.repeat_rows(top, top + 1)
        sheet.freeze_panes(top + 2, 0)

    def add(self, row: Row) -> None:
        """The next line of the table."""
        lines = max(line_count(str(row[column]), _WIDTHS_MM[column], _SIZE) for column in _MAY_WRAP)
        height = min(lines * _LINE + _PAD, _HIGHEST_ROW)
        self._sheet.set_row(self._at, height)
        self._pages.row(self._at, height)
        for column, value in enumerate(row):
            self._write(column, value, self._formats[_KINDS[column]])
        # XlsxWriter remembers the height of every row, to place pictures; there are none, and memory must not grow.
        for remembered in (self._sheet.row_info, self._sheet.row_sizes):
            remembered.pop(self._at - 1, None)
        self._at += 1
        self.rows += 1

    def _write(self, column: int, value: object, style: Format) -> None:
        """One cell of the current row; a text stays a text, whatever it looks like."""
        if isinstance(value, str):
            self._sheet.write_string(self._at, column, value[:_LONGEST_CELL], style)
        elif isinstance(value, int):
            self._sheet.write_number(self._at, column, value, style)
        else:
            self._sheet.write_blank(self._at, column, None, style)

    def sign(self, place_and_date: str) -> None:
        """Place, date, who signs, and room to do it: one row, which no page break can part, and never a page of its own."""
        high = (4 + _ROOM_TO_SIGN) * _BIG_LINE
        if first := self._pages.break_before(self._at, _EMPTY_ROW + high):
            self._sheet.set_h_pagebreaks([first])
        self._skip()
        bold, slanted = self._formats["bold"], self._formats["slanted"]
        office, chair, hint = SIGNATURE
        left, right = _RIGHT_BLOCK
        style = self._formats["signature"]
        self._sheet.set_row(self._at, high)
        self._sheet.merge_range(self._at, left, self._at, right, "", style)
        parts = (slanted, f"{place_and_date}\n", bold, f"{office}\n{chair}\n", slanted, hint)
        self._sheet.write_rich_string(self._at, left, *parts, style)
        self._at += 1

    def _line(self, text: str, style: str, columns: tuple[int, int]) -> None:
        """One line of text over several columns, as high as it needs."""
        first, last = columns
        lines = line_count(text, sum(_WIDTHS_MM[first : last + 1]), _BIG, bold=True)
        self._sheet.set_row(self._at, lines * _BIG_LINE)
        self._pages.head(lines * _BIG_LINE)
        self._sheet.merge_range(self._at, first, self._at, last, text, self._formats[style])
        self._at += 1

    def _skip(self) -> None:
        self._pages.head(_EMPTY_ROW)
        self._at += 1


@contextmanager
def open_form(path: Path, paper: Paper) -> Iterator[tuple[Workbook, dict[str, Format]]]:
    """A workbook for the form, and what its cells look like."""
    # Imported here: only a process that writes such a list pays for it.
    from xlsxwriter import Workbook

    # Its temporary files hold what the list holds, so they stay in the folder of the list.
    with Workbook(path, _OPTIONS | {"tmpdir": str(path.parent)}) as book:
        book.set_properties({"title": TITLE, "author": paper.organisation, "created": paper.now.replace(tzinfo=None)})
        yield book, {name: book.add_format(properties) for name, properties in _FORMATS.items()}


async def write(
    tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet, sheet_rows: int = SHEET_ROWS
) -> None:
    """The list on as many sheets as it needs, the signatures at its end. Memory does not grow with the rows."""
    for_ = await registration.occasion(tx, paper, params)
    heading = Heading(*registration.heading(paper, params), for_.day.year)
    done = 0
    with open_form(path, paper) as (book, formats):
        sheet = FormSheet(book, formats, heading)
        async for page in registration.rows(tx, params["units"], for_):
            for row in page:
                if sheet.rows >= sheet_rows:
                    sheet = FormSheet(book, formats, heading)
                sheet.add(row)
            done += len(page)
            progress(done, params["rows"])
        sheet.sign(registration.place_and_date(paper))


DOCUMENT = Document(
    "registration.xlsx", heavy=True, filename=partial(registration.filename, suffix="xlsx"), write=write
)

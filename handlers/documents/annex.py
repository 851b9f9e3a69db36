"""The annex of a notice to the units: the results of one round beside the registrations of the next, on A4 as offices print it.

The paper is a Vietnamese official form, so its words stand here and are the same in every language of the bot.
Source: notice of the Chi Lăng steering committee of October 2024, II.1: "Có biểu tổng hợp kết quả hiến máu đợt 1 và số lượng đăng ký
đợt 2 của các cơ quan, đơn vị kèm theo". No names of persons are on it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.board import Line, Pair, paired
from core.dates import show_date
from handlers import board_text
from handlers.documents import board_sight
from handlers.documents.board_sight import Seen
from handlers.documents.paper import Document, Paper, Params, Progress, clean, quiet
from handlers.documents.wrapping import line_count
from storage.database import Tx

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

TITLE = "BIỂU TỔNG HỢP"
SUBTITLE = "Kết quả {before}\nvà số lượng đăng ký {after}"
ATTACHED = "(Kèm theo Thông báo số: ……/TB-BCĐ ngày …… tháng …… năm ………)"
MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
RESULT_OF, REGISTERED_FOR = "Kết quả hiến máu ngày {date}", "Đăng ký hiến máu ngày {date}"
UNIT, NUMBER, NOTE, TOTAL = "Cơ quan, đơn vị", "TT", "Ghi chú", "Tổng cộng"
RESULT, REGISTERED = (
    ("Chỉ tiêu", "Số người đến", "Số người hiến", "Đạt (%)"),
    ("Chỉ tiêu", "Chắc chắn", "Có thể", "Đạt (%)"),
)
SILENT, OTHERS = "Chưa có người đăng ký", "Các đơn vị khác"
AS_OF = "Số liệu tổng hợp đến {hour} ngày {date}. Ô để trống: không giao chỉ tiêu."

_FONT, _SIZE, _LINE, _PAD = "Times New Roman", 12, 15.75, 4.0
_PIXELS_PER_MM = 96 / 25.4
# Source: Decree 30/2020/NĐ-CP, annex I, as on the registration list.
_MARGINS_MM = {"left": 30, "right": 15, "top": 20, "bottom": 20}
_WIDTHS_MM = (12, 70, *(18,) * 8, 26)
_LEFT, _RIGHT, _LAST = (0, 3), (4, 10), 10
_PLAIN = {"font_name": _FONT, "font_size": _SIZE, "align": "center", "valign": "vcenter", "text_wrap": True}
_FORMATS = {
    "plain": _PLAIN,
    "bold": _PLAIN | {"bold": True},
    "title": _PLAIN | {"bold": True, "font_size": 14},
    "slanted": _PLAIN | {"italic": True},
    "note": _PLAIN | {"italic": True, "align": "left"},
    "head": _PLAIN | {"bold": True, "border": 1},
    "text": _PLAIN | {"align": "left", "indent": 1, "border": 1, "num_format": "@"},
    "number": _PLAIN | {"border": 1, "num_format": "#,##0"},
    "total": _PLAIN | {"border": 1, "num_format": "#,##0", "bold": True},
}
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def filename(params: Params, paper: Paper) -> str:
    """As "bieu-tong-hop-ls-2026-11-2026-11-22.xlsx"."""
    return board_sight.filename("biểu tổng hợp", params, paper, "xlsx")


class _Sheet:
    """The page, from top to bottom."""

    def __init__(self, book: Workbook) -> None:
        self.sheet: Worksheet = book.add_worksheet("Biểu tổng hợp")
        self.formats: dict[str, Format] = {name: book.add_format(facts) for name, facts in _FORMATS.items()}
        self.at = 0
        self.sheet.set_paper(9)  # A4
        self.sheet.set_landscape()
        self.sheet.set_margins(**{side: mm / 25.4 for side, mm in _MARGINS_MM.items()})
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer(f'&C&"{_FONT},Regular"&10&P/&N')
        for column, mm in enumerate(_WIDTHS_MM):
            self.sheet.set_column_pixels(column, column, round(mm * _PIXELS_PER_MM))

    def block(self, text: str, style: str, columns: tuple[int, int] = (0, _LAST), *, rows: int = 1) -> None:
        """One text over several columns; the caller says when the row ends."""
        first, last = columns
        self.sheet.merge_range(self.at, first, self.at + rows - 1, last, text, self.formats[style])

    def end(self, lines: float = 1) -> None:
        """The row ends, so many lines high."""
        self.sheet.set_row(self.at, lines * _LINE + _PAD)
        self.at += 1

    def cells(self, values: list[object], style: str) -> None:
        """A row of the table, as high as the name of its unit."""
        for column, value in enumerate(values):
            kind = self.formats["text" if column in (1, _LAST) and style == "number" else style]
            if value is None or value == "":
                self.sheet.write_blank(self.at, column, None, kind)
            elif isinstance(value, str):
                self.sheet.write_string(self.at, column, value, kind)
            else:
                self.sheet.write(self.at, column, value, kind)
        texts = ((str(values[1]), _WIDTHS_MM[1]), (str(values[_LAST] or ""), _WIDTHS_MM[_LAST]))
        self.end(max(line_count(text, mm, _SIZE, bold=style == "total") for text, mm in texts))


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:
    """The round `before` and the round `round`, unit by unit, for who answers for these units."""
    before, after = await board_sight.load(tx, paper, params, "before"), await board_sight.load(tx, paper, params)
    # Imported here: only who hands out such a paper pays for it.
    from xlsxwriter import Workbook

    with Workbook(path, _OPTIONS | {"tmpdir": str(path.parent)}) as book:
        book.set_properties({"title": TITLE, "author": paper.organisation, "created": paper.now.replace(tzinfo=None)})
        sheet = _Sheet(book)
        _heading(sheet, paper, before, after)
        _titles(sheet, before, after)
        _rows(sheet, paper, before, after)
        now = {"hour": f"{paper.now.astimezone(paper.zone):%H:%M}", "date": show_date(paper.today)}
        sheet.block(AS_OF.format(**now), "note")
        sheet.end()
    progress(1, 1)


def _heading(sheet: _Sheet, paper: Paper, before: Seen, after: Seen) -> None:
    issuer = clean(paper.organisation).upper()
    lines = line_count(issuer, sum(_WIDTHS_MM[: _LEFT[1] + 1]), _SIZE, bold=True)
    sheet.block(issuer, "bold", _LEFT)
    sheet.block(MOTTO[0], "bold", _RIGHT)
    sheet.end(lines)
    sheet.block(MOTTO[1], "bold", _RIGHT)
    sheet.end()
    sheet.end()
    sheet.block(TITLE, "title")
    sheet.end(1.2)
    subtitle = SUBTITLE.format(before=_named(before), after=_named(after))
    sheet.block(subtitle, "bold")
    sheet.end(sum(line_count(line, sum(_WIDTHS_MM), _SIZE, bold=True) for line in subtitle.split("\n")) + 0.3)
    sheet.block(ATTACHED, "slanted")
    sheet.end()
    sheet.end(0.5)


def _named(seen: Seen) -> str:
    """As "Đợt 1 (ngày 18/3/2023)"."""
    return f"{clean(seen.round.name)} (ngày {show_date(seen.round.held_on)})"


def _titles(sheet: _Sheet, before: Seen, after: Seen) -> None:
    """Two rows of titles, which come again on every page."""
    for column, title in ((0, NUMBER), (1, UNIT), (_LAST, NOTE)):
        sheet.sheet.merge_range(sheet.at, column, sheet.at + 1, column, title, sheet.formats["head"])
    sheet.block(RESULT_OF.format(date=show_date(before.round.held_on)), "head", (2, 5))
    sheet.block(REGISTERED_FOR.format(date=show_date(after.round.held_on)), "head", (6, 9))
    sheet.end()
    for column, title in enumerate((*RESULT, *REGISTERED), 2):
        sheet.sheet.write_string(sheet.at, column, title, sheet.formats["head"])
    sheet.end(2)
    sheet.sheet.repeat_rows(sheet.at - 2, sheet.at - 1)


def _rows(sheet: _Sheet, paper: Paper, before: Seen, after: Seen) -> None:
    silent = {line.unit_id for line in after.board.silent()}
    for number, pair in enumerate(paired(before.board, after.board), 1):
        name = _name(paper, pair, before, after)
        note = SILENT if pair.unit_id in silent else ""
        sheet.cells([number, name, *_result(pair.before), *_registered(pair.after), note], "number")
    rest = (before.board.rest, after.board.rest)
    if any(line.people.answered or line.people.came for line in rest):
        sheet.cells([None, OTHERS, *_result(rest[0]), *_registered(rest[1]), ""], "number")
    totals = (before.board.total, after.board.total)
    sheet.cells([None, TOTAL, *_result(totals[0]), *_registered(totals[1]), ""], "total")


def _name(paper: Paper, pair: Pair, before: Seen, after: Seen) -> str:
    """As it is called now; a unit that is no more, as it was called then."""
    index, line = (after.index, pair.after) if pair.after else (before.index, pair.before)
    return clean(board_text.name(paper, index, line)) if line else ""


def _result(line: Line | None) -> list[Any]:
    if line is None:
        return [None] * len(RESULT)
    return [line.quota, line.people.came, line.people.gave, line.gave_percent]


def _registered(line: Line | None) -> list[Any]:
    if line is None:
        return [None] * len(REGISTERED)
    return [line.quota, line.people.certain, line.people.maybe, line.percent]


DOCUMENT = Document("annex.xlsx", heavy=False, filename=filename, write=write)

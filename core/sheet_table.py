"""Finding a table in a sheet that people made for people: titles above it, merged cells, signatures below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from functools import cached_property

from core.vietnamese import fold, nfc

MAX_BYTES = 5 * 1024 * 1024  # of a file: a paper with pictures in its heading has some hundred thousand
Cell = str | int | float | bool | date | time | None
Merge = tuple[int, int, int, int]  # first row, first column, last row, last column; from 0, all included

_FEWEST = 3  # A line of prose may hold one of these words, hardly three of them in cells of their own.
_HEADING_ROWS = 60  # Above it stand an emblem, a number, a title, a legal basis: never a page.
_SHORT_ALIAS = 2  # "ten ...", "han ...", "no ...": too short to mean something at the beginning of a longer title.

_TOTAL = re.compile(r"(?:tong|cong|total|sum)\b")
_SUMS = ("tong", "cong", "tong cong", "tong so", "total", "sum")
# What stands below a table. A row of data never begins so.
_BELOW = re.compile(
    r"(?:noi nhan|nguoi lap|lap bang|thu truong|ky ten|xac nhan|chu tich|truong ban|pho truong ban|giam doc|tm\b|kt\b|tl\b"
    r"|ghi chu|luu y|note\b|prepared by|signed)"
)


@dataclass(frozen=True)
class Shape:
    """How the tables of one kind look.

    `titles`: field -> column titles as people write them, folded; the first is the template's. `needed`: fields without which it is
    not such a table. `anchor`: the field that every row of data has; a row without it may be a total, a heading or what stands below.
    `telling`: a row that says one of these is data; `naming`: so is one that says one of these and something else.
    """

    titles: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]
    anchor: str
    telling: frozenset[str]
    naming: frozenset[str] = frozenset()

    @cached_property
    def fields(self) -> dict[str, str]:
        """Folded title -> field."""
        return {title: name for name, titles in self.titles.items() for title in titles}

    def field_of(self, title: str) -> str:
        """What a column title means: "Chỉ tiêu (đơn vị máu)" is "target"; "" for one that means nothing to us."""
        whole = _words(title)
        short = _words(re.sub(r"\(.*?\)", " ", title))
        for said in (whole, short):
            if said in self.fields:
                return self.fields[said]
        first = [alias for alias in self.fields if short.startswith(f"{alias} ") and len(alias) > _SHORT_ALIAS + 1]
        return self.fields[max(first, key=len)] if first else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as read: rows of cells, the first at row 1, and the cells that are merged."""

    name: str
    rows: Sequence[Sequence[Cell]]
    merges: Sequence[Merge] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. `row` counts from 1 as the program shows it; `section`: the heading it stands under, or ""."""

    row: int
    cells: dict[str, Cell]
    section: str = ""


@dataclass(frozen=True)
class Table:
    """What was found. `columns`: field -> column from 0. `twice`: titles of columns that say what another one says already, `unread`:
    titles that mean nothing to us, both with something below them. `skipped`: rows that are no data. `above`: the lines above the
    titles. `totals`: what the (last) row of totals says.
    """

    sheet: str
    row: int
    columns: dict[str, int]
    lines: tuple[Line, ...]
    twice: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    skipped: tuple[int, ...] = ()
    above: tuple[str, ...] = ()
    totals: Mapping[str, Cell] = field(default_factory=dict)


@dataclass
class _Header:
    """A row of titles, or two."""

    shape: Shape
    row: int
    height: int
    titles: list[str]
    columns: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for column, title in enumerate(self.titles):
            name = self.shape.field_of(title)
            if name:
                self.columns.setdefault(name, column)

    @property
    def is_one(self) -> bool:
        return len(self.columns) >= _FEWEST and all(name in self.columns for name in self.shape.needed)


def _words(title: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(title)))


def is_below(text: str) -> bool:
    """True for what stands below a table, where no cell can tell: "Người lập bảng", "TM. BAN THƯỜNG VỤ"."""
    said = fold(text)
    return bool(_BELOW.match(said)) or said.rstrip(":. ") in _SUMS


def text_of(cell: Cell) -> str:
    """A cell as one line of text; "" for an empty one."""
    return "" if cell is None else nfc(str(cell))


def find_table(sheet: Sheet, shape: Shape) -> Table | None:
    """The table of this shape in the sheet, wherever it stands; None where there is none."""
    cells = _Cells(sheet)
    headers = (_header(cells, row, shape) for row in range(min(len(sheet.rows), _HEADING_ROWS)))
    best = max((h for h in headers if h and h.is_one), key=lambda h: len(h.columns), default=None)
    return _table(cells, best) if best else None


class _Cells:
    """The sheet with its merges looked through."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.width = max(map(len, sheet.rows), default=0)
        self._across: dict[tuple[int, int], tuple[int, int]] = {}
        self._down: dict[tuple[int, int], tuple[int, int]] = {}
        for first_row, first, last_row, last in sheet.merges:
            for row in range(first_row, min(last_row, len(sheet.rows) - 1) + 1):
                for column in range(first, min(last, self.width - 1) + 1):
                    self._across[row, column] = (first_row, first)
                self._down[row, first] = (first_row, first)

    def at(self, row: int, column: int) -> Cell:
        """What stands here alone; of a cell that reaches over several rows, in each of them."""
        return self._plain(*self._down.get((row, column), (row, column)))

    def title(self, row: int, column: int) -> str:
        """What stands here as a title, which may reach over several columns too."""
        return text_of(self._plain(*self._across.get((row, column), (row, column))))

    def joins(self, row: int) -> bool:
        """True where a cell of this row and one of the next are one: titles of two rows."""
        return any(first_row == row < last_row for first_row, _, last_row, _ in self.sheet.merges)

    def _plain(self, row: int, column: int) -> Cell:
        cells = self.sheet.rows[row] if row < len(self.sheet.rows) else ()
        cell = cells[column] if column < len(cells) else None
        return None if isinstance(cell, str) and not cell.strip() else cell

    def row(self, row: int) -> list[Cell]:
        """All cells of a row."""
        return [self.at(row, column) for column in range(self.width)]


def _header(cells: _Cells, row: int, shape: Shape) -> _Header | None:
    """The titles of this row, with those of the next below them where that says more."""
    upper = [cells.title(row, column) for column in range(cells.width)]
    if sum(map(bool, upper)) < 2:
        return None
    one = _Header(shape, row, 1, upper)
    lower = [cells.title(row + 1, column) for column in range(cells.width)]
    # Titles are words. A row of data below a heading must not become part of it.
    if any(isinstance(cells.at(row + 1, column), int | float | date | time) for column in range(cells.width)):
        return one
    titles = [_both(above, below, shape) for above, below in zip(upper, lower, strict=True)]
    two = _Header(shape, row, 2, titles)
    return (
        two
        if len(two.columns) > len(one.columns) or (cells.joins(row) and len(two.columns) == len(one.columns))
        else one
    )


def _both(above: str, below: str, shape: Shape) -> str:
    """The title of a column under two rows of titles: "Thời gian" over "Bắt đầu" is the beginning."""
    if not below or above == below:
        return above
    return below if shape.field_of(below) else f"{above} {below}".strip()


def _table(cells: _Cells, header: _Header) -> Table:
    lines: list[Line] = []
    skipped: list[int] = []
    section = ""
    totals: dict[str, Cell] = {}
    for row in range(header.row + header.height, len(cells.sheet.rows)):
        values = cells.row(row)
        said = {name: values[column] for name, column in header.columns.items() if values[column] is not None}
        match _kind(values, said, header):
            case "line":
                lines.append(Line(row + 1, said, section))
            case "section":
                section = next(text_of(value) for value in values if value is not None)
            case "total":
                totals = said
            case "below":
                break
            case "strange":
                skipped.append(row + 1)
    twice, unread = _left_over(cells, header, [line.row - 1 for line in lines])
    above = (text_of(cell) for row in range(header.row) for cell in cells.row(row) if cell is not None)
    return Table(
        sheet=cells.sheet.name,
        row=header.row + 1,
        columns=header.columns,
        lines=tuple(lines),
        twice=twice,
        unread=unread,
        skipped=tuple(skipped),
        above=tuple(above),
        totals=totals,
    )


def _kind(values: list[Cell], said: dict[str, Cell], header: _Header) -> str:
    """What a row below the titles is."""
    there = [value for value in values if value is not None]
    if not there or _is_titles(values, header):
        return "empty"
    first, shape = fold(text_of(there[0])), header.shape
    if shape.anchor not in said and _TOTAL.match(first):
        return "total"
    if shape.anchor not in said and _BELOW.match(first):
        return "below"
    if len(there) == 1 and isinstance(there[0], str):
        if not said.keys() & shape.telling:
            return "section"
        if "number" not in said and values.index(there[0]) == 0:
            return "section"
    return "line" if said.keys() & (shape.telling | shape.naming) else "strange"


def _is_titles(values: list[Cell], header: _Header) -> bool:
    """The titles once more on the next page, or the numbers of the columns below them: (1) (2) (3), A B C."""
    words = [text_of(value) for value in values]
    again = [word for word, title in zip(words, header.titles, strict=True) if word and word == title]
    if len(again) >= _FEWEST:
        return True
    filled = [word.strip("()") for word in words if word]
    return len(filled) >= _FEWEST and all(len(word) <= 2 for word in filled) and list(_counted(filled)) == filled


def _counted(filled: list[str]) -> Iterator[str]:
    """The same cells, if they count the columns: figures from where they begin, letters before them."""
    numbers = [int(word) for word in filled if word.isdecimal()]
    expected = iter(range(numbers[0], numbers[0] + len(numbers))) if numbers else iter(())
    for word in filled:
        yield str(next(expected)) if word.isdecimal() else word.upper() if word.isalpha() and numbers else ""


def _left_over(cells: _Cells, header: _Header, below: Sequence[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Titles of columns that nothing is read from although something stands there: named twice, and not understood."""
    twice: list[str] = []
    unread: list[str] = []
    for column, title in enumerate(header.titles):
        if (
            not title
            or column in header.columns.values()
            or not any(cells.at(row, column) is not None for row in below)
        ):
            continue
        (twice if header.shape.field_of(title) else unread).append(title)
    return tuple(dict.fromkeys(twice)), tuple(dict.fromkeys(unread))

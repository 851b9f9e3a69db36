"""The table by which quotas are given out: a unit a row, people to be registered, people and families to be honoured.

An empty cell is no quota, which is not zero. Source: plan of the Lạng Sơn Federation of Labour for 2023, annexed list "Phân bổ chỉ
tiêu hiến máu tình nguyện, khen thưởng".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from core.quotas import HIGHEST, YearKind, read_target
from core.sheet_table import Cell, Line, Shape, Table, text_of
from core.unclear import Unclear
from core.vietnamese import fold

REGISTRATIONS: Final = "registrations"
FIELDS: Final = (REGISTRATIONS, *YearKind)
MOST_ROWS: Final = 6000
QUOTAS: Final = Shape(
    titles={
        "unit": ("don vi", "ten don vi", "co quan don vi", "co quan", "unit"),
        "number": ("tt", "stt", "so tt", "no"),
        "code": ("ma", "ma don vi", "code"),
        REGISTRATIONS: (
            "chi tieu hien mau",
            "chi tieu phan bo hien mau",
            "chi tieu phan bo hien mau cap tinh",
            "chi tieu dang ky",
            "hien mau",
            "so nguoi dang ky",
            "chi tieu",
            "quota",
        ),
        YearKind.AWARD_PERSON: ("ca nhan", "khen thuong ca nhan", "chi tieu khen thuong ca nhan", "people to be honoured"),
        YearKind.AWARD_FAMILY: ("gia dinh", "khen thuong gia dinh", "chi tieu khen thuong gia dinh", "families to be honoured"),
        YearKind.LIVING: ("ngan hang mau song", "mau song", "living blood bank"),
        YearKind.DONATIONS: ("ca nam", "chi tieu ca nam", "luot hien mau ca nam", "donations of the year"),
        "note": ("ghi chu", "note"),
    },
    needed=("unit",),
    anchor="unit",
    telling=frozenset(FIELDS),
    naming=frozenset(("unit", "number")),
)  # fmt: skip
_SUM = re.compile(r"(?:tong(?: cong| so)?|cong|total|sum)\W*")
_YEAR = re.compile(r"\bnam (20[0-9]{2})\b")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `figures`: field -> quota, None where the cell is empty; only columns that the table has."""

    row: int
    unit: str
    code: str
    figures: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A cell or a row that was not taken as it stands. `row` 0: of the table as a whole."""

    row: int
    reason: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuotaFile:
    """What a file says. `columns`: the kinds of quotas in it; `totals`: of each what its last row says; `year`: of its heading."""

    entries: tuple[Entry, ...]
    columns: tuple[str, ...]
    totals: Mapping[str, int]
    year: int | None = None
    doubts: tuple[Doubt, ...] = ()

    def sums(self) -> dict[str, int]:
        """What the rows come to, empty cells left out."""
        return {name: sum(entry.figures.get(name) or 0 for entry in self.entries) for name in self.columns}

    def to_json(self) -> dict[str, Any]:
        """Plain data for a row of the database."""
        return {
            "entries": [[e.row, e.unit, e.code, dict(e.figures)] for e in self.entries],
            "columns": list(self.columns),
            "totals": dict(self.totals),
            "year": self.year,
            "doubts": [[d.row, d.reason, dict(d.params)] for d in self.doubts],
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> QuotaFile:
        """The inverse of `to_json`. Raises KeyError, TypeError, ValueError for anything else."""
        return QuotaFile(
            entries=tuple(Entry(*entry) for entry in data["entries"]),
            columns=tuple(data["columns"]),
            totals=data["totals"],
            year=data["year"],
            doubts=tuple(Doubt(*doubt) for doubt in data["doubts"]),
        )


def read_quotas(tables: Sequence[Table]) -> QuotaFile:
    """What the first table with quotas says. Raises Unclear where none of them has any."""
    table = next((t for t in tables if any(name in t.columns for name in FIELDS)), None)
    if table is None:
        raise Unclear("import.refused.no_quotas")
    if len(table.lines) > MOST_ROWS:
        raise Unclear("import.refused.many_quotas", highest=MOST_ROWS)
    columns = tuple(str(name) for name in FIELDS if name in table.columns)
    doubts: list[Doubt] = []
    rows = [line for line in table.lines if not _is_total(line)]
    last = next((line.cells for line in table.lines if _is_total(line)), table.totals)
    entries = [entry for line in rows if (entry := _entry(line, columns, doubts))]
    totals = {name: total for name in columns if (total := _total(last.get(name))) is not None}
    doubts += [Doubt(row, "quotas.doubt.skipped") for row in table.skipped]
    file = QuotaFile(tuple(entries), columns, totals, _year(table.above), tuple(doubts))
    return QuotaFile(file.entries, columns, totals, file.year, (*file.doubts, *_sums_that_differ(file)))


def _is_total(line: Line) -> bool:
    """In this table "Tổng cộng" stands in the column of the units; a "Tổng công ty" is a unit."""
    return _SUM.fullmatch(fold(text_of(line.cells.get("unit")))) is not None


def _entry(line: Line, columns: Sequence[str], doubts: list[Doubt]) -> Entry | None:
    unit = text_of(line.cells.get("unit"))
    if not unit:
        doubts.append(Doubt(line.row, "quotas.doubt.no_unit"))
        return None
    figures: dict[str, int | None] = {}
    for name in columns:
        try:
            figures[name] = _figure(line.cells.get(name))
        except Unclear:
            shown = text_of(line.cells.get(name))[:30]
            doubts.append(Doubt(line.row, "quotas.doubt.figure", {"kind": name, "text": shown}))
    return Entry(line.row, unit, text_of(line.cells.get("code")), figures)


def _figure(cell: Cell) -> int | None:
    """A cell as a quota. Raises Unclear for one that is none."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        raise Unclear("unclear.quota")
    if isinstance(cell, int | float):
        if not 0 <= cell <= HIGHEST or cell != int(cell):
            raise Unclear("unclear.quota")
        return int(cell)
    return read_target(text_of(cell))


def _total(cell: Cell) -> int | None:
    try:
        return _figure(cell)
    except Unclear:
        return None


def _sums_that_differ(file: QuotaFile) -> Iterable[Doubt]:
    sums = file.sums()
    for name, said in file.totals.items():
        if said != sums[name]:
            yield Doubt(0, "quotas.doubt.total", {"kind": name, "said": said, "sum": sums[name]})


def _year(above: Iterable[str]) -> int | None:
    """The year in the heading; None where it names none, or several."""
    years = {int(year) for line in above for year in _YEAR.findall(fold(line))}
    return years.pop() if len(years) == 1 else None

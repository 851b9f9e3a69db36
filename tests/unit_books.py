"""Trees of units as officers send them: with a heading that was merged, parents by name, kinds in their words, and mistakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from bot.file_kinds import read_file
from core.unit_entries import Tree
from tests import list_books
from tests.plan_books import book, made

HEAD = (
    "STT",
    "Mã đơn vị",
    "Tên đơn vị",
    "Loại",
    "Trực thuộc",
    "Tên gọi khác",
    "Ngày thành lập",
    "Ngày kết thúc",
    "Nay là",
)
Rows = Sequence[Sequence[object]]


def tree_from(rows: Rows, today: date = date(2026, 11, 22)) -> Tree:
    """What a workbook with these rows says."""
    return Tree.from_json(read_file("don-vi.xlsx", book(rows, "Đơn vị"), today, only="units"))


def row(number: int, **cells: object) -> tuple[object, ...]:
    """A row with these cells: code, name, kind, parent, aliases, since, until, into."""
    names = ("code", "name", "kind", "parent", "aliases", "since", "until", "into")
    return (number, *(cells.get(name) for name in names))


def _real(sheet: Worksheet) -> None:
    """As an office makes it: who it is from, a title over all columns, signatures below."""
    for line in (("LĐLĐ TỈNH LẠNG SƠN",), (), ("DANH SÁCH ĐƠN VỊ NĂM 2026",), (), HEAD):
        sheet.append(list(line))
    sheet.merge_cells("A3:I3")
    for line in (
        row(1, code="CDN-YT", name="Công đoàn ngành Y tế", kind="Công đoàn ngành", parent="LĐLĐ tỉnh"),
        row(2, name="CĐCS Trường Tiểu học Bằng Mạc", kind="CĐCS", parent="LĐLĐ huyện Chi Lăng"),
        row(
            3, name="Trạm Y tế xã Bằng Mạc", parent="Trung tâm Y tế Chi Lăng", aliases="TYT Bằng Mạc; trạm xá Bằng Mạc"
        ),
        row(
            4,
            code="LDLD-BG",
            name="LĐLĐ huyện Bình Gia",
            kind="LĐLĐ huyện",
            parent="LS",
            until=date(2025, 6, 30),
            into="LS",
        ),
        row(5, name="CĐCS Trường Tiểu học Bằng Mạc", kind="CĐCS", parent="LĐLĐ huyện Chi Lăng"),
        row(6, code="A-1", name="Tổ Một", kind="đơn vị", parent="A-2"),
        row(7, code="A-2", name="Tổ Hai", kind="đơn vị", parent="A-1"),
        row(8, name="Đội cơ động", kind="phi đội", parent="LS"),
        row(9, name="Chi đoàn xã", kind="Đoàn thanh niên", parent="Chi Lăng"),
        row(10, name="Tổ Ba", kind="đơn vị", parent="Sao Hoả"),
    ):
        sheet.append(list(line))
    sheet.append([])
    sheet.append([None, None, "Người lập bảng", None, None, None, "TM. BAN THƯỜNG VỤ"])


def real() -> bytes:
    """The whole workbook."""

    def build(workbook: Any) -> None:
        _real(workbook.active)

    return made(build)


_BOOKS: dict[str, Callable[[], bytes]] = {"don-vi.xlsx": real}


def sent_file(name: str) -> tuple[str, bytes]:
    """(name, bytes) of a file that plays send: a tree of units, or what the lists and plans know."""
    return (name, _BOOKS[name]()) if name in _BOOKS else list_books.sent_file(name)

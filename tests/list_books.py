"""Lists of people as offices send them: made here, so that a reader of the tests sees what is in them. Everybody is invented."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any
from unicodedata import normalize

from core.legacy_text import _TCVN3, _VNI
from tests.plan_books import Rows, fill, made, plan_file

TOP: Rows = (
    ("LIÊN ĐOÀN LAO ĐỘNG TỈNH LẠNG SƠN", None, None, None, None, None, None, None),
    ("CÔNG ĐOÀN NGÀNH Y TẾ", None, None, None, None, None, None, None),
    (),
    ("DANH SÁCH ĐOÀN VIÊN, NGƯỜI LAO ĐỘNG",),
    ("ĐĂNG KÝ THAM GIA HIẾN MÁU TÌNH NGUYỆN – 2026",),
    (),
)
HEAD: Rows = (
    ("STT", "Họ và tên", "Đơn vị", "Tuổi", None, "Số lần đã hiến máu", "Số điện thoại", "Ghi chú"),
    (None, None, None, "Nam", "Nữ", None, None, None),
)
SIGNED: Rows = (
    (),
    (None, None, None, None, None, "Lạng Sơn, ngày 20 tháng 11 năm 2026"),
    (None, None, None, None, None, "TM. BAN THƯỜNG VỤ"),
    (None, None, None, None, None, "CHỦ TỊCH"),
    (),
    (None, None, None, None, None, "Người Ký Mẫu"),
)


def line(
    number: object,
    name: object,
    unit: object = "Sở Y tế",
    *,
    male: object = None,
    female: object = None,
    times: object = 0,
    phone: object = "0900000001",
    note: object = None,
) -> tuple[object, ...]:
    """A row of the form."""
    return (number, name, unit, male, female, times, phone, note)  # fmt: skip


def form(
    people: Sequence[Sequence[object]], *, top: Rows = TOP, signed: Rows = SIGNED, name: str = "Danh sách"
) -> bytes:
    """The form of the union, with its merged titles."""
    return made(lambda workbook: put(workbook.active, people, top=top, signed=signed, name=name))


def put(sheet: Any, people: Rows, *, top: Rows = TOP, signed: Rows = SIGNED, name: str = "") -> None:
    """The form on a sheet, below whatever stands there."""
    start = sheet.max_row + 1 if sheet.max_row > 1 else 1
    fill(sheet, [*top, *HEAD, *people, *signed], name)
    at = start + len(top)
    for column in "ABCFGH":
        sheet.merge_cells(f"{column}{at}:{column}{at + 1}")
    sheet.merge_cells(f"D{at}:E{at}")


THREE = (
    line(1, "Nguyễn Thị Mẫu", female=34, times=3, phone="0900 000 101"),
    line(2, "Trần Văn Thử", "Bệnh viện Đa khoa tỉnh", male=41, times=0, phone="0900000102", note="Đi xe cơ quan"),
    line(3, "Lò Thị Ví Dụ", female=28, times=1, phone="0900000103"),
)


def tidy() -> bytes:
    """Three people, nothing to ask."""
    return form(THREE)


def changed() -> bytes:
    """The same list a week later: a number, a remark and a count mended, one person gone, one new."""
    first, second, _ = THREE
    return form((
        (*first[:5], 4, "0900000111", None), (*second[:7], "Đi cùng đoàn"), line(3, "Hoàng Minh Hoạ", male=50, phone="0900000104"),
    ))  # fmt: skip


def messy() -> bytes:
    """Gaps in the numbers, ages under the wrong sex, in both columns, years instead, phones that lost their 0, a total, signatures."""
    return form((
        line(1, "Nguyễn Thị  Mẫu", male=34, phone=900000101),
        line(2, "TRẦN VĂN THỬ", "Bệnh viện Đa khoa tỉnh", male=1985, times=None, phone="0900.000.102"),
        line(5, normalize("NFD", "Lò Thị Ví Dụ"), female="15/3/1998", phone="+84 900 000 103"),
        line(6, "Hoàng Minh Hoạ", "nt", male=30, female=30, phone="O900000104"),
        line(7, "HÀ", male=date(1990, 5, 1), phone="01680000105"),
        line(None, "Phan Thị Thêm", female="3/15/1990", phone="0900000106 / 0900000107"),
        line(9, "Vũ Minh Số", male=88, times="nhiều", phone="12345"),
        line(10, "Đỗ Thu Trang", "Phòng Kế toán", female=25, phone=None, note="CCCD 001090000001"),
        line(11, "Bùi Minh Khoẻ", male=45, phone="0900000109", note="Huyết áp cao"),
        ("Tổng cộng: 9 người", None, None, None, None, None, None, None),
    ))  # fmt: skip


def years() -> bytes:
    """Ticks for the sex, a date of birth beside them, and columns that we never take."""
    head = (
        "TT", "Họ đệm", "Tên", "Ngày sinh", "Giới tính", None, "Số CCCD", "Dân tộc", "Địa chỉ thường trú", "Khoa/phòng", "Nhóm máu",
        "Ngày hiến máu gần nhất", "Số lần hiến", "SĐT", "Chức vụ",
    )  # fmt: skip
    under = (None, None, None, None, "Nam", "Nữ", None, None, None, None, None, None, None, None, None)
    people = (
        _member(1, "Nguyễn Thị", "Mẫu", date(1992, 3, 15), "F", "001092000001", "O+", date(2026, 5, 1), 3),
        _member(2, "Trần Văn", "Thử", "1985", "M", "001085000002", "chưa rõ", None, 0),
        _member(3, "Lò", "Ý", 90, "F", "", "Rh-", "tháng 9/2026", 2),
    )

    def build(workbook: Any) -> None:
        sheet = fill(workbook.active, [("DANH SÁCH HIẾN MÁU NGÀY 04/12/2026",), head, under, *people])
        sheet.merge_cells("E2:F2")

    return made(build)


def _member(number: int, *said: Any) -> tuple[object, ...]:
    """A row with a tick for the sex, and much that nobody asked for."""
    family, given, born, sex, papers, group, last, times = said
    ticks = (None, "x") if sex == "F" else ("X", None)
    phone = f"09000001{number:02}"
    return (
        number,
        family,
        given,
        born,
        *ticks,
        papers,
        "Kinh",
        "Số 1 phố Mẫu",
        "Sở Y tế",
        group,
        last,
        times,
        phone,
        "Nhân viên",
    )


def old_font(encode: Callable[[str], str]) -> bytes:
    """A list in an old font, titles and all; two names in it were pasted in later."""
    people = [line(at, name, male=30 + at, phone=f"09000002{at:02}") for at, name in enumerate(OLD_NAMES, 1)]

    def cells(rows: Rows) -> list[list[object]]:
        return [[encode(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]

    def build(workbook: Any) -> None:
        sheet = fill(workbook.active, [*cells(TOP), *cells(HEAD), *cells(people), *cells(SIGNED)])
        sheet["B15"] = "Trần Đức Hợp"
        for column in "ABCFGH":
            sheet.merge_cells(f"{column}7:{column}8")
        sheet.merge_cells("D7:E7")

    return made(build)


OLD_NAMES = (
    "Nguyễn Văn Tú",
    "Trần Thị Ánh",
    "Lê Văn Hưng",
    "Phạm Quốc Tự",
    "Hoàng Đức Long",
    "Vũ Thị Nguyệt",
    "Trần Đức Hợp",
    "Cao Tú",
)


def pages() -> bytes:
    """Titles again on every page, numbers of the columns, a second sheet, a sheet that is hidden."""

    def build(workbook: Any) -> None:
        numbers = ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)")
        put(workbook.active, [numbers, *THREE[:2], *HEAD, THREE[2]], name="Trang 1")
        second = workbook.create_sheet("Bệnh viện")
        put(
            second, [line(1, "Hoàng Minh Hoạ", "Bệnh viện Đa khoa tỉnh", male=50, phone="0900000104")], name="Bệnh viện"
        )
        hidden = workbook.create_sheet("nháp")
        put(hidden, [line(1, "Người Nháp", male=20)])
        hidden.sheet_state = "hidden"

    return made(build)


def units() -> bytes:
    """Several units in one file: headings in a cell of their own, Roman numbers, ditto signs; a unit that nobody knows."""
    return form((
        ("I", "SỞ Y TẾ (2 người)", None, None, None, None, None, None),
        line(1, "Nguyễn Thị Mẫu", None, female=34, phone="0900000101"),
        line(2, "Trần Văn Thử", None, male=41, phone="0900000102"),
        ("II. Bệnh viện Đa khoa tỉnh: 1 người", None, None, None, None, None, None, None),
        line(1, "Lò Thị Ví Dụ", None, female=28, phone="0900000103"),
        (None, "Phòng Kế toán", None, None, None, None, None, None),
        line(1, "Hoàng Minh Hoạ", None, male=50, phone="0900000104"),
        line(2, "Đỗ Thu Trang", "nt", female=25, phone="0900000105"),
        ("Tổng", 5, None, None, None, None, None, None),
    ))  # fmt: skip


def two_lists() -> bytes:
    """Two lists one below the other, each signed."""

    def build(workbook: Any) -> None:
        put(workbook.active, THREE[:2])
        put(workbook.active, [line(1, "Hoàng Minh Hoạ", "Bệnh viện Đa khoa tỉnh", male=50, phone="0900000104")])

    return made(build)


def legacy(encode: str, text: str) -> str:
    """A text as an old font wrote it: "tcvn3" or "vni"."""
    table = {new: old for old, new in (_TCVN3 if encode == "tcvn3" else _VNI).items()}
    return "".join(table.get(letter, table.get(letter.lower(), letter)) for letter in text)


LIST_BOOKS: dict[str, Callable[[], bytes]] = {
    "danh-sach.xlsx": tidy,
    "danh-sach-sua.xlsx": changed,
    "danh-sach-kho.xlsx": messy,
    "danh-sach-nam-sinh.xlsx": years,
    "danh-sach-font-cu.xlsx": lambda: old_font(partial(legacy, "tcvn3")),
    "danh-sach-nhieu-don-vi.xlsx": units,
}


def sent_file(name: str) -> tuple[str, bytes]:
    """(name, bytes) of a file that plays send: one of these lists, or what tests/plan_books.py makes."""
    return (name, LIST_BOOKS[name]()) if name in LIST_BOOKS else plan_file(name)

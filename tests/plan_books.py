"""Plans as officers send them: tidy and messy workbooks, made here so that a reader of the tests sees what is in them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import normalize

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from bot.file_kinds import read_file
from core.plan_entries import Plan

_DATA = Path(__file__).parent / "data"
Rows = Sequence[Sequence[object]]


def book(rows: Rows, name: str = "Kế hoạch") -> bytes:
    """A workbook of one sheet."""
    return made(lambda workbook: fill(workbook.active, rows, name))


def plan_from(name: str, body: bytes, today: date) -> Plan:
    """What a file of a plan says."""
    return Plan.from_json(read_file(name, body, today, only="plan"))


def made(build: Callable[[Any], object]) -> bytes:
    """The bytes of a workbook that `build` fills."""
    workbook = openpyxl.Workbook()
    build(workbook)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def fill(sheet: Worksheet, rows: Rows, name: str = "") -> Worksheet:
    """Put rows into a sheet, None for an empty cell."""
    for row in rows:
        sheet.append(list(row))
    sheet.title = name or sheet.title
    return sheet


# Four invented rounds of the units in tests/data/house.toml.
HEAD = ("Đợt", "Tên đợt", "Ngày", "Giờ", "Địa điểm", "Chỉ tiêu (đơn vị máu)", "Hạn đăng ký", "Đơn vị được mời")
SPRING = (1, "Xuân Hồng", date(2027, 1, 15), "7h00 - 11h30", "Nhà khách Suối Mơ", 120, date(2027, 1, 8), "Sở Y tế")
MARCH = (2, "Tháng Thanh niên", date(2027, 3, 19), "7h00 - 11h30", "Trường Bình An", 80, date(2027, 3, 12), "Tỉnh Đoàn")
MAY = (
    3,
    "Hành trình Đỏ",
    date(2027, 5, 21),
    "7h00 - 11h30",
    "Nhà văn hoá Mẫu",
    90,
    date(2027, 5, 14),
    "Công ty Điện lực",
)
TIDY: Rows = (HEAD, SPRING, MARCH, MAY)


def _replaced(row: Sequence[object], **changes: object) -> tuple[object, ...]:
    """A row with other cells, by the column's first word in plain letters."""
    place = {"name": 1, "date": 2, "hours": 3, "place": 4, "target": 5, "deadline": 6, "units": 7}
    cells = list(row)
    for name, value in changes.items():
        cells[place[name]] = value
    return tuple(cells)


CHANGED: Rows = (HEAD, SPRING, _replaced(MARCH, date=date(2027, 3, 26), target=100, deadline=date(2027, 3, 19)), MAY)
FAULTY: Rows = (
    HEAD,
    SPRING,
    _replaced(MARCH, date="31/4/2027"),
    _replaced(MAY, units="Sở Thuỷ văn Sao Hoả"),
    (4, "Cuối năm", date(2027, 11, 19), None, "Nhà khách Suối Mơ", "3,950", None, None),
)


def lai_chau() -> bytes:
    """The 18 rounds of a provincial plan as such papers look: emblem, titles, merged cells, two rows of titles, headings, signatures."""

    def build(workbook: Any) -> None:
        sheet = fill(workbook.active, _LAI_CHAU, "KH 2021")
        for merged in (
            "A1:C1",
            "D1:H1",
            "A3:H3",
            "A4:H4",
            "A6:A7",
            "B6:B7",
            "C6:C7",
            "D6:D7",
            "E6:E7",
            "F6:G6",
            "H6:H7",
        ):
            sheet.merge_cells(merged)
        for number, row in enumerate(_LAI_CHAU, 1):
            if row and isinstance(row[0], str) and row[0].startswith("Tháng"):
                sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=8)
        hidden = fill(workbook.create_sheet("nháp cũ"), [HEAD, SPRING])
        hidden.sheet_state = "hidden"

    return made(build)


def _round(number: object, day: object, place: str, target: object, *units: str) -> tuple[object, ...]:
    leading, executing, note = (*units, "", "", "")[:3]
    return (number, None, day, normalize("NFD", place), target, leading, executing, note or None)


_COMMITTEE = "BCĐ tỉnh; BCĐ {0}"
_DOES = "BCĐ {0}\nBVĐK tỉnh\nTTYT {0}"


def _district(number: object, day: object, place: str, target: object, name: str) -> tuple[object, ...]:
    return _round(number, day, place, target, _COMMITTEE.format(name), _DOES.format(name))


_LAI_CHAU: Rows = (
    ("UBND TỈNH LAI CHÂU", None, None, "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    (),
    ("KẾ HOẠCH",),
    ("Tổ chức các đợt hiến máu tình nguyện năm 2021",),
    (),
    ("Đợt", "Tên đợt", "Thời gian", "Địa điểm tổ chức", "Số lượng (đơn vị)", "Đơn vị", None, "Ghi chú"),
    (None, None, None, None, None, "Chỉ đạo", "Thực hiện", None),
    ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"),
    ("Tháng 12/2020 và 01/2021: Tết và Lễ hội Xuân Hồng",),
    _round(
        "Đợt 1", "25/12/2020 (T6)", "BVĐK tỉnh hoặc Công ty Điện lực tỉnh", 100, "BCĐ tỉnh; Đảng uỷ Khối", "BVĐK tỉnh"
    ),
    _district("Đợt 2", "15/01/2021 (T6)", "TTYT thành phố Lai Châu", 200, "thành phố"),
    ("Tháng 3: Ngày thành lập Đoàn",),
    _district("Đợt 3", date(2021, 3, 5), "TTYT huyện Sìn Hồ", "200", "Sìn Hồ"),
    _round("Đợt 4", date(2021, 3, 19), "Trường Cao đẳng cộng đồng", 210, "BCĐ tỉnh", "BVĐK tỉnh"),
    ("Tháng 4: Ngày toàn dân hiến máu tình nguyện 7/4",),
    _district("Đợt 5", "Thứ Tư, 07/4/2021", "TTYT huyện Mường Tè", 200, "Mường Tè"),
    _district("Đợt 6", "23/4/2021", "Hội trường TT Hành chính huyện Nậm Nhùn", 200, "Nậm Nhùn"),
    (),
    ("Tháng 5 đến tháng 9: Hành trình Đỏ và những giọt máu hồng hè",),
    _district("Đợt 7", "07/5/2021", "TTYT huyện Phong Thổ", 200, "Phong Thổ"),
    _district("Đợt 8", "21/5/2021", "TTYT huyện Than Uyên", 250, "Than Uyên"),
    _round("Đợt 9", "09/6/2021 (T4)", "Trung tâm Hội nghị Văn hoá tỉnh", "3.950", "Viện HH-TM; BCĐ tỉnh", "BVĐK tỉnh"),
    _district("Đợt 10", "18/6/2021", "TTYT huyện Tam Đường", 250, "Tam Đường"),
    _district("Đợt 11", "02/7/2021", "Nhà thi đấu thể thao huyện Tân Uyên", 250, "Tân Uyên"),
    ("Đợt", "Tên đợt", "Thời gian", "Địa điểm tổ chức", "Số lượng (đơn vị)", "Chỉ đạo", "Thực hiện", "Ghi chú"),
    _district("Đợt 12", "27/8/2021", "TTYT huyện Sìn Hồ", 200, "Sìn Hồ"),
    _district("Đợt 13", "10/9/2021", "Hội trường TT Hành chính huyện Nậm Nhùn", 200, "Nậm Nhùn"),
    _district("Đợt 14", "24/9/2021", "TTYT huyện Mường Tè", 200, "Mường Tè"),
    ("Tháng 10 và 11",),
    _district("Đợt 15", "08/10/2021", "TTYT huyện Phong Thổ", 200, "Phong Thổ"),
    _district("Đợt 16", "22/10/2021", "TTYT huyện Than Uyên", 150, "Than Uyên"),
    _district("Đợt 17", "12/11/2021", "BVĐK huyện Tam Đường", 150, "Tam Đường"),
    _district("Đợt 18", "26/11/2021", "Nhà thi đấu thể thao huyện Tân Uyên", 150, "Tân Uyên"),
    ("Tổng cộng", None, None, None, 7260),
    (),
    ("Nơi nhận:", None, None, None, None, "TM. BAN CHỈ ĐẠO"),
    ("- Như trên;", None, None, None, None, "TRƯỞNG BAN"),
)

_BOOKS: dict[str, Callable[[], bytes]] = {
    "ke-hoach.xlsx": lambda: book(TIDY),
    "ke-hoach-sua.xlsx": lambda: book(CHANGED),
    "ke-hoach-loi.xlsx": lambda: book(FAULTY),
    "lai-chau.xlsx": lai_chau,
    "anh.pdf": lambda: b"%PDF-1.7 nothing",
    "locked.xlsx": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
}


def plan_file(name: str) -> tuple[str, bytes]:
    """(name, bytes) of a file that plays send: one of these, or one of tests/data."""
    from tests.quota_books import QUOTA_BOOKS  # It is made of what is here.

    books = _BOOKS | QUOTA_BOOKS
    return name, books[name]() if name in books else (_DATA / name).read_bytes()

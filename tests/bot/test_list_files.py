"""Lists as offices send them, read as files: messy workbooks, old fonts, .csv, limits."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from bot.file_kinds import read_file
from bot.intake import read_in_child
from core.list_entries import MOST, Entry, People
from core.unclear import Unclear
from tests import list_books as books
from tests.list_books import OLD_NAMES, form, legacy, line
from tests.plan_books import TIDY, book, lai_chau

TODAY = date(2026, 11, 24)


def people(body: bytes, name: str = "danh-sach.xlsx") -> People:
    """What a list says, after it went over the wire of the child."""
    data = json.loads(json.dumps(read_file(name, body, TODAY)))
    assert data["kind"] == "list"
    return People.from_json(data)


def told(entry: Entry) -> tuple[object, ...]:
    """A row in short: name, unit, sex, year, times, number."""
    facts: dict[str, Any] = entry.facts
    year = facts["birth"]["y"] if "birth" in facts else None
    return (
        facts.get("name"),
        facts.get("unit"),
        facts.get("sex"),
        year,
        facts.get("donations"),
        facts.get("phone", "")[-3:],
    )


def asked(entry: Entry) -> list[str]:
    """The last words of its questions, ! for those that must be answered."""
    return [doubt.message.rpartition(".")[2] + "!" * doubt.grave for doubt in entry.doubts]


THREE = [
    ("Nguyễn Thị Mẫu", "Sở Y tế", "F", 1992, 3, "101"),
    ("Trần Văn Thử", "Bệnh viện Đa khoa tỉnh", "M", 1985, 0, "102"),
    ("Lò Thị Ví Dụ", "Sở Y tế", "F", 1998, 1, "103"),
]


def test_the_form_of_the_union_is_read_whole() -> None:
    """Titles above, signatures below, ages under two columns."""
    read = people(books.tidy())
    assert [told(entry) for entry in read.entries] == THREE
    assert [entry.row for entry in read.entries] == [9, 10, 11]
    assert not any(entry.doubts for entry in read.entries)
    assert (read.year, read.left, read.unread, read.notes) == (2026, (), (), {})


def test_a_messy_list_says_row_by_row_what_is_to_be_looked_at() -> None:
    """And mends what is beyond doubt."""
    read = people(books.messy())
    assert [(entry.row, asked(entry)) for entry in read.entries] == [
        (9, ["other_sex"]),
        (10, ["caps", "no_count"]),
        (11, []),
        (12, ["both!"]),
        (13, ["caps_lone"]),
        (14, ["birth!", "phones"]),
        (15, ["age_or_year", "donations", "phone"]),
        (16, ["no_phone"]),
        (17, []),
    ]
    assert read.entries[3].facts["unit"] == "Sở Y tế"  # a ditto sign, after a row of that unit
    assert "note" not in read.entries[7].facts and "note" not in read.entries[8].facts
    assert read.printed == 9
    assert {note.rpartition(".")[2]: rows for note, rows in read.notes.items()} == {
        "zero": [9],
        "old_number": [13],
        "papers": [16],
        "health": [17],
    }


def test_columns_that_we_never_take_are_not_read() -> None:
    """They are named, and nothing of them is anywhere in what was read."""
    read = people(books.years())
    assert [told(entry)[:4] for entry in read.entries] == [
        ("Nguyễn Thị Mẫu", "Sở Y tế", "F", 1992),
        ("Trần Văn Thử", "Sở Y tế", "M", 1985),
        ("Lò Ý", "Sở Y tế", "F", 1990),
    ]
    assert read.days == ("2026-12-04",)
    assert read.left == ("papers", "people", "address")
    assert read.unread == ("Chức vụ",)
    said = json.dumps(read.to_json(), ensure_ascii=False)
    assert not any(secret in said for secret in ("0010920", "Kinh", "phố Mẫu", "Nhân viên"))


@pytest.mark.parametrize("font", ["tcvn3", "vni"])
def test_a_list_in_an_old_font_is_read_titles_and_all(font: str) -> None:
    """Every name that was converted is shown for a look; one of today, pasted in, is not."""
    read = people(books.old_font(partial(legacy, font)))
    assert [entry.facts["name"] for entry in read.entries] == list(OLD_NAMES)
    converted = [
        entry.facts["name"] for entry in read.entries if any("encoding" in question for question in asked(entry))
    ]
    assert converted == [name for name in OLD_NAMES if name != "Trần Đức Hợp"]
    assert [message for message, _ in read.asked] == ["import.asked.old_font"]


def test_titles_on_every_page_and_on_every_sheet() -> None:
    """Numbers of the columns are no person; a hidden sheet is named and left alone."""
    read = people(books.pages())
    assert [(entry.sheet, told(entry)[0]) for entry in read.entries] == [
        ("Trang 1", "Nguyễn Thị Mẫu"),
        ("Trang 1", "Trần Văn Thử"),
        ("Trang 1", "Lò Thị Ví Dụ"),
        ("Bệnh viện", "Hoàng Minh Hoạ"),
    ]
    assert read.asked == (("import.asked.hidden", {"sheets": "nháp"}),)


def test_headings_name_the_unit_of_the_rows_below_them() -> None:
    """Whatever they are numbered with, and wherever they stand; totals are no people."""
    read = people(books.units())
    assert [told(entry)[:2] for entry in read.entries] == [
        ("Nguyễn Thị Mẫu", "SỞ Y TẾ"),
        ("Trần Văn Thử", "SỞ Y TẾ"),
        ("Lò Thị Ví Dụ", "Bệnh viện Đa khoa tỉnh"),
        ("Hoàng Minh Hoạ", "Phòng Kế toán"),
        ("Đỗ Thu Trang", "Phòng Kế toán"),
    ]
    assert not any(entry.grave for entry in read.entries)


def test_two_lists_in_one_sheet_are_two() -> None:
    """The signatures of the first are no people, and do not end the file."""
    read = people(books.two_lists())
    assert [told(entry)[0] for entry in read.entries] == ["Nguyễn Thị Mẫu", "Trần Văn Thử", "Hoàng Minh Hoạ"]
    assert read.days == ()


def _csv(separator: str, encoding: str) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator)
    writer.writerow(["STT", "Họ và tên", "Đơn vị", "Nam", "Nữ", "Số lần đã hiến máu", "Số điện thoại", "Ghi chú"])
    writer.writerows([cell if cell is not None else "" for cell in row] for row in books.THREE)
    return file.getvalue().encode(encoding)


@pytest.mark.parametrize(("separator", "encoding"), [(",", "utf-8-sig"), (";", "utf-8"), ("\t", "utf-16")])
def test_a_list_as_text(separator: str, encoding: str) -> None:
    """As Excel saves it, in each of its ways."""
    assert [told(entry) for entry in people(_csv(separator, encoding), "a.csv").entries] == THREE


def test_a_text_in_an_old_font() -> None:
    """Bytes that are no UTF-8 and no Vietnamese Windows either."""
    rows = [
        ["STT", "Họ và tên", "Đơn vị", "Nam", "Nữ", "Số điện thoại"],
        *([n, name, "Sở Y tế", 30, "", "0900000101"] for n, name in enumerate(OLD_NAMES)),
    ]
    text = "\n".join(";".join(legacy("tcvn3", str(cell)) for cell in row) for row in rows)
    read = people(text.encode("cp1252", "replace"), "a.csv")
    assert [entry.facts["name"] for entry in read.entries] == list(OLD_NAMES)


def _many(count: int) -> bytes:
    head = "STT;Họ và tên;Nam;Nữ;Số điện thoại\n"
    return (head + "".join(f"{n};Nguyễn Thị Mẫu;;30;0900000101\n" for n in range(count))).encode()


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("a.xlsx", lambda: form(()), "list.refused.nobody"),
        ("a.csv", lambda: _many(MOST + 1), "list.refused.long"),
        ("a.csv", lambda: _many(21_000), "import.refused.rows"),
        ("a.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "import.refused.xls"),
        ("a.xlsx", lambda: books.tidy()[:-300], "import.refused.broken"),
    ],
    ids=["empty", "too-many", "far-too-many", "xls-saved-as-xlsx", "broken"],
)
def test_what_is_no_list_is_refused_in_a_sentence(name: str, body: Callable[[], bytes], why: str) -> None:
    """The traps of tests/bot/test_plan_files.py stand before every kind of file."""
    with pytest.raises(Unclear) as refused:
        read_file(name, body(), TODAY)
    assert refused.value.reason == why


def test_a_plan_stays_a_plan() -> None:
    """What fits best reads a file, and a plan has no column of names."""
    assert {read_file("a.xlsx", body, TODAY)["kind"] for body in (book(TIDY), lai_chau())} == {"plan"}


async def test_three_thousand_people_are_read_in_time() -> None:
    """In a process of its own, with the memory and the seconds that every file has."""
    rows = [
        line(n, f"Nguyễn Thị Mẫu {'ABCDEGHIKL'[n % 10]}", female=18 + n % 40, phone=f"09{n:08}") for n in range(MOST)
    ]
    body = form(rows)
    began = time.perf_counter()
    result = await read_in_child("danh-sach.xlsx", body, TODAY, set())
    assert "refused" not in result
    assert len(People.from_json(result).entries) == MOST
    assert time.perf_counter() - began < 20

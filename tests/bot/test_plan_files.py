"""Plans as files: three formats say the same, and what nobody should open is refused from outside."""

from __future__ import annotations

import asyncio
import io
import time
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any
from unicodedata import normalize

import openpyxl
import pytest

from bot.file_worker import result_of
from bot.intake import read_in_child
from core.plan_entries import Entry, Plan
from core.sheet_table import MAX_BYTES
from core.unclear import Unclear
from tests.plan_books import HEAD, TIDY, book, fill, lai_chau, made, plan_from

TODAY = date(2026, 11, 24)


def facts(plan: Plan) -> list[dict[str, Any]]:
    """What the rows say, without where they stand."""
    return [entry.facts for entry in plan.entries]


def refused(name: str, body: bytes) -> str:
    """Why a file is refused; "" where it is read."""
    return str(result_of(name, body, TODAY).get("refused", "")).removeprefix("import.refused.")


def csv(separator: str = ",", encoding: str = "utf-8") -> bytes:
    """The tidy plan as a spreadsheet program saves it."""
    lines = [[f"{c:%d/%m/%Y}" if isinstance(c, date) else str(c) for c in row] for row in TIDY]
    return "\r\n".join(separator.join(f'"{cell}"' for cell in line) for line in lines).encode(encoding)


TOML = """
[[rounds]]
code = "LS-2027-01"
number = 1
name = "Xuân Hồng"
held_on = 2027-01-15
opens = 07:00:00
closes = 11:30:00
place = "Nhà khách Suối Mơ"
place_or = []
target = 120
deadline_on = 2027-01-08
units = ["Sở Y tế"]
"""


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_says_the_same_as_xlsx_and_as_csv(separator: str, encoding: str) -> None:
    """Whatever stands between cells, with and without a mark of the encoding."""
    assert facts(plan_from("plan.csv", csv(separator, encoding), TODAY)) == facts(
        plan_from("plan.xlsx", book(TIDY), TODAY)
    )


def test_toml_says_the_same() -> None:
    """With its code, and open at once, as plans in TOML always were; rows are lines of the file."""
    plan = plan_from("plan.toml", TOML.encode(), TODAY)
    (first, *_) = facts(plan_from("plan.xlsx", book(TIDY), TODAY))
    assert facts(plan) == [first | {"code": "LS-2027-01"}]
    assert plan.state == "open"
    assert plan.entries[0].row == 2


def test_a_wrong_round_of_a_toml_file_is_a_row_with_a_mistake() -> None:
    """The others can be saved."""
    plan = plan_from(
        "plan.toml", (TOML + TOML.replace("01", "02").replace("number = 1", 'number = "x"')).encode(), TODAY
    )
    assert [bool(entry.wrong) for entry in plan.entries] == [False, True]
    assert plan.entries[1].wrong[0].params == {"where": "number"}


def _windows_1258(text: str) -> bytes:
    """As old Windows programs write it: letters with their hats, tones as marks of their own behind them."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    letters: list[str] = []
    for letter in text:
        apart = normalize("NFD", letter)
        hat = normalize("NFC", "".join(mark for mark in apart if mark not in tones))
        letters += [hat, *(mark for mark in apart if mark in tones)]
    return "".join(letters).encode("cp1258")


def test_letters_of_old_windows_are_read_and_asked_about() -> None:
    """Windows-1258: read right, and a person is asked to look."""
    plan = plan_from("plan.csv", _windows_1258("Đợt;Ngày;Địa điểm\r\n1;19/3/2027;Trường Đại học Nguyễn Huệ"), TODAY)
    assert plan.entries[0].facts["place"] == "Trường Đại học Nguyễn Huệ"
    assert [remark.message for remark in plan.asked] == ["import.asked.letters"]


def test_the_lai_chau_paper_is_18_rounds() -> None:
    """With its emblem, merged cells, two rows of titles, headings, a repeated title, a total and signatures."""
    plan = plan_from("KH.xlsx", lai_chau(), TODAY)
    assert [entry.facts["number"] for entry in plan.entries] == list(range(1, 19))
    assert sum(entry.facts["target"] for entry in plan.entries) == 7260
    assert not [entry for entry in plan.entries if entry.wrong]
    assert plan.year == 2021
    assert plan.entries[0].facts["place_or"] == ["Công ty Điện lực tỉnh"]
    assert plan.entries[3].facts["occasion"] == "Tháng 3: Ngày thành lập Đoàn"
    assert plan.entries[2].facts["executing"] == ["BCĐ Sìn Hồ", "BVĐK tỉnh", "TTYT Sìn Hồ"]
    assert [remark.message for remark in plan.asked] == ["import.asked.hidden"]


def test_all_visible_sheets_are_read() -> None:
    """Half a year each; where a row stands is told with its sheet. Drawings, and a sheet of prose, are nobody's business."""

    def build(workbook: Any) -> None:
        fill(workbook.active, TIDY[:3], "Quý I")
        fill(workbook.create_sheet(), (HEAD, TIDY[3]), "Quý II")
        fill(workbook.create_sheet(), [["Ghi nhớ: mang theo căn cước"]], "Dặn dò")

    plan = plan_from("plan.xlsx", made(build), TODAY)
    assert [(entry.sheet, entry.row) for entry in plan.entries] == [("Quý I", 2), ("Quý I", 3), ("Quý II", 2)]


def test_what_excel_worked_out_counts_and_no_formula_is_run() -> None:
    """A formula without a stored result says nothing; a text that looks like one is a text."""
    rows = [*TIDY[:2], (2, '=HYPERLINK("http://x","Đợt")', "=TODAY()", None, "=1+1", 80, None, None)]
    entry: Entry = plan_from("plan.xlsx", book(rows), TODAY).entries[-1]
    assert entry.row == 3
    assert not entry.facts.keys() & {"held_on", "place", "name"}


def _zip(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def _with(body: bytes, replaced: dict[str, Callable[[bytes], bytes]], **more: bytes) -> bytes:
    """A workbook with other members."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, replaced[name](content) if name in replaced else content)
        for name, content in more.items():
            new.writestr(name, content)
    return file.getvalue()


_SHEET = "xl/worksheets/sheet1.xml"
_LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
PLAIN = book(TIDY)

REFUSED: list[tuple[str, bytes, str]] = [
    ("plan.xlsx", b"", "empty"),
    ("plan.xlsx", b"PK" + b"\0" * MAX_BYTES, "size"),
    ("plan.pdf", b"%PDF-1.7", "kind"),
    ("plan.xlsx", b"<html>no</html>", "broken"),
    ("plan", b"PK\x03\x04 broken", "broken"),
    ("plan.xlsx", PLAIN[:-400], "broken"),
    ("plan.xls", _OLE, "xls"),
    ("plan.xlsx", _OLE, "xls"),
    ("plan.xlsx", _OLE + "EncryptedPackage".encode("utf-16-le"), "locked"),
    ("plan.docx", _zip(**{"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "kind"),
    ("plan.xlsx", _with(PLAIN, {}, **{"xl/vbaProject.bin": b"macro"}), "macros"),
    ("plan.xlsx", _with(PLAIN, {}, **{"xl/macrosheets/sheet9.xml": b"<x/>"}), "macros"),
    ("plan.xlsx", _with(PLAIN, {_SHEET: lambda xml: _LAUGHS + xml.partition(b"?>")[2]}), "trap"),
    ("plan.xlsx", _with(PLAIN, {}, **{f"xl/media/{n}.png": b"" for n in range(201)}), "trap"),
    ("plan.xlsx", _with(PLAIN, {}, **{"xl/media/blank.bin": b"\0" * 30_000_000}), "trap"),
    ("plan.xlsx", _with(PLAIN, {}, **{"xl/media/dense.bin": b"\0" * 5_000_000}), "trap"),
    ("plan.xlsx", book([["Danh sách"], ["STT", "Họ và tên"], [1, "Nguyễn Văn Mẫu"]]), "no_table"),
    ("plan.xlsx", book([HEAD]), "no_rounds"),
    ("plan.xlsx", book([HEAD, *TIDY[1:] * 140]), "long"),
    ("plan.csv", ("Đợt;Ngày;Địa điểm\n" + "1;19/3/2027;Nhà văn hoá\n" * 401).encode(), "long"),
    ("plan.csv", b"\xff\xfe\x00", "letters"),
    ("plan.csv", "Họ và tên;Đơn vị\nNguyễn Văn Mẫu;Sở Mẫu".encode(), "no_table"),
    ("plan.toml", b"rounds = [", "toml"),
    ("plan.toml", b"[[donors]]\nname = 'x'", "toml"),
    ("plan.toml", b"[[units]]\ncode = 'A'", "toml"),
    ("plan.toml", b"", "empty"),
    ("plan.toml", b"# nothing", "no_rounds"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body", "why"), REFUSED, ids=[f"{why}-{n}" for n, (_, _, why) in enumerate(REFUSED)])
def test_a_file_that_is_no_plan_is_refused_with_a_reason(name: str, body: bytes, why: str) -> None:
    """As a whole, in a sentence of its own, and at once."""
    began = time.perf_counter()
    assert refused(name, body) == why
    assert time.perf_counter() - began < 5


def test_links_to_other_workbooks_are_not_followed() -> None:
    """They may stand in a file that somebody copied together; its own cells are read."""
    body = _with(PLAIN, {}, **{"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})
    assert facts(plan_from("plan.xlsx", body, TODAY)) == facts(plan_from("plan.xlsx", PLAIN, TODAY))


def _sheet_xml(cells: bytes) -> bytes:
    head = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    return head + cells + b"</sheetData></worksheet>"


def _filled(row: int) -> bytes:
    return f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>x</t></is></c></row>'.encode()


BOMBS = {
    # Each fits through the door; what they unpack to is another matter.
    "rows": _sheet_xml(b"".join(_filled(n) + b"<!--%d-->" % (n * 7919) for n in range(1, 200_000))),
    "sparse": _sheet_xml(_filled(1) + _filled(1_048_576)),
    "wide": _sheet_xml(b'<row r="1"><c r="XFD1"><v>1</v></c></row>' * 20_000),
    "deep": _sheet_xml(b"<row>" * 100_000),
    "merges": _sheet_xml(_filled(20_000)).replace(
        b"</worksheet>", b"<mergeCells>" + b'<mergeCell ref="A1:XFD1048576"/>' * 50_000 + b"</mergeCells></worksheet>"
    ),
    "text": _sheet_xml(
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"lang thang " * 1_500_000 + b"</t></is></c></row>"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
async def test_a_bomb_harms_nobody(bomb: bytes) -> None:
    """It is refused within seconds, in a process of its own; this one goes on meanwhile."""
    body = _with(PLAIN, {_SHEET: lambda _: bomb})
    assert len(body) < MAX_BYTES
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    beside = asyncio.create_task(tick())
    began = time.perf_counter()
    result = await read_in_child("plan.xlsx", body, TODAY, set())
    beside.cancel()
    assert "refused" in result
    assert time.perf_counter() - began < 40
    assert ticks > 10


def test_a_workbook_that_claims_to_be_huge_is_read_by_its_cells() -> None:
    """The size that stands in a file is its maker's word."""
    body = _with(
        PLAIN, {_SHEET: lambda xml: xml.replace(b'<dimension ref="A1:H4" />', b'<dimension ref="A1:XFD1048576"/>')}
    )
    assert b"XFD1048576" in zipfile.ZipFile(io.BytesIO(body)).read(_SHEET)
    assert len(plan_from("plan.xlsx", body, TODAY).entries) == 3


@pytest.mark.parametrize(
    "cell", ["\x0bTrạm", "a\u202eb", "_x0041_", "<b>&\"'</b>", "{0} %s {user.token}", "'; DROP TABLE rounds"]
)
def test_strange_texts_stay_texts(cell: str) -> None:
    """Clean of what nobody sees, and otherwise as they are."""
    head, row = "Đợt,Ngày,Địa điểm", f'1,19/3/2027,"{cell.replace(chr(34), chr(34) * 2)}"'
    place = plan_from("plan.csv", f"{head}\n{row}".encode(), TODAY).entries[0].facts["place"]
    assert place == cell.replace("\x0b", "").replace("\u202e", "").strip("; ")


def test_read_file_never_opens_what_is_too_large() -> None:
    """Not even to see what it is."""
    with pytest.raises(Unclear, match="size"):
        plan_from("plan.xlsx", b"\0" * (MAX_BYTES + 1), TODAY)


def test_the_fixtures_are_real_workbooks() -> None:
    """Opened by the library itself."""
    sheet = openpyxl.load_workbook(io.BytesIO(lai_chau())).active
    assert sheet is not None and sheet.merged_cells.ranges

"""The files: opened by real readers, as the person who gets them would."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from bot.i18n import load_words
from core.ages import Birth
from core.blood import Abo, Rh
from core.people import Donor, Sex
from core.words import Words
from handlers.documents import DOCUMENTS, Paper, registration, xlsx
from handlers.documents.csv_list import harmless
from handlers.documents.paper import clean, slug
from handlers.documents.wrapping import line_count
from storage import donors, people, units
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.units import UnitRow

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 4, 7, 3, tzinfo=UTC)
SENTENCES = {
    "file.round": "lịch hiến máu",
    "file.mydata": "dữ liệu của tôi",
}
PAPER = Paper(Words({"vi": SENTENCES}, "vi"), "vi", date(2026, 4, 7), NOW, "Ban Chỉ đạo hiến máu", "Lai Châu", ZONE)
LONG_UNIT = "Trường Trung học phổ thông Dân tộc nội trú và Trung tâm Giáo dục nghề nghiệp – Giáo dục thường xuyên tỉnh"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Three units, nobody registered."""
    database = await open_database(f"sqlite:///{tmp_path}/test.db")
    await migrate(database, 0)
    await database.write(
        lambda tx: units.write(
            tx,
            [
                UnitRow("YT", "union", "Công đoàn ngành Y tế"),
                UnitRow("LU", "union", LONG_UNIT),
                UnitRow("GD", "union", "Giáo dục"),
            ],
        )
    )
    yield database
    await database.close()


def donor(
    name: str, *, unit: int | None = 1, unit_text: str = "", sex: Sex = Sex.MALE, year: int = 1992, done: int = 0
) -> Donor:
    """Somebody invented."""
    birth = Birth("year", None, year)
    return Donor(name, unit, unit_text, birth, sex, Abo.O, Rh.UNKNOWN, done, None, "+84912345678")


async def register(database: Database, *registered: Donor) -> None:
    """One person each."""

    async def work(tx: Any) -> None:
        for number, one in enumerate(registered):
            person_id = await people.keep(tx, f"web:{number}", "vi", 0)
            await donors.save(tx, person_id, one, 0, eligible_on=None)

    await database.write(work)


async def written(database: Database, name: str, folder: Path, paper: Paper = PAPER, **params: Any) -> Path:
    """The document on disk."""
    path = folder / f"out-{name}"
    async with database.read() as tx:
        await DOCUMENTS[name].write(tx, paper, {"units": None, "unit": "", "rows": 0, **params}, path)
    return path


async def sheet_of(database: Database, folder: Path, paper: Paper = PAPER, **params: Any) -> Any:
    """The list as a reader opens it."""
    return openpyxl.load_workbook(await written(database, "registration.xlsx", folder, paper, **params)).worksheets[0]


def table(sheet: Any) -> list[tuple[Any, ...]]:
    """The rows below the two rows of titles."""
    values = [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=9)]
    return [row for row in values if row[0] is not None]


def column(sheet: Any, at: int) -> list[Any]:
    """One column of the table."""
    return [row[at] for row in table(sheet)]


def titles_of(sheet: Any) -> tuple[list[Any], list[Any]]:
    """Both rows of the head."""
    return [cell.value for cell in sheet[7]], [cell.value for cell in sheet[8]]


async def test_the_list_is_laid_out_as_the_official_form(database: Database, tmp_path: Path) -> None:
    """Heading, title, the merged head with both ages, place and date, signatures: word for word."""
    await register(database, donor("Lò Văn An"))
    sheet = await sheet_of(database, tmp_path, unit="Công đoàn ngành Y tế")
    assert sheet["A1"].value == "LIÊN ĐOÀN LAO ĐỘNG TỈNH LAI CHÂU"
    assert sheet["A2"].value == "CÔNG ĐOÀN NGÀNH Y TẾ"
    assert sheet["A4"].value == "DANH SÁCH ĐOÀN VIÊN, NGƯỜI LAO ĐỘNG"
    assert sheet["A5"].value == "ĐĂNG KÝ THAM GIA HIẾN MÁU TÌNH NGUYỆN – 2026"
    assert sheet["A4"].font.bold and sheet["A4"].alignment.horizontal == "center"
    upper, lower = titles_of(sheet)
    assert [title or None for title in upper] == [
        "STT", "Họ và tên", "Đơn vị", "Tuổi", None, "Số lần đã hiến máu", "Số điện thoại", "Ghi chú",
    ]  # fmt: skip
    assert [title or None for title in lower] == [None, None, None, "Nam", "Nữ", None, None, None]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A7:A8", "B7:B8", "C7:C8", "D7:E7", "F7:F8", "G7:G8", "H7:H8"} <= merged
    signed = "Lai Châu, ngày 07 tháng 4 năm 2026\nTM. BAN THƯỜNG VỤ\nCHỦ TỊCH\n(Ký tên, đóng dấu)"
    assert sheet["D11"].value == signed
    assert "D11:H11" in merged


async def test_the_list_prints_on_one_page_width_of_a4(database: Database, tmp_path: Path) -> None:
    """A4, one page wide, titles on every page, page numbers, the margins of official documents, Times New Roman."""
    await register(database, donor("Lò Văn An"))
    sheet = await sheet_of(database, tmp_path)
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert int(sheet.page_setup.scale) == 95  # "fit to page" would overlook page breaks
    assert sheet.print_title_rows == "$7:$8"
    assert sheet.oddFooter.center.text == "&P/&N"
    assert round(sheet.page_margins.left * 25.4) == 30
    assert {cell.font.name for row in sheet["A7:H9"] for cell in row} == {"Times New Roman"}
    assert {side.style for cell in sheet[9] for side in (cell.border.left, cell.border.top)} == {"thin"}


async def test_without_a_province_and_a_unit_the_form_leaves_room_to_write(database: Database, tmp_path: Path) -> None:
    """The organisation stands above, the unit's line is the form's own, and dots wait for the place."""
    paper = Paper(PAPER.words, "vi", PAPER.today, NOW, "Ban Chỉ đạo hiến máu", "", ZONE)
    sheet = await sheet_of(database, tmp_path, paper)
    assert sheet["A1"].value == "BAN CHỈ ĐẠO HIẾN MÁU"
    assert sheet["A2"].value == "LIÊN ĐOÀN LAO ĐỘNG HUYỆN, TP, CĐN ..."
    assert str(sheet["D10"].value).startswith("...")
    assert table(sheet) == []


async def test_people_are_sorted_the_vietnamese_way_and_numbered_without_a_gap(
    database: Database, tmp_path: Path
) -> None:
    """The order of the given names, which neither Unicode nor the system's locale gives."""
    names = "Hạ Ý Đức Ấn Cường Yến An Hằng Uyên Dũng Ánh Hà Ước Đạt Bình".split()
    await register(database, *(donor(f"Nguyễn Văn {name}") for name in names))
    sheet = await sheet_of(database, tmp_path)
    right = "An Ánh Ấn Bình Cường Dũng Đạt Đức Hà Hạ Hằng Uyên Ước Ý Yến".split()
    assert [name.split()[-1] for name in column(sheet, 1)] == right
    assert column(sheet, 0) == list(range(1, len(names) + 1))


async def test_each_age_stands_under_its_sex(database: Database, tmp_path: Path) -> None:
    """The year of the list less the year of birth, as whole numbers; the count of donations too, also where it is none."""
    await register(database, donor("Lò Văn An", year=1992), donor("Lò Thị Bình", sex=Sex.FEMALE, year=2001, done=12))
    sheet = await sheet_of(database, tmp_path)
    assert [row[3:6] for row in table(sheet)] == [(34, None, 0), (None, 25, 12)]


async def test_a_phone_is_text_as_people_read_it(database: Database, tmp_path: Path) -> None:
    """No spreadsheet may drop its zero."""
    await register(database, donor("Lò Văn An"))
    cell = (await sheet_of(database, tmp_path))["G9"]
    assert (cell.value, cell.data_type, cell.number_format) == ("0912 345 678", "s", "@")


async def test_a_unit_in_own_words_is_marked(database: Database, tmp_path: Path) -> None:
    """The officer sees which units are not of the tree; all others have no note."""
    await register(database, donor("Lò Văn An", unit=None, unit_text="Hợp tác xã Đồng Tâm"), donor("Lò Văn Bình"))
    rows = table(await sheet_of(database, tmp_path))
    assert [(row[2], row[7] or "") for row in rows] == [
        ("Hợp tác xã Đồng Tâm", "đơn vị tự khai"),
        ("Công đoàn ngành Y tế", ""),
    ]


async def test_only_the_chosen_units_are_listed(database: Database, tmp_path: Path) -> None:
    """Two of three donors, numbered from 1."""
    await register(database, donor("Lò Văn An", unit=1), donor("Lò Văn Bình", unit=2), donor("Lò Văn Cường", unit=3))
    rows = table(await sheet_of(database, tmp_path, units=[2, 3]))
    assert [row[:2] for row in rows] == [(1, "Lò Văn Bình"), (2, "Lò Văn Cường")]


NASTY = [
    "=1+1",
    "+84912345678",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://example.org")',
    "http://example.org",
    "'; DROP TABLE donors",
    "<b>&\"'</b>",
    "{0} %s {user.token}",
    "0123",
    "🩸🇻🇳",
]


@pytest.mark.parametrize("name", NASTY)
async def test_no_name_becomes_a_formula_a_link_or_a_number(database: Database, tmp_path: Path, name: str) -> None:
    """The cell holds what was typed, as text."""
    await register(database, donor(name))
    sheet = await sheet_of(database, tmp_path)
    assert (sheet["B9"].value, sheet["B9"].data_type) == (name, "s")
    assert sheet["B9"].hyperlink is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Lò\x0bVăn\x07 An", "Lò Văn An"),
        ("Lò\x00 An", "Lò An"),
        ("Lò\nVăn\tAn", "Lò Văn An"),
        ("Lò \u202eAn", "Lò An"),
        ("Lò\ufffe An\uffff", "Lò An"),
        ("Lo\u0300 An", "Lò An"),
    ],
)
async def test_characters_that_a_file_cannot_hold_are_left_out(
    database: Database, tmp_path: Path, typed: str, kept: str
) -> None:
    """Both lists stay readable, whatever got into the table."""
    await register(database, donor(typed))
    assert column(await sheet_of(database, tmp_path), 1) == [kept]
    text = (await written(database, "registration.csv", tmp_path)).read_text("utf-8-sig")
    assert f"1,{kept},".replace('"', "") in text.replace('"', "")


async def test_what_looks_like_an_escape_is_escaped(database: Database, tmp_path: Path) -> None:
    """Excel would read _x0041_ as the letter A."""
    await register(database, donor("_x0041_"))
    path = await written(database, "registration.xlsx", tmp_path)
    assert "_x005F_x0041_" in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()


async def test_long_texts_wrap_and_their_rows_grow(database: Database, tmp_path: Path) -> None:
    """A row is as high as its longest text needs, and no cell is longer than Excel takes."""
    await register(
        database,
        donor("Lò Văn An"),
        donor("Lò Văn Bình", unit=2),
        donor("Y" * 40_000, unit=None, unit_text="unit " * 8_000),
    )
    sheet = await sheet_of(database, tmp_path)
    short, long, endless = (sheet.row_dimensions[row].height for row in (9, 10, 11))
    assert short < 20 < long < 80
    assert 400 < endless <= 409  # Excel's limit
    assert all(sheet.cell(10, at).alignment.wrap_text for at in (2, 3, 8))
    assert max(len(str(cell.value)) for cell in sheet[11]) == 32_767


def test_line_count_breaks_between_words() -> None:
    """One line while it fits, more where it does not, and a word longer than the cell is broken."""
    assert line_count("Nguyễn Văn An", 56, 12) == 1
    assert line_count(LONG_UNIT, 72, 12) in (2, 3, 4)
    assert line_count("W" * 60, 56, 12) > 4
    assert line_count("", 56, 12) == 1


async def test_a_list_longer_than_a_sheet_goes_on_on_the_next(database: Database, tmp_path: Path) -> None:
    """The numbers run on, each sheet has its titles, and only the last is signed."""
    await register(database, *(donor(f"Lò Văn {name}") for name in ("An", "Bình", "Cường", "Dũng", "Đạt")))
    path = tmp_path / "long.xlsx"
    async with database.read() as tx:
        await xlsx.write(tx, PAPER, {"units": None, "unit": "", "rows": 5}, path, sheet_rows=2)
    sheets = openpyxl.load_workbook(path).worksheets
    assert [column(sheet, 0) for sheet in sheets] == [[1, 2], [3, 4], [5]]
    assert [titles_of(sheet)[0][0] for sheet in sheets] == ["STT"] * 3
    signed = [any("CHỦ TỊCH" in str(cell.value) for row in sheet for cell in row) for sheet in sheets]
    assert signed == [False, False, True]


async def test_csv_is_what_excel_opens_with_a_double_click(database: Database, tmp_path: Path) -> None:
    """A byte order mark, one row of titles, commas, CRLF, the same columns."""
    await register(database, donor('Lò "Văn", An'), donor("Lò Thị Bình", sex=Sex.FEMALE))
    data = (await written(database, "registration.csv", tmp_path)).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == data.count(b"\n") == 3
    head, *rows = csv.reader(data.decode("utf-8-sig").splitlines())
    assert head == [
        "STT", "Họ và tên", "Đơn vị", "Tuổi (Nam)", "Tuổi (Nữ)", "Số lần đã hiến máu", "Số điện thoại", "Ghi chú",
    ]  # fmt: skip
    assert rows == [
        ["1", 'Lò "Văn", An', "Công đoàn ngành Y tế", "34", "", "0", "0912 345 678", ""],
        ["2", "Lò Thị Bình", "Công đoàn ngành Y tế", "", "34", "0", "0912 345 678", ""],
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+84", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_csv_takes_the_spell_out_of_formulas(cell: str) -> None:
    """An apostrophe in front, nothing else changed."""
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Lò Văn An", "0912 345 678", "", 5, None])
def test_csv_leaves_harmless_cells_alone(cell: object) -> None:
    """Names, phones and numbers are as they were."""
    assert harmless(cell) == cell


async def test_progress_counts_every_row(database: Database, tmp_path: Path) -> None:
    """The last word is all of them."""
    await register(database, *(donor(f"Lò Văn {letter}") for letter in "ABC"))
    heard: list[tuple[int, int]] = []
    async with database.read() as tx:
        await DOCUMENTS["registration.csv"].write(
            tx,
            PAPER,
            {"units": None, "unit": "", "rows": 3},
            tmp_path / "x.csv",
            progress=lambda done, total: heard.append((done, total)),
        )
    assert heard[-1] == (3, 3)


@pytest.mark.parametrize(
    ("name", "params", "file"),
    [
        ("registration.xlsx", {"unit": "Sở Y tế"}, "danh-sach-dang-ky-hien-mau-so-y-te-2026-04-07.xlsx"),
        ("registration.csv", {"unit": ""}, "danh-sach-dang-ky-hien-mau-2026-04-07.csv"),
        ("registration.csv", {"unit": "../../đ" + "ơ" * 300}, f"danh-sach-dang-ky-hien-mau-d{'o' * 58}-2026-04-07.csv"),
        ("round.ics", {"round": "LC-2026-03"}, "lich-hien-mau-lc-2026-03.ics"),
        ("mydata.json", {}, "du-lieu-cua-toi-2026-04-07.json"),
    ],
)
def test_file_names_are_plain(name: str, params: dict[str, Any], file: str) -> None:
    """ASCII, short, no way out of a folder, and they say what the file is."""
    assert DOCUMENTS[name].filename(params, PAPER) == file


def test_slug_leaves_out_what_is_empty() -> None:
    """No dash too many."""
    assert slug("Đợt 3", "", "—", "Ý") == "dot-3-y"


def test_clean_is_one_line() -> None:
    """What is invisible or forbidden goes, the rest stays."""
    assert clean(" a\u200b\n b\x07\ufffe ") == "a b"


def test_the_columns_are_those_of_the_form() -> None:
    """Eight, in the order in which they are printed."""
    assert len(registration.TITLES) == len(registration.Row._fields) == 8


def test_every_document_is_asked_for_somewhere() -> None:
    """What the conversation refers to is there, and nothing else; the lists of all and what is drawn take a process of their own."""
    folder = Path(__file__).parents[2] / "handlers"
    rooms = [path for path in folder.rglob("*.py") if path.parent.name != "documents"]
    named = {
        name
        for path in rooms
        for name in re.findall(r'"([a-z-]+\.(?:xlsx|png|jpg|pdf|ics|json))"', path.read_text("utf-8"))
    }
    lists: Sequence[str] = ("registration.xlsx", "registration.csv")
    posters = ("poster.pdf", "poster.png")  # asked for by their ending
    assert set(DOCUMENTS) == named - set(load_words("vi").ids("")) | {*lists, *posters}
    heavy = {name for name, document in DOCUMENTS.items() if document.heavy}
    assert heavy >= {*lists, "audit.xlsx"} and not heavy & {"ticket.png", "round.ics", "mydata.json"}

"""The board as files: opened by real readers, complete, with empty cells where nothing is asked, and names that stay whole."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from PIL import Image

from bot.i18n import load_words
from handlers.documents import annex, board_png, board_xlsx, drawing
from handlers.documents.drawing import Pen
from handlers.documents.paper import Document, Paper
from storage import quotas
from storage.database import Database, Tx, open_database
from storage.migrate import migrate

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2023, 3, 10, 8, 0, tzinfo=ZONE)
LONG = "Phòng Giáo dục và Đào tạo huyện và khối các trường Mầm non, Tiểu học, Trung học cơ sở số {}"
QUOTAS = (180, 180, 170, 100, 70, None)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A federation with six units, the last without a quota, two rounds, and a few who come."""
    database = await open_database(f"sqlite:///{tmp_path / 'house.db'}")
    await migrate(database, 1)
    await database.write(_fill)
    yield database
    await database.close()


async def _fill(tx: Tx) -> None:
    await tx.run("INSERT INTO units (id, code, kind, name, sort_key) VALUES (1, 'LS', 'federation', 'LĐLĐ tỉnh', '')")
    await tx.many(
        "INSERT INTO units (id, code, kind, name, sort_key) VALUES (?, ?, 'union', ?, ?)",
        [(number, f"U{number}", "=1+1" if number == 2 else LONG.format(number), str(number)) for number in range(2, 8)],
    )
    await tx.many(
        "INSERT INTO unit_links (unit_id, line, parent_id) VALUES (?, 'counts', 1)", [(n,) for n in range(2, 8)]
    )
    await tx.many(
        "INSERT INTO rounds (id, code, number, name, held_on, place, state, target, yield_percent) VALUES (?, ?, ?, ?, ?, 'P', ?, 550, 80)",
        [(1, "R1", 1, "Đợt 1", "2023-01-07", "done"), (2, "R2", 2, "Đợt 2", "2023-03-18", "open")],
    )
    for round_id in (1, 2):
        await quotas.set_round(tx, round_id, {n: target for n, target in enumerate(QUOTAS, 2) if target is not None})
    await tx.many(
        "INSERT INTO people (id, address, language, created_at) VALUES (?, ?, 'vi', 0)",
        [(n, f"web:{n}") for n in range(1, 41)],
    )
    await tx.many(
        "INSERT INTO joins (round_id, person_id, unit_id, state, outcome, code, version, joined_at, changed_at)"
        " VALUES (?, ?, ?, 'certain', ?, ?, 1, 1, 1)",
        [(r, n, 2 + n % 6, "gave" if r == 1 else None, f"T{r}-{n}") for r in (1, 2) for n in range(1, 41)],
    )  # fmt: skip


async def write(database: Database, document: Document, folder: Path, **params: Any) -> Path:
    """The file of the second round, for all units unless others are named."""
    paper = Paper(load_words("vi"), "vi", date(2023, 3, 10), NOW, "BCĐ tỉnh", "Lạng Sơn", ZONE)
    path = folder / "out" / "1" / document.name
    path.parent.mkdir(parents=True)
    async with database.read() as tx:
        await document.write(tx, paper, {"round": "R2", "before": "R1", "units": None, **params}, path)
    return path


def cells(path: Path) -> list[list[Any]]:
    """Every row that holds something."""
    sheet = load_workbook(path).active
    return [list(row) for row in sheet.iter_rows(values_only=True) if any(cell is not None for cell in row)]


async def test_the_spreadsheet_has_every_unit_and_the_sum_once(database: Database, tmp_path: Path) -> None:
    """Registered, share, missing, and the donors that are missing at 80 %; a name that looks like a formula is a name."""
    rows = cells(await write(database, board_xlsx.DOCUMENT, tmp_path))
    first = next(row for row in rows if row[0] == 1)
    assert first[1:7] == ["=1+1", 180, 6, 0.03, 174, 140]
    rest = next(row for row in rows if row[1] == "Các đơn vị khác")
    assert (rest[2], rest[3], rest[4], rest[5]) == (None, 6, None, None), "no quota is an empty cell"
    assert rows[-1][1:4] == ["Tổng cộng (mỗi người tính một lần)", 700, 40]


async def test_the_annex_sets_results_beside_registrations(database: Database, tmp_path: Path) -> None:
    """In the words of official papers, with the total of each round."""
    rows = cells(await write(database, annex.DOCUMENT, tmp_path))
    words = [cell for row in rows for cell in row if isinstance(cell, str)]
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in words
    assert "Kết quả hiến máu ngày 07/01/2023" in words
    total = next(row for row in rows if row[1] == "Tổng cộng")
    assert total[2:10] == [700, 40, 40, 5, 700, 40, 0, 5]
    assert [row[0] for row in rows if isinstance(row[0], int)] == [1, 2, 3, 4, 5]


async def test_an_officer_s_files_hold_their_unit_alone(database: Database, tmp_path: Path) -> None:
    """Of the third unit."""
    rows = cells(await write(database, annex.DOCUMENT, tmp_path, units=[3]))
    units = [row[1] for row in rows if isinstance(row[0], int)]
    assert units == [LONG.format(3)]
    assert next(row for row in rows if row[1] == "Tổng cộng")[2:5] == [180, 7, 7]


async def test_a_round_that_is_no_more_makes_no_file(database: Database, tmp_path: Path) -> None:
    """The renderer says that it could not be made."""
    with pytest.raises(LookupError):
        await write(database, board_xlsx.DOCUMENT, tmp_path, round="GONE")


async def test_the_picture_is_as_wide_as_a_phone(database: Database, tmp_path: Path) -> None:
    """Three pixels for one of a screen 390 wide, on white, with the blue of the certain and the grey of the quota in it."""
    with Image.open(await write(database, board_png.DOCUMENT, tmp_path)) as picture:
        assert picture.width == 1170
        assert picture.width + picture.height < 10_000, "Telegram: the sum of a photo's sides"
        assert picture.height / picture.width < 20
        colours = {colour[:3] for _, colour in picture.convert("RGB").getcolors(1 << 24)}
        assert picture.convert("RGB").getpixel((2, 2)) == (255, 255, 255)
    assert {(0x00, 0x72, 0xB2), (0xEE, 0xF1, 0xF4)} <= colours


@given(
    st.integers(60, 358),
    st.lists(st.sampled_from(("Giáo", "Đào", "xã", "nghiệp", "Nghĩa-Thuận" * 4, "$x$")), min_size=1),
)
def test_a_name_is_wrapped_and_never_shortened(room: int, words: list[str]) -> None:
    """Every letter is there, and no line is wider than its room."""
    pen = Pen(13, bold=True)
    text = unicodedata.normalize("NFC", " ".join(words))
    lines = drawing.wrapped(text, pen, room)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(drawing.width_of(line, pen) <= room for line in lines)

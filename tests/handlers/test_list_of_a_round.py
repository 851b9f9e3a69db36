"""The registration list of a round: who is on it, with which notes, at which age; and where its pages end."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.joins import JoinState
from handlers.documents import DOCUMENTS
from handlers.documents.paging import Pages
from storage import donors, joins, people, rounds
from storage.database import Database, Tx, open_database
from storage.joins import Wish
from storage.migrate import migrate
from tests.handlers.test_documents import PAPER, donor, table, titles_of
from tests.storage.test_joins import ROUND

LIST = {"units": None, "unit": "", "rows": 0}
ANSWERS = (
    ("Bế Thị An", Wish(JoinState.CERTAIN)),
    ("Chu Văn Bình", Wish(JoinState.MAYBE)),
    ("Dương Văn Cường", Wish(JoinState.NO)),
    ("Đinh Thị Dung", Wish(JoinState.CERTAIN, not_yet=date(2027, 1, 24))),
    ("Hà Văn Giang", Wish(JoinState.CERTAIN)),  # The round has two seats: this one waits.
    ("Lê Thị Hoa", None),
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A round of the next year with two seats, and six donors, all of them 34 this year."""
    database = await open_database(f"sqlite:///{tmp_path / 'house.db'}")
    await migrate(database, 1)

    async def work(tx: Tx) -> None:
        id_ = await rounds.write(tx, replace(ROUND, held_on=date(2027, 2, 1)))
        for number, (name, wish) in enumerate(ANSWERS):
            person = await people.keep(tx, f"web:{number}", "vi", 0)
            one = donor(name, unit=None, unit_text="Tổ dân phố 3")
            await donors.save(tx, person, one, 0, eligible_on=None)
            if wish:
                await joins.answer(tx, replace(ROUND, id=id_), person, wish, at=number)

    await database.write(work)
    yield database
    await database.close()


async def _written(database: Database, name: str, folder: Path, **params: Any) -> Path:
    path = folder / name
    async with database.read() as tx:
        await DOCUMENTS[name].write(tx, PAPER, {**LIST, **params}, path)
    return path


async def test_who_has_a_seat_or_may_come_is_on_the_list(database: Database, tmp_path: Path) -> None:
    """In the order of official lists; "có thể" and the day stand in the notes; who waits, declined or never answered does not."""
    path = await _written(database, "registration.csv", tmp_path, round="LS-11")
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))[1:]
    assert [(row[0], row[1], row[-1]) for row in rows] == [
        ("1", "Bế Thị An", "đơn vị tự khai"),
        ("2", "Chu Văn Bình", "có thể; đơn vị tự khai"),
        ("3", "Đinh Thị Dung", "dự kiến từ 24/01/2027; đơn vị tự khai"),
    ]


async def test_the_paper_is_the_same_with_the_year_and_the_ages_of_the_round(
    database: Database, tmp_path: Path
) -> None:
    """A list made in 2026 for a round of 2027: title and ages are those of 2027, the columns as ever."""
    path = await _written(database, "registration.xlsx", tmp_path, round="LS-11")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet["A5"].value == "ĐĂNG KÝ THAM GIA HIẾN MÁU TÌNH NGUYỆN – 2027"
    assert [row[3] for row in table(sheet)[:3]] == [2027 - 1992] * 3
    everybody = openpyxl.load_workbook(await _written(database, "registration.xlsx", tmp_path)).worksheets[0]
    assert titles_of(sheet) == titles_of(everybody)
    assert everybody["A5"].value == "ĐĂNG KÝ THAM GIA HIẾN MÁU TÌNH NGUYỆN – 2026"
    assert len(table(everybody)) > len(table(sheet))


async def test_the_count_is_of_the_same_people(database: Database) -> None:
    """What is said before the file comes."""
    async with database.read() as tx:
        (round_,) = await rounds.between(tx, date(2027, 1, 1), date(2027, 12, 31))
        assert await donors.count(tx, None, round_id=round_.id) == 3
        assert await donors.count(tx, [], round_id=round_.id) == 0
        assert await donors.count(tx, None) == 6


async def test_a_round_that_is_no_more_has_no_list(database: Database, tmp_path: Path) -> None:
    """Said as an error, not as an empty list."""
    with pytest.raises(LookupError):
        await _written(database, "registration.csv", tmp_path, round="LS-99")


@given(
    heights=st.lists(st.sampled_from([18.75, 34.5, 50.25]), max_size=90),
    head=st.floats(100, 200),
    tail=st.floats(100, 200),
)
def test_the_signatures_never_stand_alone(heights: list[float], head: float, tail: float) -> None:
    """Followed by a reader that breaks where it must: at least two rows (or all there are) share the page of what comes last."""
    room, repeated = 490.0, 55.0
    pages = Pages(room, repeated)
    pages.head(head)
    for at, height in enumerate(heights, 8):
        pages.row(at, height)
    forced = pages.break_before(8 + len(heights), tail)
    used, on_page = head, 0
    for at, height in enumerate(heights, 8):
        if at == forced or used + height > room:
            used, on_page = repeated, 0
        used, on_page = used + height, on_page + 1
    assert used + tail <= room, "the reader would break before the signatures"
    assert on_page >= min(2, len(heights))


@pytest.mark.parametrize(("count", "breaks"), [(0, []), (1, []), (9, []), (13, [19]), (14, [20]), (30, None)])
async def test_thirteen_rows_take_two_along(tmp_path: Path, count: int, breaks: list[int] | None) -> None:
    """Found with thirteen: the block alone on page two. Where all fits on one page nothing is forced."""
    database = await open_database(f"sqlite:///{tmp_path / 'house.db'}")
    await migrate(database, 1)

    async def work(tx: Tx) -> None:
        for number in range(count):
            person = await people.keep(tx, f"web:{number}", "vi", 0)
            await donors.save(tx, person, donor("Lò Văn An", unit=None, unit_text="Sở Y tế"), 0, eligible_on=None)

    await database.write(work)
    sheet = openpyxl.load_workbook(await _written(database, "registration.xlsx", tmp_path)).worksheets[0]
    await database.close()
    assert not sheet.sheet_properties.pageSetUpPr or not sheet.sheet_properties.pageSetUpPr.fitToPage
    forced = [mark.id for mark in sheet.row_breaks.brk]
    assert forced == breaks if breaks is not None else len(forced) == 1

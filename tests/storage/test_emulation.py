"""A year of units: credited along two lines, once in the total; quotas of the year before those of its rounds; lists in time."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from bot.i18n import load_words
from core.emulation import Year
from core.quotas import YearKind
from handlers.documents import points_xlsx
from handlers.documents.paper import Paper
from storage import emulation, quotas
from storage.database import Database, Tx, open_reader
from storage.units import index_of
from tests.program import NOW

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# The province; a district and a sector; the health centre of the district, which reports to the sector; a hospital of the sector.
UNITS = ((1, None), (2, 1), (3, 1), (4, 2), (5, 3))
DAY = 86_400_000
DUE = 1_780_000_000_000 // DAY * DAY  # some day of 2026


@pytest.fixture(autouse=True)
async def filled(database: Database) -> None:
    """Two rounds of 2026 and one of 2025, all held."""
    await database.write(_fill)


async def _fill(tx: Tx) -> None:
    await tx.many(
        "INSERT INTO units (id, code, kind, name, sort_key) VALUES (?, ?, 'union', ?, ?)",
        [(n, f"U{n}", f"Đơn vị {n}", str(n)) for n, _ in UNITS],
    )
    await tx.many(
        "INSERT INTO unit_links (unit_id, line, parent_id) VALUES (?, 'counts', ?)", [unit for unit in UNITS if unit[1]]
    )
    await tx.run("INSERT INTO unit_links (unit_id, line, parent_id) VALUES (4, 'reports', 3)")
    await tx.many(
        "INSERT INTO rounds (id, code, number, name, held_on, place, state, deadline_on) VALUES (?, ?, 1, 'R', ?, 'P', ?, ?)",
        [
            (1, "A", "2026-03-20", "done", "2026-03-10"),
            (2, "B", "2026-09-20", "done", None),
            (3, "C", "2025-09-20", "done", None),
            (4, "D", "2026-10-20", "cancelled", None),
        ],
    )
    await tx.many(
        "INSERT INTO people (id, address, language, created_at) VALUES (?, ?, 'vi', 0)",
        [(n, f"web:{n}") for n in range(1, 9)],
    )
    early, late = (int(NOW.replace(month=3, day=day).timestamp() * 1000) for day in (9, 10))
    # Person, round, unit, outcome, when they joined.
    joins = [
        (1, 1, 4, "gave", early),
        (2, 1, 4, "gave", late),
        (3, 1, 5, "gave", early),
        (4, 1, 5, "absent", early),
        (5, 2, 4, "gave", late),
        (6, 2, None, "gave", late),
        (7, 3, 4, "gave", early),
        (8, 4, 4, "gave", early),
    ]
    await tx.many(
        "INSERT INTO joins (round_id, person_id, unit_id, state, outcome, code, version, joined_at, changed_at)"
        " VALUES (?2, ?1, ?3, 'certain', ?4, 'T' || ?1, 1, ?5, 1)",
        joins,
    )
    await quotas.set_round(tx, 1, {2: 2, 3: 2, 4: 1})
    await quotas.set_round(tx, 2, {3: 4})  # fmt: skip


async def year(database: Database, root: int, of: int = 2026) -> tuple[dict[int, Year], Year]:
    """The table of a unit, through a connection of its own."""
    reader = await open_reader(database.path)
    async with reader.read() as tx:
        found = emulation.table(await emulation.of_year(tx, of, await index_of(tx, date(2026, 12, 31)), ZONE), root)
    await reader.close()
    return found


async def test_one_donation_is_credited_to_two_lines_and_once_in_the_total(database: Database) -> None:
    """The centre's three stand in its district and in its sector; together with the hospital's one there are four."""
    rows, total = await year(database, 1)
    assert {unit: row.donations for unit, row in rows.items()} == {2: 3, 3: 4}
    assert total.donations == 4


async def test_a_sector_lists_who_reports_to_it(database: Database) -> None:
    """The centre beside the hospital; what was asked of the centre is its own affair."""
    rows, total = await year(database, 3)
    assert {unit: (row.donations, row.quota) for unit, row in rows.items()} == {5: (1, None), 4: (3, 1)}
    assert total.donations == 4


async def test_a_list_is_on_time_where_its_quota_stood_before_the_day(database: Database) -> None:
    """On 9 March one of the centre and two of the hospital were there: the sector's 2 of 2 with the centre's, the district's 1 of 2."""
    rows, _ = await year(database, 1)
    assert {unit: (row.lists, row.lists_due) for unit, row in rows.items()} == {2: (0, 1), 3: (1, 1)}


async def test_a_quota_of_the_year_goes_before_those_of_its_rounds(database: Database) -> None:
    """2 + 4 of the rounds; 10 of the year; an empty one is none."""
    assert (await year(database, 1))[0][3].quota == 6
    await database.write(lambda tx: quotas.set_year(tx, 2026, YearKind.DONATIONS, {3: 10}))
    rows, _ = await year(database, 1)
    assert (rows[3].quota, rows[3].percent, rows[2].quota) == (10, 40, 2)
    assert (await year(database, 1, 2024))[0][3] == Year(None, 0)


async def test_the_spreadsheet_has_the_rule_and_every_unit(database: Database, tmp_path: Path) -> None:
    """Opened by a real reader: ranks, points, and the total once."""
    paper = Paper(load_words("vi"), "vi", NOW.date(), NOW, "BCĐ", "", ZONE)
    rule = {"per_percent": 0.5, "percent_cap": 120, "per_donation": 0.1, "per_list": 5.0, "most": 100.0}
    async with database.read() as tx:
        await points_xlsx.write(tx, paper, {"year": 2026, "unit": 1, "rule": rule}, tmp_path / "points.xlsx")
    rows = [row for row in load_workbook(tmp_path / "points.xlsx").active.iter_rows(values_only=True) if any(row)]
    assert "0,5 điểm cho mỗi 1 % chỉ tiêu" in rows[1][0]
    assert [row[:5] for row in rows[3:]] == [
        (1, "Đơn vị 2", 2, 3, 1.5),
        (2, "Đơn vị 3", 6, 4, 0.66),
        (None, "Tổng cộng (mỗi người tính một lần)", 8, 4, None),
    ]
    assert [row[-1] for row in rows[3:]] == [60.3, 38.4, None]

"""On the day of a reform people go over and are asked, once, whatever is restarted; and what the demonstration says of 2025."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.app import App, open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from bot.unit_days import UnitDays
from core.ages import Birth
from core.blood import Abo, Rh
from core.people import Donor, Sex
from core.units import UnitIndex
from storage import donors, people, reforms, units
from storage.reforms import NewUnit, When
from tests.program import DATA, config_of, rows

NIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
DAY = date(2026, 11, 23)
DEMO = Path(__file__).parents[2] / "bot" / "demo" / "plan.toml"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """Opened and not started, with tests/data/reform.toml and three donors of the health centre, one of whom cannot be reached."""
    async with open_app(config_of(tmp_path), Clock(NIGHT)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "reform.toml")))
        for number in range(3):
            await app.database.write(lambda tx, number=number: _donor(tx, number))
        yield app


async def _donor(tx: Any, number: int) -> None:
    unit_id = (await tx.one("SELECT id FROM units WHERE code = 'CL-TTYT'"))[0]
    person = await people.keep(tx, f"terminal:{number}", "vi", 1)
    if number == 2:
        await people.set_reachable(tx, f"terminal:{number}", reachable=False)
    donor = Donor(
        "Đặng Thu Hà", unit_id, "", Birth("year", None, 1990), Sex.FEMALE, Abo.O, Rh.UNKNOWN, 0, None, "+84900000001"
    )
    await donors.save(tx, person, donor, 1, eligible_on=None)


async def unit_id(app: App, code: str) -> int:
    """The id of a unit."""
    return int(rows(app, "SELECT id FROM units WHERE code = ?", code)[0][0])


def asked(app: App) -> list[tuple[str, str]]:
    """(key, address) of each question."""
    return rows(app, "SELECT dedupe_key, address FROM outbox WHERE dedupe_key LIKE 'unit:%' ORDER BY id")


async def test_donors_of_a_parted_unit_are_asked_on_the_day_and_once(app: App) -> None:
    """Not the night before; in the morning; not again after a restart, a written unit, or the next day."""
    old, parent = await unit_id(app, "CL-TTYT"), await unit_id(app, "LDLD-CL")

    async def part(tx: Any) -> None:
        begun = [NewUnit(code, "hospital", f"Trạm {code}", valid_from=DAY) for code in "AB"]
        new = [await reforms.add(tx, one, parent) for one in begun]
        await reforms.split(tx, old, new, When(DAY))

    await app.database.write(part)
    await app.unit_days.tick()
    assert asked(app) == []
    app.clock.move(timedelta(hours=1))
    await app.unit_days.tick()
    assert [address for _, address in asked(app)] == ["terminal:0", "terminal:1"]
    waits_until = rows(app, "SELECT min(not_before) FROM outbox WHERE dedupe_key LIKE 'unit:%'")[0][0]
    assert datetime.fromtimestamp(waits_until / 1000, NIGHT.tzinfo).hour >= 6
    await app.database.write(units.touch)
    await UnitDays(app.database, app.house, app.clock, app.turns.spoke).tick()
    app.clock.move(timedelta(days=1))
    await app.unit_days.tick()
    assert len(asked(app)) == 2


async def test_a_merge_is_carried_out_on_its_day_and_stands_in_the_log(app: App) -> None:
    """Also of who cannot be reached; twice changes nothing."""
    old, new = await unit_id(app, "CL-TTYT"), await unit_id(app, "CDN-YT")
    await app.database.write(lambda tx: reforms.merge(tx, [old], new, When(DAY)))
    await app.unit_days.tick()
    assert rows(app, "SELECT count(*) FROM donors WHERE unit_id = ?", old) == [(3,)]
    app.clock.move(timedelta(hours=1))
    for _ in range(2):
        await app.unit_days.tick()
    assert rows(app, "SELECT count(*) FROM donors WHERE unit_id = ?", new) == [(3,)]
    log = rows(app, "SELECT action, detail FROM audit WHERE address = 'clock'")
    assert len(log) == 1
    assert '"donors":3' in log[0][1].replace(" ", "")
    assert asked(app) == []


async def _demo(app: App, day: date) -> UnitIndex:
    async with app.database.read() as tx:
        return await units.index_of(tx, day)


async def test_the_demonstration_has_the_fourteen_units_and_what_became_of_them(tmp_path: Path) -> None:
    """2023: all fourteen are below the federation. From 01/7/2025 eleven are part of it, and what was below them is directly below."""
    async with open_app(config_of(tmp_path), Clock(NIGHT)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DEMO)))
        before, after = await _demo(app, date(2023, 3, 18)), await _demo(app, date(2025, 7, 1))
    federation = before.by_code("LS")
    assert federation
    fourteen = before.children(federation.id)
    assert len(fourteen) == 14
    assert sum([unit.code for unit in after.now(one.id)] == ["LS"] for one in fourteen) == 11
    below = {unit.code for unit in after.children(federation.id)}
    assert below == {"LS-VC", "LS-GD", "LS-YT", "LS-CHILANG-THPT", "LS-HUULUNG-TTYT"}
    for name in (
        "Chi Lăng",
        "Lộc Bình",
        "Đình Lập",
        "Hữu Lũng",
        "Văn Quan",
        "Bình Gia",
        "Bắc Sơn",
        "Văn Lãng",
        "Tràng Định",
        "Cao Lộc",
    ):
        commune, district = after.find(f"xã {name}"), after.find(f"huyện {name}")
        assert commune.exact
        assert commune.exact.kind == "commune"
        assert district.exact is None
        assert all(unit.kind != "commune" for unit in district.candidates)
        assert after.find(name).exact is None

"""The office of units: what an officer reaches, what only those above change, and that a refusal stands in the log."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.app import open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from core.dialogue import Press
from tests.handlers.conversations import House
from tests.handlers.office import Office
from tests.program import DATA, NOW, config_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """The units of tests/data/reform.toml."""
    async with open_app(config_of(tmp_path_factory.mktemp("units")), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "reform.toml")))
        yield Office(House(app))


@pytest.mark.parametrize("line", ["/donvi CDN-YT", "/donvi LS", "/donvi KHONG-CO"])
async def test_a_unit_of_others_is_refused_like_one_that_is_not_there(office: Office, line: str) -> None:
    """Who may not see it learns nothing; one that is there stands in the log."""
    officer = await office.officer("LDLD-CL")
    assert "không thuộc phạm vi" in await office.do(officer, line)
    assert office.audit(officer) == (
        [] if line.endswith("KHONG-CO") else [("refused", {"command": "units", "unit": line.split()[1]})]
    )


async def test_what_an_officer_was_given_is_changed_by_those_above(office: Office) -> None:
    """Their own unit is renamed and corrected, not moved or ended; a unit below it is all theirs."""
    officer = await office.officer("LDLD-CL")
    await office.do(officer, "/donvi LDLD-CL")
    assert not {"Sáp nhập", "Tách", "Giải thể", "Chuyển sang đơn vị cấp trên khác"} & set(office.labels(officer))
    await office.do(officer, "huỷ", "/donvi CL-THPT")
    assert {"Sáp nhập", "Tách", "Giải thể", "Chuyển sang đơn vị cấp trên khác"} <= set(office.labels(officer))


async def test_nothing_goes_into_a_unit_of_others(office: Office) -> None:
    """Neither named by its code nor found by its name."""
    officer = await office.officer("LDLD-CL")
    said = await office.do(officer, "/donvi CL-THPT", "[Sáp nhập]", "[Đủ rồi]", "CDN-YT")
    assert "không thuộc phạm vi" in said
    assert office.house.rows(
        "SELECT count(*) FROM unit_successions s JOIN units u ON u.id = s.old_id WHERE u.code = 'CL-THPT'"
    ) == [(0,)]


async def test_a_role_that_was_taken_away_ends_the_form(office: Office) -> None:
    """In the middle of a change; nothing of it is done."""
    officer = await office.officer("LDLD-CL")
    await office.do(officer, "/donvi CL-THPT", "[Giải thể]", "[Hôm nay]", "[Không ghi]")
    confirm = office.token(officer, "Xác nhận")

    await office.house.app.database.write(lambda tx: tx.run("DELETE FROM roles WHERE address = ?", (officer,)))
    await office.house.do(officer, [Press(confirm)])
    assert "chỉ dành cho cán bộ" in office.last(officer)
    assert office.house.rows("SELECT valid_to FROM units WHERE code = 'CL-THPT'") == [(None,)]


async def test_a_circle_is_refused_also_with_a_move_that_is_to_come(office: Office) -> None:
    """The health union is to belong to the district next year: until then the district cannot go below the health union."""
    admin = await office.admin()
    await office.do(
        admin, "/donvi CDN-YT", "[Chuyển sang đơn vị cấp trên khác]", "LDLD-CL", "01/3/2027", "[Xác nhận]", "huỷ"
    )
    said = await office.do(admin, "/donvi LDLD-CL", "[Chuyển sang đơn vị cấp trên khác]", "CDN-YT", "[Hôm nay]")
    assert "nằm dưới chính đơn vị này" in said


async def test_a_poster_of_a_unit_that_was_parted_asks_for_its_parts(office: Office) -> None:
    """Old links go on working; nothing is chosen for anybody."""
    donor = office.house.newcomer()
    said = await office.do(donor, "/start u_H-CL", "[Đồng ý]", "Đặng Thu Hà")
    assert "Huyện Chi Lăng hoạt động đến hết ngày 30/6/2025" in said
    assert office.labels(donor)[:2] == ["Xã Chi Lăng (xã)", "Xã Bằng Mạc (xã)"]

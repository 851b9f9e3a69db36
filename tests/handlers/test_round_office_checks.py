"""What the plan checker asks stands on the card, in the preview and before a round is opened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot import demo
from bot.app import open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from core.rounds import RoundState
from tests.handlers.conversations import House
from tests.handlers.office import CODE, Office
from tests.program import DATA, NOW, config_of

_YEAR = Path(demo.__file__).parent / "plan.toml"


@pytest.fixture
async def lai_chau(tmp_path: Path) -> AsyncIterator[Office]:
    """The year of Lai Châu on 1 March 2021."""
    async with open_app(config_of(tmp_path), Clock(demo.START)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(_YEAR)))
        yield Office(House(app))


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Two rounds of two unions in 2026."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        yield Office(House(app))


async def test_the_flagship_day_is_82_days_after_round_4(lai_chau: Office) -> None:
    """And its target is 15.8 times the next largest; both are asked again before it is opened. Source: domain note 10.3."""
    admin = await lai_chau.admin()
    flagship = await lai_chau.round("LC-2021-09")
    await lai_chau.add(replace(flagship, state=RoundState.DRAFT))
    card = await lai_chau.do(admin, "/dot LC-2021-09")
    opening = await lai_chau.do(admin, "[Mở đăng ký]")
    for text in (card, opening):
        assert "Cần xem lại" in text
        assert "đợt 4 (cách 82 ngày)" in text
        assert "15,8 lần" in text
    await lai_chau.do(admin, "[Mở đăng ký]")
    assert (await lai_chau.round("LC-2021-09")).state is RoundState.OPEN


async def test_the_officer_of_an_earlier_round_reads_of_the_later_one(lai_chau: Office) -> None:
    """Round 4 is 82 days before the flagship day, which takes its people out."""
    officer = await lai_chau.officer("LC-CDCD")
    assert "Cần xem lại" not in await lai_chau.do(officer, "/dot")
    admin = await lai_chau.admin()
    assert "đợt 4 (cách 82 ngày)" in await lai_chau.do(admin, "/dot LC-2021-04")


async def test_a_change_is_checked_as_it_would_be(office: Office) -> None:
    """The preview asks about the new day, and nothing is changed by the question."""
    officer = await office.officer("YT")
    text = await office.do(officer, f"/dot {CODE}", "[Sửa]", "[Ngày]", "20/11/2026")
    assert "Cần xem lại" in text and "20/11/2026" in text.partition("Cần xem lại")[2]
    assert (await office.round()).held_on == date(2026, 12, 4)
    text = await office.do(officer, "[← Quay lại]", "han nop danh sach", "05/12/2026")
    assert "Cần xem lại" in text


async def test_others_drafts_are_not_given_away_by_a_question(office: Office) -> None:
    """The admin's draft for the whole province is between the admin and the checker until it is opened."""
    admin, officer = await office.admin(), await office.officer("YT")
    round_ = await office.round()
    near = replace(
        round_, code="ALL", number=40, held_on=round_.held_on + timedelta(days=20), state=RoundState.DRAFT,
        units=frozenset((await office.unit("LS"),)), place="Nhà thi đấu",
    )  # fmt: skip
    await office.add(near)
    assert "40" in (await office.do(admin, f"/dot {CODE}")).partition("Cần xem lại")[2]
    assert "Cần xem lại" not in await office.do(officer, f"/dot {CODE}")
    await office.add(replace(near, state=RoundState.OPEN))
    assert "40" in (await office.do(officer, f"/dot {CODE}")).partition("Cần xem lại")[2]


async def test_what_is_over_is_asked_about_no_more(office: Office) -> None:
    """A cancelled round needs no other day."""
    admin = await office.admin()
    await office.add(replace(await office.round(), deadline_on=date(2026, 12, 5)))
    assert "Cần xem lại" in await office.do(admin, f"/dot {CODE}")
    for state in (RoundState.DONE, RoundState.CANCELLED):
        await office.add(replace(await office.round(), state=state))
        assert "Cần xem lại" not in await office.do(admin, f"/dot {CODE}")

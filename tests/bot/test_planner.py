"""The planner on a real database: who is told, when, and that nobody is told twice, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import bot.planner
from bot.app import open_app
from bot.clock import Clock
from bot.planner import Planner
from bot.plans import read_plan, write_plan
from handlers import audiences, round_changes
from storage import rounds
from storage.database import Tx, open_database
from tests.bot.planning import Plans, local, ms
from tests.program import DATA, config_of

BEGIN = "2026-11-28 08:00"
D3, D1, D0 = "2026-12-01 08:00", "2026-12-03 18:00", "2026-12-04 07:00"


@pytest.fixture
async def plans(tmp_path: Path) -> AsyncIterator[Plans]:
    """The house with its two rounds; nothing before 28 November is ever planned."""
    async with open_app(config_of(tmp_path), Clock(local(BEGIN))) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        plans = Plans(app)
        await plans.plan(BEGIN)
        yield plans


@asynccontextmanager
async def second(plans: Plans) -> AsyncIterator[Planner]:
    """Another process' planner on the same tables: a connection of its own."""
    app = plans.app
    database = await open_database(f"sqlite:///{app.database.path}")
    try:
        yield Planner(database, app.house, app.clock, asyncio.Event())
    finally:
        await database.close()


async def change(plans: Plans, at: str, **facts: Any) -> None:
    """An officer changes the round."""

    async def write(tx: Tx) -> None:
        before = await rounds.by_code(tx, "LS-2026-11")
        assert before
        await round_changes.apply(tx, before, replace(before, **facts), by="test", at=ms(at))

    await plans.app.database.write(write)


async def test_who_takes_part_hears_each_reminder_once(plans: Plans) -> None:
    """A fortnight of planning every two hours: four messages each."""
    await plans.join(2)
    moment = local("2026-11-22 08:00")
    while moment < local("2026-12-06 08:00"):
        await plans.app.planner.plan(moment)
        moment += timedelta(hours=2)
    reminders = [key for key in plans.told() if key.startswith("remind")]
    assert reminders == [f"remind:{who}:2026-12-04:{days}" for days in (7, 3, 1, 0) for who in (1, 2)]


async def test_away_around_the_hour_of_a_reminder_it_is_sent_once_on_return(plans: Plans) -> None:
    """Down from 09:55 to 10:05 around 10:00."""
    await plans.run("UPDATE rounds SET reminders = '3 10:00' WHERE code = 'LS-2026-11'")
    await plans.join(1)
    await plans.plan("2026-12-01 09:55")
    assert await plans.plan("2026-12-01 10:05") == 1
    assert [await plans.plan(at) for at in ("2026-12-01 10:05", "2026-12-01 10:06", D1)] == [0, 0, 0]
    assert plans.told() == ["remind:1:2026-12-04:3"]


async def test_away_for_a_week_what_is_of_use_is_sent_and_the_rest_is_kept_as_expired(plans: Plans) -> None:
    """Counted in the outbox, where /health looks."""
    await plans.plan("2026-11-26 12:00")
    await plans.join(2)
    assert await plans.plan("2026-12-03 12:00") == 2
    assert plans.told(("expired",)) == ["remind:1:2026-12-04:7", "remind:2:2026-12-04:7"]
    assert plans.told() == ["remind:1:2026-12-04:3", "remind:2:2026-12-04:3"]
    assert plans.rows("SELECT count(*) FROM outbox WHERE state = 'expired' AND payload <> ''") == [(0,)]
    assert (await plans.app.health())["outbox"] == {"expired": 2, "pending": 2}


async def test_what_was_due_before_a_plan_was_imported_is_never_made_up_for(plans: Plans) -> None:
    """Nor is it kept as expired."""
    await plans.plan("2026-12-02 12:00")
    await plans.run("UPDATE rounds SET held_on = '2026-12-05' WHERE code = 'LS-2026-11'")
    await plans.join(1)
    await plans.plan("2026-12-03 12:00")
    assert plans.told(("pending", "expired")) == []


async def test_who_joins_late_hears_only_what_is_still_ahead(plans: Plans) -> None:
    """Joined an hour after the third day's reminder, while the machine was down."""
    await plans.plan("2026-12-01 07:00")
    await plans.join(1)
    await plans.join(1, at="2026-12-01 09:00")
    await plans.plan("2026-12-01 10:00")
    await plans.plan(D1)
    assert plans.told() == ["remind:1:2026-12-04:3", "remind:1:2026-12-04:1", "remind:2:2026-12-04:1"]


async def test_a_clock_that_is_set_back_doubles_nothing_and_what_is_ahead_still_comes(plans: Plans) -> None:
    """An hour back after a reminder; then a year ahead by mistake and back."""
    await plans.join(1)
    for moment in (D3, "2026-12-01 07:00", D3, "2026-12-01 08:30"):
        await plans.plan(moment)
    assert plans.told() == ["remind:1:2026-12-04:3"]
    await plans.plan("2027-12-01 08:00")
    late = plans.told(("expired",))
    await plans.plan("2026-12-01 09:00")
    await plans.join(1, at="2026-12-01 09:00", code="LS-2026-12")
    await plans.plan("2026-12-11 08:00")
    assert plans.told(("expired",)) == late
    assert plans.told() == ["remind:1:2026-12-04:3"], (
        "the run of the false year counts as done, so nobody is told twice"
    )
    await plans.plan("2026-12-15 08:00")
    assert "remind:1:2026-12-04:3" in plans.told()


async def test_two_planners_at_once_double_nothing(plans: Plans, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two in one process share the work page by page; so may another process on the same tables."""
    monkeypatch.setattr(bot.planner, "CHUNK", 7)
    await plans.join(100)
    app = plans.app
    twin = Planner(app.database, app.house, app.clock, asyncio.Event())
    counts = await asyncio.gather(*(planner.plan(local(D3)) for planner in (app.planner, twin)))
    assert sum(counts) == 100
    assert all(counts), "the work was shared"
    async with second(plans) as other:
        counts = await asyncio.gather(*(planner.plan(local(D1)) for planner in (app.planner, twin, other)))
    assert sum(counts) == 100
    assert len(set(plans.told())) == len(plans.told()) == 200


async def test_a_plan_that_was_cut_off_goes_on_where_it_was(plans: Plans, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is looked at twice, and nobody is left out."""
    monkeypatch.setattr(bot.planner, "CHUNK", 10)
    await plans.join(35)
    looked: list[int] = []
    joined = audiences.AUDIENCES[bot.planner.table.Audience.JOINED]

    async def read(tx: Tx, scene: Any, page: Any) -> list[Any]:
        if len(looked) == 20:
            looked.append(0)
            raise RuntimeError("the machine dies here")
        found = await joined.read(tx, scene, page)
        looked.extend(who.person_id for who in found)
        return found

    monkeypatch.setitem(audiences.AUDIENCES, bot.planner.table.Audience.JOINED, replace(joined, read=read))
    await plans.plan(D3)
    assert len(plans.told()) == 20
    async with second(plans) as other:
        assert await other.plan(local("2026-12-01 08:01")) == 15
    assert sorted(looked) == [0, *range(1, 36)]


async def test_one_notice_that_cannot_be_planned_holds_up_no_other(
    plans: Plans, caplog: pytest.LogCaptureFixture
) -> None:
    """It is tried again until it can be."""
    await plans.join(1)
    await plans.join(1, code="LS-2026-12")
    await plans.run("UPDATE rounds SET held_on = '2026-12-04' WHERE code = 'LS-2026-12'")
    await plans.run("UPDATE joins SET slot = 'seven' WHERE person_id = 1")  # No hour that can be shown.
    await plans.plan(D3)
    assert plans.told() == ["remind:2:2026-12-04:3"]
    assert "planning_failed" in caplog.text
    await plans.run("UPDATE joins SET slot = '07:30' WHERE person_id = 1")
    await plans.plan("2026-12-01 08:01")
    assert plans.told() == ["remind:2:2026-12-04:3", "remind:1:2026-12-04:3"]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE joins SET state = 'left'",
        "UPDATE joins SET state = 'no'",
        "UPDATE joins SET state = 'waiting'",
        "UPDATE joins SET state = 'offered', offer_until = 9000000000000",
        "UPDATE people SET reachable = 0",
        "INSERT INTO notice_settings (person_id, paused_until) VALUES (1, '2026-12-02')",
        "INSERT INTO notice_settings (person_id, skip) VALUES (1, '7 3')",
        "UPDATE rounds SET state = 'cancelled'",
        "UPDATE rounds SET reminders = ''",
    ],
)
async def test_who_does_not_want_or_cannot_be_told_is_not(plans: Plans, sql: str) -> None:
    """Left, said no, waits for a seat or is just offered one, blocked us, paused, does without this one; a round that is off."""
    await plans.join(1)
    await plans.run(sql)
    assert await plans.plan(D3) == 0
    assert plans.told(("pending", "expired")) == []


async def test_a_pause_ends_on_its_day(plans: Plans) -> None:
    """The first day on which reminders come again."""
    await plans.join(1)
    await plans.run("INSERT INTO notice_settings (person_id, paused_until, skip) VALUES (1, '2026-12-01', '7 1')")
    assert await plans.plan(D3) == 1


async def test_a_round_that_moves_reminds_anew_by_its_new_facts(plans: Plans) -> None:
    """What waited is taken back; what was sent stays; the next ones are counted from the new day."""
    await plans.join(1)
    await plans.plan(D3)
    await change(plans, "2026-12-01 09:00", held_on=date(2026, 12, 11), place="Trường Cao đẳng Sư phạm")
    assert plans.told(("cancelled",)) == ["remind:1:2026-12-04:3"]
    for moment in (D1, "2026-12-04 09:00", "2026-12-08 08:00"):
        await plans.plan(moment)
    assert plans.told() == ["change:1", "remind:1:2026-12-11:7", "remind:1:2026-12-11:3"]
    assert "Trường Cao đẳng Sư phạm" in plans.text("remind:1:2026-12-11:3")


async def test_a_reminder_says_where_and_when_with_map_hour_and_ticket(plans: Plans) -> None:
    """And asks with two buttons that carry the round's code."""
    await plans.join(1)
    await plans.run("UPDATE joins SET slot = '07:30'")
    await plans.plan(D3)
    text = plans.text("remind:1:2026-12-04:3")
    for part in (
        "Còn 3 ngày nữa là đến Đợt 11 năm 2026.",
        "Thứ Sáu, ngày 04/12/2026",
        "07 giờ 00 phút đến 11 giờ 30 phút",
        "Nhà Văn hoá tỉnh, 12 Hùng Vương",
        "?mlat=21.853&mlon=106.761",
        "Giờ bạn đến: 07 giờ 30 phút",
        "Mã vé của bạn: T1",
        "văn phòng, 0205 3812 345",
    ):
        assert part in text
    assert plans.buttons("remind:1:2026-12-04:3") == ["/come LS-2026-11", "/leave LS-2026-11"]


async def test_who_said_maybe_is_asked_again(plans: Plans) -> None:
    """In their own language."""
    await plans.join(1, "maybe", language="en")
    await plans.plan(D1)
    text = plans.text("remind:1:2026-12-04:1")
    assert "is tomorrow, and you said “maybe”" in text
    assert "Have you made up your mind" in text
    assert "ticket" not in text, "who may come holds no seat"


async def test_a_reminder_carries_its_lane_its_expiry_and_waits_for_nobody(plans: Plans) -> None:
    """It may be sent again after a crash; it goes at once, until the next one is due."""
    await plans.join(1)
    await plans.plan(D3)
    assert plans.rows("SELECT lane, not_before, expires_at, on_unknown FROM outbox") == [(2, 0, ms(D1), "resend")]


async def test_what_is_planned_at_night_waits_for_the_morning(plans: Plans) -> None:
    """Back at 22:00: the reminder of that day comes at 07:00, with the distance as it is then."""
    await plans.join(1)
    await plans.plan("2026-11-30 12:00")
    assert await plans.plan("2026-12-01 22:00") == 1
    assert plans.rows("SELECT not_before FROM outbox") == [(ms("2026-12-02 07:00"),)]
    assert "Còn 2 ngày nữa" in plans.text("remind:1:2026-12-04:3")


async def test_at_night_a_reminder_that_the_morning_makes_useless_is_not_sent(plans: Plans) -> None:
    """Back at 22:00 on the eve: the morning's own reminder comes at the end of the night."""
    await plans.join(1)
    await plans.plan("2026-12-03 17:00")
    assert await plans.plan("2026-12-03 22:00") == 0
    assert plans.told(("expired",)) == ["remind:1:2026-12-04:1"]
    assert await plans.plan(D0) == 1

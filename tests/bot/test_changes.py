"""Changes of a round: who joined hears of each once, with what was and what is; a few edits in a row are one piece of news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_app
from bot.changes import Changes
from bot.clock import Clock
from bot.planner import Planner
from bot.plans import read_plan, write_plan
from core.changes import merged
from core.rounds import Part, RoundState
from handlers import round_changes
from storage import rounds
from storage.database import Tx
from storage.outbox import Lane
from tests.bot.planning import Plans, local, ms
from tests.program import DATA, config_of

NOW = "2026-11-24 09:00"


@pytest.fixture
async def plans(tmp_path: Path) -> AsyncIterator[Plans]:
    """The house with its two rounds; planned until the morning of 24 November."""
    async with open_app(config_of(tmp_path), Clock(local(NOW))) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        plans = Plans(app)
        await plans.plan(NOW)
        yield plans


async def change(plans: Plans, at: str, reason: str = "", **facts: Any) -> None:
    """An officer changes the round."""

    async def write(tx: Tx) -> None:
        before = await rounds.by_code(tx, "LS-2026-11")
        assert before
        await round_changes.apply(tx, before, replace(before, **facts), by="web:officer", at=ms(at), reason=reason)

    await plans.app.database.write(write)


async def test_everybody_who_joined_is_told_and_asked_again(plans: Plans) -> None:
    """Certain, waiting, offered, maybe; not who left or said no."""
    for state in ("certain", "waiting", "offered", "maybe", "no", "left"):
        await plans.join(1, state)
    await change(plans, NOW, held_on=date(2026, 12, 11))
    assert await plans.plan("2026-11-24 09:05") == 4
    assert plans.told() == [f"change:{who}" for who in (1, 2, 3, 4)]
    assert plans.buttons("change:1") == ["/come LS-2026-11", "/leave LS-2026-11"]
    assert await plans.plan("2026-11-24 09:06") == 0
    assert plans.rows("SELECT count(*) FROM round_changes WHERE told = 0") == [(0,)]


async def test_what_was_and_what_is_are_said_with_the_whole_new_facts(plans: Plans) -> None:
    """Day, hours, place and name, before and after."""
    await plans.join(1)
    await change(
        plans,
        NOW,
        name="Ngày hội Hồng",
        held_on=date(2026, 12, 11),
        opens="13:30",
        closes="",
        place="Trường A",
        place_or=("Trường B",),
        parts=(Part("Khai mạc", "13:00", "13:30", "Hội trường"),),
    )
    await plans.plan("2026-11-24 09:05")
    text = plans.text("change:1")
    for line in (
        "🔔 Ngày hội Hồng có thay đổi:",
        "• Tên: Đợt 11 năm 2026 → Ngày hội Hồng",
        "• Ngày: Thứ Sáu, 04/12/2026 → Thứ Sáu, 11/12/2026",
        "• Giờ: 07 giờ 00 phút – 11 giờ 30 phút → 13 giờ 30 phút",
        "• Nơi: Nhà Văn hoá tỉnh, 12 Hùng Vương → Trường A, 12 Hùng Vương hoặc Trường B (sẽ báo rõ sau)",
        "• Các phần: chưa rõ → Khai mạc 13:00–13:30 Hội trường",
        "🗓 Thứ Sáu, ngày 11/12/2026",
        "• Mã vé của bạn: T1",
    ):
        assert line in text.split("\n")


async def test_a_cancelled_round_says_why_and_asks_nothing(plans: Plans) -> None:
    """Also in English."""
    await plans.join(1)
    await plans.join(1, "maybe", language="en")
    await change(plans, NOW, "Mưa bão", state=RoundState.CANCELLED)
    await plans.plan("2026-11-24 09:05")
    assert "đã bị huỷ.\nLý do: Mưa bão\nBạn không cần đến." in plans.text("change:1")
    assert "has been cancelled.\nReason: Mưa bão" in plans.text("change:2")
    assert plans.buttons("change:1") == ["/next"]


async def test_three_edits_of_a_few_minutes_are_one_message(plans: Plans) -> None:
    """From before the first to after the last; nothing is said before the officer has stopped for two minutes."""
    await plans.join(1)
    await change(plans, "2026-11-24 09:00", held_on=date(2026, 12, 10))
    await change(plans, "2026-11-24 09:01", held_on=date(2026, 12, 11))
    await change(plans, "2026-11-24 09:02", opens="08:00")
    assert [await plans.plan(f"2026-11-24 09:0{minute}") for minute in (0, 1, 2, 3, 4)] == [0, 0, 0, 0, 1]
    text = plans.text("change:1")
    assert "• Ngày: Thứ Sáu, 04/12/2026 → Thứ Sáu, 11/12/2026" in text
    assert "• Giờ: 07 giờ 00 phút – 11 giờ 30 phút → 08 giờ 00 phút – 11 giờ 30 phút" in text
    await change(plans, "2026-11-24 10:00", place="Trường A")
    assert await plans.plan("2026-11-24 10:02") == 1
    assert len(set(plans.told())) == 1
    assert plans.rows("SELECT count(*) FROM outbox") == [(2,)]


async def test_an_officer_who_never_stops_keeps_people_waiting_for_ten_minutes(plans: Plans) -> None:
    """An edit a minute."""
    await plans.join(1)
    said = []
    for minute in range(12):
        await change(plans, f"2026-11-24 09:{minute:02}", opens=f"08:{minute:02}")
        said.append(await plans.plan(f"2026-11-24 09:{minute:02}"))
    assert said == [0] * 10 + [1, 0]


async def test_what_was_taken_back_is_no_news(plans: Plans) -> None:
    """Moved by mistake and moved back within the minute."""
    await plans.join(1)
    await change(plans, NOW, held_on=date(2026, 12, 10))
    await change(plans, "2026-11-24 09:01", held_on=date(2026, 12, 4))
    assert await plans.plan("2026-11-24 09:05") == 0
    assert plans.rows("SELECT count(*) FROM round_changes WHERE told = 0") == [(0,)]


async def test_who_has_answered_the_new_facts_is_not_told_of_them(plans: Plans) -> None:
    """Joined or came back after the edit, and before it was told."""
    await plans.join(2)
    await change(plans, NOW, held_on=date(2026, 12, 11))
    await plans.run("UPDATE joins SET version = 2 WHERE person_id = 2")
    assert await plans.plan("2026-11-24 09:05") == 1
    assert plans.told() == ["change:1"]


async def test_a_target_is_the_officers_own_affair(plans: Plans) -> None:
    """Nobody is told."""
    await plans.join(1)
    await change(plans, NOW, target=300)
    assert await plans.plan("2026-11-24 09:05") == 0


async def test_who_paused_reminders_hears_that_their_round_is_off(plans: Plans) -> None:
    """A pause is of reminders; who blocked us hears nothing."""
    await plans.join(2)
    await plans.run("INSERT INTO notice_settings (person_id, paused_until) VALUES (1, '2027-01-01')")
    await plans.run("UPDATE people SET reachable = 0 WHERE id = 2")
    await change(plans, NOW, state=RoundState.CANCELLED)
    assert await plans.plan("2026-11-24 09:05") == 1


async def test_a_telling_that_was_cut_off_goes_on_and_newer_edits_come_after_it(plans: Plans) -> None:
    """Some have read it: the others get the same, then all the new one."""
    await plans.join(25)
    await change(plans, NOW, held_on=date(2026, 12, 11))
    part = Changes(plans.app.database, plans.app.house, 10)
    (last,) = await part.settled(local("2026-11-24 09:05"))
    assert await part.page(last, local("2026-11-24 09:05")) == (10, False)
    await change(plans, "2026-11-24 09:06", place="Trường A")
    assert await part.settled(local("2026-11-24 09:06")) == [last], "what was begun is finished first"
    assert await plans.plan("2026-11-24 09:06") == 15
    assert await plans.plan("2026-11-24 09:08") == 25
    assert plans.rows("SELECT count(*), count(DISTINCT dedupe_key) FROM outbox") == [(50, 50)]


async def test_two_planners_tell_everybody_once(plans: Plans) -> None:
    """At the same time."""
    await plans.join(300)
    await change(plans, NOW, state=RoundState.CANCELLED)
    app = plans.app
    twin = Planner(app.database, app.house, app.clock, asyncio.Event())
    counts = await asyncio.gather(*(planner.plan(local("2026-11-24 09:05")) for planner in (app.planner, twin)))
    assert sum(counts) == 300
    assert plans.rows("SELECT count(*), count(DISTINCT address) FROM outbox") == [(300, 300)]


@pytest.mark.parametrize(
    ("at", "facts", "not_before"),
    [
        ("2026-11-24 23:00", {"place": "Trường A"}, "2026-11-25 07:00"),
        ("2026-12-03 23:00", {"state": RoundState.CANCELLED}, ""),
        ("2026-12-03 23:00", {"held_on": date(2026, 12, 11)}, ""),
        ("2026-12-02 23:00", {"held_on": date(2026, 12, 3)}, ""),
    ],
    ids=["ten days ahead", "called off the night before", "put off the night before", "brought forward to the morning"],
)
async def test_at_night_only_what_cannot_wait_is_said(
    plans: Plans, at: str, facts: dict[str, Any], not_before: str
) -> None:
    """Who would set out at six has to know at night."""
    await plans.run("UPDATE rounds SET reminders = ''")
    await plans.join(1)
    await change(plans, at, **facts)
    await plans.plan(at[:-1] + "5")
    lane = Lane.REMINDER if not_before else Lane.URGENT  # At night delivery lets nothing less through.
    assert plans.rows("SELECT lane, not_before FROM outbox") == [(lane, ms(not_before) if not_before else 0)]


def test_merging_keeps_the_first_before_and_the_last_after() -> None:
    """And drops what came back."""
    assert merged([{"a": [1, 2], "b": [1, 2]}, {"a": [2, 3]}, {"b": [2, 1], "c": [None, "x"]}]) == {
        "a": [1, 3],
        "c": [None, "x"],
    }

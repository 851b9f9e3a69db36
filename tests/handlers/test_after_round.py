"""After a round: a donation is counted once, a reason is counted and attached to nobody, and how people feel is not kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from core.dialogue import Command, Text
from handlers.after_round import REASONS
from tests.bot.planning import Plans, local, ms
from tests.handlers.conversations import House
from tests.program import DATA, config_of

CODE = "LS-2026-11"


class After(House):
    """The day after the round LS-2026-11; `terminal:1` took part in it."""

    async def command(self, name: str, args: str = CODE) -> dict[str, Any]:
        """Say a command; the last answer."""
        await self.do("terminal:1", [Command(name, args)])
        return self.said("terminal:1")[-1]

    def join(self) -> tuple[Any, ...]:
        """(outcome, explained)."""
        return self.rows("SELECT outcome, explained FROM joins WHERE person_id = 1")[0]

    async def register(self, **facts: object) -> None:
        """Give the person a registration."""
        row: dict[str, object] = {
            "person_id": 1, "full_name": "Nguyễn Thị Thử", "name_key": "a", "unit_text": "x", "birth_year": 1990, "birth_precision": "year",
            "sex": "F", "abo": "O", "rh": "+", "donations": 2, "last_donation": "2026-05", "phone": "+84900000001", "created_at": 1,
            "updated_at": 1,
        } | facts  # fmt: skip
        sql = f"INSERT INTO donors ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
        await self.app.database.write(lambda tx: tx.run(sql, list(row.values())))


@pytest.fixture
async def after(tmp_path: Path) -> AsyncIterator[After]:
    """One database a test."""
    async with open_app(config_of(tmp_path), Clock(local("2026-12-05 09:00"))) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        await Plans(app).join(1)
        yield After(app)


def donor(after: After) -> tuple[Any, ...]:
    """(donations, last donation, may give again on)."""
    return after.rows("SELECT donations, last_donation, eligible_on FROM donors")[0]


async def test_a_donation_is_counted_once_and_the_day_from_which_one_may_give_again_is_named(after: After) -> None:
    """84 days on; pressed twice, it is still one; then consent to be told is asked for."""
    await after.register()
    await after.command("gave")
    await after.command("cancel", "")
    assert "đã ghi lần hiến máu" in (await after.command("gave"))["text"]
    assert donor(after) == (3, "2026-12-04", "2027-02-26")
    assert after.join() == ("gave", 0)
    texts = [said["text"] for said in after.said("terminal:1")]
    assert "26/02/2027" in texts[0]
    assert texts[1].startswith("Bạn có muốn tôi nhắn")


async def test_what_the_person_entered_themselves_is_not_counted_again(after: After) -> None:
    """They were quicker on their card."""
    await after.register(donations=3, last_donation="2026-12")
    await after.command("gave")
    assert donor(after)[:2] == (3, "2026-12")


async def test_whoever_is_on_no_list_changes_nothing(after: After) -> None:
    """A stranger, a round that is not theirs, one that has not begun, one that was called off."""
    await after.app.database.write(lambda tx: tx.run("UPDATE rounds SET state = 'cancelled' WHERE code = 'LS-2026-11'"))
    stranger = after.newcomer()
    await after.do(stranger, [Command("gave", CODE), Command("why", CODE), Command("unwell", "")])
    for code in (CODE, "LS-2026-12", "x' OR 1"):
        for name in ("gave", "deferred", "absent", "why"):
            assert "không thấy bạn trong danh sách" in (await after.command(name, code))["text"]
    assert after.join() == (None, 0)


async def test_before_the_round_begins_there_is_no_after(after: After) -> None:
    """That morning."""
    after.app.clock.move(local("2026-12-04 06:00") - local("2026-12-05 09:00"))
    assert "chưa bắt đầu" in (await after.command("gave"))["text"]
    assert after.join() == (None, 0)


async def test_without_a_code_the_last_round_is_meant(after: After) -> None:
    """Typed by hand, as on a channel without buttons."""
    await after.command("deferred", "")
    assert after.join() == ("deferred", 0)


async def test_who_did_not_come_is_asked_once_why_and_the_answer_hangs_on_nobody(after: After) -> None:
    """Counted; pressed again, it is thanked for; the planner's own question is the same message."""
    asked = await after.command("absent")
    assert asked["buttons"][0][1] == f"/why {CODE}"
    await after.command("absent")
    await after.command("why")
    await after.say("terminal:1", "Bận việc")
    assert after.rows("SELECT reason, people FROM absences") == [("busy", 1)]
    assert after.join() == ("absent", 1)
    assert (await after.command("why"))["text"].startswith("Cảm ơn bạn")
    plans = Plans(after.app)
    await plans.plan("2026-12-05 07:00")
    assert await plans.plan("2026-12-05 09:00") == 1  # looked at, and its key is taken
    assert len(after.rows("SELECT 1 FROM outbox WHERE dedupe_key LIKE 'after:%:why'")) == 1


async def test_nothing_says_who_gave_which_reason(after: After) -> None:
    """No row, no body and no draft of the whole database holds the reason beside the person."""
    await after.command("absent")
    await after.command("why")
    await after.do("terminal:1", [Text("Còn lo lắng")])
    assert after.conversation("terminal:1") is None
    tables = [name for (name,) in after.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    holders = {table for table in tables if "worried" in str(after.rows(f"SELECT * FROM {table}"))}
    assert holders == {"absences", "outbox"}
    question = [payload for (payload,) in after.rows("SELECT payload FROM outbox") if "worried" in payload]
    assert all(f":{reason}" in question[0] for reason in REASONS), "what was asked offers every reason alike"
    assert len(question) == 1
    assert after.rows("SELECT body FROM inbox WHERE body <> ''") == []


async def test_who_would_rather_not_say_is_not_counted_and_may_change_their_mind(after: After) -> None:
    """No answer is an answer too."""
    await after.command("absent")
    await after.command("why")
    await after.say("terminal:1", "Không muốn trả lời")
    assert after.rows("SELECT * FROM absences") == []


async def test_how_somebody_feels_is_not_kept_and_help_is_named(after: After) -> None:
    """The round's own number, and 115; nothing is written but the answers' own rows."""
    await after.app.database.write(lambda tx: tx.run("UPDATE rounds SET contact = 'bác sĩ trực, 0205 3800 115'"))
    before = after.rows("SELECT * FROM joins")
    text = (await after.command("unwell"))["text"]
    assert "bác sĩ trực, 0205 3800 115" in text
    assert "gọi 115." in text
    await after.command("fine")
    assert after.rows("SELECT * FROM joins") == before


async def test_thanks_and_the_question_go_to_who_was_certain(tmp_path: Path) -> None:
    """That day; the next morning those who gave are asked how they are, and those whom an officer marked absent why."""
    async with open_app(config_of(tmp_path), Clock(local("2026-12-04 12:00"))) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        plans = Plans(app)
        await plans.plan("2026-12-04 12:00")
        await plans.join(3)
        await plans.join(1, "maybe")
        await plans.join(1, "waiting")
        await plans.plan("2026-12-04 12:30")
        assert plans.told() == ["after:1:thanks", "after:2:thanks", "after:3:thanks"]
        assert plans.buttons("after:1:thanks") == [f"/{name} {CODE}" for name in ("gave", "deferred", "absent")]
        await plans.run("UPDATE joins SET outcome = 'gave' WHERE person_id = 1")
        await plans.run("UPDATE joins SET outcome = 'absent' WHERE person_id = 2")
        await plans.plan("2026-12-05 08:00")
        assert plans.told()[3:] == ["after:1:well", "after:2:why"] or plans.told()[3:] == [
            "after:2:why",
            "after:1:well",
        ]
        assert plans.rows("SELECT expires_at FROM outbox WHERE dedupe_key LIKE '%:well'") == [(ms("2026-12-06 20:00"),)]

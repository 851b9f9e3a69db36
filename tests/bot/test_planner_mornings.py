"""What belongs to a day: donors who may give again, and officers whose list is due."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from storage import notices
from tests.bot.planning import Plans, local
from tests.program import DATA, config_of

BEFORE, MORNING = "2026-11-23 20:00", "2026-11-24 08:00"


class Mornings(Plans):
    """Donors who may give again on 24 November; without a wish of their own they agreed to hear of it."""

    async def donor(self, **facts: Any) -> int:
        """One more; their id. `agreed`, `ignored`: of their settings."""
        agreed, ignored = facts.pop("agreed", 1), facts.pop("ignored", 0)
        (number,) = self.rows("SELECT coalesce(max(id), 0) + 1 FROM people")[0]
        row: dict[str, Any] = {
            "person_id": number, "full_name": "Lò Thị Thử", "name_key": "a", "unit_id": self.unit("SYT"), "birth_year": 1990,
            "birth_precision": "year", "sex": "F", "abo": "O", "rh": "+", "donations": 2, "last_donation": "2026-09-01",
            "phone": "+84900000001", "created_at": 1, "updated_at": 1, "eligible_on": "2026-11-24",
        } | facts  # fmt: skip
        await self.run(
            "INSERT INTO people (id, address, language, created_at) VALUES (?, ?, 'vi', 0)",
            number,
            f"terminal:{number}",
        )
        await self.run(f"INSERT INTO donors ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", *row.values())
        await self.run(
            "INSERT INTO notice_settings (person_id, eligible, ignored) VALUES (?, ?, ?)", number, agreed, ignored
        )
        return int(number)

    def unit(self, code: str) -> int:
        """The id of a unit."""
        return int(self.rows("SELECT id FROM units WHERE code = ?", code)[0][0])


@pytest.fixture
async def mornings(tmp_path: Path) -> AsyncIterator[Mornings]:
    """The house with its two rounds, planned until the evening before."""
    async with open_app(config_of(tmp_path), Clock(local(BEFORE))) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        mornings = Mornings(app)
        await mornings.plan(BEFORE)
        yield mornings


async def test_on_the_morning_of_the_day_a_donor_hears_with_the_next_round_for_them(mornings: Mornings) -> None:
    """Once, at eight, with what the round is and a button to join it."""
    await mornings.donor()
    assert [await mornings.plan(at) for at in ("2026-11-24 07:59", MORNING, MORNING, "2026-11-25 09:00")] == [
        0,
        1,
        0,
        0,
    ]
    assert mornings.rows("SELECT dedupe_key FROM outbox") == [("eligible:2026-11-24:1",)]
    (payload,) = mornings.rows("SELECT payload FROM outbox")[0]
    assert "từ ngày 24/11/2026 bạn có thể hiến máu lại; nhân viên y tế" in payload
    assert "Đợt 11 năm 2026" in payload
    assert '"/join LS-2026-11"' in payload


async def test_without_a_fitting_round_nothing_is_promised(mornings: Mornings) -> None:
    """No round invites this unit."""
    await mornings.donor(unit_id=mornings.unit("CO-AN"))
    await mornings.plan(MORNING)
    (payload,) = mornings.rows("SELECT payload FROM outbox")[0]
    assert "chưa có đợt nào mở cho đơn vị của bạn" in payload
    assert "/join" not in payload


async def test_who_is_to_ask_the_staff_is_not_told_that_they_may_give(mornings: Mornings) -> None:
    """A self-check ended with the staff: the wait is over, and whether they may give is not ours to say."""
    await mornings.donor(ask_staff=1)
    await mornings.plan(MORNING)
    (payload,) = mornings.rows("SELECT payload FROM outbox")[0]
    assert "bạn có thể hiến máu lại" not in payload
    assert "đã qua thời gian chờ" in payload and "hỏi trước khi đến nhé" in payload
    assert "Đợt 11 năm 2026" in payload


@pytest.mark.parametrize(
    "facts",
    [
        {"agreed": 0},
        {"ignored": 2},
        {"stopped": 1},
        {"birth_year": 1960},
        {"eligible_on": "2026-11-25"},
        {"eligible_on": None},
    ],
    ids=["did not agree", "let two go by", "does not go on", "too old by now", "not yet", "no day known"],
)
async def test_who_is_not_told(mornings: Mornings, facts: dict[str, Any]) -> None:
    """Silence is no consent; nobody is told what is not so."""
    await mornings.donor(**facts)
    assert await mornings.plan(MORNING) == 0
    assert mornings.rows("SELECT 1 FROM outbox") == []


@pytest.mark.parametrize(("state", "told"), [("certain", 0), ("maybe", 0), ("waiting", 0), ("no", 1), ("left", 1)])
async def test_who_is_in_a_round_already_is_not_told(mornings: Mornings, state: str, told: int) -> None:
    """Who said no to one, or left it, is."""
    person = await mornings.donor()
    await mornings.run(
        "INSERT INTO joins (round_id, person_id, state, code, version, joined_at, changed_at, queued_at)"
        " SELECT id, ?, ?, 'T', 1, 1, 1, 1 FROM rounds WHERE code = 'LS-2026-11'",
        person,
        state,
    )
    assert await mornings.plan(MORNING) == told


async def test_who_let_two_in_a_row_go_by_hears_no_third_until_they_are_heard_of(mornings: Mornings) -> None:
    """Each notice counts as let go by until the person answers something."""
    person = await mornings.donor()
    said = []
    for day in ("2026-11-24", "2026-12-01", "2026-12-08"):
        await mornings.run("UPDATE donors SET eligible_on = ?", day)
        said.append(await mornings.plan(f"{day} 08:00"))
    assert said == [1, 1, 0]
    await mornings.app.database.write(lambda tx: notices.heard_of(tx, person))
    await mornings.run("UPDATE donors SET eligible_on = '2026-12-15'")
    assert await mornings.plan("2026-12-15 08:00") == 1


async def test_a_machine_that_was_down_makes_up_for_two_weeks_and_no_more(mornings: Mornings) -> None:
    """What is older is kept as expired, and counts as let go by nobody."""
    await mornings.donor()
    await mornings.donor(eligible_on="2026-12-05")
    assert await mornings.plan("2026-12-10 09:00") == 1
    rows = mornings.rows("SELECT dedupe_key, state FROM outbox ORDER BY id")
    assert rows == [("eligible:2026-11-24:1", "expired"), ("eligible:2026-12-05:2", "pending")]
    assert mornings.rows("SELECT ignored FROM notice_settings ORDER BY person_id") == [(0,), (1,)]


async def officer(mornings: Mornings, unit: str, number: int) -> None:
    """Somebody who answers for a unit."""
    await mornings.run(
        "INSERT INTO people (id, address, language, created_at) VALUES (?, ?, 'vi', 0)", number, f"web:{number}"
    )
    await mornings.run(
        "INSERT INTO roles (address, role, unit_id, granted_at, granted_by) VALUES (?, 'officer', ?, 1, 'test')",
        f"web:{number}",
        mornings.unit(unit),
    )


async def test_officers_hear_how_far_their_list_is_before_its_deadline(mornings: Mornings) -> None:
    """Of their own unit and all below; the list of LS-2026-11 is due before 27 November, and invites the health sector."""
    for person, unit in enumerate(("SYT", "SYT", "BVDK", "SYT", "GD"), 1):
        assert await mornings.donor(unit_id=mornings.unit(unit), agreed=0) == person
    for person, state in ((1, "certain"), (2, "maybe"), (3, "certain")):
        await mornings.run(
            "INSERT INTO joins (round_id, person_id, unit_id, state, code, version, joined_at, changed_at)"
            " SELECT r.id, d.person_id, d.unit_id, ?, ?, 1, 1, 1 FROM rounds r, donors d WHERE r.code = 'LS-2026-11' AND d.person_id = ?",
            state,
            f"T{person}",
            person,
        )
    await mornings.run(
        "INSERT INTO round_quotas (round_id, unit_id, target) SELECT id, ?, 10 FROM rounds WHERE code = 'LS-2026-11'",
        mornings.unit("SYT"),
    )
    for number, unit in ((11, "YT"), (12, "SYT"), (13, "GD")):
        await officer(mornings, unit, number)
    assert await mornings.plan(MORNING) == 2
    texts = dict(mornings.rows("SELECT address, payload FROM outbox"))
    assert set(texts) == {"web:11", "web:12"}
    assert "trước ngày 27/11/2026, còn 3 ngày" in texts["web:11"]
    assert "/export" not in texts["web:11"], "a command that officers may not use"
    for who, lines, rows in (
        ("web:11", ("đến nay: 2/10 · 20 %", "có thể 1", "còn thiếu 8"), 3),
        ("web:12", ("đến nay: 1/10 · 10 %", "còn thiếu 9"), 2),
    ):
        notice = json.loads(texts[who])
        assert all(line in notice["text"] for line in lines), who
        assert notice["document"]["document"] == "registration.xlsx"
        assert notice["document"]["params"]["rows"] == rows
        ((action, detail),) = mornings.rows("SELECT action, detail FROM audit WHERE address = ?", who)
        facts = {"list": "registration", "format": "xlsx", "round": "LS-2026-11", "rows": rows}
        assert (action, json.loads(detail)) == ("export", facts)
    assert [await mornings.plan(at) for at in (MORNING, "2026-11-26 08:00", "2026-11-26 09:00")] == [0, 2, 0]


async def test_an_officer_of_two_units_hears_of_both_in_one_message(mornings: Mornings) -> None:
    """Everybody once; who is of no unit that is invited, or of one that has ended, hears nothing."""
    for unit in ("SYT", "BVDK"):
        await mornings.donor(unit_id=mornings.unit(unit), agreed=0)
    await mornings.run(
        "INSERT INTO joins (round_id, person_id, unit_id, state, code, version, joined_at, changed_at)"
        " SELECT r.id, d.person_id, d.unit_id, 'certain', 'T' || d.id, 1, 1, 1 FROM rounds r, donors d WHERE r.code = 'LS-2026-11'"
    )
    await officer(mornings, "SYT", 11)
    for unit in ("BVDK", "GD"):
        await mornings.run(
            "INSERT INTO roles (address, role, unit_id, granted_at, granted_by) VALUES ('web:11', 'officer', ?, 1, 'test')",
            mornings.unit(unit),
        )
    await officer(mornings, "BVDK", 12)
    await mornings.run("UPDATE units SET valid_to = '2026-11-01' WHERE code = 'BVDK'")
    await mornings.run(
        "INSERT INTO marks (name, value) VALUES ('units.revision', 'new') ON CONFLICT (name) DO UPDATE SET value = 'new'"
    )
    assert await mornings.plan(MORNING) == 1
    ((address, payload),) = mornings.rows("SELECT address, payload FROM outbox")
    assert address == "web:11"
    assert "đến nay: 1 người" in json.loads(payload)["text"]


async def test_before_a_morning_is_planned_the_days_are_what_the_rules_say(mornings: Mornings) -> None:
    """Who registered with an older program has no day in the table, and hears all the same; who has a wrong one does not."""
    await mornings.donor(last_donation="2026-09-01", eligible_on=None)
    await mornings.donor(last_donation="2026-11-01", eligible_on="2026-11-24")
    mornings.app.clock.move(local(MORNING) - mornings.app.clock.now())
    await mornings.app.planner.tick()
    assert mornings.rows("SELECT dedupe_key FROM outbox") == [("eligible:2026-11-24:1",)]


async def test_an_officer_who_paused_their_own_reminders_still_hears_of_the_list(mornings: Mornings) -> None:
    """The pause was a donor's wish; the deadline is their office."""
    await officer(mornings, "SYT", 12)
    await mornings.run("INSERT INTO notice_settings (person_id, eligible, paused_until) VALUES (12, 0, '2027-05-01')")
    assert await mornings.plan(MORNING) == 1

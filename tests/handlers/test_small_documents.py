"""The small files about one person or one round: opened by real readers."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from core.ages import Birth
from core.blood import Abo, Rh
from core.people import Conversation, Donor, Sex
from core.rounds import Round, RoundState
from core.words import Words
from handlers.documents import DOCUMENTS, Paper
from storage import donors, people, records, rounds, units
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.units import UnitRow

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 4, 7, 3, tzinfo=UTC)
SENTENCES = {
    "ics.summary": "Hiến máu: {name}",
    "ics.alarm": "Ngày mai: {title}",
    "next.deadline": "Đăng ký trước {date}",
    "next.tentative": "Ngày dự kiến",
}
PAPER = Paper(Words({"vi": SENTENCES}, "vi"), "vi", date(2026, 4, 7), NOW, "Ban Chỉ đạo hiến máu", "Lai Châu", ZONE)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """One unit, nobody registered, no round."""
    database = await open_database(f"sqlite:///{tmp_path}/test.db")
    await migrate(database, 0)
    await database.write(lambda tx: units.write(tx, [UnitRow("YT", "union", "Công đoàn ngành Y tế")]))
    yield database
    await database.close()


async def written(database: Database, name: str, folder: Path, **params: Any) -> Path:
    """The document on disk."""
    path = folder / f"out-{name}"
    async with database.read() as tx:
        await DOCUMENTS[name].write(tx, PAPER, params, path)
    return path


def a_round(**changes: Any) -> Round:
    """A round that is sure, with hours and a pin."""
    facts: dict[str, Any] = {
        "id": 1, "code": "LC-2026-03", "number": 3, "name": "Đợt 3", "occasion": "Ngày toàn dân hiến máu", "held_on": date(2026, 4, 24),
        "tentative": False, "opens": "07:00", "closes": "11:30", "place": "Trung tâm Y tế", "place_address": "Mường Tè", "lat": 22.38,
        "lon": 102.83, "target": 200, "deadline_on": date(2026, 4, 17), "state": RoundState.OPEN,
    }  # fmt: skip
    return Round(**{**facts, **changes})


async def calendar_entry(database: Database, folder: Path, round_: Round) -> Any:
    """The one event of the round's file."""
    await database.write(lambda tx: rounds.write(tx, round_))
    path = await written(database, "round.ics", folder, round=round_.code)
    calendar = icalendar.Calendar.from_ical(path.read_bytes())
    [event] = calendar.walk("VEVENT")
    return event


async def test_a_round_becomes_a_calendar_entry(database: Database, tmp_path: Path) -> None:
    """When with the zone, where with the pin, what, and a reminder one day before."""
    event = await calendar_entry(database, tmp_path, a_round())
    assert event.decoded("dtstart") == datetime(2026, 4, 24, 7, tzinfo=ZONE)
    assert event.decoded("dtend") == datetime(2026, 4, 24, 11, 30, tzinfo=ZONE)
    assert event["dtstart"].params["TZID"] == "Asia/Ho_Chi_Minh"
    assert str(event["summary"]) == "Hiến máu: Đợt 3"
    assert str(event["location"]) == "Trung tâm Y tế, Mường Tè"
    assert (event["geo"].latitude, event["geo"].longitude) == (22.38, 102.83)
    assert "Đăng ký trước 17/4/2026" in str(event["description"])
    assert str(event["status"]) == "CONFIRMED"
    [alarm] = event.walk("VALARM")
    assert alarm.decoded("trigger").total_seconds() == -86_400


async def test_the_file_says_what_its_zone_means(database: Database, tmp_path: Path) -> None:
    """Outlook takes no hour of a zone that the file does not define."""
    await calendar_entry(database, tmp_path, a_round())
    text = (tmp_path / "out-round.ics").read_bytes().decode()
    assert re.search(r"BEGIN:VTIMEZONE\r\nTZID:Asia/Ho_Chi_Minh", text)
    assert "TZOFFSETTO:+0700" in text


async def test_the_same_round_keeps_its_entry(database: Database, tmp_path: Path) -> None:
    """A moved date gives the same UID, so that calendars move the entry instead of adding one."""
    first = await calendar_entry(database, tmp_path, a_round())
    second = await calendar_entry(database, tmp_path, a_round(held_on=date(2026, 5, 8)))
    assert first["uid"] == second["uid"]
    assert first.decoded("dtstart") != second.decoded("dtstart")


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"tentative": True}, "TENTATIVE"), ({"state": RoundState.CANCELLED}, "CANCELLED"), ({}, "CONFIRMED")],
)
async def test_the_entry_says_how_sure_the_round_is(
    database: Database, tmp_path: Path, changes: dict[str, Any], status: str
) -> None:
    """Planned, confirmed or called off."""
    assert str((await calendar_entry(database, tmp_path, a_round(**changes)))["status"]) == status


async def test_a_round_without_hours_fills_its_day(database: Database, tmp_path: Path) -> None:
    """An all-day entry without a pin, whose reminder comes in the morning before."""
    event = await calendar_entry(database, tmp_path, a_round(opens="", closes="", lat=None, lon=None))
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2026, 4, 24), date(2026, 4, 25))
    assert "geo" not in event
    [alarm] = event.walk("VALARM")
    assert alarm.decoded("trigger").total_seconds() == -15 * 3600


async def test_a_round_that_is_gone_is_an_error(database: Database, tmp_path: Path) -> None:
    """No empty calendar is sent."""
    with pytest.raises(LookupError):
        await written(database, "round.ics", tmp_path, round="nowhere")


async def test_my_data_holds_all_that_is_stored(database: Database, tmp_path: Path) -> None:
    """Registration, open form and consents, in letters as they are."""
    donor = Donor("Lò Thị Ý", 1, "", Birth("year", None, 1992), Sex.FEMALE, Abo.O, Rh.UNKNOWN, 0, None, "+84912345678")
    draft = Conversation("web:0", "registration", "name", {"consent": True}, (), 1, "vi", 0, 1)

    async def store(tx: Any) -> None:
        await donors.save(tx, await people.keep(tx, "web:0", "vi", 0), donor, 0, eligible_on=None)
        await records.add_consent(tx, "web:0", records.Consent("registration", "given", "abc", "web", 0))
        await people.save_conversations(tx, [draft])

    await database.write(store)
    text = (await written(database, "mydata.json", tmp_path, address="web:0")).read_text("utf-8")
    data = json.loads(text)
    assert data["registration"]["full_name"] == "Lò Thị Ý" and "Lò Thị Ý" in text
    assert data["registration"]["unit"] == "Công đoàn ngành Y tế"
    assert data["open_form"]["form"] == "registration"
    assert [consent["answer"] for consent in data["consents"]] == ["given"]

"""When people are told something of our own accord, and until when it is of use."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.notices import (
    DEFAULT_REMINDERS,
    Reminder,
    Timetable,
    due,
    read_reminders,
    reminders_text,
    windows_of,
)
from core.rounds import Round, RoundState

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
USUAL = Timetable(VIETNAM)


def round_(**facts: Any) -> Round:
    """A round of 4 December 2026, 07:00 to 11:30."""
    usual: dict[str, Any] = {
        "id": 1, "code": "R", "number": 1, "name": "Đợt 1", "occasion": "", "held_on": date(2026, 12, 4), "tentative": False,
        "opens": "07:00", "closes": "11:30", "place": "Nhà Văn hoá", "place_address": "", "lat": None, "lon": None, "target": None,
        "deadline_on": None, "state": RoundState.OPEN,
    }  # fmt: skip
    return Round(**(usual | facts))


def at(text: str, zone: ZoneInfo = VIETNAM) -> datetime:
    """A local time of a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def spans(one: Round, timetable: Timetable = USUAL, notice: str = "remind") -> list[tuple[str, str, str]]:
    """(part, from, until) of a notice's windows, local."""
    return [
        (w.span.part, f"{w.due.astimezone(timetable.zone):%d/%m %H:%M}", f"{w.expires.astimezone(timetable.zone):%d/%m %H:%M}")
        for w in windows_of(one, timetable)
        if w.notice.name == notice
    ]  # fmt: skip


def test_each_reminder_is_of_use_until_the_next_one_is_due_and_the_last_until_the_round_is_over() -> None:
    """Seven, three and one day before, and the morning of the round."""
    assert spans(round_()) == [
        ("7", "27/11 08:00", "01/12 08:00"),
        ("3", "01/12 08:00", "03/12 18:00"),
        ("1", "03/12 18:00", "04/12 07:00"),
        ("0", "04/12 07:00", "04/12 11:30"),
    ]


@pytest.mark.parametrize(
    ("facts", "last"),
    [
        ({"opens": "", "closes": ""}, ("0", "04/12 07:00", "05/12 00:00")),
        ({"closes": ""}, ("0", "04/12 07:00", "05/12 00:00")),
        ({"opens": "06:00", "closes": "06:30"}, ("1", "03/12 18:00", "04/12 06:30")),
        ({"tentative": True}, ("0", "04/12 07:00", "04/12 11:30")),
        ({"state": RoundState.CLOSED}, ("0", "04/12 07:00", "04/12 11:30")),
    ],
    ids=[
        "without hours",
        "without a closing hour",
        "over before the morning",
        "date not settled",
        "registration closed",
    ],
)
def test_the_last_reminder_ends_with_the_round(facts: dict[str, Any], last: tuple[str, str, str]) -> None:
    """Without hours that is the end of its day; one that would come too late is none."""
    assert spans(round_(**facts))[-1] == last


@pytest.mark.parametrize("state", [RoundState.DRAFT, RoundState.DONE, RoundState.CANCELLED])
def test_a_round_that_does_not_take_place_reminds_of_nothing(state: RoundState) -> None:
    """A draft, a cancelled one, one that is over."""
    assert spans(round_(state=state)) == []


def test_a_round_may_have_reminders_of_its_own() -> None:
    """Or none at all; what cannot be read is as configured."""
    assert spans(round_(reminders="2 9h, 0 06:45")) == [
        ("2", "02/12 09:00", "04/12 07:00"),  # 06:45 is in the quiet hours
        ("0", "04/12 07:00", "04/12 11:30"),
    ]
    assert spans(round_(reminders="")) == []
    assert spans(round_(reminders="tomorrow")) == spans(round_())


def test_the_turn_of_the_year_is_a_night_like_any_other() -> None:
    """Seven days before 3 January."""
    assert [begin for _, begin, _ in spans(round_(held_on=date(2027, 1, 3)))] == [
        "27/12 08:00",
        "31/12 08:00",
        "02/01 18:00",
        "03/01 07:00",
    ]


def test_a_reminder_in_the_quiet_hours_comes_at_their_end_where_it_is_still_of_use() -> None:
    """22:00 the evening before comes at 07:00, unless another one is due then."""
    assert spans(round_(reminders="1 22:00")) == [("1", "04/12 07:00", "04/12 11:30")]
    assert spans(round_(reminders="1 22:00, 0 07:00")) == [("0", "04/12 07:00", "04/12 11:30")]
    assert spans(round_(reminders="3 05:30")) == [("3", "01/12 07:00", "04/12 11:30")]


@pytest.mark.parametrize(
    ("quiet", "moment", "awake"),
    [
        ("21:00 07:00", "2026-12-31 20:59", "2026-12-31 20:59"),
        ("21:00 07:00", "2026-12-31 21:00", "2027-01-01 07:00"),
        ("21:00 07:00", "2027-01-01 06:59", "2027-01-01 07:00"),
        ("21:00 07:00", "2027-01-01 07:00", "2027-01-01 07:00"),
        ("12:00 13:30", "2027-01-01 12:30", "2027-01-01 13:30"),
        ("12:00 13:30", "2027-01-01 23:00", "2027-01-01 23:00"),
        ("00:00 00:00", "2027-01-01 03:00", "2027-01-01 03:00"),
        ("00:00 06:00", "2027-01-01 03:00", "2027-01-01 06:00"),
    ],
)
def test_quiet_hours_push_to_their_end(quiet: str, moment: str, awake: str) -> None:
    """Over midnight, at noon, or not at all."""
    begin, end = (time.fromisoformat(text) for text in quiet.split())
    assert Timetable(VIETNAM, quiet_from=begin, quiet_to=end).awake(at(moment)) == at(awake)


def test_days_and_hours_are_of_the_configured_zone() -> None:
    """The same plan a zone further east is due earlier; a summer-time change in between moves no local hour."""
    berlin = ZoneInfo("Europe/Berlin")
    one = round_(held_on=date(2026, 10, 26), reminders="3 08:00, 0 07:00")
    first, last, *_ = windows_of(one, Timetable(berlin))
    assert (first.due.astimezone(UTC).hour, last.due.astimezone(UTC).hour) == (6, 6)  # 08:00 summer, 07:00 winter
    here = windows_of(one, USUAL)[0]
    assert here.due < first.due


def test_due_is_what_begins_after_one_moment_and_until_another() -> None:
    """The edge belongs to one of two looks, never to both, whatever the number of looks."""
    one, edge = round_(), at("2026-12-01 08:00")
    before = due([one], at("2026-11-27 08:00"), edge, USUAL)
    after = due([one], edge, at("2026-12-04 07:00"), USUAL)
    parts = [[w.span.part for w in windows if w.notice.name == "remind"] for windows in (before, after)]
    assert parts == [["3"], ["1", "0"]]
    assert due([one], edge, edge, USUAL) == []
    assert due([one], edge, at("2026-11-30 08:00"), USUAL) == []  # a clock that was set back


def test_every_morning_belongs_to_those_who_may_give_again() -> None:
    """One window a local day, at the configured hour, two weeks long."""
    found = due([], at("2026-12-30 12:00"), at("2027-01-02 07:59"), USUAL)
    assert [w.run for w in found] == ["eligible::2026-12-31:", "eligible::2027-01-01:"]
    assert found[0].due == at("2026-12-31 08:00")
    assert found[0].expires == at("2027-01-14 08:00")


def test_the_key_of_a_message_names_round_person_date_and_days() -> None:
    """A round that moves reminds anew."""
    window = windows_of(round_(id=12), USUAL)[1]
    assert window.key(34) == "remind:12:34:2026-12-04:3"
    assert window.run == "remind:12:2026-12-04:3"
    assert windows_of(round_(id=12, held_on=date(2026, 12, 11)), USUAL)[1].key(34) != window.key(34)


@pytest.mark.parametrize(
    ("facts", "begin"),
    [
        ({}, "04/12 12:30"),
        ({"opens": "17:00", "closes": "21:30"}, "05/12 07:00"),
        ({"opens": "", "closes": ""}, "04/12 18:00"),
        ({"closes": ""}, "04/12 18:00"),
        ({"opens": "14:30", "closes": ""}, "04/12 19:30"),
        ({"state": RoundState.DONE}, "04/12 12:30"),
    ],
    ids=[
        "an hour after the doors close",
        "not at night",
        "in the evening of a day without hours",
        "not an hour after the doors open",
        "later where they open late",
        "marked as done",
    ],
)
def test_thanks_come_that_day_once_it_is_over(facts: dict[str, Any], begin: str) -> None:
    """With three days to answer."""
    assert [span[1] for span in spans(round_(**facts), notice="thanks")] == [begin]


def test_the_next_morning_those_who_gave_and_those_who_did_not_come_are_asked() -> None:
    """How they feel, until the next evening; why not, for three days. Nothing after a round that was called off."""
    assert spans(round_(), notice="well") == [("", "05/12 08:00", "06/12 20:00")]
    assert spans(round_(), notice="why") == [("", "05/12 08:00", "08/12 08:00")]
    off = round_(state=RoundState.CANCELLED)
    assert [spans(off, notice=name) for name in ("thanks", "well", "why")] == [[], [], []]


def test_officers_hear_of_a_deadline_until_its_day_begins() -> None:
    """Seven, three and one day before, in the morning."""
    assert spans(round_(deadline_on=date(2026, 11, 27)), notice="deadline") == [
        ("7", "20/11 08:00", "24/11 08:00"),
        ("3", "24/11 08:00", "26/11 08:00"),
        ("1", "26/11 08:00", "27/11 00:00"),
    ]
    assert spans(round_(deadline_on=date(2026, 11, 27), state=RoundState.CLOSED), notice="deadline") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("7 08:00, 0 7h", (Reminder(7, time(8)), Reminder(0, time(7)))),
        ("0 07:00,60 18h30", (Reminder(60, time(18, 30)), Reminder(0, time(7)))),
    ],
)
def test_reminders_are_read_as_people_write_them(text: str, found: tuple[Reminder, ...]) -> None:
    """In any order, hours in any common form."""
    assert read_reminders(text) == found


@pytest.mark.parametrize(
    "text", ["7", "08:00", "7 24:00", "x 08:00", "61 08:00", "-1 08:00", "7 08:00, 7 09:00", "7 giờ"]
)
def test_what_is_no_reminder_is_refused_with_the_words_that_are_wrong(text: str) -> None:
    """One line."""
    with pytest.raises(ValueError, match=r"must look like|another reminder") as refused:
        read_reminders(text)
    assert "\n" not in str(refused.value)


@given(st.dictionaries(st.integers(0, 60), st.times().map(lambda t: t.replace(second=0, microsecond=0)), max_size=6))
def test_reminders_survive_writing_and_reading(found: dict[int, time]) -> None:
    """Whatever they are."""
    reminders = tuple(Reminder(days, hour) for days, hour in sorted(found.items(), reverse=True))
    assert read_reminders(reminders_text(reminders)) == reminders


@given(
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    begin=st.times(),
    end=st.times(),
)
def test_nobody_is_told_anything_in_the_quiet_hours(moment: datetime, begin: time, end: time) -> None:
    """Whatever they are: the moment that comes out is not one of them, not earlier, and within a day."""
    timetable = Timetable(VIETNAM, quiet_from=begin, quiet_to=end)
    awake = timetable.awake(moment)
    assert timetable.awake(awake) == awake
    assert 0 <= (awake - moment).total_seconds() <= 86_400


def test_the_usual_reminders_are_those_that_the_settings_list() -> None:
    """Seven, three, one day and the morning."""
    assert reminders_text(DEFAULT_REMINDERS) == "7 08:00, 3 08:00, 1 18:00, 0 07:00"

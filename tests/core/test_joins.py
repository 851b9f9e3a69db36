"""Seats, and how long an offered one is held."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.joins import ALPHABET, CODE_LENGTH, Room, late_from, offer_of, read_code, room_of, seats_move
from core.quiet import Quiet
from core.rounds import Round, RoundState, Slot

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ROUND = Round(
    id=1, code="LS-11", number=11, name="Đợt 11", occasion="", held_on=date(2026, 12, 4), tentative=False, opens="07:00",
    closes="11:30", place="Nhà khách", place_address="", lat=None, lon=None, target=100, deadline_on=date(2026, 11, 27),
    state=RoundState.OPEN,
)  # fmt: skip


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A local hour of 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "tell_at", "until"),
    [
        pytest.param(at(22, 10), at(22, 10), at(23, 10), id="a day to answer"),
        pytest.param(at(22, 23), at(23, 7), at(24, 7), id="told in the morning"),
        pytest.param(at(22, 20, 59), at(22, 20, 59), at(23, 20, 59), id="just before the night"),
        pytest.param(at(26, 10), at(26, 10), at(26, 21), id="the list goes out at midnight: before the quiet hours"),
        pytest.param(at(27, 9), at(27, 9), at(28, 9), id="after the deadline the round's day counts"),
        pytest.param(at(3, 10, month=12), at(3, 10, month=12), at(4, 7, month=12), id="the eve"),
        pytest.param(at(3, 20, month=12), at(3, 20, month=12), at(4, 7, month=12), id="the evening before"),
        pytest.param(at(4, 6, month=12), at(4, 7, month=12), at(4, 11, 30, month=12), id="the very morning"),
        pytest.param(at(4, 9, month=12), at(4, 9, month=12), at(4, 11, 30, month=12), id="during the round"),
    ],
)
def test_how_long_an_offered_seat_is_held(now: datetime, tell_at: datetime, until: datetime) -> None:
    """A day, less where the list or the round is near, and no answer is awaited at night."""
    offer = offer_of(ROUND, now, ZONE, hours=24, quiet=Quiet())
    assert (offer.tell_at, offer.until) == (tell_at, until)


@given(
    now=st.datetimes(datetime(2026, 11, 20), datetime(2026, 12, 4, 11, 29)),
    hours=st.integers(1, 72),
    deadline=st.none() | st.dates(date(2026, 11, 20), date(2026, 12, 5)),
    opens=st.sampled_from(["", "06:00", "07:00", "13:30"]),
)
def test_an_offer_always_leaves_time_and_never_outlives_the_round(
    now: datetime, hours: int, deadline: date | None, opens: str
) -> None:
    """It ends after it is told and not after the round; at night only where neither evening nor morning would do."""
    now = now.replace(tzinfo=ZONE)
    round_ = replace(ROUND, deadline_on=deadline, opens=opens, closes="17:00" if opens else "")
    offer = offer_of(round_, now, ZONE, hours=hours, quiet=Quiet())
    end = datetime.combine(ROUND.held_on, time(17), ZONE) if opens else at(5, 0, month=12)
    assert now <= offer.tell_at <= offer.until <= end
    if offer.until < end:
        assert offer.until - offer.tell_at >= min(timedelta(hours=hours), timedelta(hours=2))
        night = Quiet().before(offer.until) != offer.until
        assert not night or offer.tell_at + timedelta(hours=2) > Quiet().before(offer.until)


@pytest.mark.parametrize(("hour", "quiet"), [(6, True), (7, False), (20, False), (21, True), (23, True), (0, True)])
def test_quiet_hours_reach_over_midnight(hour: int, quiet: bool) -> None:
    """From nine in the evening, up to but not at seven."""
    moved = Quiet().after(at(22, hour))
    assert (moved != at(22, hour)) is quiet
    assert moved >= at(22, hour) and Quiet().before(at(22, hour)) <= at(22, hour)


def test_leaving_is_late_a_day_before_the_round_begins() -> None:
    """Where the hours are not known, a day before its day."""
    assert late_from(ROUND, ZONE, 24) == at(3, 7, month=12)
    assert late_from(replace(ROUND, opens=""), ZONE, 24) == at(3, 0, month=12)


@pytest.mark.parametrize(
    ("state", "now", "moves"),
    [
        (RoundState.OPEN, at(4, 11, 29, month=12), True),
        (RoundState.CLOSED, at(1, 0, month=12), True),
        (RoundState.OPEN, at(4, 11, 30, month=12), False),
        (RoundState.CANCELLED, at(22, 8), False),
        (RoundState.DONE, at(22, 8), False),
        (RoundState.DRAFT, at(22, 8), False),
    ],
)
def test_a_free_seat_goes_on_until_the_round_is_over(state: RoundState, now: datetime, moves: bool) -> None:
    """Also where the registration is closed: the line is known."""
    assert seats_move(replace(ROUND, state=state), now, ZONE) is moves


def test_a_seat_needs_room_in_the_round_and_in_its_slot() -> None:
    """Whichever is full first; a slot that is no more means any."""
    round_ = replace(ROUND, capacity=4, slots=(Slot("07:00", 2), Slot("08:00", 3)))
    room = room_of(round_, {"07:00": 2, "06:00": 1})
    assert (room.total, room.slots) == (1, {"07:00": 0, "08:00": 3})
    assert not room.fits("07:00") and room.fits("08:00") and room.fits("") and room.fits("06:00")
    assert room.slot_for("06:00") == room.slot_for("") == "08:00"
    room.take("08:00")
    assert room.full and not room.fits("08:00")
    assert not Room(None).full and Room(-1).full


def test_who_joined_before_there_were_hours_takes_a_place_in_them() -> None:
    """Three hold seats without an hour; hours for four people are added, and one more fits, not four."""
    room = room_of(replace(ROUND, slots=(Slot("07:00", 2), Slot("08:00", 2))), {"": 3})
    assert room.fits("07:00")
    room.take("07:00")
    assert room.full and not room.fits("08:00")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ABC234", "ABC234"),
        (" gh:abc-234 ", "ABC234"),
        ("abc 234", "ABC234"),
        ("GH:ABC234", "ABC234"),
        ("ABC23", ""),
        ("ABC230", ""),
        ("ABCI34", ""),
        ("", ""),
    ],
)
def test_a_code_is_read_as_people_type_it(text: str, code: str) -> None:
    """In small letters, in groups, with what the QR puts before it; what can be none is none."""
    assert read_code(text) == code


@given(st.text(ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH))
def test_every_code_is_read_back(code: str) -> None:
    """Whatever its letters; and none looks like another."""
    assert read_code(code) == read_code(code.lower()) == read_code(f"gh:{code[:3]} {code[3:]}") == code
    assert not set("0O1IL") & set(ALPHABET)

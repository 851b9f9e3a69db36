"""What an officer types about a round, with and without diacritics; what is not clear is asked about."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import round_grammar as grammar
from core.notices import read_reminders
from core.rounds import Part
from core.unclear import Unclear

TODAY = date(2026, 11, 22)


def refused(read: Callable[..., Any], *what: Any) -> str:
    """The reason why it is not taken."""
    with pytest.raises(Unclear) as caught:
        read(*what)
    return caught.value.reason


@pytest.mark.parametrize(
    ("typed", "day", "tentative"),
    [
        ("18/12/2026", "2026-12-18", False), ("dự kiến 18/12/2026", "2026-12-18", True),
        ("du kien ngay 18 thang 12 nam 2026", "2026-12-18", True), ("18/12/2026 (dự kiến)", "2026-12-18", True),
        ("Thứ Sáu, 18/12/2026", "2026-12-18", False), ("tentative 18 Dec 2026", "2026-12-18", True),
    ],
)  # fmt: skip
def test_a_day_may_be_tentative(typed: str, day: str, tentative: bool) -> None:
    """With or without diacritics, before or after the date."""
    assert grammar.read_day(typed, TODAY) == {"held_on": day, "tentative": tentative}


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("Thứ Năm, 18/12/2026", "unclear.rounds_weekday"), ("12/18/2026", "unclear.rounds_month_first"),
        ("31/11/2026", "unclear.rounds_no_such_day"), ("18/12", "unclear.rounds_no_year"), ("tuần sau", "unclear.date.form"),
        ("", "unclear.date.form"),
    ],
)  # fmt: skip
def test_a_day_that_could_mean_another_is_asked_about(typed: str, reason: str) -> None:
    """A weekday of another date, a month put first, a day that is not in the calendar."""
    assert refused(grammar.read_day, typed, TODAY) == reason


@pytest.mark.parametrize(
    ("typed", "opens", "closes"),
    [
        ("07:00-11:30", "07:00", "11:30"), ("7h30 đến 11h30", "07:30", "11:30"), ("tu 7h den 11 gio 30 phut", "07:00", "11:30"),
        ("07:00 – 11:30", "07:00", "11:30"), ("7h", "07:00", ""),
    ],
)  # fmt: skip
def test_hours(typed: str, opens: str, closes: str) -> None:
    """As notices write them; the end may be open."""
    assert grammar.read_span(typed) == {"opens": opens, "closes": closes}


def test_a_round_ends_after_it_begins() -> None:
    """Anything else was typed the wrong way round."""
    assert refused(grammar.read_span, "11:30-07:00") == "unclear.rounds_hours_order"
    assert refused(grammar.read_span, "buổi sáng") == "unclear.rounds_hours"


@pytest.mark.parametrize(("typed", "number"), [("200", 200), ("1.060", 1060), ("200 người", 200), ("3.950", 3950)])
def test_numbers(typed: str, number: int) -> None:
    """Vietnamese groups thousands with dots."""
    assert grammar.read_number(typed, 1, 100_000) == number


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("3,950", "unclear.rounds_number.comma"), ("0", "unclear.rounds_number.range"), ("200000", "unclear.rounds_number.range"),
        ("nhiều", "unclear.rounds_number.form"), ("-5", "unclear.rounds_number.form"), ("2.5", "unclear.rounds_number.form"),
    ],
)  # fmt: skip
def test_a_number_that_could_be_another_is_asked_about(typed: str, reason: str) -> None:
    """3,950 may be 3.95."""
    assert refused(grammar.read_number, typed, 1, 100_000) == reason


def test_a_share_is_of_a_hundred() -> None:
    """With the sign or without."""
    assert grammar.read_percent("80") == grammar.read_percent("80 %") == 80
    assert refused(grammar.read_percent, "150") == refused(grammar.read_percent, "nhiều") == "unclear.rounds_percent"


@pytest.mark.parametrize("typed", ["Nhà A hoặc Nhà B", "Nhà A HOAC Nhà B", "Nhà A or Nhà B"])
def test_places_that_are_still_possible(typed: str) -> None:
    """And nothing of an earlier place's address or point on the map stays."""
    assert grammar.read_places(typed) == {
        "place": "Nhà A", "place_or": ["Nhà B"], "place_address": "", "lat": None, "lon": None
    }  # fmt: skip


def test_a_place_needs_a_name() -> None:
    """Signs alone are none."""
    assert refused(grammar.read_places, "?!") == refused(grammar.read_places, "") == "unclear.rounds_words"


@pytest.mark.parametrize("typed", ["21.853, 106.761", "21.853 106.761", "https://maps.example/@21.853,106.761,17z"])
def test_a_point_on_the_map(typed: str) -> None:
    """As map programs copy it."""
    assert grammar.read_spot(typed) == {"lat": 21.853, "lon": 106.761}


@pytest.mark.parametrize("typed", ["91.5, 106.7", "21.8, 181.2", "12 Hùng Vương", ""])
def test_what_is_no_point_on_the_map(typed: str) -> None:
    """Beyond the pole, or an address."""
    assert refused(grammar.read_spot, typed) == "unclear.rounds_map"


def test_parts_have_hours_and_places_of_their_own() -> None:
    """The ceremony in one hall, the donation in another house."""
    typed = "Lễ phát động, 08:00-09:00, Hội trường UBND; Hiến máu, 7h-11h30, Nhà khách, sân trước đăng ký, sân sau lấy máu\nNghỉ"
    parts = [Part(**part) for part in grammar.read_parts(typed)["parts"]]
    assert parts == [
        Part("Lễ phát động", "08:00", "09:00", "Hội trường UBND"),
        Part("Hiến máu", "07:00", "11:30", "Nhà khách", "sân trước đăng ký, sân sau lấy máu"),
        Part("Nghỉ"),
    ]


@pytest.mark.parametrize("typed", ["07:30=40; 08:30=60", "8h30 60 nguoi, 7h30 = 40", "07:30=40\n08:30: 60"])
def test_slots(typed: str) -> None:
    """In the order of the day, whatever the order they are typed in."""
    assert grammar.read_slots(typed)["slots"] == [
        {"starts": "07:30", "capacity": 40},
        {"starts": "08:30", "capacity": 60},
    ]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("07:30", "unclear.rounds_slots"), ("07:30=0", "unclear.rounds_number.range"), ("", "unclear.rounds_words"),
        ("07:30=4; 7h30=5", "unclear.rounds_slots_twice"), ("7h=1\n" * 21, "unclear.rounds_rows"),
    ],
)  # fmt: skip
def test_slots_that_cannot_be_meant(typed: str, reason: str) -> None:
    """No people, the same hour twice, more than a day has."""
    assert refused(grammar.read_slots, typed) == reason


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("7 08:00, 1 18:00", "7 08:00, 1 18:00"), ("1 ngày trước lúc 18h; 7 8h; 0 6h", "7 08:00, 1 18:00, 0 06:00")],
)
def test_reminders_are_kept_as_the_planner_reads_them(typed: str, kept: str) -> None:
    """The farthest first."""
    text = grammar.read_reminders(typed)["reminders"]
    assert text == kept
    assert len(read_reminders(text)) == kept.count(",") + 1


@pytest.mark.parametrize("typed", ["61 08:00", "3", "3 25:00", "3 08:00, 3 18:00", "mai"])
def test_reminders_that_cannot_be_meant(typed: str) -> None:
    """Too far ahead, without an hour, twice on a day."""
    assert refused(grammar.read_reminders, typed) in ("unclear.rounds_reminders", "unclear.time.form")


def test_names_are_listed_once() -> None:
    """One a line, or with semicolons between them."""
    assert grammar.names_of("leading")("Ban A; Ban B\nBan A", TODAY) == {"leading": ["Ban A", "Ban B"]}
    assert refused(grammar.names_of("leading"), "; ;", TODAY) == "unclear.rounds_words"


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_or_asked_about(text: str) -> None:
    """Nothing else is raised, and what is read has a size that a card can show."""
    readers: list[Callable[[str, date], object]] = [
        grammar.read_day, grammar.read_span, grammar.read_places, grammar.read_spot, grammar.read_parts, grammar.read_slots,
        grammar.read_reminders, grammar.names_of("leading"),
    ]  # fmt: skip
    for read in readers:
        with suppress(Unclear):
            assert isinstance(read(text, TODAY), dict)

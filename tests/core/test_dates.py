"""Dates are read day first and printed as Vietnamese documents print them."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import (
    PartialDate,
    long_date,
    read_date,
    read_month_or_date,
    read_time,
    show_date,
    show_partial,
    show_time,
    show_weekday,
)
from core.unclear import Unclear

TODAY = date(2026, 11, 22)
days = st.dates(date(1900, 1, 1), date(2036, 12, 31))


@pytest.mark.parametrize(
    "typed",
    [
        "3/11/2024", "03/11/2024", "3-11-2024", "3.11.2024", "3 11 2024", "3 / 11 / 2024", "03112024", "2024-11-03",
        "ngày 3 tháng 11 năm 2024", "Ngày 03 tháng 11 năm 2024.", "3 thg 11 2024", "3 thg 11, 2024",
        "3 tháng 11, 2024", "ngay 3 thang 11 nam 2024", "3/11 năm 2024", "3/11/24", "Chủ nhật, 3/11/2024",
        "CN 3/11/2024", "3 Nov 2024", "November 3, 2024", "3rd of November 2024", "Sunday 3 November 2024",
        "３/１１/２０２４", "ngày 3/11/2024 ạ",
    ],
)  # fmt: skip
def test_a_date_is_read_however_it_is_typed(typed: str) -> None:
    """All these are the third of November."""
    assert read_date(typed, TODAY) == date(2024, 11, 3)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("hôm nay", date(2026, 11, 22)), ("hôm qua", date(2026, 11, 21)), ("hom kia", date(2026, 11, 20)),
        ("yesterday", date(2026, 11, 21)), ("03/04/2024", date(2024, 4, 3)), ("29/02/2024", date(2024, 2, 29)),
        ("1/1/36", date(2036, 1, 1)), ("1/1/37", date(1937, 1, 1)), ("3/11 năm ngoái", date(2025, 11, 3)),
    ],
)  # fmt: skip
def test_days_are_counted_from_today_and_never_month_first(typed: str, day: date) -> None:
    """03/04 is the third of April; two-digit years end ten years after today."""
    assert read_date(typed, TODAY) == day


@pytest.mark.parametrize(
    ("typed", "reason", "params"),
    [
        ("29/02/2025", "no_such_day", {"date": "29/2/2025"}),
        ("31/04", "no_such_day", {"date": "31/4"}),
        ("31/04/2025", "no_such_day", {"date": "31/4/2025"}),
        ("0/1/2024", "no_such_day", {"date": "0/1/2024"}),
        ("13/13/2024", "no_such_month", {"month": 13}),
        ("11/31/2024", "no_such_month", {"month": 31}),
        ("1/0/2024", "no_such_month", {"month": 0}),
        ("11/25/2024", "month_first", {"example": "25/11/2024"}),
        ("3/11", "no_year", {"date": "3/11"}),
        ("ngày 3 tháng 11", "no_year", {"date": "3/11"}),
        ("9/2024", "no_day", {}),
        ("3/11/202", "year", {"year": "202", "lowest": 1900, "highest": 2036}),
        ("3/11/2567", "year", {"year": "2567", "lowest": 1900, "highest": 2036}),
        ("20241103", "year", {"year": "1103", "lowest": 1900, "highest": 2036}),
        ("", "form", {}),
        ("không nhớ", "form", {}),
        ("3/11/2024 " * 1_000, "form", {}),
        ("١/١/٢٠٢٤", "form", {}),
        ("1e400", "form", {}),
    ],
)
def test_what_is_no_date_is_refused_with_its_reason(typed: str, reason: str, params: dict[str, str | int]) -> None:
    """The form can say which part is wrong."""
    with pytest.raises(Unclear) as caught:
        read_date(typed, TODAY)
    assert caught.value.reason == f"unclear.date.{reason}"
    assert caught.value.params == params


@pytest.mark.parametrize(
    ("typed", "when", "latest"),
    [
        ("tháng 9/2026", PartialDate(2026, 9), date(2026, 9, 30)),
        ("9/2026", PartialDate(2026, 9), date(2026, 9, 30)),
        ("khoảng tháng 9 năm 2026", PartialDate(2026, 9), date(2026, 9, 30)),
        ("cuối tháng 2/2024", PartialDate(2024, 2), date(2024, 2, 29)),
        ("tháng 9 năm ngoái", PartialDate(2025, 9), date(2025, 9, 30)),
        ("tháng trước", PartialDate(2026, 10), date(2026, 10, 31)),
        ("11 tháng trước", PartialDate(2025, 12), date(2025, 12, 31)),
        ("Sep 2026", PartialDate(2026, 9), date(2026, 9, 30)),
        ("năm 2024", PartialDate(2024), date(2024, 12, 31)),
        ("2024", PartialDate(2024), date(2024, 12, 31)),
        ("khoảng năm ngoái", PartialDate(2025), date(2025, 12, 31)),
        ("2 năm trước", PartialDate(2024), date(2024, 12, 31)),
        ("03/11/2024", PartialDate(2024, 11, 3), date(2024, 11, 3)),
        ("hôm qua", PartialDate(2026, 11, 21), date(2026, 11, 21)),
    ],
)
def test_part_of_a_date_is_kept_with_its_latest_reading(typed: str, when: PartialDate, latest: date) -> None:
    """Waiting is counted from the last day that can be meant (vector D11)."""
    assert read_month_or_date(typed, TODAY) == when
    assert when.latest() == latest


@pytest.mark.parametrize(("typed", "reason"), [("tháng 9", "no_year"), ("13/2026", "no_such_month"), ("xưa", "form")])
def test_less_than_a_year_is_refused(typed: str, reason: str) -> None:
    """A month without a year is nothing to count from."""
    with pytest.raises(Unclear, match=f"unclear.date.{reason}"):
        read_month_or_date(typed, TODAY)


def test_dates_are_printed_as_the_decree_says() -> None:
    """Days below 10 and months 1 and 2 are padded, other months are not. Source: Decree 30/2020/NĐ-CP."""
    assert [show_date(date(2021, 4, 7)), show_date(date(2021, 3, 5)), show_date(date(2023, 2, 28))] == [
        "07/4/2021",
        "05/3/2021",
        "28/02/2023",
    ]
    assert long_date(date(2024, 11, 3)) == "ngày 03 tháng 11 năm 2024"
    assert long_date(date(2024, 1, 3)) == "ngày 03 tháng 01 năm 2024"


def test_weekdays_have_their_names() -> None:
    """Sunday is named, the other days are numbered; other languages get English."""
    assert [show_weekday(date(2026, 11, 20), "vi"), show_weekday(TODAY, "vi")] == ["Thứ Sáu", "Chủ nhật"]
    assert [show_weekday(date(2026, 11, 20), "en"), show_weekday(TODAY, "fr")] == ["Friday", "Sunday"]


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("7h30", time(7, 30)),
        ("7h", time(7)),
        ("07:00", time(7)),
        ("7 giờ 30 phút", time(7, 30)),
        ("23:59", time(23, 59)),
    ],
)
def test_times_are_read(typed: str, at: time) -> None:
    """The ways of the notices. Source: domain note 9.4."""
    assert read_time(typed) == at


@pytest.mark.parametrize("typed", ["24:00", "7:60", "sáng", ""])
def test_impossible_times_are_refused(typed: str) -> None:
    """There is no 24:00."""
    with pytest.raises(Unclear, match=r"unclear\.time\.form"):
        read_time(typed)


@given(days)
def test_dates_round_trip(day: date) -> None:
    """Every printed form reads back, also with its weekday before it."""
    for shown in (show_date(day), long_date(day), day.isoformat(), f"{show_weekday(day, 'vi')}, {show_date(day)}"):
        assert read_date(shown, TODAY) == day


@given(st.builds(PartialDate, st.integers(1900, 2036), st.none() | st.integers(1, 12)))
def test_partial_dates_round_trip(when: PartialDate) -> None:
    """What is shown of a month or a year reads back."""
    assert read_month_or_date(show_partial(when), TODAY) == when


@given(days)
def test_whole_dates_are_partial_dates_too(day: date) -> None:
    """A whole date loses nothing."""
    when = read_month_or_date(show_date(day), TODAY)
    assert when.latest() == day
    assert show_partial(when) == show_date(day)


@given(st.times().map(lambda at: at.replace(second=0, microsecond=0)))
def test_times_round_trip(at: time) -> None:
    """What a notice prints reads back."""
    assert read_time(show_time(at)) == at


@given(st.text(st.sampled_from("0123456789/-. thángnăm,qua")) | st.text())
def test_any_text_is_a_date_or_unclear(text: str) -> None:
    """Nothing breaks reading, and what is taken lies within the years that are taken."""
    try:
        when = read_month_or_date(text, TODAY)
    except Unclear:
        with pytest.raises(Unclear):
            read_date(text, TODAY)
        return
    assert 1900 <= when.year <= 2036

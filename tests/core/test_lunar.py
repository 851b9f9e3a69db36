"""The Vietnamese lunisolar calendar, against days that almanacs and the Government's own announcements name."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lunar import FIRST_YEAR, LAST_YEAR, LunarDay, lunar_day, new_year, solar_day

FIRST, LAST = new_year(FIRST_YEAR), date(LAST_YEAR, 12, 31)


@pytest.mark.parametrize(
    "day",
    [
        "1968-01-29",  # China: 30/01; the first Tết that was counted by UTC+7
        "1985-01-21",  # China: a whole month later, 20/02
        "2007-02-17",  # China: 18/02
        "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26",
        "2029-02-13",
        "2030-02-02",  # China: 03/02
        "2031-01-23",
    ],
)  # fmt: skip
def test_tet_falls_on_its_day(day: str) -> None:
    """Also in the years in which a calendar at UTC+8 is a day or a month off."""
    tet = date.fromisoformat(day)
    assert new_year(tet.year) == tet
    assert lunar_day(tet) == LunarDay(tet.year, 1, 1)
    assert tet == FIRST or lunar_day(tet - timedelta(days=1)).month == 12


# A public holiday since 2007, so every year's day was announced.
GIO_TO = ("2007-04-26 2012-03-31 2015-04-28 2018-04-25 2019-04-14 2020-04-02 2021-04-21 2022-04-10 2023-04-29 2024-04-18"
          " 2025-04-07 2026-04-26")  # fmt: skip


@pytest.mark.parametrize("day", [date.fromisoformat(day) for day in GIO_TO.split()])
def test_the_hung_kings_day_is_the_tenth_of_the_third_month(day: date) -> None:
    """2020 has a leap fourth and 2023 a leap second month: one comes after the day, the other before it."""
    assert solar_day(LunarDay(day.year, 3, 10)) == day


@pytest.mark.parametrize(
    ("year", "month", "first"),
    [
        (2004, 2, "2004-03-21"), (2006, 7, "2006-08-24"), (2014, 9, "2014-10-24"), (2017, 6, "2017-07-23"),
        (2020, 4, "2020-05-23"), (2023, 2, "2023-03-22"), (2025, 6, "2025-07-25"), (2028, 5, "2028-06-23"),
        (2031, 3, "2031-04-21"),  # China: 22/04; the moon is new three minutes before our midnight
        (2033, 11, "2033-12-22"),
    ],
)  # fmt: skip
def test_leap_months_stand_where_almanacs_have_them(year: int, month: int, first: str) -> None:
    """Also 2033, where one solar month after the other has trouble with its major terms."""
    assert lunar_day(date.fromisoformat(first)) == LunarDay(year, month, 1, leap=True)
    assert lunar_day(date.fromisoformat(first) - timedelta(days=1)).month == month


@given(st.dates(FIRST, LAST))
def test_there_and_back(day: date) -> None:
    """Every solar day is one lunar day, and the next solar day is the next lunar one."""
    lunar = lunar_day(day)
    assert solar_day(lunar) == day
    assert 1 <= lunar.day <= 30 and 1 <= lunar.month <= 12
    following = lunar_day(min(day + timedelta(days=1), LAST))
    assert following.day in {lunar.day + 1, 1} or day == LAST


@given(st.integers(FIRST_YEAR, LAST_YEAR - 1))
def test_a_year_has_twelve_or_thirteen_months(year: int) -> None:
    """Of 29 or 30 days, so Tết wanders between 20 January and 21 February."""
    assert (new_year(year + 1) - new_year(year)).days in {353, 354, 355, 383, 384, 385}
    assert date(year, 1, 20) <= new_year(year) <= date(year, 2, 21)


@pytest.mark.parametrize(
    "day", [LunarDay(2026, 6, 1, leap=True), LunarDay(2026, 1, 31), LunarDay(2026, 13, 1), LunarDay(1967, 1, 1)]
)
def test_a_day_that_is_not_there_is_refused(day: LunarDay) -> None:
    """A leap month that the year does not have, a 31st, a thirteenth month, a year before UTC+7."""
    with pytest.raises(ValueError, match=r"no such day|is known from"):
        solar_day(day)


def test_days_before_the_first_known_tet_are_refused() -> None:
    """Better no answer than one by another zone."""
    with pytest.raises(ValueError, match="is known from"):
        lunar_day(FIRST - timedelta(days=1))

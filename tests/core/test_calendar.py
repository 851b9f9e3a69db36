"""Days off: rules of the law, lunar days, and what is decided for a year."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import load_calendar
from core.calendar import Calendar, Decided, Holiday, TetBreak

VIETNAM = load_calendar("")
TET = {"vi": "Tết Nguyên đán", "en": "Tết"}


def day(text: str) -> date:
    """07/4/2021 as the plans write it."""
    return date(*(int(part) for part in reversed(text.split("/"))))


def working_days_off(year: int) -> list[str]:
    """Monday to Friday without work."""
    days = (date(year, 1, 1) + timedelta(days=passed) for passed in range(366))
    return [f"{d:%d/%m}" for d in days if d.year == year and d.weekday() < 5 and VIETNAM.is_day_off(d)]


# As the Government announced them.
ANNOUNCED = {
    2021: "01/01 10/02 11/02 12/02 15/02 16/02 21/04 30/04 03/05 02/09 03/09",
    2022: "03/01 31/01 01/02 02/02 03/02 04/02 11/04 02/05 03/05 01/09 02/09",
    2023: "02/01 20/01 23/01 24/01 25/01 26/01 01/05 02/05 03/05 01/09 04/09",
    2024: "01/01 08/02 09/02 12/02 13/02 14/02 18/04 29/04 30/04 01/05 02/09 03/09",
    2025: "01/01 27/01 28/01 29/01 30/01 31/01 07/04 30/04 01/05 02/05 01/09 02/09",
    2026: "01/01 02/01 16/02 17/02 18/02 19/02 20/02 27/04 30/04 01/05 31/08 01/09 02/09",
}


@pytest.mark.parametrize("year", ANNOUNCED)
def test_the_days_off_of_a_year_are_those_announced(year: int) -> None:
    """Fixed days, lunar days, the five days of Tết, days that make up for a weekend, swaps."""
    assert working_days_off(year) == ANNOUNCED[year].split()


@pytest.mark.parametrize(
    ("first", "last"),
    [("10/2/2021", "16/2/2021"), ("29/1/2022", "6/2/2022"), ("20/1/2023", "26/1/2023"), ("8/2/2024", "14/2/2024"),
     ("25/1/2025", "2/2/2025"), ("14/2/2026", "22/2/2026")],
)  # fmt: skip
def test_the_tet_break_reaches_over_its_weekends(first: str, last: str) -> None:
    """From the first to the last of the days off around the five, and no further."""
    begin, end = day(first), day(last)
    around = (begin + timedelta(days=passed) for passed in range(-20, 40))
    assert [d for d in around if VIETNAM.in_tet_break(d)] == [
        begin + timedelta(days=passed) for passed in range((end - begin).days + 1)
    ]
    assert "Tết" in VIETNAM.name_of(begin) and "Tết" in VIETNAM.name_of(end)


@pytest.mark.parametrize("worked", ["4/5/2024", "26/4/2025", "10/1/2026", "22/8/2026"])
def test_a_swapped_saturday_is_worked(worked: str) -> None:
    """And it has no holiday's name."""
    assert day(worked).weekday() == 5
    assert not VIETNAM.is_day_off(day(worked))
    assert VIETNAM.name_of(day(worked)) == ""


def test_holidays_have_names_in_both_languages() -> None:
    """Also the day that only makes up for one."""
    assert VIETNAM.name_of(day("30/4/2021")) == "Ngày Chiến thắng"
    assert VIETNAM.name_of(day("11/4/2022"), "en") == "Hùng Kings' Commemoration"
    assert VIETNAM.name_of(day("7/4/2021")) == ""


def test_culture_day_is_asked_about_but_worked_until_the_law_says_so() -> None:
    """24/11 from 2026 on: announced, not in article 112 yet."""
    assert VIETNAM.name_of(day("24/11/2026")) == "Ngày Văn hóa Việt Nam"
    assert not VIETNAM.is_day_off(day("24/11/2026")) and not VIETNAM.is_settled(day("24/11/2026"))
    assert VIETNAM.name_of(day("24/11/2025")) == ""
    assert VIETNAM.is_settled(day("2/9/2026"))


@pytest.mark.parametrize(
    ("asked", "after", "before"),
    [("1/2/2025", "3/2/2025", "24/1/2025"), ("30/4/2021", "4/5/2021", "29/4/2021"), ("3/9/2021", "6/9/2021", "1/9/2021"),
     ("4/5/2024", "4/5/2024", "4/5/2024"), ("27/3/2025", "27/3/2025", "27/3/2025")],
)  # fmt: skip
def test_deadlines_move_over_days_off(asked: str, after: str, before: str) -> None:
    """Forwards and backwards; a working day stays where it is, a worked Saturday too."""
    assert VIETNAM.next_working_day(day(asked)) == day(after)
    assert VIETNAM.last_working_day(day(asked)) == day(before)


def test_a_year_that_is_not_decided_yet_has_the_usual_tet() -> None:
    """2027: from the eve to mùng 4, and two days that make up for the weekend."""
    days = [date(2027, 2, number) for number in range(1, 15)]
    assert [d.day for d in days if VIETNAM.in_tet_break(d)] == [5, 6, 7, 8, 9, 10, 11]


def test_an_empty_calendar_knows_weekends() -> None:
    """Nothing has a name, Tết is not claimed."""
    empty = Calendar()
    assert empty.is_day_off(date(2025, 2, 1)) and not empty.is_day_off(date(2025, 1, 29))
    assert empty.name_of(date(2025, 1, 29)) == "" and not empty.in_tet_break(date(2025, 1, 29))


def test_what_is_decided_wins_over_the_rule() -> None:
    """A decided day off turns an announced holiday into a settled one; a holiday on a worked Sunday needs no other day off."""
    announced = Holiday(11, 24, {"vi": "Ngày Văn hóa"}, "NQ", settled=False)
    sunday = Holiday(3, 1, {"vi": "Hội"}, "x")
    decided = [
        Decided(date(2026, 11, 24), True, {"vi": "Ngày Văn hóa"}, "Luật"),
        Decided(date(2026, 3, 1), False, {}, "x"),
    ]
    calendar = Calendar([announced, sunday], [TetBreak(0, 1, TET, "x")], decided)
    assert calendar.is_day_off(date(2026, 11, 24)) and calendar.is_settled(date(2026, 11, 24))
    assert not calendar.is_day_off(date(2026, 3, 1)) and not calendar.is_day_off(date(2026, 3, 2))


def test_a_lunar_day_of_december_belongs_to_the_solar_year_it_falls_in() -> None:
    """23 tháng Chạp of the year Ất Tỵ is in February 2026, that of Bính Ngọ in January 2027."""
    kitchen = Holiday(12, 23, {"vi": "Ông Công ông Táo"}, "x", lunar=True)
    assert kitchen.in_year(2026) == (date(2026, 2, 10),)
    assert kitchen.in_year(2027) == (date(2027, 1, 30),)
    assert Calendar([kitchen]).is_day_off(date(2026, 2, 10))


@given(st.dates(date(1900, 1, 1), date(2300, 1, 1)))
def test_every_day_has_a_working_day_on_both_sides(any_day: date) -> None:
    """Within two weeks, in every year, known or not."""
    before, after = VIETNAM.last_working_day(any_day), VIETNAM.next_working_day(any_day)
    assert any_day - timedelta(days=14) < before <= any_day <= after < any_day + timedelta(days=14)
    assert not VIETNAM.in_tet_break(any_day) or VIETNAM.is_day_off(any_day)

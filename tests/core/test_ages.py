"""A birth is read as far as it is told; the age criterion judges it by Circular 26/2013/TT-BYT."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ages import Age, AgeRule, AgeVerdict, Birth, birthday, judge_age, read_birth, show_birth
from core.unclear import Unclear

RULE = AgeRule(lowest=18, highest=60)
TODAY = date(2026, 11, 22)


def on(year: int, month: int, day: int) -> Birth:
    """A birth of which the date is known."""
    return Birth("date", date(year, month, day), year)


def in_year(year: int) -> Birth:
    """A birth of which the year is known."""
    return Birth("year", None, year)


def aged(age: int) -> Birth:
    """An age said today."""
    return Birth("age", None, TODAY.year - age, TODAY)


# Source: domain note 1.5, vectors A1-A7, and what a year or an age alone can say.
@pytest.mark.parametrize(
    ("birth", "verdict"),
    [
        pytest.param(on(2008, 11, 22), AgeVerdict(Age.OK), id="A1 18th birthday"),
        pytest.param(on(2008, 11, 23), AgeVerdict(Age.TOO_YOUNG, date(2026, 11, 23)), id="A2 the day before"),
        pytest.param(on(1966, 11, 22), AgeVerdict(Age.OK), id="A4 60th birthday"),
        pytest.param(on(1966, 11, 21), AgeVerdict(Age.STAFF), id="A5 60 years and a day"),
        pytest.param(on(1965, 11, 23), AgeVerdict(Age.STAFF), id="the last day before 61"),
        pytest.param(on(1965, 11, 22), AgeVerdict(Age.TOO_OLD), id="A6 61"),
        pytest.param(in_year(2008), AgeVerdict(Age.NEED_DATE), id="A7 year 2008"),
        pytest.param(in_year(2009), AgeVerdict(Age.TOO_YOUNG), id="year 2009"),
        pytest.param(in_year(2007), AgeVerdict(Age.OK), id="year 2007"),
        pytest.param(in_year(1967), AgeVerdict(Age.OK), id="year 1967, 58 or 59"),
        pytest.param(in_year(1966), AgeVerdict(Age.STAFF), id="year 1966, 59 or 60"),
        pytest.param(in_year(1965), AgeVerdict(Age.STAFF), id="year 1965, 60 or 61"),
        pytest.param(in_year(1964), AgeVerdict(Age.TOO_OLD), id="year 1964"),
        pytest.param(aged(17), AgeVerdict(Age.TOO_YOUNG), id="17"),
        pytest.param(aged(18), AgeVerdict(Age.OK), id="18"),
        pytest.param(aged(59), AgeVerdict(Age.OK), id="59"),
        pytest.param(aged(60), AgeVerdict(Age.STAFF), id="60"),
        pytest.param(aged(61), AgeVerdict(Age.TOO_OLD), id="61"),
    ],
)
def test_the_age_criterion_on_the_day(birth: Birth, verdict: AgeVerdict) -> None:
    """From the 18th birthday to the 60th; staff decides in the year after; a date is asked for where it decides."""
    assert judge_age(birth, TODAY, RULE) == verdict


def test_a_year_says_more_at_its_end() -> None:
    """On its last day all of a year's children are of age; on the first day of their sixtieth year none is past 60."""
    assert judge_age(in_year(2008), date(2026, 12, 31), RULE).age is Age.OK
    assert judge_age(in_year(1966), date(2026, 1, 1), RULE).age is Age.OK


def test_somebody_born_on_29_february_comes_of_age_on_1_march() -> None:
    """A birthday that does not exist is the first of the next month. Source: domain note 1.4."""
    assert judge_age(on(2008, 2, 29), date(2026, 2, 28), RULE) == AgeVerdict(Age.TOO_YOUNG, date(2026, 3, 1))
    assert judge_age(on(2008, 2, 29), date(2026, 3, 1), RULE).age is Age.OK


def test_another_rule_may_be_given() -> None:
    """The limits are data: a collecting facility may have its own."""
    assert judge_age(on(1966, 11, 21), TODAY, AgeRule(lowest=18, highest=65)).age is Age.OK


def test_ages_for_the_list_and_for_the_rule_differ() -> None:
    """Lists take the years apart, eligibility counts completed years."""
    birth = on(1992, 12, 31)
    assert (birth.list_age(TODAY), birth.age_on(TODAY), birth.age_range_on(TODAY)) == (34, 33, (33, 33))
    assert (in_year(1992).list_age(TODAY), in_year(1992).age_on(TODAY), in_year(1992).age_range_on(TODAY)) == (
        34,
        None,
        (33, 34),
    )


def test_an_age_said_today_is_exact_today_and_loosens_later() -> None:
    """34 today is 34 or 35 in a month."""
    assert aged(34).age_range_on(TODAY) == (34, 34)
    assert aged(34).age_range_on(TODAY + timedelta(days=30)) == (34, 35)
    assert Birth("age", None, 1992).age_range_on(TODAY) == (33, 35)


@pytest.mark.parametrize(
    ("typed", "birth"),
    [
        *(
            (typed, aged(34))
            for typed in ("34", "34 tuổi", "34t", "34 tuoi", "34 years old", "em 34 tuổi ạ", "I'm 34", "３４")
        ),
        *(
            (typed, in_year(1992))
            for typed in ("1992", "năm 1992", "sn 1992", "sinh năm 1992", "sn 92", "born in 1992", "9/1992")
        ),
        *(
            (typed, on(1992, 4, 3))
            for typed in ("03/4/1992", "3 tháng 4 năm 1992", "3/4/92", "sinh ngày 3-4-1992", "1992-04-03")
        ),
        ("61", aged(61)),
        ("92 tuổi", aged(92)),
        ("sinh năm 05", in_year(2005)),
        ("22/11/2026", on(2026, 11, 22)),
    ],
)
def test_a_birth_is_read_as_far_as_it_is_told(typed: str, birth: Birth) -> None:
    """An age, a year or a date, day first."""
    assert read_birth(typed, TODAY) == birth


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("0", "birth.age"), ("150", "birth.age"), ("150 tuổi", "birth.age"), ("-5", "birth.negative"),
        ("-0", "birth.negative"), ("34.5", "birth.not_whole"), ("34,5", "birth.not_whole"),
        ("34.5 tuổi", "birth.not_whole"), ("NaN", "birth.form"), ("1e400", "birth.form"), ("", "birth.form"),
        ("trẻ", "birth.form"), ("gần 18 tuổi", "birth.form"), ("34 " * 100, "birth.form"), ("92", "birth.short_year"),
        ("62", "birth.short_year"), ("05", "birth.short_year"), ("2027", "birth.future"),
        ("23/11/2026", "birth.future"), ("1850", "birth.long_ago"), ("1/1/1905", "birth.long_ago"),
        ("29/02/1993", "date.no_such_day"), ("31/04/1992", "date.no_such_day"), ("3/4", "date.no_year"),
        ("4/25/1992", "date.month_first"),
    ],
)  # fmt: skip
def test_what_is_no_birth_is_refused_with_its_reason(typed: str, reason: str) -> None:
    """A short year is never silently an age, a fraction never a whole number."""
    with pytest.raises(Unclear) as caught:
        read_birth(typed, TODAY)
    assert caught.value.reason == f"unclear.{reason}"


def test_a_short_year_is_answered_with_the_full_one() -> None:
    """The form can propose what was probably meant."""
    with pytest.raises(Unclear) as caught:
        read_birth("92", TODAY)
    assert caught.value.params == {"number": "92", "year": 1992}


births = st.one_of(
    st.dates(date(1906, 11, 22), TODAY).map(lambda day: Birth("date", day, day.year)),
    st.integers(1906, 2026).map(in_year),
    st.integers(1, 61).map(aged),
)


@given(births)
def test_births_round_trip(birth: Birth) -> None:
    """What is shown reads back."""
    assert read_birth(show_birth(birth), TODAY) == birth


@given(births, st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_the_verdict_holds_for_every_birth_that_is_possible(birth: Birth, day: date) -> None:
    """OK, TOO_YOUNG and TOO_OLD are said only where they are true of the first and the last possible birth."""
    verdict = judge_age(birth, day, RULE).age
    ends = {judge_age(Birth("date", end, end.year), day, RULE).age for end in birth.span()}
    if verdict in (Age.OK, Age.TOO_YOUNG, Age.TOO_OLD):
        assert ends == {verdict}
    else:
        assert len(ends) > 1 or Age.STAFF in ends


@given(st.dates(date(1930, 1, 1), TODAY), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_years_are_completed_on_the_birthday(born: date, day: date) -> None:
    """The age on a day is the number of the last birthday reached."""
    age = Birth("date", born, born.year).age_on(day)
    assert age is not None
    assert birthday(born, age) <= day < birthday(born, age + 1)


@given(st.integers(1, 120), st.dates(date(2026, 1, 1), date(2032, 12, 31)))
def test_an_age_is_true_on_the_day_it_is_said(age: int, day: date) -> None:
    """Also on 29 February."""
    assert Birth("age", None, day.year - age, day).age_range_on(day) == (age, age)


@given(st.text(st.sampled_from("0123456789/-., tuổinăms")) | st.text())
def test_any_text_is_a_birth_or_unclear(text: str) -> None:
    """Nothing breaks reading, and nobody is born tomorrow."""
    try:
        birth = read_birth(text, TODAY)
    except Unclear:
        return
    assert birth.year <= TODAY.year

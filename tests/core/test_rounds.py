"""Which round is the next one for whom."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rounds import Round, RoundState, needed_for_target, next_round, why_not

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TODAY = date(2026, 11, 22)
ROUND = Round(
    id=1, code="2026-12", number=12, name="Đợt 12", occasion="", held_on=date(2026, 12, 4), tentative=False, opens="07:00",
    closes="11:30", place="Nhà khách", place_address="", lat=None, lon=None, target=100, deadline_on=None,
    state=RoundState.OPEN,
)  # fmt: skip


def test_the_first_open_round_from_today_on_is_the_next() -> None:
    """Not one of yesterday, not a later one; on the very day it still counts."""
    late, today, past = (replace(ROUND, id=n, held_on=TODAY + timedelta(days=d)) for n, d in ((2, 9), (3, 0), (4, -1)))
    assert next_round([late, past, today, ROUND], [], TODAY) == today
    assert next_round([past], [], TODAY) is None


def test_of_two_on_one_day_the_lower_number_is_the_next() -> None:
    """Whatever order the table gives."""
    first = replace(ROUND, id=2, number=11)
    assert next_round([ROUND, first], [], TODAY) == next_round([first, ROUND], [], TODAY) == first


@pytest.mark.parametrize("state", [state for state in RoundState if state is not RoundState.OPEN])
def test_only_an_open_round_is_offered(state: RoundState) -> None:
    """Drafts are plans, the others are over."""
    assert next_round([replace(ROUND, state=state)], [], TODAY) is None


@pytest.mark.parametrize(
    ("invited", "path", "is_invited"),
    [
        (set(), [], True), (set(), [7, 1], True), ({7}, [7, 1], True), ({1}, [7, 1], True), ({8}, [7, 1], False),
        ({8}, [], False), ({8, 1}, [7, 1], True),
    ],
)  # fmt: skip
def test_a_unit_is_invited_with_all_below_it(invited: set[int], path: list[int], is_invited: bool) -> None:
    """Without a unit named, everybody is; whoever's unit is not known only then."""
    round_ = replace(ROUND, units=frozenset(invited))
    assert round_.invites(path) is is_invited
    assert (next_round([round_], path, TODAY) == round_) is is_invited


def test_a_round_without_a_closing_hour_is_not_over_as_it_opens() -> None:
    """It ends with its day: at nine that morning people still come."""
    open_end = replace(ROUND, closes="")
    held = datetime(2026, 12, 4, 9, tzinfo=ZONE)
    assert not open_end.is_over(held, ZONE)
    assert open_end.is_over(held + timedelta(hours=15), ZONE)


def test_the_hours_are_local_and_aware() -> None:
    """07:00 in Lạng Sơn is midnight in UTC."""
    span = ROUND.span(ZONE)
    assert span
    begin, end = span
    assert begin.isoformat() == "2026-12-04T07:00:00+07:00"
    assert (end - begin) == timedelta(hours=4, minutes=30)


def test_unknown_hours_have_no_span_and_an_unknown_end_is_that_of_the_day() -> None:
    """Nothing is made up; who comes late is not too late."""
    assert replace(ROUND, opens="", closes="").span(ZONE) is None
    span = replace(ROUND, closes="").span(ZONE)
    assert span
    assert [f"{moment:%d %H:%M}" for moment in span] == ["04 07:00", "05 00:00"]


@given(
    st.lists(
        st.tuples(st.integers(-5, 5), st.sampled_from(list(RoundState)), st.frozensets(st.integers(1, 4))), max_size=8
    ),
    st.lists(st.integers(1, 4), max_size=3),
)
def test_what_is_offered_may_be_joined(plan: list[tuple[int, RoundState, frozenset[int]]], path: list[int]) -> None:
    """Open, not past, inviting; and nothing that is all of it is earlier."""
    rounds = [
        replace(ROUND, id=number, number=number, held_on=TODAY + timedelta(days=days), state=state, units=units)
        for number, (days, state, units) in enumerate(plan)
    ]
    fitting = [r for r in rounds if r.state is RoundState.OPEN and r.held_on >= TODAY and r.invites(path)]
    found = next_round(rounds, path, TODAY)
    assert (found in fitting) if fitting else (found is None)
    assert found is None or all(found.held_on <= other.held_on for other in fitting)


ALLOWED = {
    ("draft", "open"), ("draft", "cancelled"), ("open", "closed"), ("open", "cancelled"), ("closed", "open"),
    ("closed", "done"), ("closed", "cancelled"), ("done", "closed"),
}  # fmt: skip


@pytest.mark.parametrize("to", list(RoundState))
@pytest.mark.parametrize("state", list(RoundState))
def test_every_arrow_and_no_other(state: RoundState, to: RoundState) -> None:
    """On the very day of the round nothing else stands in the way."""
    assert (why_not(replace(ROUND, state=state), to, ROUND.held_on) == "") is ((state, to) in ALLOWED)


def test_nobody_is_invited_to_yesterday_and_nothing_is_done_before_its_day() -> None:
    """The other arrows do not look at the day."""
    draft, closed = replace(ROUND, state=RoundState.DRAFT), replace(ROUND, state=RoundState.CLOSED)
    before, after = ROUND.held_on - timedelta(days=1), ROUND.held_on + timedelta(days=1)
    assert why_not(draft, RoundState.OPEN, after) == why_not(closed, RoundState.OPEN, after) == "past"
    assert why_not(closed, RoundState.DONE, before) == "early"
    assert why_not(closed, RoundState.CANCELLED, after) == why_not(ROUND, RoundState.CLOSED, after) == ""


@pytest.mark.parametrize(
    ("target", "percent", "needed"),
    [(100, 50, 200), (100, 67, 150), (550, 79, 697), (100, None, None), (None, 80, None)],
)
def test_how_many_must_register(target: int | None, percent: int | None, needed: int | None) -> None:
    """Rounded up, for a part of a person gives no blood."""
    assert needed_for_target(replace(ROUND, target=target, yield_percent=percent)) == needed

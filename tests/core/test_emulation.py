"""Emulation points: the rule by hand, its limits, and nothing for what was not asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.emulation import Rule, Year, points_of

RULE = Rule(per_percent=0.5, percent_cap=120, per_donation=0.1, per_list=5, most=100)


@pytest.mark.parametrize(
    ("year", "by_hand"),
    [
        (Year(100, 85, 1, 2), (42.5, 8.5, 5.0, 56.0)),
        (Year(10, 25, 0, 0), (60.0, 2.5, 0.0, 62.5)),  # 250 %, of which 120 count
        (Year(None, 25, 0, 0), (0.0, 2.5, 0.0, 2.5)),  # no quota is not a missed one
        (Year(0, 3, 0, 0), (0.0, 0.3, 0.0, 0.3)),
        (Year(3, 2, 0, 0), (33.0, 0.2, 0.0, 33.2)),  # 66 %, rounded down
        (Year(100, 120, 9, 9), (60.0, 12.0, 45.0, 100.0)),  # 117 in all, of which 100 count
    ],
)
def test_points_by_hand(year: Year, by_hand: tuple[float, float, float, float]) -> None:
    """For the quota, for donations, for lists, together."""
    points = points_of(RULE, year)
    assert (points.quota, points.donations, points.lists, points.total) == by_hand


def test_without_a_limit_everything_counts() -> None:
    """0 is no limit."""
    assert points_of(Rule(0.5, 120, 0.1, 5, most=0), Year(100, 120, 9, 9)).total == 117.0


@given(st.integers(0, 500) | st.none(), st.integers(0, 500), st.integers(0, 20))
def test_more_is_never_fewer_points(quota: int | None, donations: int, lists: int) -> None:
    """One donation more, one list more."""
    points = points_of(RULE, Year(quota, donations, lists, 20)).total
    assert points_of(RULE, Year(quota, donations + 1, lists, 20)).total >= points
    assert points_of(RULE, Year(quota, donations, lists + 1, 20)).total >= points
    assert 0 <= points <= RULE.most

"""Counts are whole numbers; everything else is asked again with its reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.counts import read_count
from core.unclear import Unclear


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("3", 3), ("03", 3), ("3 lần", 3), ("3 lan", 3), ("３", 3), ("dạ 3 lần ạ", 3), ("3 lần rồi", 3),
        ("đã hiến 3 lần", 3), ("3 lần hiến máu", 3), ("ba lần", 3), ("năm lần", 5), ("mười", 10), ("twice", 2),
        ("5 times", 5), ("200", 200), ("0", 0), ("chưa", 0), ("chưa lần nào", 0), ("chưa hiến máu lần nào", 0),
        ("chưa bao giờ", 0), ("không", 0), ("khong", 0), ("never", 0), ("none", 0), ("lần đầu", 0),
        ("đây là lần đầu tiên", 0),
    ],
)  # fmt: skip
def test_a_count_is_read(typed: str, count: int) -> None:
    """In figures, in small words, and none in every way to say it."""
    assert read_count(typed) == count


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("-1", "negative"), ("-0", "negative"), ("− 5", "negative"), ("2.5", "not_whole"), ("2,5", "not_whole"),
        ("1/2", "not_whole"), ("2 rưỡi", "not_whole"), ("3,950", "comma"), ("3.950", "many"), ("10000", "many"),
        ("201", "many"), ("9" * 50, "many"), ("9" * 5_000, "form"), ("1e400", "form"), ("NaN", "form"),
        ("inf", "form"), ("+3", "form"), ("2-3 lần", "form"), ("0x10", "form"), ("1_000", "form"), ("2²", "form"),
        ("½", "form"), ("٣", "form"), ("", "form"), ("nhiều", "form"), ("không nhớ", "form"), ("hơn 10", "form"),
    ],
)  # fmt: skip
def test_what_is_no_count_is_refused_with_its_reason(typed: str, reason: str) -> None:
    """A comma is never silently a decimal sign, nor a fraction rounded."""
    with pytest.raises(Unclear) as caught:
        read_count(typed)
    assert caught.value.reason == f"unclear.count.{reason}"


def test_the_limits_are_the_callers() -> None:
    """Who has donated has donated at least once."""
    with pytest.raises(Unclear) as caught:
        read_count("chưa", lowest=1)
    assert (caught.value.reason, caught.value.params) == ("unclear.count.few", {"lowest": 1, "highest": 200})
    assert read_count("3.950", highest=5_000) == 3_950


@given(st.integers(0, 200))
def test_counts_round_trip(count: int) -> None:
    """What is shown reads back, with its word too."""
    assert read_count(str(count)) == read_count(f"{count} lần") == count


@given(st.text(st.sampled_from("0123456789.,-+e lầnchưa")) | st.text())
def test_any_text_is_a_count_or_unclear(text: str) -> None:
    """Nothing breaks reading, and nothing outside the limits is taken."""
    try:
        count = read_count(text)
    except Unclear:
        return
    assert 0 <= count <= 200

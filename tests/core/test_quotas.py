"""A quota as it is typed."""

from __future__ import annotations

import pytest

from core.quotas import read_target
from core.unclear import Unclear


@pytest.mark.parametrize(
    ("said", "target"),
    [
        ("180", 180),
        ("1.200", 1200),
        ("0", 0),
        ("dạ 25 ạ", 25),
        ("bỏ trống", None),
        ("để trống", None),
        ("không giao", None),
        ("trống", None),
        ("-", None),
        ("–", None),
        ("none", None),
    ],
)
def test_none_is_not_zero(said: str, target: int | None) -> None:
    """A figure, or words for none."""
    assert read_target(said) == target


@pytest.mark.parametrize("said", ["", "nhiều", "-5", "12,5", "1,200", "200000", "100 hoặc 120"])
def test_what_is_no_figure_is_asked_again(said: str) -> None:
    """With a reason."""
    with pytest.raises(Unclear):
        read_target(said)

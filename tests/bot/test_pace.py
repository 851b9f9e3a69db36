"""Rates are kept before the platform complains: an even pace for all, a small burst and then a drip for one chat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pace import ChatPace, Pace


class Watch:
    """Monotonic seconds that a test moves."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@given(st.lists(st.floats(0, 0.5), min_size=5, max_size=200), st.sampled_from((1.0, 5.0, 29.0)))
def test_no_second_holds_more_than_the_rate(pauses: list[float], per_second: float) -> None:
    """However the calls come: after a rest, in a rush, at odd moments; a window of one second never holds more."""
    watch = Watch()
    pace = Pace(per_second, watch)
    taken: list[float] = []
    for pause in pauses:
        watch.now_s += pause
        if pace.wait_s() <= 0:
            pace.take()
            taken.append(watch.now_s)
    for start in taken:
        assert sum(start <= at < start + 1 - 1e-6 for at in taken) <= per_second


def test_a_halt_lasts_as_long_as_it_says_and_a_shorter_one_does_not_end_it() -> None:
    """Nothing goes before that."""
    watch = Watch()
    pace = Pace(0, watch)
    assert pace.wait_s() == 0
    pace.halt(7)
    pace.halt(2)
    assert pace.wait_s() == 7
    watch.now_s += 7
    assert pace.wait_s() == 0


def test_a_chat_gets_a_burst_and_then_one_a_second() -> None:
    """Other chats are not touched by it."""
    watch = Watch()
    chats = ChatPace(3, 1.0, watch)
    for _ in range(3):
        assert "a" not in chats.resting()
        chats.take("a")
    assert chats.resting() == {"a": pytest.approx(1.0)}
    watch.now_s += 1
    assert chats.resting() == {}
    chats.take("a")
    assert chats.resting() == {"a": pytest.approx(1.0)}
    watch.now_s += 10
    assert chats.resting() == {} and not chats._spent


def test_a_chat_that_was_refused_waits_as_long_as_was_said() -> None:
    """Also where no limit of ours is set."""
    watch = Watch()
    chats = ChatPace(0, 0, watch)
    chats.take("a")
    chats.halt("a", 5)
    assert chats.resting() == {"a": 5}
    watch.now_s += 5
    assert chats.resting() == {} and not chats._halted

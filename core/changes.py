"""Changes of a round as those who joined hear of them: edits of a few minutes are one piece of news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

# An officer who moves a round mends the date, then the hours, then the place: that is one message, not three.
SETTLE: Final = timedelta(minutes=2)
# Whoever goes on mending for longer keeps people waiting no longer than this.
LONGEST: Final = timedelta(minutes=10)

Detail = Mapping[str, Sequence[Any]]  # field -> [before, after]


def is_settled(first: int, last: int, now: int) -> bool:
    """True where no more edits are waited for. Times in ms: of the first and the last change, and of now."""
    return now - last >= SETTLE / timedelta(milliseconds=1) or now - first >= LONGEST / timedelta(milliseconds=1)


def merged(details: Sequence[Detail]) -> dict[str, list[Any]]:
    """What changed over all of them, oldest first: from before the first to after the last. What came back is no change."""
    whole: dict[str, list[Any]] = {}
    for detail in details:
        for field, (before, after) in detail.items():
            whole[field] = [whole[field][0] if field in whole else before, after]
    return {field: pair for field, pair in whole.items() if pair[0] != pair[1]}

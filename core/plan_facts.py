"""A plan as the checks look at it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from core.calendar import Calendar
from core.findings import On
from core.rounds import Round, RoundState
from core.units import UnitIndex

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a check may look at. `rounds`: without cancelled ones, by day; `total` and `year` as the paper prints them."""

    rounds: Sequence[Round]
    calendar: Calendar
    today: date
    units: UnitIndex
    interval_days: int
    total: int | None
    year: int | None

    @property
    def ahead(self) -> list[Round]:
        """Rounds of which something may still be changed."""
        return [round_ for round_ in self.rounds if round_.state is not RoundState.DONE]


def grouped(rounds: Iterable[Round], key: Callable[[Round], Key]) -> dict[Key, list[Round]]:
    """Rounds that have the key in common, in their order."""
    groups: dict[Key, list[Round]] = defaultdict(list)
    for round_ in rounds:
        groups[key(round_)].append(round_)
    return groups


def listed(rounds: Iterable[Round]) -> tuple[On, ...]:
    """Each with its day."""
    return tuple(On(round_.number, round_.held_on) for round_ in rounds)

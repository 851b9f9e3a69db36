"""Figures by unit: summed along a line without counting anybody twice, and as the units of today would have them.

What is counted belongs to one unit each (an answer has one `unit_id`), so a set of units has a plain sum. Two lines may lead to the
same unit: a health centre counts for its district and reports to its sector. Both rows then credit it; the total does it once.
Source: plan of the health sector union of Hà Nam, point 6.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from core.units import COUNTS, Unit, UnitIndex


@dataclass(frozen=True, slots=True)
class Rolled:
    """Of a root: the figure of each unit directly below with all that is below it (`rows`, by id, in their order), what stands at the
    root itself, and the total, in which nothing is twice.
    """

    rows: dict[int, int]
    own: int
    total: int

    @property
    def credited_twice(self) -> int:
        """How much of the total more than one row credits."""
        return self.own + sum(self.rows.values()) - self.total


def rows_of(index: UnitIndex, root: int | None, lines: Sequence[str] = (COUNTS,)) -> dict[int, set[int]]:
    """The units directly below the root (None: the roots) along these lines, each with all the units that it is credited with."""
    first = dict.fromkeys(child.id for line in lines for child in index.children(root, line))
    return {unit_id: index.below(unit_id, lines) for unit_id in first}


def roll_up(counts: Mapping[int, int], index: UnitIndex, root: int | None, lines: Sequence[str] = (COUNTS,)) -> Rolled:
    """Counts by unit, summed below a root along these lines; of None, over all units."""
    rows = rows_of(index, root, lines)
    within = counts.keys() if root is None else index.below(root, lines) & counts.keys()
    apart = within - set().union(*rows.values())
    sums = {unit_id: sum(counts[one] for one in units & counts.keys()) for unit_id, units in rows.items()}
    return Rolled(sums, sum(counts[one] for one in apart), sum(counts[one] for one in within))


def roll_up_people(
    people: Mapping[int, Set[int]], index: UnitIndex, root: int | None, lines: Sequence[str] = (COUNTS,)
) -> Rolled:
    """The same for people (ids, by unit): somebody who stands at two units, having moved between two rounds, is one person."""
    rows = rows_of(index, root, lines)
    within = people.keys() if root is None else index.below(root, lines) & people.keys()
    apart = within - set().union(*rows.values())

    def distinct(units: Set[int]) -> set[int]:
        return set().union(*(people[one] for one in units))

    in_rows = {unit_id: distinct(units & people.keys()) for unit_id, units in rows.items()}
    only_own = distinct(apart) - set().union(*in_rows.values())
    return Rolled({unit_id: len(ids) for unit_id, ids in in_rows.items()}, len(only_own), len(distinct(within)))


@dataclass(frozen=True)
class AsOfNow:
    """Figures by the units of a day. `parted`: what cannot be given to one of them without guessing, by the former unit."""

    counts: dict[int, int]
    parted: dict[int, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """The same as before."""
        return sum(self.counts.values()) + sum(self.parted.values())


def as_of_now(counts: Mapping[int, int], index: UnitIndex) -> AsOfNow:
    """The same figures "theo đơn vị hiện nay": each former unit's go to the one that took all of it over. What was parted, or has
    no successor, stays under the former unit.
    """
    now: Counter[int] = Counter()
    parted: dict[int, int] = {}
    for unit_id, count in counts.items():
        heir = index.heir(unit_id)
        if heir:
            now[heir.id] += count
        else:
            parted[unit_id] = count
    return AsOfNow(dict(now), parted)


def home_of(unit_id: int | None, index: UnitIndex) -> tuple[Unit | None, bool]:
    """The unit under which a row is listed on the day of the index, and False where it is a former one that cannot be followed."""
    unit = index.get(unit_id)
    if unit is None:
        return None, True
    heir = index.heir(unit.id)
    return (heir, True) if heir else (unit, False)

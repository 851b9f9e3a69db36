"""Which units a row of figures is credited with, and under which unit of today a former one is listed.

What is counted belongs to one unit each (an answer has one `unit_id`), so a set of units has a plain sum. Two lines may lead to the
same unit: a health centre counts for its district and reports to its sector. Both rows then credit it; the total does it once.
Source: plan of the health sector union of Hà Nam, point 6.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.units import COUNTS, Unit, UnitIndex


def rows_of(index: UnitIndex, root: int | None, lines: Sequence[str] = (COUNTS,)) -> dict[int, set[int]]:
    """The units directly below the root (None: the roots) along these lines, each with all the units that it is credited with."""
    first = dict.fromkeys(child.id for line in lines for child in index.children(root, line))
    return {unit_id: index.below(unit_id, lines) for unit_id in first}


def home_of(unit_id: int | None, index: UnitIndex) -> tuple[Unit | None, bool]:
    """The unit under which a row is listed on the day of the index, and False where it is a former one that cannot be followed."""
    unit = index.get(unit_id)
    if unit is None:
        return None, True
    heir = index.heir(unit.id)
    return (heir, True) if heir else (unit, False)

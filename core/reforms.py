"""Which changes of units can be: no circles, nothing that ends twice, nobody in the place of what is still there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.units import Unit, UnitIndex


def why_not_end(old: Sequence[Unit], heirs: Sequence[Unit], day: date) -> str:
    """Why these units cannot go into those on that day; "" where they can."""
    ending = {unit.id for unit in old}
    if any(unit.valid_to is not None for unit in old):
        return "ended"
    if any(unit.valid_from and unit.valid_from >= day.isoformat() for unit in old):
        return "not_begun"
    if any(heir.id in ending for heir in heirs):
        return "itself"
    if any(heir.valid_to is not None for heir in heirs):
        return "heir_ended"
    if any(heir.valid_from and heir.valid_from > day.isoformat() for heir in heirs):
        return "heir_not_begun"
    return ""


def why_not_move(index: UnitIndex, unit: Unit, parent: Unit) -> str:
    """Why a unit cannot belong to that one; "" where it can."""
    if parent.id in index.below(unit.id):
        return "circle"
    if parent.valid_to is not None:
        return "heir_ended"
    return ""

"""What became of units: merged, parted, dissolved. History stays with the old ones; reports can follow."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Kind = Literal["merge", "split", "dissolve"]


@dataclass(frozen=True, slots=True)
class Succession:
    """From a day on `new_id` stands in the place of `old_id`; None: nothing does."""

    old_id: int
    new_id: int | None
    kind: Kind
    on_day: date
    note: str = ""


@dataclass
class Lineage:
    """The successions of a day, to be followed either way. A circle in the data ends the walk."""

    _after: dict[int, list[Succession]] = field(default_factory=dict)
    _before: dict[int, list[Succession]] = field(default_factory=dict)

    @classmethod
    def of(cls, successions: Iterable[Succession]) -> Lineage:
        """In the order given."""
        lineage = cls()
        for succession in successions:
            lineage._after.setdefault(succession.old_id, []).append(succession)
            if succession.new_id is not None:
                lineage._before.setdefault(succession.new_id, []).append(succession)
        return lineage

    @property
    def merged_into(self) -> Collection[int]:
        """Ids of the units that have taken others in."""
        return self._before.keys()

    def after(self, unit_id: int) -> list[Succession]:
        """What became of a unit, one step."""
        return self._after.get(unit_id, [])

    def before(self, unit_id: int) -> list[Succession]:
        """What a unit came of, one step."""
        return self._before.get(unit_id, [])

    def ends(self, unit_id: int, in_force: Collection[int]) -> tuple[list[int], bool]:
        """The units of today that a unit went into, each once; True with them where a part of it went nowhere."""
        found: list[int] = []
        lost = False
        seen: set[int] = set()
        waiting = [unit_id]
        while waiting:
            current = waiting.pop(0)
            if current in seen:
                continue
            seen.add(current)
            if current in in_force:
                found.append(current)
                continue
            following = [step.new_id for step in self.after(current)]
            lost = lost or not following or None in following
            waiting += [new_id for new_id in following if new_id is not None]
        return found, lost

    def leads_to(self, unit_id: int) -> set[int]:
        """Every unit that this one goes into, soon or late: none of them may go into it."""
        seen: set[int] = set()
        waiting = [unit_id]
        while waiting:
            for step in self.after(waiting.pop()):
                if step.new_id is not None and step.new_id not in seen:
                    seen.add(step.new_id)
                    waiting.append(step.new_id)
        return seen


def whole(ends: tuple[list[int], bool]) -> int | None:
    """The one unit that took all of another over; None where it was parted, or a part of it went nowhere."""
    found, lost = ends
    return found[0] if len(found) == 1 and not lost else None

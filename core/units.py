"""Units: organisations in a tree that reforms change, as they are on one day, and finding one from a few letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from core.lineage import Lineage, Succession, whole
from core.unit_search import Names
from core.unit_search import expanded as expanded

COUNTS = "counts"  # The line that quotas, lists and authority follow.
REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation. `kind` is a catalogue key (unit.kind.*); `aliases` are other names; `code` is stable and goes into links.

    `parent_id`: where it counts on the day of the index (the line that quotas, lists and authority follow), of a unit that has ended
    where it last did; `also`: (line, unit) of the other lines of that day ("reports" to a sector, say). `valid_from`, `valid_to`: ISO
    days, the last one included; None: no end.
    """

    id: int
    code: str
    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    parent_id: int | None = None
    short_name: str = ""
    valid_from: str | None = None
    valid_to: str | None = None
    also: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """`exact` where the words name just this unit; otherwise the candidates, best first."""

    exact: Unit | None
    candidates: tuple[Unit, ...]


@dataclass
class UnitIndex:
    """All units as of one day, ready for search and for walking the tree. A read-only copy of the tables.

    Units that have ended by then, or have not begun, are known and not walked over: `children` and the search for people to choose
    from are of those in force. `day` None: all are in force.
    """

    units: dict[int, Unit]
    day: date | None = None
    lineage: Lineage = field(default_factory=Lineage)
    former: Mapping[int, Sequence[str]] = field(default_factory=dict)
    _children: dict[int | None, list[Unit]] = field(default_factory=dict)
    _ended: dict[int | None, list[Unit]] = field(default_factory=dict)
    _also: dict[tuple[str, int], list[Unit]] = field(default_factory=dict)
    _codes: dict[str, Unit] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        units: Iterable[Unit],
        day: date | None = None,
        *,
        successions: Iterable[Succession] = (),
        former: Mapping[int, Sequence[str]] | None = None,
    ) -> UnitIndex:
        """`units` in the order in which children are to be listed; `former`: names that units had, by their ids."""
        so_far = [step for step in successions if day is None or step.on_day <= day]
        index = cls({unit.id: unit for unit in units}, day, Lineage.of(so_far), former or {})
        for unit in list(index.units.values()):
            above = index.get(unit.parent_id)
            if above and index.ended(above) and index.in_force(unit):
                index.units[unit.id] = replace(unit, parent_id=index._standing_in_for(above))
        for unit in index.units.values():
            parent = unit.parent_id if unit.parent_id in index.units else None
            (index._children if index.in_force(unit) else index._ended).setdefault(parent, []).append(unit)
            index._codes[unit.code.lower()] = unit
            for key in unit.also if index.in_force(unit) else ():
                index._also.setdefault(key, []).append(unit)
        return index

    def _standing_in_for(self, ended: Unit) -> int | None:
        """Whom those are counted with whose parent has ended, and nobody has said so: its heir, else the next one above in force."""
        for unit in self.path(ended.id):
            heir = self.heir(unit.id)
            if heir and self.in_force(heir):
                return heir.id
        return None

    def get(self, unit_id: int | None) -> Unit | None:
        """The unit of an id."""
        return self.units.get(unit_id) if unit_id is not None else None

    def by_code(self, code: str) -> Unit | None:
        """The unit of a stable code, whatever its case."""
        return self._codes.get(code.lower())

    def in_force(self, unit: Unit) -> bool:
        """True where the unit is there on the day of the index."""
        return self.begun(unit) and not self.ended(unit)

    def begun(self, unit: Unit) -> bool:
        """False where the unit is only to come."""
        return not (self.day and unit.valid_from and unit.valid_from > self.day.isoformat())

    def ended(self, unit: Unit) -> bool:
        """True where the unit is over by the day of the index."""
        return bool(self.day and unit.valid_to and unit.valid_to < self.day.isoformat())

    def children(self, unit_id: int | None, line: str = COUNTS) -> Sequence[Unit]:
        """The units directly below in a line; of None, the roots."""
        if line != COUNTS and unit_id is not None:
            return self._also.get((line, unit_id), ())
        return self._children.get(unit_id, ())

    def not_in_force(self, unit_id: int | None) -> Sequence[Unit]:
        """The units that were, or will be, directly below."""
        return self._ended.get(unit_id, ())

    def path(self, unit_id: int) -> list[Unit]:
        """The unit and all above it, lowest first. A loop in the data ends the walk."""
        path: list[Unit] = []
        unit = self.units.get(unit_id)
        while unit and unit not in path:
            path.append(unit)
            unit = self.get(unit.parent_id)
        return path

    def below(self, unit_id: int, lines: Sequence[str] = (COUNTS,)) -> set[int]:
        """Ids of the unit and of all below it along these lines, with those that went into them and into nothing else."""
        seen: set[int] = set()
        waiting = [unit_id]
        while waiting:
            current = waiting.pop()
            if current not in seen:
                seen.add(current)
                waiting += [child.id for line in lines for child in self.children(current, line)]
        return seen | self._gone_into(seen)

    def below_all(self, unit_ids: Iterable[int], lines: Sequence[str] = (COUNTS,)) -> set[int]:
        """Ids of these units and of all below them."""
        return set().union(*(self.below(unit_id, lines) for unit_id in unit_ids))

    def _gone_into(self, units: set[int]) -> set[int]:
        """Former units that are all in these: by what became of them; where nothing did, by where they last were."""
        return {
            unit_id
            for unit_id, (ends, lost) in self._ends.items()
            if (ends and not lost and units.issuperset(ends))
            or (not ends and any(above.id in units for above in self.path(unit_id)))
        }

    @cached_property
    def _ends(self) -> dict[int, tuple[list[int], bool]]:
        """Of every unit that has ended: what of today it went into."""
        in_force = {unit.id for unit in self.units.values() if not self.ended(unit)}
        return {
            unit.id: self.lineage.ends(unit.id, in_force) for unit in self.units.values() if unit.id not in in_force
        }

    def now(self, unit_id: int) -> list[Unit]:
        """What the unit is on the day of the index: itself, what it went into (several after a split), or nothing."""
        if unit_id not in self._ends:
            return [self.units[unit_id]] if unit_id in self.units else []
        return [self.units[end] for end in self._ends[unit_id][0] if end in self.units]

    def heir(self, unit_id: int) -> Unit | None:
        """The one unit that is all of it on the day of the index; None where it was parted, or a part of it went nowhere."""
        if unit_id not in self._ends:
            return self.units.get(unit_id)
        return self.get(whole(self._ends[unit_id]))

    def label(self, unit: Unit) -> str:
        """The unit as boards print it; with the one above where another unit is called the same."""
        name, above = _short(unit), self.get(unit.parent_id)
        return f"{name} ({_short(above)})" if above and self._called[name] > 1 else name

    @cached_property
    def _called(self) -> Counter[str]:
        """How many units in force have which name."""
        return Counter(_short(unit) for unit in self.units.values() if self.in_force(unit))

    @cached_property
    def _names(self) -> Names:
        """What people may type for a unit. Made at the first search: a day that is only counted by needs none."""
        names = Names()
        for unit in self.units.values():
            said = (unit.name, unit.short_name, *unit.aliases, *self.former.get(unit.id, ()))
            names.add(unit.id, unit.kind, said)
        return names

    def find(self, text: str, limit: int = 5) -> Found:
        """Units that the words may mean: with or without diacritics, shortened, with typing slips. Never picks on a tie, nor a unit
        that is not in force: those stand last.

        `limit`: candidates at most; with 0 nothing is guessed at.
        """
        exact = self._names.exact(text)
        unit = self.units[min(exact)] if len(exact) == 1 else None
        if unit and self.in_force(unit):
            return Found(unit, (unit,))
        if not limit:
            return Found(None, ())
        scores = self._names.scores(text, limit)
        best = sorted(scores, key=lambda unit_id: (-scores[unit_id], len(self.units[unit_id].name), unit_id))
        shown = (self.units[unit_id] for unit_id in best[:limit])
        return Found(None, tuple(sorted(shown, key=lambda unit: not self.in_force(unit))))


def _short(unit: Unit) -> str:
    return unit.short_name or unit.name

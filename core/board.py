"""The board of a round: what each unit was asked for, who is coming, who came, and what is still missing.

A unit's line counts everybody who counts in it or below it, and also those who only report to it. So one person may stand in two lines
(their district's and their sector's), and in the lines of a unit and of the one above it; in a total they are counted once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.units import COUNTS, REPORTS, Unit, UnitIndex


@dataclass(frozen=True, slots=True)
class Tally:
    """People by what they answered and what came of it. `waiting` for a seat; `came`: whether or not they could give."""

    certain: int = 0
    maybe: int = 0
    waiting: int = 0
    came: int = 0
    gave: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.certain + other.certain,
            self.maybe + other.maybe,
            self.waiting + other.waiting,
            self.came + other.came,
            self.gave + other.gave,
        )

    @property
    def answered(self) -> int:
        """Everybody who may come."""
        return self.certain + self.maybe + self.waiting


NOBODY = Tally()
Counted = Mapping[int | None, Tally]  # unit (None: of no unit that is known) -> the people of it alone


@dataclass(frozen=True, slots=True)
class Line:
    """One unit, or several people together (`unit_id` None). `quota`: people to be registered, None for none, which is not zero.

    `reported`: how many of the certain count elsewhere and only report to this unit.
    """

    unit_id: int | None
    quota: int | None
    people: Tally
    reported: int = 0

    @property
    def percent(self) -> int | None:
        """Of the quota, who is certain to come; rounded down, so that 100 is all of it. None where nothing is asked."""
        return _percent(self.people.certain, self.quota)

    @property
    def gave_percent(self) -> int | None:
        """Of the quota, who gave."""
        return _percent(self.people.gave, self.quota)

    @property
    def missing(self) -> int | None:
        """Registrations that the quota still needs; None where there is no quota."""
        return None if self.quota is None else max(0, self.quota - self.people.certain)


def _percent(part: int, whole: int | None) -> int | None:
    return 100 * part // whole if whole else None


def expected(people: int, yield_percent: int) -> int:
    """How many of so many who registered will give, at the expected yield; rather too few."""
    return people * yield_percent // 100


@dataclass(frozen=True, slots=True)
class Board:
    """`rest`: people in sight who are in no line; `total`: everybody in sight, once."""

    lines: tuple[Line, ...]
    rest: Line
    total: Line

    @property
    def has_quotas(self) -> bool:
        """True where anything is asked of anybody."""
        return any(line.quota is not None for line in self.lines)

    def ranked(self) -> list[Line]:
        """The best first; units without a quota last, by how many are coming; of equals, in the order of the tree."""
        return sorted(self.lines, key=lambda line: _rank(line, line.percent))

    def silent(self) -> list[Line]:
        """Units with a quota (where nobody has one, all) of which nobody may come."""
        return [line for line in self._asked() if not line.people.answered]

    def under(self, percent: int) -> list[Line]:
        """Units that are not that far with their quota, the last of them first."""
        behind = [line for line in self.lines if line.percent is not None and line.percent < percent]
        return sorted(behind, key=lambda line: line.percent or 0)

    def _asked(self) -> list[Line]:
        return [line for line in self.lines if line.quota or (line.quota is None and not self.has_quotas)]


def _rank(line: Line, percent: int | None) -> tuple[int, int]:
    return (1, -line.people.certain) if percent is None else (0, -percent)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a board is to show. `own`: units that the reader answers for, None for all; `invited`: units of the round, none for all."""

    index: UnitIndex
    own: frozenset[int] | None = None
    invited: frozenset[int] = frozenset()

    def sees(self, unit_id: int | None) -> bool:
        """True for a unit of the reader; people of no known unit are seen by who sees all."""
        return self.own is None or unit_id in self.own

    def tops(self) -> list[Unit]:
        """The highest units in sight, in their order."""
        if self.own is not None:
            return _topmost(self.own, self.index)
        if self.invited:
            return _topmost(self.invited, self.index)
        return list(self.index.children(None))


def make_board(counted: Counted, quotas: Mapping[int, int], sight: Sight) -> Board:
    """The board of a round for one reader."""
    units = _listed(quotas, sight)
    lines, seen = [], set[int | None]()
    for unit in units:
        below, beside = _credited(unit.id, sight.index)
        everybody = _sum(counted, below | beside)
        reported = _sum(counted, beside).certain
        lines.append(Line(unit.id, quotas.get(unit.id), everybody, reported))
        seen |= below | beside
    rest = _sum(counted, [unit_id for unit_id in counted if unit_id not in seen and sight.sees(unit_id)])
    total = _sum(counted, seen) + rest
    asked = {unit.id: quotas[unit.id] for unit in units if unit.id in quotas}
    return Board(tuple(lines), Line(None, None, rest), Line(None, quota_total(asked, sight.index), total))


def quota_total(quotas: Mapping[int, int], index: UnitIndex) -> int | None:
    """What quotas come to: those of units above which nobody has one. None where there is none."""
    return sum(quotas[unit.id] for unit in _topmost(quotas, index)) if quotas else None


def line_of(counted: Counted, quotas: Mapping[int, int], unit_ids: Sequence[int], index: UnitIndex) -> Line:
    """These units together, everybody once: what an officer answers for. The quota is what is asked of the highest of them."""
    below = index.below_all(unit_ids)
    beside = index.below_all(unit_ids, (COUNTS, REPORTS)) - below
    asked = {unit_id: quotas[unit_id] for unit_id in below if unit_id in quotas}
    people = _sum(counted, below | beside)
    return Line(None, quota_total(asked, index), people, _sum(counted, beside).certain)


def _credited(unit_id: int, index: UnitIndex) -> tuple[set[int], set[int]]:
    """Units that count in this one, and those that only report to it."""
    below = index.below(unit_id)
    if not any(index.children(one, REPORTS) for one in below):  # Most: the tree need not be walked a second time.
        return below, set()
    return below, index.below(unit_id, (COUNTS, REPORTS)) - below


def _sum(counted: Counted, unit_ids: Iterable[int | None]) -> Tally:
    return sum((counted[unit_id] for unit_id in unit_ids if unit_id in counted), NOBODY)


def _listed(quotas: Mapping[int, int], sight: Sight) -> list[Unit]:
    """The units that get a line: those in sight with a quota; where there is none, those directly below the top."""
    with_quota = [unit for unit in sight.index.units.values() if unit.id in quotas and sight.sees(unit.id)]
    if with_quota:
        return with_quota
    tops = sight.tops()
    return list(sight.index.children(tops[0].id)) or tops if len(tops) == 1 else tops


def _topmost(unit_ids: Collection[int], index: UnitIndex) -> list[Unit]:
    """Those of the units that are below none of the others: a quota within a quota is no quota more."""
    known = [unit for unit_id in unit_ids if (unit := index.get(unit_id))]
    top = [unit for unit in known if not any(above.id in unit_ids for above in index.path(unit.id)[1:])]
    order = {unit_id: place for place, unit_id in enumerate(index.units)} if len(top) > 1 else {}
    return sorted(top, key=lambda unit: order.get(unit.id, 0))


def as_of_today(quotas: Mapping[int, int], index: UnitIndex) -> dict[int, int]:
    """The quotas of former units with those that took all of them over; of a unit that was parted they stay where they were."""
    moved: dict[int, dict[int, int]] = {}
    for unit_id, target in quotas.items():
        heir = index.heir(unit_id)
        moved.setdefault(heir.id if heir else unit_id, {})[unit_id] = target
    return {unit_id: quota_total(asked, index) or 0 for unit_id, asked in moved.items()}


@dataclass(frozen=True, slots=True)
class Pair:
    """A unit in two rounds, one after the other; None where it has no line in one."""

    unit_id: int
    before: Line | None
    after: Line | None


def paired(before: Board, after: Board) -> Sequence[Pair]:
    """Every unit of two boards once, in the order of the later one."""
    first = {line.unit_id: line for line in before.lines}
    second = {line.unit_id: line for line in after.lines}
    ids = dict.fromkeys([*second, *first])
    return [Pair(unit_id, first.get(unit_id), second.get(unit_id)) for unit_id in ids if unit_id is not None]

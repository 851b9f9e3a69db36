"""What a table of quotas would change: rows with their units, what is new, what becomes another figure, what is left out and why."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from core.quota_table import REGISTRATIONS, Entry, QuotaFile
from core.quotas import YearKind
from core.rounds import Round
from core.units import Unit, UnitIndex
from handlers.quotas import subject
from handlers.quotas.subject import Subject
from handlers.turn import Turn

SKIP = 0  # Instead of a unit's id: this row is left out.


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of one unit."""

    unit: Unit
    before: int | None
    after: int | None


@dataclass
class Proposal:
    """`changes` by what they are of; `same`: figures that stand already. `others`: rows of units that somebody else sets; `twice`: rows
    of a unit that came before; `skipped`: rows that the person left out.
    """

    changes: dict[str, list[Change]] = field(default_factory=dict)
    same: int = 0
    others: list[Entry] = field(default_factory=list)
    twice: list[Entry] = field(default_factory=list)
    skipped: list[Entry] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Figures that would be written."""
        return sum(map(len, self.changes.values()))

    @property
    def digest(self) -> str:
        """Names what saving would do: what was seen is what is saved."""
        lines = [
            f"{name} {change.unit.id} {change.before} {change.after}"
            for name, changes in sorted(self.changes.items())
            for change in changes
        ]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Trees:
    """The units as they are, and as they were in the year that a file of long ago is of: its names are of that day."""

    now: UnitIndex
    then: UnitIndex

    def meant(self, entry: Entry) -> Unit | None:
        """The unit of a row: by its code, else by its name. None where that is not certain: never one of several."""
        by_code = self.now.by_code(entry.code) if entry.code else None
        return by_code or self.now.find(entry.unit, 0).exact or self.then.find(entry.unit, 0).exact


async def trees(turn: Turn, file: QuotaFile) -> Trees:
    """The trees by which the names in a file are understood."""
    now = await turn.unit_index()
    if file.year is None or file.year >= turn.today.year:
        return Trees(now, now)
    return Trees(now, await turn.house.units.index(turn.tx, date(file.year, 1, 1)))


def unclear_rows(units: Trees, file: QuotaFile, chosen: Mapping[str, int]) -> list[Entry]:
    """Rows whose unit must be asked for."""
    return [e for e in file.entries if str(e.row) not in chosen and not units.meant(e)]


def subjects(file: QuotaFile, round_: Round | None, year: int | None) -> dict[str, Subject]:
    """What each column of the file is of."""
    found = {REGISTRATIONS: Subject(round_)} if REGISTRATIONS in file.columns and round_ else {}
    kinds = [YearKind(name) for name in file.columns if name != REGISTRATIONS]
    return found | {str(kind): Subject(year=year, kind=kind) for kind in kinds if year}


async def propose(turn: Turn, file: QuotaFile, of: Mapping[str, Subject], chosen: Mapping[str, int]) -> Proposal:
    """What saving the file would do now."""
    units = await trees(turn, file)
    targets = {name: await found.targets(turn) for name, found in of.items()}
    proposal, seen = Proposal(), set[int]()
    for entry in file.entries:
        unit = units.now.get(chosen[str(entry.row)]) if str(entry.row) in chosen else units.meant(entry)
        if unit is None:
            proposal.skipped.append(entry)
        elif not subject.may_set(turn, units.now, unit.id):
            proposal.others.append(entry)
        elif unit.id in seen:
            proposal.twice.append(entry)
        else:
            seen.add(unit.id)
            _compare(proposal, entry, unit, targets)
    return proposal


def _compare(proposal: Proposal, entry: Entry, unit: Unit, targets: Mapping[str, Mapping[int, int]]) -> None:
    for name, now in targets.items():
        if name not in entry.figures:  # The cell is no figure; that was said.
            continue
        before, after = now.get(unit.id), entry.figures[name]
        if before == after:
            proposal.same += 1
        else:
            proposal.changes.setdefault(name, []).append(Change(unit, before, after))

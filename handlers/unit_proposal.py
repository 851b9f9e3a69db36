"""What saving a file of units would do: units added, changed and left as they are, rows that cannot be saved, and what is to be asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any

from core.authority import own_units
from core.people import Person, Role
from core.plan_entries import Entry, Remark
from core.unclear import Unclear
from core.unit_codes import proposed_code
from core.unit_entries import Tree
from core.unit_search import expanded
from core.units import UnitIndex
from storage import records, units
from storage.database import Tx
from storage.units import UnitRow

_GUESSES = 60  # Looking for a name among ten thousand takes a hundredth of a second.
_PLACE = ("parent", "reports", "into", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Proposed:
    """One row that can be saved. `before` None: a new unit."""

    entry: Entry
    before: UnitRow | None
    after: UnitRow

    @property
    def changes(self) -> bool:
        """True where saving it does something."""
        return self.before != self.after

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """Field -> before and after."""
        assert self.before is not None
        pairs = {one.name: (getattr(self.before, one.name), getattr(self.after, one.name)) for one in fields(UnitRow)}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@dataclass(frozen=True, slots=True)
class Refused:
    """One row that cannot be saved, and why."""

    entry: Entry
    wrong: tuple[Remark, ...]


@dataclass(frozen=True)
class Proposal:
    """The whole file against what is stored."""

    good: tuple[Proposed, ...]
    bad: tuple[Refused, ...]
    asked: tuple[tuple[Entry | None, Remark], ...] = ()

    @property
    def added(self) -> list[Proposed]:
        """New units."""
        return [one for one in self.good if one.before is None]

    @property
    def changed(self) -> list[Proposed]:
        """Units that would become different."""
        return [one for one in self.good if one.before is not None and one.changes]

    @property
    def same(self) -> int:
        """How many units are stored just so."""
        return sum(not one.changes for one in self.good)

    @property
    def changes(self) -> bool:
        """True where saving does something."""
        return any(one.changes for one in self.good)

    @property
    def digest(self) -> str:
        """A mark of all that saving would do: who agreed to one must not get another."""
        doing = [[one.before and asdict(one.before), asdict(one.after)] for one in self.good if one.changes]
        left = [[bad.entry.sheet, bad.entry.row] for bad in self.bad]
        return hashlib.sha256(json.dumps([doing, left], sort_keys=True).encode()).hexdigest()[:16]


async def propose(tx: Tx, tree: Tree, person: Person, today: date) -> Proposal:
    """Compare a file with what is stored."""
    index = await units.index_of(tx, today)
    return _Comparison(tree, await units.rows(tx), index, person).proposal()


async def save(tx: Tx, tree: Tree, person: Person, today: date, *, seen: str, at: int) -> Proposal:
    """Do what was agreed to, whose digest was `seen`; what was done. Raises Unclear where it would be something else by now."""
    proposal = await propose(tx, tree, person, today)
    if proposal.digest != seen:
        raise Unclear("unitfile.moved")
    await units.write(tx, [one.after for one in proposal.good if one.changes])
    counts = {"added": len(proposal.added), "changed": len(proposal.changed), "left": len(proposal.bad)}
    await records.add_audit(tx, person.address, "import", at=at, list="units", **counts)
    return proposal


@dataclass
class _Row:
    """One row on its way to becoming a unit."""

    entry: Entry
    code: str
    before: UnitRow | None
    after: UnitRow | None = None
    wrong: list[Remark] = field(default_factory=list)


class _Comparison:
    """Every row with what is stored. Names are looked for in the file first, then among the stored units of today."""

    def __init__(self, tree: Tree, stored: Mapping[str, UnitRow], index: UnitIndex, person: Person) -> None:
        self._tree, self._stored, self._index = tree, stored, index
        self._own = own_units(person, index)
        self._given = {unit.code for unit_id in person.units_as(Role.OFFICER) if (unit := index.get(unit_id))}
        self._called: dict[str, list[UnitRow]] = {}
        for one in stored.values():
            self._called.setdefault(expanded(one.name), []).append(one)
        self._guesses = 0
        self._upper = {code.upper(): code for code in stored}
        self._taken = set(self._upper)
        self._asked: list[tuple[Entry | None, Remark]] = [(None, remark) for remark in tree.asked]
        self._rows = self._coded()
        self._by_code = {row.code: row for row in self._rows if row.code}
        self._lost = {row.entry.facts["code"] for row in self._rows if row.wrong and "code" in row.entry.facts}
        self._names: dict[str, list[str]] = {}
        for row in self._rows:
            if row.code and row.entry.facts.get("name"):
                self._names.setdefault(expanded(row.entry.facts["name"]), []).append(row.code)

    def proposal(self) -> Proposal:
        """All rows, judged one by one, then together."""
        for row in self._rows:
            self._make(row)
        self._refuse_circles()
        self._refuse_others()
        self._refuse_orphans()
        good = [Proposed(r.entry, r.before, r.after) for r in self._rows if r.after and not r.wrong]
        bad = [Refused(r.entry, tuple(r.wrong)) for r in self._rows if r.wrong]
        return Proposal(tuple(good), tuple(bad), tuple(self._asked))

    def _coded(self) -> list[_Row]:
        """Rows with their codes: their own, that of the unit which is meant, or a proposed one, the same again for the same file."""
        self._taken |= {entry.facts["code"] for entry in self._tree.entries if entry.facts.get("code")}
        first: dict[str, int] = {}
        rows = []
        for entry in self._tree.entries:
            row = _Row(entry, "", None, wrong=list(entry.wrong))
            rows.append(row)
            if not row.wrong:
                self._name_it(row, first)
        return rows

    def _name_it(self, row: _Row, first: dict[str, int]) -> None:
        facts = row.entry.facts
        code = facts.get("code", "") or self._meant(facts)
        if not code:
            twin = f"{expanded(facts['name'])}|{expanded(facts.get('parent', ''))}"
            if twin in first:
                row.wrong.append(Remark("name", "unitfile.wrong.twice", {"row": first[twin]}))
                return
            first[twin] = row.entry.row
            code = proposed_code(facts["name"], self._taken)
            self._taken.add(code)
            self._asked.append((row.entry, Remark("code", "unitfile.asked.code", {"code": code})))
        if code.upper() in first:
            row.wrong.append(Remark("code", "unitfile.wrong.twice", {"row": first[code.upper()]}))
            return
        first[code.upper()] = row.entry.row
        row.code = self._upper.get(code.upper(), code)
        row.before = self._stored.get(row.code)

    def _meant(self, facts: Mapping[str, Any]) -> str:
        """The code of the one stored unit that has the name, of the kind and at the parent that the row says; "" for none."""
        found = []
        for stored in self._called.get(expanded(facts["name"]), ()):
            if facts.get("kind", stored.kind) != stored.kind:
                continue
            above = self._stored.get(stored.parent)
            names = {expanded(stored.parent), expanded(above.name) if above else ""}
            if "parent" not in facts or expanded(facts["parent"]) in names:
                found.append(stored.code)
        return found[0] if len(found) == 1 else ""

    def _make(self, row: _Row) -> None:
        """The unit as it would be; what the row does not say stays."""
        if row.wrong:
            return
        facts = row.entry.facts
        if row.before is None and "name" not in facts:
            row.wrong.append(Remark("name", "unitfile.wrong.name", {}))
            return
        base = row.before or UnitRow(row.code, facts.get("guessed", "unit"), facts["name"])
        said: dict[str, Any] = {
            name: facts[name] for name in ("name", "kind", "short_name", "valid_from", "valid_to") if name in facts
        }
        if "aliases" in facts:
            said["aliases"] = tuple(facts["aliases"])
        if "parent" in facts:
            said["parent"] = self._unit(row, "parent", facts["parent"]) if facts["parent"] else ""
        for name in ("reports", "into"):
            if name in facts:
                said[name] = tuple(sorted({self._unit(row, name, text) for text in facts[name]} - {""}))
        if "kind" not in facts and row.before is None:
            guess = {"name": facts["name"], "kind": base.kind}
            self._asked.append((row.entry, Remark("kind", "unitfile.asked.kind", guess)))
        row.after = replace(base, **said)
        self._check(row, row.after)

    def _unit(self, row: _Row, column: str, text: str) -> str:
        """The code of the unit that a cell means; "" and a remark where nobody can tell."""
        code = self._upper.get(text.upper(), text.upper())
        if code in self._by_code or code in self._stored:
            return code
        if code in self._lost:
            row.wrong.append(Remark(column, "unitfile.wrong.orphan", {}))
            return ""
        named = self._names.get(expanded(text), [])
        if len(named) == 1:
            return named[0]
        self._guesses += 1
        found = self._index.find(text, limit=3 if self._guesses < _GUESSES else 0)
        if not named and found.exact:
            return found.exact.code
        near = "; ".join(named or [f"{unit.name} ({unit.code})" for unit in found.candidates])
        message = "unitfile.wrong.near" if near else "unitfile.wrong.unknown"
        row.wrong.append(Remark(column, message, {"name": text[:80]} | ({"near": near} if near else {})))
        return ""

    def _check(self, row: _Row, after: UnitRow) -> None:
        if after.into and not after.valid_to:
            row.wrong.append(Remark("into", "unitfile.wrong.no_end", {}))
        if row.code in (after.parent, *after.reports, *after.into):
            row.wrong.append(Remark("parent", "unitfile.wrong.circle", {"names": after.name}))

    def _refuse_others(self) -> None:
        """Rows of units that an officer does not answer for."""
        for row in self._rows:
            if self._own is not None and row.after and not row.wrong and not self._may(row, row.after):
                row.wrong.append(Remark("", "unitfile.wrong.not_yours", {}))

    def _may(self, row: _Row, after: UnitRow) -> bool:
        """An officer's file brings units within theirs, moves none out of them or into them, and does not end what they were given."""
        if row.before is None:
            return self._is_own(after.parent)
        if after == row.before:
            return True
        moved = any(getattr(after, name) != getattr(row.before, name) for name in _PLACE)
        others = [after.parent, *after.reports, *after.into] if moved else []
        return self._is_own(row.code) and not (moved and row.code in self._given) and all(map(self._is_own, others))

    def _is_own(self, code: str) -> bool:
        """True for a unit of the officer's, and for a new one that is to stand below one."""
        assert self._own is not None
        while code:  # Rows that stand in a circle are wrong by now, and have no `after` that counts.
            if unit := self._index.by_code(code):
                return unit.id in self._own
            new = self._by_code.get(code)
            code = new.after.parent if new and new.after and not new.wrong else ""
        return False

    def _refuse_circles(self) -> None:
        """Rows whose parents, or successors, lead back to themselves."""
        for column, of in (("parent", lambda row: [row.parent]), ("into", lambda row: list(row.into))):
            for row in self._rows:
                if row.after and not row.wrong and (way := self._circle(row.code, of)):
                    names = " → ".join(way)
                    row.wrong.append(Remark(column, "unitfile.wrong.circle", {"names": names[:200]}))

    def _circle(self, code: str, of: Any) -> list[str]:
        """The codes from this unit back to itself; [] where none lead there."""
        ways: list[list[str]] = [[code]]
        seen: set[str] = set()
        while ways:
            way = ways.pop()
            for following in of(self._as_it_would_be(way[-1])):
                if following == code:
                    return [*way, code]
                if following and following not in seen:
                    seen.add(following)
                    ways.append([*way, following])
        return []

    def _as_it_would_be(self, code: str) -> UnitRow:
        row = self._by_code.get(code)
        return (row.after if row else None) or self._stored.get(code) or UnitRow(code, "", "")

    def _refuse_orphans(self) -> None:
        """Rows that stand on a new unit whose own row cannot be saved."""
        more = True
        while more:
            lost = {row.code for row in self._rows if row.wrong and row.before is None and row.code}
            orphans = [
                r
                for r in self._rows
                if r.after and not r.wrong and lost & {r.after.parent, *r.after.reports, *r.after.into}
            ]
            for row in orphans:
                row.wrong.append(Remark("parent", "unitfile.wrong.orphan", {}))
            more = bool(orphans)

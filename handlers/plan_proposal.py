"""What saving a plan would do: rounds added, changed and left as they are, rows that cannot be saved, and what is to be asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from core.authority import may_invite, own_units
from core.calendar import Calendar
from core.findings import Finding
from core.people import Component, Person, Role
from core.plan_check import check_plan
from core.plan_entries import Entry, Plan, Remark
from core.rounds import Round, why_not
from core.rule_sets import RuleBook
from core.unclear import Unclear
from core.units import Found, UnitIndex
from core.vietnamese import fold
from handlers import round_changes
from storage import records, rounds, units
from storage.database import Tx
from storage.units import UnitRow, UnitsCache

_GUESSES = 60  # Looking for a name among ten thousand takes a hundredth of a second.
_PREFIX = 30  # A code has 40 letters at most, for it goes into buttons: this, the year, and a number of four figures.
# Questions that two rounds raise together, whichever plan each of them stands in.
_BETWEEN = ("interval", "interval_uncounted", "same_day_and_place")
_NO_STEP = {
    "arrow": "import.wrong.state_arrow",
    "past": "import.wrong.state_past",
    "early": "import.wrong.state_early",
}
_NEEDED = {"held_on": "import.wrong.no_date", "place": "import.wrong.no_place"}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who imports, and by what the plan is checked: the province of the house, the day, holidays and intervals."""

    person: Person
    province: str
    today: date
    calendar: Calendar
    rules: RuleBook


@dataclass(frozen=True, slots=True)
class Proposed:
    """One row that can be saved. `before` None: a new round."""

    entry: Entry
    before: Round | None
    after: Round

    @property
    def changes(self) -> bool:
        """True where saving it does something."""
        return self.before is None or bool(round_changes.differences(self.before, self.after))


@dataclass(frozen=True, slots=True)
class Refused:
    """One row that cannot be saved, and why."""

    entry: Entry
    wrong: tuple[Remark, ...]


@dataclass(frozen=True)
class Proposal:
    """The whole plan against what is stored. `asked`: of the file and of rows; `units`: new or changed ones that come along; `index`:
    the units as they would be.
    """

    index: UnitIndex
    good: tuple[Proposed, ...]
    bad: tuple[Refused, ...]
    asked: tuple[tuple[Entry | None, Remark], ...]
    units: tuple[UnitRow, ...] = ()

    @property
    def added(self) -> list[Proposed]:
        """New rounds."""
        return [one for one in self.good if one.before is None]

    @property
    def changed(self) -> list[Proposed]:
        """Rounds that would become different."""
        return [one for one in self.good if one.before is not None and one.changes]

    @property
    def changes(self) -> bool:
        """True where saving does something."""
        return bool(self.units or self.added or self.changed)

    @property
    def same(self) -> int:
        """How many rounds are stored just so."""
        return sum(not one.changes for one in self.good)

    @property
    def digest(self) -> str:
        """A mark of all that saving would do: who agreed to one must not get another."""
        doing = [
            [one.after.code, self.differences(one) if one.before else self._facts(one.after)]
            for one in self.good
            if one.changes
        ]
        left = [[bad.entry.sheet, bad.entry.row] for bad in self.bad]
        said = json.dumps([doing, left, [unit.code for unit in self.units]], sort_keys=True, default=str)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def differences(self, one: Proposed) -> dict[str, list[Any]]:
        """Field -> [before, after] of a row; units by their names."""
        assert one.before is not None
        found = round_changes.differences(one.before, one.after)
        if "units" in found:
            found["units"] = [[unit.name for i in ids if (unit := self.index.get(i))] for ids in found["units"]]
        return found

    def _facts(self, round_: Round) -> dict[str, Any]:
        facts = {name: round_changes.plain(getattr(round_, name)) for name in round_.__slots__}
        return facts | {"units": sorted(unit.code for i in round_.units if (unit := self.index.get(i)))}


async def propose(tx: Tx, plan: Plan, asker: Asker) -> Proposal:
    """Compare a plan with what is stored; inside a transaction, of which nothing stays. Raises Unclear for units that cannot be."""
    trial = tx.nested()
    try:
        coming = await _write_units(trial, plan, asker)
        return await _compared(trial, plan, asker, coming)
    finally:
        await trial.undo()


async def save(tx: Tx, plan: Plan, asker: Asker, *, seen: str, at: int) -> Proposal:
    """Do what was agreed to, whose digest was `seen`; what was done. The caller's transaction makes it all or nothing.

    Raises Unclear where it would be something else by now.
    """
    if (await propose(tx, plan, asker)).digest != seen:
        raise Unclear("import.moved")
    coming = await _write_units(tx, plan, asker)
    proposal = await _compared(tx, plan, asker, coming)
    for one in proposal.good:
        await round_changes.apply(tx, one.before, one.after, by=asker.person.address, at=at)
    await _audit(tx, asker.person.address, proposal, at)
    return proposal


async def _audit(tx: Tx, address: str, proposal: Proposal, at: int) -> None:
    """Keep who imported what: codes and counts."""
    codes = [one.after.code for one in (*proposal.added, *proposal.changed)]
    counts = {"added": len(proposal.added), "changed": len(proposal.changed), "left": len(proposal.bad)}
    await records.add_audit(
        tx, address, "import", at=at, list="plan", rounds=codes, **counts, units=len(proposal.units)
    )


async def _compared(tx: Tx, plan: Plan, asker: Asker, coming: tuple[UnitRow, ...]) -> Proposal:
    index = await UnitsCache().index(tx, asker.today)
    prefix = _prefix(plan, asker, index)
    codes = [code_of(entry, prefix) for entry in plan.entries]
    stored = await rounds.by_codes(tx, sorted(filter(None, codes)))
    good: list[Proposed] = []
    bad: list[Refused] = []
    taken: set[str] = set()
    occasion = _Occasion(plan, asker, index)
    for entry, code in zip(plan.entries, codes, strict=True):
        before = stored.get(code)
        made = _Row(entry, before, occasion).made(code)
        if isinstance(made, Round) and code in taken:
            made = (Remark("code", "import.wrong.same_code", {"code": code}),)
        taken.add(code)
        if isinstance(made, Round):
            good.append(Proposed(entry, before, made))
        else:
            bad.append(Refused(entry, made))
    of_file = (*plan.asked, *_kept(good), *_unsaid(good, index))
    about: list[tuple[Entry | None, Remark]] = [(None, remark) for remark in of_file]
    about += [(entry, remark) for entry in plan.entries for remark in entry.asked]
    return Proposal(index, tuple(good), tuple(bad), tuple(about), coming)


async def findings(tx: Tx, proposal: Proposal, plan: Plan, asker: Asker) -> list[Finding]:
    """What the checker asks: of the rounds among themselves, and of each next to others that are stored and share its people.

    Apart from `propose`, for it is said once and costs most: it looks at every pair of rounds.
    """
    coming = [one.after for one in proposal.good]
    if not coming:
        return []
    days = [round_.held_on for round_ in coming]
    first = min(days)
    interval = asker.rules.of("", first).days_between(Component.WHOLE, first)

    def check(some: Iterable[Round]) -> list[Finding]:
        return check_plan(
            some,
            calendar=asker.calendar,
            today=asker.today,
            units=proposal.index,
            interval_days=interval,
            year=plan.year,
        )

    near = timedelta(days=interval)
    codes = {round_.code for round_ in coming}
    around = await rounds.between(tx, _moved(min(days), -near), _moved(max(days), near))
    numbers = {round_.number for round_ in coming}
    all_ = check([*coming, *(round_ for round_ in around if round_.code not in codes)])
    beside = [finding for finding in all_ if finding.code in _BETWEEN and numbers.intersection(finding.rounds)]
    found = [*beside, *(finding for finding in check(coming) if finding.code not in _BETWEEN)]
    return sorted(found, key=lambda finding: (not finding.grave, min(finding.rounds, default=0)))


def _moved(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:  # Whoever plans for the year 9999 is asked about that.
        return day


@dataclass(frozen=True, slots=True)
class _Occasion:
    """`found`: units by the names that files call them, looked for once each."""

    plan: Plan
    asker: Asker
    index: UnitIndex
    found: dict[str, Found] = field(default_factory=dict)

    def find(self, name: str) -> Found:
        """The unit of a code or a name, or those that may be meant; after many guesses, only what is written right."""
        if name not in self.found:
            unit = self.index.by_code(name)
            guess = len(self.found) < _GUESSES
            self.found[name] = Found(unit, (unit,)) if unit else self.index.find(name, limit=3 if guess else 0)
        return self.found[name]

    @property
    def own(self) -> frozenset[int] | None:
        """Units that the officer answers for; None for an admin's all."""
        return own_units(self.asker.person, self.index)


def _prefix(plan: Plan, asker: Asker, index: UnitIndex) -> str:
    """What codes of rounds without one begin with: whose plan, of which year. It stays the same as long as those two do."""
    own = index.get(asker.person.unit_id) if own_units(asker.person, index) is not None else None
    letters = "".join(word[0] for word in fold(asker.province).split() if word[0].isalnum()).upper()
    return f"{(own.code if own else letters or 'P')[:_PREFIX]}-{plan.year}"


def code_of(entry: Entry, prefix: str) -> str:
    """The code of a row's round: its own, else made of plan and number ("LC-2021-04"); "" where neither is known."""
    if entry.facts.get("code"):
        return str(entry.facts["code"])
    number = entry.facts.get("number")
    return f"{prefix}-{number:02}" if number else ""


class _Row:
    """One row on its way to becoming a round."""

    def __init__(self, entry: Entry, before: Round | None, occasion: _Occasion) -> None:
        self._entry, self._before, self._occasion = entry, before, occasion
        self._wrong = list(entry.wrong)

    def made(self, code: str) -> Round | tuple[Remark, ...]:
        """The round as it would be, or why there can be none."""
        facts = {
            name: value
            for name, value in self._entry.facts.items()
            if name not in ("code", "units") and (name, value) != ("name", "")
        }
        self._check_needed(facts)
        invited = self._invited()
        if self._wrong:
            return tuple(self._wrong)
        after = round_changes.with_values(replace(self._base(code), units=invited), facts)
        self._check_authority(after)
        self._check_state(after)
        return tuple(self._wrong) or after

    def _base(self, code: str) -> Round:
        """What is stored; of a new round, what holds where the file says nothing."""
        if self._before:
            return self._before
        number = int(self._entry.facts.get("number") or 0)
        empty = dict.fromkeys(("occasion", "opens", "closes", "place", "place_address"), "")
        nothing = dict.fromkeys(("lat", "lon", "target", "deadline_on"))
        name = f"Đợt {number} năm {self._occasion.plan.year}"
        return Round(
            id=0,
            code=code,
            number=number,
            name=name,
            held_on=date.min,
            tentative=False,
            state=self._occasion.plan.state,
            **empty,  # type: ignore[arg-type]
            **nothing,  # type: ignore[arg-type]
        )

    def _check_needed(self, facts: Mapping[str, Any]) -> None:
        already = {remark.field for remark in self._wrong}
        for name, message in _NEEDED.items():
            missing = not facts[name] if name in facts else self._before is None
            if missing and name not in already and "" not in already:
                self._wrong.append(Remark(name, message, {}))

    def _invited(self) -> frozenset[int]:
        """The units that the row names, else those that are stored, else those that the officer answers for."""
        names = self._entry.facts.get("units")
        if names is None and self._before:
            return self._before.units
        if names is None:
            mine = self._occasion.asker.person.unit_id
            return frozenset((mine,)) if self._occasion.own is not None and mine is not None else frozenset()
        found = {name: self._occasion.find(name) for name in names}
        for name, units_ in found.items():
            if units_.exact is None:
                near = "; ".join(unit.name for unit in units_.candidates)
                message = "import.wrong.unit_near" if near else "import.wrong.unit"
                self._wrong.append(Remark("units", message, {"name": name[:80]} | ({"near": near} if near else {})))
        return frozenset(units_.exact.id for units_ in found.values() if units_.exact)

    def _check_authority(self, after: Round) -> None:
        person, index = self._occasion.asker.person, self._occasion.index
        if not all(may_invite(person, round_.units, index) for round_ in (self._before, after) if round_):
            self._wrong.append(Remark("units", "import.wrong.not_yours", {}))

    def _check_state(self, after: Round) -> None:
        if self._before is None or self._before.state is after.state:
            return
        if why := why_not(self._before, after.state, self._occasion.asker.today):
            self._wrong.append(Remark("state", _NO_STEP[why], {}))


def _kept(good: Sequence[Proposed]) -> Iterable[Remark]:
    """Columns that are empty where something is stored: it stays, and that is said."""
    kept: dict[str, int] = {}
    for one in good:
        for name in one.entry.blank if one.before else ():
            if getattr(one.before, _STORED_AS.get(name, name), None):
                kept[name] = kept.get(name, 0) + 1
    for name, count in kept.items():
        yield Remark(name, "import.asked.kept", {"count": count})


def _unsaid(good: Sequence[Proposed], index: UnitIndex) -> Iterable[Remark]:
    """New rounds of which the file does not say whom they invite: then it is whom the officer answers for, or everybody."""
    silent = [one for one in good if one.before is None and "units" not in one.entry.facts]
    if not silent:
        return
    units = sorted(silent[0].after.units)
    unit = index.get(units[0]) if units else None
    if unit:
        yield Remark("units", "import.asked.own_unit", {"count": len(silent), "unit": unit.name})
    else:
        yield Remark("units", "import.asked.everybody", {"count": len(silent)})


_STORED_AS = {"pin": "lat", "hours": "opens"}


async def _write_units(tx: Tx, plan: Plan, asker: Asker) -> tuple[UnitRow, ...]:
    """Write the file's units that are not stored just so. Units are an admin's affair: others' files bring none."""
    if not plan.units or asker.person.role is not Role.ADMIN:
        return ()
    stored = await units.rows(tx)
    rows = [UnitRow.of(facts) for facts in plan.units]
    codes = stored.keys() | {row.code for row in rows}
    if orphan := next((row for row in rows if row.parent and row.parent not in codes), None):
        raise Unclear("import.refused.parent", code=orphan.code, parent=orphan.parent)
    coming = tuple(row for row in rows if stored.get(row.code) != row)
    if coming:
        await units.write(tx, coming)
    return coming

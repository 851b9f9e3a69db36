"""What saving a list would do: who is new, who is known, who comes onto the list of the round, and who is no longer on it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from core.eligibility import Answer, judge
from core.joins import JoinState
from core.list_rows import Row
from core.people import Donor
from core.rounds import Round
from handlers.list_import.matching import Pair, candidates, in_file, standing_of, sure_ones, with_known
from handlers.list_import.people import differences, donor_of, updated
from handlers.list_import.work import Work
from handlers.turn import Turn
from storage import joins, lists
from storage.lists import Candidate, Standing


@dataclass(frozen=True, slots=True)
class Change:
    """One person. `person_id` None: new. `before` is None for them; of who registered by chat, `after` is what stands already.

    `join`: the answer to be written; None where there is none to write. `barred`: the rules say no and name no day, so that the staff
    decides; `declined`: they said themselves that they do not come.
    """

    row: Row
    person_id: int | None
    paper: bool
    before: Donor | None
    after: Donor
    join: JoinState | None = None
    not_yet: date | None = None
    barred: bool = False
    declined: bool = False

    @property
    def fields(self) -> dict[str, tuple[Any, Any]]:
        """What changes of somebody known."""
        return differences(self.before, self.after) if self.before else {}


@dataclass(frozen=True)
class Proposal:
    """All of it. `pairs`: still to be decided on. `gone`: who came with an earlier list and is not on this one. `seats` None: no limit."""

    changes: tuple[Change, ...]
    pairs: tuple[Pair, ...] = ()
    gone: dict[int, Donor] = field(default_factory=dict)
    withdraw: tuple[int, ...] = ()
    seats: int | None = None
    over: bool = False
    digest: str = ""

    @property
    def new(self) -> list[Change]:
        """People who are not known yet."""
        return [change for change in self.changes if change.person_id is None]

    @property
    def changed(self) -> list[Change]:
        """People from paper of whom something would become different."""
        return [change for change in self.changes if change.fields]

    @property
    def joining(self) -> list[Change]:
        """Who comes onto the list of the round."""
        return [change for change in self.changes if change.join]

    @property
    def does_something(self) -> bool:
        """True where saving it changes anything."""
        return bool(self.new or self.changed or self.joining or self.withdraw)


async def propose(turn: Turn, work: Work) -> Proposal:
    """Compare the list, as decided so far, with what is stored. Nothing is written."""
    if not isinstance(work.compared, Proposal):
        work.compared = await _compared(turn, work)
    assert isinstance(work.compared, Proposal)
    return work.compared


async def _compared(turn: Turn, work: Work) -> Proposal:
    rows = work.taken()
    known = await candidates(turn, work, rows)
    standing = await standing_of(turn, work, known)
    sure = sure_ones(rows, known, standing)
    pairs = [*in_file(rows, work), *with_known(rows, known, sure, work)]
    by_id = {candidate.person_id: candidate for candidate in known}
    changes = []
    for row in rows:
        one = _person(row, by_id, sure, work)
        change = _change(row, one)
        said = standing.get(one.person_id) if one else None
        changes.append(_joined(turn, work.round_, change, said) if work.round_ else change)
    changes = _once(changes)
    present = {change.person_id for change in changes}
    gone = await _gone(turn, work, rows, present)
    seats = await _seats(turn, work)
    changes = _seated(changes, seats, work.decided.full)
    withdraw = tuple(gone) if work.decided.gone == "out" else ()
    found = Proposal(tuple(changes), tuple(pairs), gone, withdraw, seats, work.decided.full == "over")
    return replace(found, digest=_digest(work, found))


def _person(row: Row, known: dict[int, Candidate], sure: dict[int, int], work: Work) -> Candidate | None:
    decided = work.decided.twins.get(str(row.place), 0)
    return known.get(decided if decided > 0 else sure.get(row.place, 0))


def _change(row: Row, one: Candidate | None) -> Change:
    if one is None:
        return Change(row, None, paper=True, before=None, after=donor_of(row))
    return Change(row, one.person_id, one.paper, one.donor, updated(one.donor, row) if one.paper else one.donor)


def _joined(turn: Turn, round_: Round, change: Change, said: Standing | None) -> Change:
    """With the answer that is to be written. What somebody answered by chat stays; a paper person who was taken off comes back."""
    if said and (not change.paper or said.state in (JoinState.CERTAIN, JoinState.MAYBE)):
        return replace(change, declined=not change.paper and said.state in (JoinState.NO, JoinState.LEFT))
    verdict = judge(turn.house.rules.of(round_.rule_set, round_.held_on), change.after, round_.held_on)
    if not change.paper and verdict.answer is Answer.NO and verdict.next_on is None:
        return replace(change, barred=True)
    not_yet = None if verdict.answer is Answer.OK else verdict.next_on
    state = JoinState.MAYBE if change.row.facts.get("maybe") else JoinState.CERTAIN
    return replace(change, join=state, not_yet=not_yet)


def _once(changes: Sequence[Change]) -> list[Change]:
    """Two rows of one known person: the first counts."""
    seen: set[int] = set()
    kept = []
    for change in changes:
        if change.person_id is None or change.person_id not in seen:
            kept.append(change)
        if change.person_id is not None:
            seen.add(change.person_id)
    return kept


async def _gone(turn: Turn, work: Work, rows: Sequence[Row], present: set[int | None]) -> dict[int, Donor]:
    """Who came onto the round's list with an earlier file of these units, and is missing from this one."""
    if work.round_ is None:
        return {}
    unit_ids = {row.unit_id for row in rows if row.unit_id is not None and work.may(row.unit_id)}
    found = await lists.listed(turn.tx, work.round_.id, sorted(unit_ids))
    return {person_id: donor for person_id, donor in found.items() if person_id not in present}


async def _seats(turn: Turn, work: Work) -> int | None:
    """Seats that are free for this list: none of those that others wait for. None where there is no limit."""
    if work.round_ is None:
        return None
    room = await joins.room(turn.tx, work.round_)
    if not room.limited:
        return None
    waiting = (await joins.counts(turn.tx, work.round_.id)).waiting
    free = room.total if room.total is not None else sum(max(0, left) for left in room.slots.values())
    return max(0, free - waiting)


def _seated(changes: Sequence[Change], seats: int | None, full: str) -> list[Change]:
    """As many as there are seats for, in the order of the list, unless the officer lets them be over."""
    if seats is None or full == "over":
        return list(changes)
    kept = []
    for change in changes:
        if change.join is JoinState.CERTAIN:
            seats -= 1
            change = change if seats >= 0 or full != "fit" else replace(change, join=None, not_yet=None)
        kept.append(change)
    return kept


def crowded(proposal: Proposal) -> int:
    """How many of the list have no seat."""
    wanted = sum(change.join is JoinState.CERTAIN for change in proposal.changes)
    return 0 if proposal.seats is None else max(0, wanted - proposal.seats)


def _digest(work: Work, proposal: Proposal) -> str:
    """A mark of all that saving would do: who agreed to one must not get another."""
    doing = [[c.row.facts, c.row.unit_id, c.person_id, repr(c.fields), c.join, c.not_yet] for c in proposal.changes]
    said = [work.decided.round, doing, proposal.withdraw, proposal.over]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]

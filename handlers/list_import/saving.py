"""Writing down a list that was agreed to: all of it in the turn's transaction, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.eligibility import eligible_on
from core.joins import JoinState, Room
from core.rounds import Round
from core.unclear import Unclear
from handlers.list_import.proposal import Change, Proposal, propose
from handlers.list_import.work import Work
from handlers.round_added import added
from handlers.turn import Turn
from storage import donors, joins, lists, people, records
from storage.lists import Seat


@dataclass(frozen=True, slots=True)
class Saved:
    """What was done. `told`: who hears of it by a message."""

    proposal: Proposal
    told: int


async def save(turn: Turn, work: Work, *, seen: str, consent: records.Consent) -> Saved:
    """Do what was agreed to, whose digest was `seen`; all of it in the caller's transaction. Raises Unclear where it would be something
    else by now. `consent`: given on paper, and said so by the officer; it is kept for everybody who is new.
    """
    proposal = await propose(turn, work)
    if proposal.digest != seen or proposal.pairs:
        raise Unclear("import.moved")
    ids = await _add(turn, proposal, consent)
    await _update(turn, proposal)
    told = 0
    if work.round_ is not None:
        await _withdraw(turn, work.round_, proposal)
        told = await _seat(turn, work.round_, proposal, ids)
    return Saved(proposal, told)


async def _add(turn: Turn, proposal: Proposal, consent: records.Consent) -> dict[int, int]:
    """Everybody who is new; row -> person."""
    new = proposal.new
    made = await people.add_papers(turn.tx, len(new), turn.house.words.default, turn.at)
    rows = [
        (person_id, change.after, eligible_on(turn.rules, change.after))
        for (person_id, _), change in zip(made, new, strict=True)
    ]
    await donors.save_all(turn.tx, rows, turn.at)
    await records.add_consents(turn.tx, [address for _, address in made], consent, recorded_by=turn.person.address)
    return {change.row.place: person_id for (person_id, _), change in zip(made, new, strict=True)}


async def _update(turn: Turn, proposal: Proposal) -> None:
    changed = [(c.person_id, c.after) for c in proposal.changed if c.person_id is not None]
    await donors.save_all(turn.tx, [(i, after, eligible_on(turn.rules, after)) for i, after in changed], turn.at)
    for change in proposal.changed:
        if "unit_id" in change.fields and change.person_id is not None:
            await joins.follow_unit(turn.tx, change.person_id, turn.today)


async def _withdraw(turn: Turn, round_: Round, proposal: Proposal) -> None:
    for person_id in proposal.withdraw:
        await joins.answer(turn.tx, round_, person_id, joins.Wish(JoinState.NO), at=turn.at, via="list")


async def _seat(turn: Turn, round_: Round, proposal: Proposal, ids: dict[int, int]) -> int:
    """Write the answers; how many hear of it. Hours are given out evenly, and over them where the officer let the list be over."""
    room = await joins.room(turn.tx, round_)
    fresh: list[Seat] = []
    told = 0
    for change in proposal.joining:
        person_id = change.person_id if change.person_id is not None else ids[change.row.place]
        assert change.join is not None
        if change.paper and change.person_id is None:
            fresh.append(Seat(person_id, change.join, _slot(room, change.join), change.not_yet))
        else:
            told += await _seat_known(turn, round_, change, _slot(room, change.join))
    await lists.seat(turn.tx, round_, fresh, turn.at)
    return told


def _slot(room: Room, state: JoinState) -> str:
    """The hour for the next one; "" where there are none, or none is left."""
    if state is not JoinState.CERTAIN:
        return ""
    slot = room.slot_for("") or ""
    room.take(slot)
    return slot


async def _seat_known(turn: Turn, round_: Round, change: Change, slot: str) -> bool:
    """Somebody who was known; True where they hear of it."""
    assert change.person_id is not None
    assert change.join is not None
    roomy = replace(round_, capacity=None, slots=round_.slots if slot else ())
    wish = joins.Wish(change.join, slot=slot, not_yet=change.not_yet)
    join = await joins.answer(turn.tx, roomy, change.person_id, wish, at=turn.at, via="list")
    return not change.paper and await added(turn, round_, join)

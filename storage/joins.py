"""Who takes part in which round: one answer a person and round, and the rules of seats.

Every function works inside the caller's transaction, and there is one writer: what is counted here stays true until the commit.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from core.joins import ACTIVE, ALPHABET, CODE_LENGTH, Counts, Join, JoinState, Room, room_of, tally
from core.rounds import Round
from storage.database import Row, Tx

_COLUMNS = "id, round_id, person_id, state, slot, code, version, not_yet, outcome, joined_at, changed_at, queued_at, offer_until"
_ALIASED = ", ".join(f"j.{column}" for column in _COLUMNS.split(", "))
_SEATED = "('certain', 'offered')"
# What counts for more, of two answers of a person.
_WEIGHT = (JoinState.CERTAIN, JoinState.OFFERED, JoinState.WAITING, JoinState.MAYBE, JoinState.NO, JoinState.LEFT)
_LAST = 2**62  # behind everybody


@dataclass(frozen=True, slots=True)
class Joined:
    """An answer, and how its person is reached."""

    join: Join
    address: str
    language: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody answers: certain, maybe or no. `slot`: "" for any, None for the one they have. `not_yet`: as in Join."""

    state: JoinState
    slot: str | None = None
    not_yet: date | None = None


def _join(row: Row) -> Join:
    id_, round_id, person_id, state, slot, code, version, not_yet, *rest = row
    day = date.fromisoformat(not_yet) if not_yet else None
    return Join(id_, round_id, person_id, JoinState(state), slot, code, version, day, *rest)


async def of(tx: Tx, round_id: int, person_id: int | None) -> Join | None:
    """What the person answered to the round."""
    row = await tx.one(f"SELECT {_COLUMNS} FROM joins WHERE round_id = ? AND person_id = ?", (round_id, person_id))  # noqa: S608
    return _join(row) if row else None


async def by_code(tx: Tx, code: str) -> Join | None:
    """The answer that a ticket is of; `code` as `core.joins.read_code` gives it."""
    row = await tx.one(f"SELECT {_COLUMNS} FROM joins WHERE code = ?", (code,))  # noqa: S608
    return _join(row) if row else None


async def answers(tx: Tx, person_id: int | None, today: date) -> list[Join]:
    """What the person answered to rounds from today on, in order of date; to no cancelled one."""
    rows = await tx.all(
        f"SELECT {_ALIASED} FROM joins j JOIN rounds r ON r.id = j.round_id WHERE j.person_id = ?"  # noqa: S608
        " AND r.held_on >= ? AND r.state <> 'cancelled' ORDER BY r.held_on, r.number, r.id",
        (person_id, today.isoformat()),
    )
    return [_join(row) for row in rows]


async def active(tx: Tx, person_id: int | None, today: date) -> list[Join]:
    """What the person takes part in from today on (certain, offered, waiting, maybe), in order of date; of no cancelled round."""
    return [join for join in await answers(tx, person_id, today) if join.active]


async def place(tx: Tx, join: Join) -> int:
    """The place in the line for the same seats of somebody who waits; 1 is the next."""
    return await _ahead(tx, join, join.slot) + 1


async def all_of(tx: Tx, person_id: int) -> list[tuple[str, str, date, Join]]:
    """Every answer of a person with code, name and day of its round, in order of date."""
    rows = await tx.all(
        f"SELECT r.code, r.name, r.held_on, {_ALIASED} FROM joins j JOIN rounds r ON r.id = j.round_id WHERE j.person_id = ?"  # noqa: S608
        " ORDER BY r.held_on, r.number, r.id",
        (person_id,),
    )
    return [(row[0], row[1], date.fromisoformat(row[2]), _join(row[3:])) for row in rows]


async def people_in(
    tx: Tx, round_id: int, states: Sequence[JoinState], *, after: int = 0, limit: int = 500
) -> list[Joined]:
    """The next page of those who answered so, by the id of their answer."""
    rows = await tx.all(
        f"SELECT {_ALIASED}, p.address, p.language, p.reachable FROM joins j JOIN people p ON p.id = j.person_id"  # noqa: S608
        f" WHERE j.round_id = ? AND j.state IN ({', '.join('?' * len(states))}) AND j.id > ? ORDER BY j.id LIMIT ?",
        (round_id, *states, after, limit),
    )
    return [_joined(row) for row in rows]


async def expected(tx: Tx, round_id: int, *, first: int, most: int) -> list[Join]:
    """Who is on the list of a round (certain or maybe), in the order of official lists, from the `first` (0) on."""
    rows = await tx.all(
        f"SELECT {_ALIASED} FROM joins j JOIN donors d ON d.person_id = j.person_id"  # noqa: S608
        " WHERE j.round_id = ? AND j.state IN ('certain', 'maybe') ORDER BY d.name_key, d.id LIMIT ? OFFSET ?",
        (round_id, most, first),
    )
    return [_join(row) for row in rows]


def _joined(row: Row) -> Joined:
    return Joined(_join(row[:-3]), row[-3], row[-2], bool(row[-1]))


async def counts(tx: Tx, round_id: int, unit_ids: Sequence[int] | None = None) -> Counts:
    """People of a round by what they answered; of these units alone, None for all."""
    within = "1 = 1" if unit_ids is None else f"unit_id IN ({', '.join(str(int(u)) for u in (0, *unit_ids))})"
    rows = await tx.all(
        f"SELECT state, count(*) FROM joins WHERE round_id = ? AND {within} GROUP BY state",  # noqa: S608 (integers only)
        (round_id,),
    )
    return tally((state, number) for state, number in rows)


async def active_of_units(tx: Tx, round_id: int, unit_ids: Sequence[int]) -> list[int]:
    """The people of these units who take part in a round (certain, offered, waiting, maybe), by their ids."""
    units = ", ".join(str(int(unit_id)) for unit_id in (0, *unit_ids))
    rows = await tx.all(
        f"SELECT person_id FROM joins WHERE round_id = ? AND state IN ({', '.join('?' * len(ACTIVE))})"  # noqa: S608 (integers only)
        f" AND unit_id IN ({units}) ORDER BY id",
        (round_id, *ACTIVE),
    )
    return [person_id for (person_id,) in rows]


async def room(tx: Tx, round_: Round, but_for: int | None = None) -> Room:
    """Free seats; the seat of one person may be left out of the count."""
    if round_.capacity is None and not round_.slots:
        return Room(None)  # Nothing to run out of, so nobody is counted.
    rows = await tx.all(
        f"SELECT slot, count(*) FROM joins WHERE round_id = ? AND state IN {_SEATED} AND person_id <> ? GROUP BY slot",  # noqa: S608
        (round_.id, but_for or 0),
    )
    return room_of(round_, dict(rows))


async def answer(tx: Tx, round_: Round, person_id: int, wish: Wish, *, at: int, via: str = "self") -> Join:
    """Write down what somebody answers; what became of it stands in the state. `via`: who wrote the first answer down (see joins.via).

    Certain: a seat, or a place at the end of the line. Who has a seat keeps it where the slot they want instead is full; who
    waits keeps their place. Maybe and no give back a seat or a place. The caller then lets `promote` give away what came free.
    """
    join = await of(tx, round_.id, person_id) or await _new(tx, round_, person_id, at=at, via=via)
    knowing = replace(join, version=round_.version, not_yet=wish.not_yet or join.not_yet)
    if wish.state is JoinState.CERTAIN:
        return await _write(tx, await _seat_or_line(tx, round_, knowing, wish.slot, at=at), at)
    gives_back = wish.state is JoinState.NO and (join.seated or join.state is JoinState.WAITING)
    return await _write(tx, _as(knowing, JoinState.LEFT if gives_back else wish.state), at)


async def _seat_or_line(tx: Tx, round_: Round, join: Join, wish: str | None, *, at: int) -> Join:
    """The answer of somebody who is certain: with a seat where one is left for them, else in the line."""
    if wish is None and join.seated:
        return _as(join, JoinState.CERTAIN, slot=join.slot)
    wanted = join.slot if wish is None else wish
    free = await room(tx, round_, but_for=join.person_id)
    slot = free.slot_for(wanted) if free.fits(wanted) else None
    if join.seated:
        return _as(join, JoinState.CERTAIN, slot=join.slot if slot is None else slot)
    if slot is not None and (not free.limited or _enough(free, wanted, await _ahead(tx, join, wanted))):
        return _as(join, JoinState.CERTAIN, slot=slot)
    if join.state is JoinState.WAITING and join.slot == wanted:
        return join
    last = await tx.one("SELECT max(queued_at) FROM joins WHERE round_id = ?", (round_.id,))
    # People of one batch come in the same millisecond; the line tells them apart all the same.
    return _as(join, JoinState.WAITING, slot=wanted, queued_at=max(at, (last[0] if last and last[0] else 0) + 1))


def _enough(free: Room, slot: str, line: int) -> bool:
    """True where a seat is left after everybody ahead in the line has had one."""
    in_slot = free.slots.get(slot, sum(max(0, left) for left in free.slots.values())) if free.slots else line + 1
    return in_slot > line and (free.total is None or free.total > line)


async def _ahead(tx: Tx, join: Join, slot: str) -> int:
    """Who waits before this person for the same seats, and can be told; all of them for whoever is not in the line."""
    mine = join.queued_at if join.state is JoinState.WAITING and join.slot == slot else _LAST
    row = await tx.one(
        "SELECT count(*) FROM joins j JOIN people p ON p.id = j.person_id WHERE j.round_id = ? AND j.state = 'waiting'"
        " AND p.reachable = 1 AND j.person_id <> ? AND (? = '' OR j.slot = '' OR j.slot = ?) AND j.queued_at < ?",
        (join.round_id, join.person_id, slot, slot, mine),
    )
    return int(row[0]) if row else 0


async def _new(tx: Tx, round_: Round, person_id: int, *, at: int, via: str) -> Join:
    """A row that says "no" until the answer is written, with a code that nobody has."""
    code = await _free_code(tx)
    rows = await tx.run(
        "INSERT INTO joins (round_id, person_id, state, code, version, via, joined_at, changed_at)"  # noqa: S608 (constant columns)
        f" VALUES (?, ?, 'no', ?, ?, ?, ?, ?) RETURNING {_COLUMNS}",
        (round_.id, person_id, code, round_.version, via, at, at),
    )
    return _join(rows[0])


async def _free_code(tx: Tx) -> str:
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if not await by_code(tx, code):
            return code


def _as(join: Join, state: JoinState, **more: Any) -> Join:
    """The answer in another state, with nothing left of what belonged to the one before."""
    return replace(join, state=state, **{"slot": "", "queued_at": None, "offer_until": None, **more})


async def _write(tx: Tx, join: Join, at: int) -> Join:
    """Keep an answer as it is now, for the unit that its person belongs to now."""
    rows = await tx.run(
        "UPDATE joins SET state = ?, slot = ?, version = ?, not_yet = ?, queued_at = ?, offer_until = ?, changed_at = ?,"  # noqa: S608
        " unit_id = coalesce((SELECT d.unit_id FROM donors d WHERE d.person_id = joins.person_id), unit_id)"
        f" WHERE id = ? RETURNING {_COLUMNS}",
        (
            join.state,
            join.slot,
            join.version,
            join.not_yet.isoformat() if join.not_yet else None,
            join.queued_at,
            join.offer_until,
            at,
            join.id,
        ),
    )
    return _join(rows[0])


async def promote(tx: Tx, round_: Round, *, until: int, at: int) -> list[Joined]:
    """Offer every free seat to the next in the line who can be told, held until then (ms UTC); those who are to be told.

    Whoever waits for a slot that is full is passed over and keeps their place.
    """
    free = await room(tx, round_)
    if free.full:
        return []
    rows = await tx.all(
        f"SELECT {_ALIASED}, p.address, p.language, p.reachable FROM joins j JOIN people p ON p.id = j.person_id"  # noqa: S608
        " WHERE j.round_id = ? AND j.state = 'waiting' AND p.reachable = 1 ORDER BY j.queued_at, j.id",
        (round_.id,),
    )
    offered = []
    for waiting in map(_joined, rows):
        if free.full:
            break
        slot = free.slot_for(waiting.join.slot)
        if slot is None:
            continue
        free.take(slot)
        join = await _write(tx, _as(waiting.join, JoinState.OFFERED, slot=slot, offer_until=until), at)
        offered.append(replace(waiting, join=join))
    return offered


async def lapse(tx: Tx, at: int) -> list[Joined]:
    """Take back the seats that were offered and not answered in time, or to who can be told nothing more."""
    rows = await tx.all(
        f"SELECT {_ALIASED}, p.address, p.language, p.reachable FROM joins j JOIN people p ON p.id = j.person_id"  # noqa: S608
        # Every offer has an hour; saying so leads to the index of offers, and not through every answer that was ever given.
        " WHERE j.state = 'offered' AND j.offer_until > 0 AND (j.offer_until <= ? OR p.reachable = 0) ORDER BY j.offer_until, j.id",
        (at,),
    )
    offers = map(_joined, rows)
    return [replace(offer, join=await _write(tx, _as(offer.join, JoinState.LEFT), at)) for offer in offers]


async def waited_for(tx: Tx, today: date) -> list[int]:
    """The rounds from today on for which somebody waits."""
    rows = await tx.all(
        "SELECT r.id FROM rounds r WHERE r.held_on >= ?"
        " AND EXISTS (SELECT 1 FROM joins j WHERE j.round_id = r.id AND j.state = 'waiting') ORDER BY r.held_on, r.id",
        (today.isoformat(),),
    )
    return [round_id for (round_id,) in rows]


async def confirm(tx: Tx, join: Join, version: int, at: int) -> None:
    """The person knows the round as it is now."""
    await tx.run("UPDATE joins SET version = ?, changed_at = ? WHERE id = ?", (version, at, join.id))


async def follow_unit(tx: Tx, person_id: int, today: date) -> None:
    """The person belongs to another unit now: their answers to rounds from today on count for it, those of before stay."""
    await tx.run(
        "UPDATE joins SET unit_id = (SELECT d.unit_id FROM donors d WHERE d.person_id = joins.person_id) WHERE person_id = ?"
        " AND round_id IN (SELECT id FROM rounds WHERE held_on >= ?)",
        (person_id, today.isoformat()),
    )


async def move(tx: Tx, source: Round, target: Round, person_ids: Sequence[int]) -> int:
    """These people's answers go over to another round (a round was split); how many there were.

    Seats go along, also over the target's capacity: nobody who has one loses it. Of two answers of a person the one that
    counts for more stays. The version stays, so that they are asked again.
    """
    moved = 0
    for person_id in person_ids:
        old, there = await of(tx, source.id, person_id), await of(tx, target.id, person_id)
        if old is None:
            continue
        if there is not None:
            worse = old if _WEIGHT.index(there.state) <= _WEIGHT.index(old.state) else there
            await tx.run("DELETE FROM joins WHERE id = ?", (worse.id,))
            if worse is old:
                continue
        slot = old.slot if old.slot in {slot.starts for slot in target.slots} else ""
        await tx.run("UPDATE joins SET round_id = ?, slot = ? WHERE id = ?", (target.id, slot, old.id))
        moved += 1
    return moved

"""Broadcasts: a row each, whose messages are rows of the outbox. How far one has come is a question to that table, kept nowhere else.

`outbox.broadcast_id` is the broadcast's id for the message and its negative for the pin on the map that follows it: so people are
counted from the index alone, and what is said of a broadcast's rows is said of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.audience import Audience
from core.broadcasts import OPEN, CastState, Content, Progress
from core.json_text import pack, unpack
from storage.database import Row, Tx

END: Final = 2**62  # A cursor behind everybody: all have their row.
_PAUSED, _STOPPED, _LEFT = (
    "paused",
    "stopped",
    "left",
)  # `outbox.error` of rows that an officer, not the network, has stopped.
_BOTH = "broadcast_id IN (?, -?)"


@dataclass(frozen=True, slots=True)
class Cast:
    """A broadcast. `address`: who answers for it; `people`: how many they were shown; `cursor`: the last person who has a row."""

    id: int
    address: str
    content: Content
    audience: Audience
    people: int
    state: CastState
    cursor: int
    made_at: int
    start_at: int
    ended_at: int | None

    @property
    def fed(self) -> bool:
        """True once everybody has a row in the outbox."""
        return self.cursor == END


@dataclass(frozen=True, slots=True)
class New:
    """A broadcast that was confirmed."""

    address: str
    content: Content
    audience: Audience
    people: int
    made_at: int
    start_at: int


_COLUMNS = "id, address, content, audience, people, state, cursor, made_at, start_at, ended_at"


def _cast(row: Row) -> Cast:
    id_, address, content, audience, people, state, *rest = row
    read = Content.from_json(unpack(content)), Audience.from_json(unpack(audience))
    return Cast(id_, address, *read, people, CastState(state), *rest)


async def add(tx: Tx, new: New) -> int:
    """Keep a broadcast that waits for its time; its id."""
    rows = await tx.run(
        "INSERT INTO broadcasts (address, content, audience, digest, people, state, made_at, start_at)"
        " VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?) RETURNING id",
        (
            new.address,
            pack(new.content.to_json()),
            pack(new.audience.to_json()),
            new.content.digest,
            new.people,
            new.made_at,
            new.start_at,
        ),
    )
    return int(rows[0][0])


async def _all(tx: Tx, where: str, values: Sequence[object]) -> list[Cast]:
    return [_cast(row) for row in await tx.all(f"SELECT {_COLUMNS} FROM broadcasts WHERE {where}", values)]  # noqa: S608 (our own clauses)


async def by_id(tx: Tx, cast_id: int) -> Cast | None:
    """The broadcast of an id."""
    found = await _all(tx, "id = ?", (cast_id,))
    return found[0] if found else None


async def at_work(tx: Tx, now: int) -> list[Cast]:
    """Those that run, or whose time has come, oldest first."""
    return await _all(tx, "state = 'running' OR (state = 'waiting' AND start_at <= ?) ORDER BY id", (now,))


async def recent(tx: Tx, since: int) -> list[Cast]:
    """Those that have not ended, and those that ended since then (ms UTC)."""
    return await _all(tx, "state IN ('waiting', 'running', 'paused') OR ended_at >= ? ORDER BY id", (since,))


async def newest(tx: Tx, address: str | None, limit: int) -> list[Cast]:
    """The newest of somebody, or of all."""
    mine = "address = ?" if address else "1 = 1"
    return await _all(tx, f"{mine} ORDER BY id DESC LIMIT ?", (*([address] if address else []), limit))


async def with_words(tx: Tx, digest: str, since: int) -> list[Cast]:
    """Broadcasts of the same words that were made since then (ms UTC) and not stopped, the newest first."""
    return await _all(
        tx, "digest = ? AND made_at >= ? AND state <> 'stopped' ORDER BY id DESC LIMIT 20", (digest, since)
    )


async def move(tx: Tx, cast_id: int, came_from: Sequence[CastState], to: CastState, *, at: int) -> bool:
    """Change the state; False where it is none of these any more (another officer, or the end, was quicker)."""
    ended = at if to not in OPEN else None
    rows = await tx.run(
        f"UPDATE broadcasts SET state = ?, ended_at = ? WHERE id = ? AND state IN ({', '.join('?' * len(came_from))}) RETURNING id",  # noqa: S608
        (to, ended, cast_id, *came_from),
    )
    return bool(rows)


async def take_over(tx: Tx, cast_id: int, address: str) -> None:
    """Somebody else answers for it from here on."""
    await tx.run("UPDATE broadcasts SET address = ? WHERE id = ?", (address, cast_id))


async def advance(tx: Tx, cast: Cast, cursor: int) -> bool:
    """Everybody up to here has a row; False where somebody else fed it meanwhile, or it runs no more."""
    rows = await tx.run(
        "UPDATE broadcasts SET cursor = ? WHERE id = ? AND cursor = ? AND state = 'running' RETURNING id",
        (cursor, cast.id, cast.cursor),
    )
    return bool(rows)


async def waiting(tx: Tx, cast_id: int) -> int:
    """How many of its rows wait to be sent."""
    row = await tx.one("SELECT count(*) FROM outbox WHERE broadcast_id = ? AND state = 'pending'", (cast_id,))
    return int(row[0]) if row else 0


async def under_way(tx: Tx, cast_id: int) -> bool:
    """True while any of its rows waits or is in flight, or is held by a pause."""
    row = await tx.one(
        f"SELECT 1 FROM outbox WHERE {_BOTH} AND (state IN ('pending', 'sending') OR (state = 'held' AND error = ?)) LIMIT 1",  # noqa: S608
        (cast_id, cast_id, _PAUSED),
    )
    return row is not None


async def pause(tx: Tx, cast_id: int) -> None:
    """What waits is held back; what is in flight arrives."""
    await tx.run(
        f"UPDATE outbox SET state = 'held', error = ? WHERE {_BOTH} AND state = 'pending'",  # noqa: S608
        (_PAUSED, cast_id, cast_id),
    )


async def resume(tx: Tx, cast_id: int) -> None:
    """What the pause held back waits again."""
    await tx.run(
        f"UPDATE outbox SET state = 'pending', error = NULL WHERE {_BOTH} AND state = 'held' AND error = ?",  # noqa: S608
        (cast_id, cast_id, _PAUSED),
    )


async def stop(tx: Tx, cast_id: int) -> None:
    """What waits, or was held back by a pause, is not sent any more."""
    await tx.run(
        f"UPDATE outbox SET state = 'cancelled', error = ?, payload = '' WHERE {_BOTH}"  # noqa: S608
        " AND (state = 'pending' OR (state = 'held' AND error = ?))",
        (_STOPPED, cast_id, cast_id, _PAUSED),
    )


async def send_again(tx: Tx, cast_id: int) -> int:
    """What may have arrived goes once more, as an officer wants it; how many messages."""
    rows = await tx.run(
        f"UPDATE outbox SET state = 'pending', error = NULL WHERE {_BOTH} AND state = 'held' AND error <> ? RETURNING id",  # noqa: S608
        (cast_id, cast_id, _PAUSED),
    )
    return len(rows)


async def leave(tx: Tx, cast_id: int) -> int:
    """What may have arrived is left at that; how many messages."""
    rows = await tx.run(
        f"UPDATE outbox SET state = 'cancelled', error = ?, payload = '' WHERE {_BOTH} AND state = 'held' AND error <> ? RETURNING id",  # noqa: S608
        (_LEFT, cast_id, cast_id, _PAUSED),
    )
    return len(rows)


async def progress(tx: Tx, cast: Cast) -> Progress:
    """How far it is, in people."""
    states: dict[str, int] = dict(
        await tx.all("SELECT state, count(*) FROM outbox WHERE broadcast_id = ? GROUP BY state", (cast.id,))
    )
    # Those that ended otherwise are few: only they are looked at one by one.
    odd = await tx.all(
        "SELECT state, coalesce(error, ''), count(*) FROM outbox WHERE broadcast_id = ? AND state IN ('failed', 'held', 'cancelled')"
        " GROUP BY 1, 2",
        (cast.id,),
    )
    why: dict[str, int] = dict.fromkeys(("blocked", "failed", "unknown", "cancelled"), 0)
    for state, error, people in odd:
        why[_became(state, error)] = why.get(_became(state, error), 0) + people
    rows = sum(states.values())
    return Progress(
        people=rows if cast.fed else max(cast.people, rows),
        sent=states.get("sent", 0),
        blocked=why["blocked"],
        failed=why["failed"] + states.get("expired", 0),
        unknown=why["unknown"],
        cancelled=why["cancelled"],
    )


def _became(state: str, error: str) -> str:
    """What the row of somebody says of them, where it was not sent: "blocked", "failed", "unknown", "cancelled", "left" to be sent."""
    match state, error:
        case "held", error if error == _PAUSED:
            return "left"
        case ("held", _) | ("cancelled", "left"):
            return "unknown"
        case "cancelled", error if error == _STOPPED:
            return "cancelled"
        case ("failed", "Blocked") | ("cancelled", _):  # What waits for who has blocked us is cancelled.
            return "blocked"
    return {"pending": "left", "sending": "left"}.get(state, "failed")


@dataclass(frozen=True, slots=True)
class Missed:
    """Somebody who was to get a broadcast and did not, as far as we know. `why`: as in `core.audience.Count`, or what the row became."""

    person_id: int
    why: str


async def missed(tx: Tx, cast_id: int, after: int, limit: int) -> tuple[list[Missed], int | None]:
    """A page of the rows that were not sent, and the row that the next page comes after; None where there is none."""
    rows = await tx.all(
        "SELECT id, dedupe_key, state, coalesce(error, '') FROM outbox WHERE broadcast_id = ? AND state <> 'sent' AND id > ?"
        " ORDER BY id LIMIT ?",
        (cast_id, after, limit),
    )
    found = [
        Missed(int(key.rpartition(":")[2]), _became(state, error))
        for _, key, state, error in rows
        if key.startswith("cast:")
    ]
    return found, rows[-1][0] if len(rows) == limit else None


async def with_row(tx: Tx, cast_id: int, person_ids: Sequence[int]) -> set[int]:
    """Those of these people who have a row."""
    if not person_ids:
        return set()
    keys = [key(cast_id, person_id) for person_id in person_ids]
    rows = await tx.all(f"SELECT dedupe_key FROM outbox WHERE dedupe_key IN ({', '.join('?' * len(keys))})", keys)  # noqa: S608
    return {int(found.rpartition(":")[2]) for (found,) in rows}


async def lost(tx: Tx, cast_id: int) -> int:
    """How many people with a row of a broadcast can no longer be written to."""
    row = await tx.one(
        "SELECT count(*) FROM outbox o JOIN people p ON p.address = o.address"
        " WHERE o.broadcast_id = ? AND o.dedupe_key LIKE 'cast:%' AND p.reachable = 0",
        (cast_id,),
    )
    return int(row[0]) if row else 0


async def still_reached(tx: Tx, person_ids: Sequence[int]) -> set[int]:
    """Those of these people who are there and can be written to at this moment."""
    if not person_ids:
        return set()
    rows = await tx.all(
        f"SELECT id FROM people WHERE reachable = 1 AND id IN ({', '.join('?' * len(person_ids))})",  # noqa: S608
        person_ids,
    )
    return {person_id for (person_id,) in rows}


def key(cast_id: int, person_id: int) -> str:
    """The outbox key of somebody's message."""
    return f"cast:{cast_id}:{person_id}"


def live_key(cast_id: int, at: int) -> str:
    """The outbox key of a message that shows how far a broadcast is; whoever asks again gets another one."""
    return f"live:{cast_id}:{at}"


async def live(tx: Tx, cast_id: int) -> tuple[str, str] | None:
    """(address, the platform's id) of the newest message that shows how far it is; None until that is sent."""
    row = await tx.one(
        "SELECT address, external_id FROM outbox WHERE dedupe_key >= ? AND dedupe_key < ? ORDER BY id DESC LIMIT 1",
        (f"live:{cast_id}:", f"live:{cast_id};"),
    )
    return (row[0], row[1]) if row and row[1] else None


async def lines(tx: Tx, person_ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """(name, unit id, unit in own words, phone) of those of these people who are donors."""
    if not person_ids:
        return {}
    rows = await tx.all(
        "SELECT person_id, full_name, unit_id, unit_text, phone FROM donors"  # noqa: S608
        f" WHERE person_id IN ({', '.join('?' * len(person_ids))})",
        person_ids,
    )
    return {person_id: tuple(rest) for person_id, *rest in rows}

"""What is to be said, is being said and was said: one row a message, its whole life in its state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from core.dialogue import Reply
from core.json_text import pack, unpack
from storage.database import Tx

RESENDS = 3  # A message whose fate is unknown is sent again at most this often.
_KEEP_MS = 30 * 86_400_000


class Lane(IntEnum):
    """Who goes first."""

    REPLY = 0
    URGENT = 1
    REMINDER = 2
    BROADCAST = 3


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be written. `key` is unique for ever: the same key again adds nothing. `broadcast_id`: as the column says."""

    key: str
    address: str
    reply: Reply
    lane: Lane = Lane.REPLY
    not_before: int = 0
    expires_at: int | None = None
    broadcast_id: int | None = None

    @property
    def boards(self) -> bool:
        """True for an answer in words: nothing is to be made or awaited before it can go."""
        return self.lane is Lane.REPLY and not self.reply.document and not self.not_before

    @property
    def on_unknown(self) -> str:
        """Answers and reminders are sent again; a broadcast waits for an officer."""
        return "hold" if self.lane is Lane.BROADCAST or self.broadcast_id else "resend"


@dataclass(frozen=True, slots=True)
class Boarding:
    """Drafts (their `keys`) that fly as soon as they are committed: they are written as claimed by `epoch` at `at`."""

    epoch: str
    at: int
    keys: frozenset[str]


@dataclass(frozen=True)
class Outgoing:
    """A row that may be sent. What it says is read when it is asked for, of a long line only the first few go; `said`: where it
    is known already.
    """

    id: int
    lane: Lane
    address: str
    payload: str
    attempts: int
    expires_at: int | None
    on_unknown: str
    said: Reply | None = None

    @cached_property
    def reply(self) -> Reply:
        """What it says."""
        return self.said or Reply.from_json(unpack(self.payload))

    @property
    def carries_file(self) -> bool:
        """True where a file is to be made first. (Within a text the quotation marks would be escaped.)"""
        return '"document":' in self.payload


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt. `state` is the row's next state; `not_before` counts only for 'pending'."""

    id: int
    state: str
    not_before: int = 0
    attempts: int = 0
    external_id: str | None = None
    error: str | None = None


async def write(tx: Tx, drafts: Sequence[Draft], boarding: Boarding | None = None) -> None:
    """Put messages in line; those that `boarding` names are claimed by it at once."""
    claims = boarding or Boarding("", 0, frozenset())
    await tx.many(
        "INSERT INTO outbox (dedupe_key, lane, channel, address, payload, not_before, expires_at, on_unknown, broadcast_id,"
        " state, epoch, claimed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (dedupe_key) DO NOTHING",
        [
            (
                d.key,
                int(d.lane),
                d.address.partition(":")[0],
                d.address,
                pack(d.reply.to_json()),
                d.not_before,
                d.expires_at,
                d.on_unknown,
                d.broadcast_id,
                *(("sending", claims.epoch, claims.at) if d.key in claims.keys else ("pending", None, None)),
            )
            for d in drafts
        ],
    )


async def write_expired(tx: Tx, keys: Sequence[tuple[str, str]], lane: Lane = Lane.REMINDER) -> None:
    """Keep, without words, that messages (key, address) came too late to be of use."""
    await tx.many(
        "INSERT INTO outbox (dedupe_key, lane, channel, address, payload, not_before, on_unknown, state)"
        " VALUES (?, ?, ?, ?, '', 0, 'resend', 'expired') ON CONFLICT (dedupe_key) DO NOTHING",
        [(key, int(lane), address.partition(":")[0], address) for key, address in keys],
    )


async def boarded(tx: Tx, drafts: Sequence[Draft], boarding: Boarding) -> list[Outgoing]:
    """The rows of drafts that were claimed as they were written."""
    if not boarding.keys:
        return []
    rows = await tx.all(
        f"SELECT dedupe_key, id FROM outbox WHERE dedupe_key IN ({', '.join('?' * len(boarding.keys))})"  # noqa: S608 (marks)
        " AND state = 'sending' AND epoch = ? AND claimed_at = ?",
        (*boarding.keys, boarding.epoch, boarding.at),
    )
    ids: dict[str, int] = dict(rows)
    return [
        Outgoing(ids[d.key], d.lane, d.address, "", 0, d.expires_at, d.on_unknown, d.reply)
        for d in drafts
        if d.key in ids
    ]


async def waiting_addresses(tx: Tx, addresses: Sequence[str]) -> set[str]:
    """Those of the addresses for which a message waits: what is new must go after it."""
    rows = await tx.all(
        f"SELECT DISTINCT address FROM outbox WHERE state = 'pending' AND address IN ({', '.join('?' * len(addresses))})",  # noqa: S608
        addresses,
    )
    return {address for (address,) in rows}


@dataclass(frozen=True, slots=True)
class Skipped:
    """What is not looked at: chats, rows, and every lane behind `last`."""

    addresses: Sequence[str] = ()
    ids: Sequence[int] = ()
    last: Lane = Lane.BROADCAST


async def due(tx: Tx, channel: str, now: int, *, limit: int, skip: Skipped) -> list[Outgoing]:
    """Rows to send now, most urgent lane first, and of each chat and lane the first; none that `skip` names.

    Only the first, so that a long line of one chat hides nobody else's. A chat whose message waits for another try waits with
    all that follows, so that order is kept over a restart too.
    """
    skipped, skip_ids = ["", *skip.addresses], [0, *skip.ids]  # An empty list in IN is not everybody's SQL.
    addresses, ids = ", ".join("?" * len(skipped)), ", ".join("?" * len(skip_ids))
    rows = await tx.all(
        "SELECT id, lane, address, payload, attempts, expires_at, on_unknown FROM outbox o"  # noqa: S608 (only marks are joined)
        f" WHERE state = 'pending' AND channel = ? AND lane <= ? AND not_before <= ? AND address NOT IN ({addresses}) AND id NOT IN ({ids})"
        " AND address NOT IN (SELECT address FROM outbox WHERE state = 'pending' AND error IS NOT NULL AND not_before > ?)"
        " AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.state = 'pending' AND e.address = o.address AND e.lane = o.lane"
        f" AND e.id < o.id AND e.not_before <= ? AND e.id NOT IN ({ids}))"
        " ORDER BY lane, id LIMIT ?",
        (channel, int(skip.last), now, *skipped, *skip_ids, now, now, *skip_ids, limit),
    )
    return [
        Outgoing(id_, Lane(lane), address, payload, attempts, expires_at, on_unknown)
        for id_, lane, address, payload, attempts, expires_at, on_unknown in rows
    ]


async def message_before(tx: Tx, address: str, id_: int) -> str | None:
    """The platform's id of the message just before this row; None until it is sent. (An earlier one is not what was meant.)"""
    row = await tx.one(
        "SELECT external_id FROM outbox WHERE address = ? AND id < ? ORDER BY id DESC LIMIT 1", (address, id_)
    )
    return row[0] if row else None


async def still_to_go(tx: Tx, ids: Sequence[int]) -> set[int]:
    """Those of these rows that wait or are in flight."""
    if not ids:
        return set()
    rows = await tx.all(
        f"SELECT id FROM outbox WHERE state IN ('pending', 'sending') AND id IN ({', '.join('?' * len(ids))})",  # noqa: S608
        ids,
    )
    return {id_ for (id_,) in rows}


async def claim(tx: Tx, ids: Sequence[int], epoch: str, at: int) -> None:
    """These rows are about to be sent by this process (`epoch`). Committed before the first call goes out."""
    await tx.many(
        "UPDATE outbox SET state = 'sending', epoch = ?, claimed_at = ? WHERE id = ?", [(epoch, at, id_) for id_ in ids]
    )


async def settle(tx: Tx, outcomes: Sequence[Outcome]) -> None:
    """Write down what became of claimed rows; what was sent is no longer kept in words."""
    await tx.many(
        "UPDATE outbox SET state = ?, not_before = CASE WHEN not_before > ? THEN not_before ELSE ? END, attempts = ?,"
        " external_id = ?, error = ?,"
        " payload = CASE WHEN ? IN ('sent', 'failed', 'expired', 'cancelled') THEN '' ELSE payload END WHERE id = ?",
        [(o.state, o.not_before, o.not_before, o.attempts, o.external_id, o.error, o.state, o.id) for o in outcomes],
    )
    if again := [o.id for o in outcomes if o.state == "pending"]:
        await _obey(tx, again)


async def _obey(tx: Tx, ids: Sequence[int]) -> None:
    """What was in flight when an officer paused or stopped its broadcast, and came back unsent, shares the fate of the rest."""
    await tx.run(
        "UPDATE outbox SET state = CASE b.state WHEN 'paused' THEN 'held' ELSE 'cancelled' END, error = b.state,"  # noqa: S608
        " payload = CASE b.state WHEN 'paused' THEN payload ELSE '' END FROM broadcasts b"
        f" WHERE outbox.id IN ({', '.join('?' * len(ids))}) AND b.id = abs(outbox.broadcast_id) AND b.state IN ('paused', 'stopped')",
        ids,
    )


async def recover(tx: Tx, epoch: str) -> int:
    """Rows in flight when an earlier process died: unknown, then by kind sent again or held. Returns how many there were."""
    rows = await tx.run(
        "UPDATE outbox SET state = 'unknown' WHERE state = 'sending' AND epoch <> ? RETURNING id", (epoch,)
    )
    await tx.run(
        "UPDATE outbox SET attempts = attempts + 1, error = 'Died', state = CASE WHEN on_unknown = 'hold' THEN 'held'"
        " WHEN attempts >= ? THEN 'failed' ELSE 'pending' END,"
        " payload = CASE WHEN on_unknown <> 'hold' AND attempts >= ? THEN '' ELSE payload END WHERE state = 'unknown'",
        (RESENDS, RESENDS),
    )
    return len(rows)


async def cancel(tx: Tx, address: str) -> None:
    """Nothing that waits for this address is sent any more."""
    await tx.run(
        "UPDATE outbox SET state = 'cancelled', payload = '' WHERE address = ? AND state = 'pending'", (address,)
    )


async def cancel_keys(tx: Tx, prefix: str) -> None:
    """What waits under keys that begin so ("remind:12:") is not sent any more. The prefix ends with a colon."""
    await tx.run(
        "UPDATE outbox SET state = 'cancelled', payload = '' WHERE dedupe_key >= ? AND dedupe_key < ? AND state = 'pending'",
        (prefix, f"{prefix[:-1]};"),
    )


async def cancel_kind(tx: Tx, address: str, kind: str) -> None:
    """Messages of a kind ("remind") that wait for this address are not sent any more."""
    await tx.run(
        "UPDATE outbox SET state = 'cancelled', payload = '' WHERE address = ? AND state = 'pending' AND dedupe_key LIKE ?",
        (address, f"{kind}:%"),
    )


async def next_due(tx: Tx, channel: str, now: int) -> int | None:
    """When the next row that waits for its time is due (ms UTC); None where none waits."""
    row = await tx.one(
        "SELECT min(not_before) FROM outbox WHERE state = 'pending' AND not_before > 0 AND channel = ? AND not_before > ?",
        (channel, now),
    )
    return row[0] if row else None


async def move(tx: Tx, old: str, new: str) -> None:
    """The platform gave the chat another address."""
    await tx.run("UPDATE outbox SET address = ? WHERE address = ? AND state IN ('pending', 'sending')", (new, old))


async def prune(tx: Tx, now: int) -> None:
    """Drop the rows of answers that ended long ago. The newest stays, or its number, which channels know it by, would come again."""
    await tx.run(
        "DELETE FROM outbox WHERE lane = 0 AND state IN ('sent', 'failed', 'expired', 'cancelled') AND coalesce(claimed_at, 0) < ?"
        " AND id < (SELECT max(id) FROM outbox)",
        (now - _KEEP_MS,),
    )


async def counts(tx: Tx) -> dict[str, int]:
    """Rows by state, for health and metrics."""
    return dict(await tx.all("SELECT state, count(*) FROM outbox GROUP BY state"))

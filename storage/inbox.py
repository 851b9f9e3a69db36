"""What platforms delivered, kept before it is confirmed to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.dialogue import Inbound, Other
from core.json_text import pack, unpack
from storage.database import Tx

ATTEMPTS = 3  # An update that failed this often is dead: it would fail for ever and hold up its chat.
_KEEP_MS = (
    7 * 86_400_000
)  # The platform redelivers for a day at most; a week leaves room for a look at what went wrong.


@dataclass(frozen=True, slots=True)
class Delivered:
    """One update as its channel read it. `update_id` is unique within the channel."""

    update_id: str
    inbound: Inbound


@dataclass(frozen=True, slots=True)
class Waiting:
    """An inbox row whose turn has not been taken."""

    seq: int
    attempts: int
    inbound: Inbound


async def store(tx: Tx, updates: Sequence[Delivered], at: int) -> None:
    """Keep a batch; what was delivered before is not kept twice."""
    await tx.many(
        "INSERT INTO inbox (channel, update_id, address, body, received_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (channel, update_id) DO NOTHING",
        [(u.inbound.channel, u.update_id, u.inbound.address, pack(u.inbound.to_json()), at) for u in updates],
    )


def _read(address: str, body: str) -> Inbound:
    """The input of a row. One that this program cannot read (another version wrote it) must not stop all that come after it."""
    try:
        return Inbound.from_json(address, unpack(body))
    except (ValueError, KeyError, TypeError):
        return Inbound(address, Other("unknown"))


async def waiting(tx: Tx, limit: int) -> list[Waiting]:
    """The oldest rows whose turn is due."""
    rows = await tx.all(
        "SELECT seq, attempts, address, body FROM inbox WHERE state = 'new' ORDER BY seq LIMIT ?", (limit,)
    )
    return [Waiting(seq, attempts, _read(address, body)) for seq, attempts, address, body in rows]


async def finish(tx: Tx, seqs: Sequence[int]) -> None:
    """The turns of these rows took effect; what the people typed is blanked."""
    await tx.many("UPDATE inbox SET state = 'done', body = '' WHERE seq = ?", [(seq,) for seq in seqs])


async def fail(tx: Tx, waiting_row: Waiting, incident: str) -> bool:
    """Count a failed turn; True where that was the last try and the row is dead."""
    dead = waiting_row.attempts + 1 >= ATTEMPTS
    await tx.run(
        "UPDATE inbox SET attempts = attempts + 1, incident = ?, state = CASE WHEN ? = 1 THEN 'dead' ELSE state END WHERE seq = ?",
        (incident, int(dead), waiting_row.seq),
    )
    return dead


async def prune(tx: Tx, now: int) -> None:
    """Drop rows that no platform delivers again. The newest stays, or its number, which names answers, would come again."""
    await tx.run(
        "DELETE FROM inbox WHERE state <> 'new' AND received_at < ? AND seq < (SELECT max(seq) FROM inbox)",
        (now - _KEEP_MS,),
    )

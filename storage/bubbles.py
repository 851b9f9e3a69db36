"""The web chat's own memory: what stands in each chat, so that a reload or a lost connection loses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.json_text import pack, unpack
from storage.database import Tx

_KEEP_MS = 90 * 86_400_000
_RECENT = 30  # Only the progress of long work is edited, and it stands near the end.


@dataclass(frozen=True, slots=True)
class Bubble:
    """One bubble. `body` is what the page gets, without its id."""

    id: int
    body: dict[str, Any]


async def add(
    tx: Tx, address: str, body: dict[str, Any], *, at: int, outbox_id: int | None = None, client_id: str | None = None
) -> Bubble | None:
    """Put a bubble at the end; None where this very message is there already."""
    rows = await tx.run(
        "INSERT INTO bubbles (address, outbox_id, client_id, body, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
        (address, outbox_id, client_id, pack(body), at),
    )
    return Bubble(rows[0][0], body) if rows else None


async def after(tx: Tx, address: str, last: int, limit: int = 500) -> list[Bubble]:
    """The newest bubbles after an id, oldest first."""
    rows = await tx.all(
        "SELECT id, body FROM bubbles WHERE address = ? AND id > ? ORDER BY id DESC LIMIT ?", (address, last, limit)
    )
    return [Bubble(id_, unpack(body)) for id_, body in reversed(rows)]


async def one(tx: Tx, address: str, id_: int) -> Bubble | None:
    """A bubble of this very chat."""
    row = await tx.one("SELECT id, body FROM bubbles WHERE address = ? AND id = ?", (address, id_))
    return Bubble(row[0], unpack(row[1])) if row else None


async def of_outbox(tx: Tx, address: str, outbox_id: int) -> Bubble | None:
    """The bubble that an outbox row became in this very chat."""
    row = await tx.one("SELECT id, body FROM bubbles WHERE address = ? AND outbox_id = ?", (address, outbox_id))
    return Bubble(row[0], unpack(row[1])) if row else None


async def sent_since(tx: Tx, outbox_ids: Sequence[int], since: int) -> set[int]:
    """Those of these outbox rows whose bubble stands and is no older than `since` (ms UTC)."""
    if not outbox_ids:
        return set()
    marks = ", ".join("?" * len(outbox_ids))
    rows = await tx.all(f"SELECT outbox_id FROM bubbles WHERE outbox_id IN ({marks}) AND at >= ?", (*outbox_ids, since))  # noqa: S608 (only marks are joined)
    return {id_ for (id_,) in rows}


async def edited(tx: Tx, address: str, last: int) -> list[Bubble]:
    """The changed ones among the newest bubbles up to an id: a page that was away may have missed the change."""
    rows = await tx.all(
        "SELECT id, body FROM bubbles WHERE address = ? AND id <= ? ORDER BY id DESC LIMIT ?", (address, last, _RECENT)
    )
    newest = [Bubble(id_, unpack(body)) for id_, body in reversed(rows)]
    return [bubble for bubble in newest if bubble.body.get("edited")]


async def change(tx: Tx, address: str, id_: int, body: dict[str, Any]) -> None:
    """Write a bubble again."""
    await tx.run("UPDATE bubbles SET body = ? WHERE address = ? AND id = ?", (pack(body), address, id_))


async def forget_since(tx: Tx, address: str, since: int) -> None:
    """Drop what was said in a chat since then (ms UTC), by either side."""
    await tx.run("DELETE FROM bubbles WHERE address = ? AND at >= ?", (address, since))


async def prune(tx: Tx, now: int) -> None:
    """Forget what is long past."""
    await tx.run("DELETE FROM bubbles WHERE at < ?", (now - _KEEP_MS,))

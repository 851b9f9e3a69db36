"""The web chat's own memory: what stands in each chat, so that a reload or a lost connection loses nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from storage.database import Tx

_KEEP_MS = 90 * 86_400_000


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
        (address, outbox_id, client_id, json.dumps(body, ensure_ascii=False), at),
    )
    return Bubble(rows[0][0], body) if rows else None


async def after(tx: Tx, address: str, last: int, limit: int = 500) -> list[Bubble]:
    """The newest bubbles after an id, oldest first."""
    rows = await tx.all(
        "SELECT id, body FROM bubbles WHERE address = ? AND id > ? ORDER BY id DESC LIMIT ?", (address, last, limit)
    )
    return [Bubble(id_, json.loads(body)) for id_, body in reversed(rows)]


async def one(tx: Tx, address: str, id_: int) -> Bubble | None:
    """A bubble of this very chat."""
    row = await tx.one("SELECT id, body FROM bubbles WHERE address = ? AND id = ?", (address, id_))
    return Bubble(row[0], json.loads(row[1])) if row else None


async def with_file(tx: Tx, address: str, outbox_id: int) -> bool:
    """True where the file of this outbox row was sent into this very chat."""
    return await tx.one("SELECT 1 FROM bubbles WHERE address = ? AND outbox_id = ?", (address, outbox_id)) is not None


async def change(tx: Tx, address: str, id_: int, body: dict[str, Any]) -> None:
    """Write a bubble again."""
    await tx.run(
        "UPDATE bubbles SET body = ? WHERE address = ? AND id = ?", (json.dumps(body, ensure_ascii=False), address, id_)
    )


async def prune(tx: Tx, now: int) -> None:
    """Forget what is long past."""
    await tx.run("DELETE FROM bubbles WHERE at < ?", (now - _KEEP_MS,))

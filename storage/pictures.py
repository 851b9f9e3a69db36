"""Pictures that go with messages to many."""

from __future__ import annotations

from typing import Final

from storage.database import Tx

JPEG: Final = "image/jpeg"
_KEEP_MS = 90 * 86_400_000  # Longer than a message can be put off, and than anybody looks at what was sent.


async def add(tx: Tx, address: str, jpeg: bytes, at: int) -> int:
    """Keep a picture that somebody sent; its id."""
    rows = await tx.run(
        "INSERT INTO pictures (address, mime, body, at) VALUES (?, ?, ?, ?) RETURNING id", (address, JPEG, jpeg, at)
    )
    return int(rows[0][0])


async def body(tx: Tx, picture_id: int) -> bytes | None:
    """The picture; None where it is no more."""
    row = await tx.one("SELECT body FROM pictures WHERE id = ?", (picture_id,))
    return bytes(row[0]) if row and row[0] is not None else None


async def prune(tx: Tx, now: int) -> None:
    """Drop what was sent long ago."""
    await tx.run("DELETE FROM pictures WHERE at < ?", (now - _KEEP_MS,))

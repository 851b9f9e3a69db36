"""Small facts the program keeps about itself, and its secrets."""

from __future__ import annotations

import secrets

from storage.database import Tx


async def get(tx: Tx, name: str, default: str) -> str:
    """The fact, or `default` where it was never set."""
    row = await tx.one("SELECT value FROM marks WHERE name = ?", (name,))
    return str(row[0]) if row else default


async def set_(tx: Tx, name: str, value: str) -> None:
    """Set the fact."""
    await tx.run(
        "INSERT INTO marks (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


async def secret(tx: Tx, name: str) -> bytes:
    """A random key of 32 bytes, made at first use and kept for ever."""
    row = await tx.one("SELECT value FROM secrets WHERE name = ?", (name,))
    if row is None:
        row = (secrets.token_hex(32),)
        await tx.run("INSERT INTO secrets (name, value) VALUES (?, ?)", (name, *row))
    return bytes.fromhex(row[0])

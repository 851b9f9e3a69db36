"""Which chats show a menu of their own: what was last set there, so that nothing is set twice and nothing is left behind."""

from __future__ import annotations

from storage.database import Tx


async def shown(tx: Tx) -> dict[str, str]:
    """Address -> the digest of the menu that its chat shows."""
    return dict(await tx.all("SELECT address, digest FROM menus"))


async def keep(tx: Tx, address: str, digest: str) -> None:
    """The chat shows this now; with "" what everybody's does."""
    if digest:
        await tx.run(
            "INSERT INTO menus (address, digest) VALUES (?, ?) ON CONFLICT (address) DO UPDATE SET digest = excluded.digest",
            (address, digest),
        )
    else:
        await tx.run("DELETE FROM menus WHERE address = ?", (address,))

"""Menus of single chats: who has a role finds its commands there, who has lost it does not. The tables say what is to be shown."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from bot.channel import Blocked, Rejected, SendError
from bot.logs import event
from core.json_text import pack
from core.people import Role
from storage import marks, menus, roles
from storage.database import Database, Tx

_LOG = logging.getLogger("giothong.menus")

Commands = Sequence[tuple[str, str]]  # (name, what it does)


class MenuChannel(Protocol):
    """A channel whose chats can have menus of their own."""

    name: str

    async def show_menu(self, chat: str, commands: Mapping[str, Commands]) -> None:
        """Commands by language, "" for all others; none at all: what everybody's chat shows. Raises SendError."""


class Menus:
    """Keeps the menus of one channel's chats as the table of roles wants them."""

    def __init__(
        self,
        database: Database,
        channel: MenuChannel,
        *,
        admins: frozenset[str],
        commands: Callable[[frozenset[Role]], Mapping[str, Commands]],
    ) -> None:
        """`admins`: those of the configuration; `commands`: what the menu of these roles lists, by language."""
        self._database = database
        self._channel = channel
        self._admins = admins
        self._commands = commands
        self._done: str | None = None

    async def tick(self) -> None:
        """Set what is to be set, where a role has changed since the last time, or the last time failed on the way."""
        async with self._database.read() as tx:
            revision = await marks.get(tx, roles.REVISION, "0")
            if revision == self._done:
                return
            wanted, shown = await self._wanted(tx), await menus.shown(tx)
        complete = True
        for address in sorted(wanted.keys() | shown.keys()):
            complete &= await self._show(address, wanted.get(address, frozenset()), shown.get(address, ""))
        self._done = revision if complete else None

    async def _wanted(self, tx: Tx) -> dict[str, frozenset[Role]]:
        """Who may do more than a donor, on this channel."""
        wanted: dict[str, frozenset[Role]] = {address: frozenset((Role.ADMIN,)) for address in self._admins}
        for seat in await roles.all_(tx):
            wanted[seat.address] = wanted.get(seat.address, frozenset()) | {seat.grant.role}
        return {address: held for address, held in wanted.items() if address.startswith(f"{self._channel.name}:")}

    async def _show(self, address: str, held: frozenset[Role], shown: str) -> bool:
        """False where it is to be tried again."""
        commands = self._commands(held)
        digest = hashlib.sha256(pack(sorted(commands.items())).encode()).hexdigest()[:16] if held else ""
        if digest == shown:
            return True
        try:
            await self._channel.show_menu(address.partition(":")[2], commands if held else dict.fromkeys(commands, ()))
        except (Blocked, Rejected):  # No chat (yet), or no more: nobody sees its menu. Its next role tries again.
            event(_LOG, "menu_refused", logging.WARNING)
            digest = "" if not held else shown
        except SendError as error:
            event(_LOG, "menu_failed", logging.WARNING, error=type(error).__name__)
            return False
        await self._database.write(lambda tx: menus.keep(tx, address, digest))
        return True

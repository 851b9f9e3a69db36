"""Conversations without doors: inputs go into the inbox of a real database, and their turns are taken at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count
from typing import Any

from bot.app import App
from core.dialogue import Command, Inbound, Input, Text
from storage.inbox import Delivered
from tests.program import rows

_NUMBERS = count(1)


def inputs(lines: Sequence[str]) -> list[Input]:
    """What these lines mean when they are typed."""
    return [Command(line[1:]) if line.startswith("/") else Text(line) for line in lines]


class House:
    """An app that was opened and not started."""

    def __init__(self, app: App) -> None:
        """`app`: its turns are taken here."""
        self.app = app

    def newcomer(self) -> str:
        """An address that nobody had."""
        return f"terminal:{next(_NUMBERS)}"

    async def do(self, address: str, done: Sequence[Input], *, together: bool = False) -> None:
        """One after the other, each in a batch of its own, or all in one batch."""
        arrived = [Delivered(f"{address}:{next(_NUMBERS)}", Inbound(address, what, "vi")) for what in done]
        for batch in [arrived] if together else [[one] for one in arrived]:
            await self.app.turns.receive(batch)
            while await self.app.turns.take():
                pass

    async def say(self, address: str, *lines: str, together: bool = False) -> None:
        """Type lines."""
        await self.do(address, inputs(lines), together=together)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What stands in the database."""
        return rows(self.app, sql, *values)

    def conversation(self, address: str) -> dict[str, Any] | None:
        """The open conversation as it stands in the table."""
        found = self.rows("SELECT form, step, answers, options, version FROM conversations WHERE address = ?", address)
        if not found:
            return None
        form, step, answers, options, version = found[0]
        read = {"answers": json.loads(answers), "options": json.loads(options)}
        return {"form": form, "step": step, "version": version, **read}

    def said(self, address: str) -> list[dict[str, Any]]:
        """Every message that waits to be sent, oldest first."""
        found = self.rows("SELECT payload FROM outbox WHERE address = ? AND payload <> '' ORDER BY id", address)
        return [json.loads(payload) for (payload,) in found]

    def tokens(self, address: str) -> list[str]:
        """The buttons of the last message."""
        said = self.said(address)
        return [button[1] for button in said[-1].get("buttons", [])] if said else []

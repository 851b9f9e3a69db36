"""A house with people who take part in rounds, and a planner that looks whenever a test says so."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import App
from bot.planner import Planner
from storage.database import Tx
from tests.program import rows

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def local(text: str) -> datetime:
    """That hour ("2026-12-01 08:00") here."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def ms(text: str) -> int:
    """The same in milliseconds UTC."""
    return int(local(text).timestamp() * 1000)


class Plans:
    """The round LS-2026-11 of tests/data/house.toml is on 4 December 2026, 07:00 to 11:30; who is added takes part in it."""

    def __init__(self, app: App) -> None:
        """`app` was opened and not started."""
        self.app = app

    async def plan(self, at: str, planner: Planner | None = None) -> int:
        """A planner looks at this moment."""
        return await (planner or self.app.planner).plan(local(at))

    async def run(self, sql: str, *values: object) -> None:
        """Write."""
        await self.app.database.write(lambda tx: tx.run(sql, values))

    async def join(
        self,
        people: int,
        state: str = "certain",
        *,
        at: str = "2026-11-22 08:00",
        language: str = "vi",
        code: str = "LS-2026-11",
    ) -> list[int]:
        """So many newcomers answer the round; their ids."""

        async def write(tx: Tx) -> list[int]:
            (first,), (round_id,) = await tx.all("SELECT coalesce(max(id), 0) + 1 FROM people") + await tx.all(
                "SELECT id FROM rounds WHERE code = ?", (code,)
            )
            ids = list(range(first, first + people))
            await tx.many(
                "INSERT INTO people (id, address, language, created_at) VALUES (?, ?, ?, 0)",
                [(id_, f"terminal:{id_}", language) for id_ in ids],
            )
            await tx.many(
                "INSERT INTO joins (round_id, person_id, state, code, version, joined_at, changed_at, queued_at, offer_until)"
                " VALUES (?, ?, ?, ?, 1, ?, ?, 1, ?)",
                [
                    (round_id, id_, state, f"T{id_}", ms(at), ms(at), ms(at) if state == "offered" else None)
                    for id_ in ids
                ],
            )
            return ids

        return await self.app.database.write(write)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What was committed."""
        return rows(self.app, sql, *values)

    def told(self, states: Sequence[str] = ("pending",)) -> list[str]:
        """Keys of the messages in these states, "remind:1:…" without the number of the round."""
        found = self.rows("SELECT dedupe_key, state FROM outbox WHERE lane = 2 ORDER BY id")
        return [f"{key.split(':', 2)[0]}:{key.split(':', 2)[2]}" for key, state in found if state in states]

    def said(self, key: str) -> dict[str, Any]:
        """A message as it stands in the table."""
        found = self.rows("SELECT payload FROM outbox WHERE dedupe_key LIKE ?", key.replace(":", ":%:", 1))
        message: dict[str, Any] = json.loads(found[0][0])
        return message

    def text(self, key: str) -> str:
        """What a message says."""
        return str(self.said(key)["text"])

    def buttons(self, key: str) -> list[str]:
        """What the buttons of a message do."""
        return [token for _, token, _ in self.said(key)["buttons"]]

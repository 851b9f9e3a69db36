"""The invented people of the demonstration hear what is sent to them: nothing waits for ever."""

from __future__ import annotations

import asyncio
from pathlib import Path

from core.dialogue import Reply
from storage import outbox
from tests.bot.webchat import house, running


async def test_what_an_officer_sends_to_the_invented_people_arrives(tmp_path: Path) -> None:
    """All but those who blocked the bot: a broadcast of the demonstration comes to its end, with a report worth reading."""
    async with running(house(tmp_path), demo=True) as app:
        drafts = [outbox.Draft(f"hello:{number}", f"demo:{number}", Reply("Chào")) for number in range(20)]
        await app.database.write(lambda tx: outbox.write(tx, drafts))
        app.turns.spoke.set()
        async with asyncio.timeout(20):
            while True:
                async with app.database.read() as tx:
                    rows = await tx.all("SELECT state, count(*) FROM outbox WHERE channel = 'demo' GROUP BY state")
                if not any(state in ("pending", "sending") for state, _ in rows):
                    break
                await asyncio.sleep(0.02)
    assert dict(rows) == {"sent": 18, "failed": 2}

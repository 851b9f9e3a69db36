"""What is done now and then: forms left for too long end with a kind word, old rows go, the service manager hears that we live."""

from __future__ import annotations

import asyncio

from bot.clock import Clock
from bot.notify import notify
from core.dialogue import Button, Reply
from handlers.form import CONTACT, ended_private
from handlers.joining_offers import lapse_offers
from handlers.question_desk import watch
from handlers.turn import House
from storage import bubbles, inbox, invites, outbox, people, pictures, questions, uploads
from storage.database import Database, Tx

_PRUNE_EVERY_MS = 3_600_000


class Housekeeping:
    """Idempotent chores."""

    def __init__(self, database: Database, house: House, clock: Clock, spoke: asyncio.Event) -> None:
        """`spoke` is set when something was written to the outbox."""
        self._database = database
        self._house = house
        self._clock = clock
        self._spoke = spoke
        self._pruned_at = 0

    async def tick(self) -> None:
        """One round of chores."""
        now = self._clock.at()
        notify("WATCHDOG=1")
        if await self._database.write(lambda tx: self._expire(tx, now)):
            self._spoke.set()
        if await self._database.write(self._lapse):
            self._spoke.set()
        if await self._database.write(lambda tx: watch(tx, self._house, self._clock.now())):
            self._spoke.set()
        if now - self._pruned_at >= _PRUNE_EVERY_MS:
            await self._database.write(lambda tx: self._prune(tx, now))
            self._pruned_at = now

    async def _expire(self, tx: Tx, now: int) -> int:
        """Drop drafts that nobody came back to, and say so once."""
        left = await people.expired_conversations(tx, now)
        say = self._house.words.say
        drafts = [
            outbox.Draft(
                f"expired:{c.address}:{c.expires_at}",
                c.address,
                Reply(
                    say(c.language, "form.expired"),
                    (Button(say(c.language, "menu.register"), "/register"),),
                    tidy=CONTACT in c.answers,
                ),
                lane=outbox.Lane.REMINDER,
            )
            for c in left
            if c.form == "register"
        ]
        for conversation in left:
            if since := ended_private(conversation, None):
                await bubbles.forget_since(tx, conversation.address, since)
        await people.close_conversations(tx, [c.address for c in left])
        await outbox.write(tx, drafts)
        return len(drafts)

    async def _lapse(self, tx: Tx) -> int:
        """Seats that were offered and not answered go to the next in the line."""
        drafts = await lapse_offers(tx, self._house, self._clock.now())
        await outbox.write(tx, drafts)
        return len(drafts)

    async def _prune(self, tx: Tx, now: int) -> None:
        await inbox.prune(tx, now)
        await outbox.prune(tx, now)
        await bubbles.prune(tx, now)
        await uploads.prune(tx, now)
        await questions.prune(tx, now)
        await invites.prune(tx, now)
        await pictures.prune(tx, now)

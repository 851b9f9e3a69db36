"""The one way in: what was stored is taken in turns, each with its effect, its answers and its mark in one transaction."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from bot.clock import Clock
from bot.delivery import Delivery
from bot.logs import event
from core.dialogue import File, Reply
from core.people import Conversation, Person
from handlers.engine import respond
from handlers.form import ended_private
from handlers.turn import House, Turn
from storage import bubbles, inbox, outbox, people
from storage.database import Database, Tx, is_passing, together
from storage.inbox import Delivered, Waiting
from storage.outbox import Outgoing

_LOG = logging.getLogger("giothong.turns")
_BATCH = 200  # Rows of one transaction: enough to share a commit, few enough that nobody waits for others' turns.
_PAUSE_S = 1.0  # A full disk does not empty sooner.


@dataclass
class _Batch:
    """What one transaction knows and will write. Conversations are read once and written once, however many turns they take."""

    people: dict[str, Person]
    conversations: dict[str, Conversation]
    changed: dict[str, Conversation | None] = field(default_factory=dict)
    drafts: list[outbox.Draft] = field(default_factory=list)
    done: list[int] = field(default_factory=list)


class Turns:
    """Takes turns while there are any.

    `wake` is called when the inbox has something new, `spoke` is set when the outbox has, `filed` when a file may be to be read.
    `couriers`: who delivers to which channel.
    """

    def __init__(self, database: Database, house: House, clock: Clock) -> None:
        """Not running yet."""
        self._database = database
        self._house = house
        self._clock = clock
        self._new = asyncio.Event()
        self._stopping = False
        self._running = False
        self._limit = _BATCH
        self._turning = asyncio.Lock()
        self._error: Exception | None = None
        self.couriers: dict[str, Delivery] = {}
        self.spoke = asyncio.Event()
        self.filed = asyncio.Event()

    def wake(self) -> None:
        """There is something in the inbox."""
        self._new.set()

    async def receive(self, updates: Sequence[Delivered]) -> None:
        """Keep a batch of updates; once this returns they may be confirmed to the platform.

        While turns are being taken, theirs are taken in the very transaction that keeps them: one commit less for each answer.
        """
        if not updates:
            return
        if self._running and self._limit == _BATCH and await self._try(updates) is not None:
            return
        at = self._clock.at()
        await self._database.write(lambda tx: inbox.store(tx, updates, at))
        self._new.set()

    async def run(self) -> None:
        """Take turns until `stop`."""
        self._running = True
        self._new.set()
        while not self._stopping:
            await self._new.wait()
            self._new.clear()
            while await self.take():
                if self._stopping:
                    return

    def stop(self) -> None:
        """End after the batch that is running."""
        self._stopping = True
        self._new.set()

    async def take(self) -> int:
        """Take the waiting turns of one batch; how many there were."""
        taken = await self._try(())
        if taken is None:
            await self._alone(self._error)
            return 0
        self._limit = _BATCH
        return taken

    async def _try(self, updates: Sequence[Delivered]) -> int | None:
        """One batch, in one transaction and to its end even if the caller is cancelled; None where its writing failed.

        Then it was not one person's turn that failed (a full disk, say), and nothing is lost: what was stored still waits, and
        what was not is not confirmed.
        """
        return await asyncio.shield(asyncio.ensure_future(self._transaction(updates)))

    async def _transaction(self, updates: Sequence[Delivered]) -> int | None:
        # From the first row read to the last message off, or two batches would share their couriers.
        async with self._turning:
            rows: dict[Delivery, list[Outgoing]] | None = None
            try:
                taken, rows = await self._database.write(lambda tx: self._take(tx, updates))
            except Exception as error:  # noqa: BLE001 (told apart by who takes the turns one by one)
                _LOG.exception("batch_failed size=%s", self._limit)
                self._error = error
                return None
            finally:
                for courier in self.couriers.values():
                    courier.ended(None if rows is None else rows.get(courier, ()))
        return taken

    async def _alone(self, error: Exception | None) -> None:
        """After a failed batch turns are taken one by one, so that whichever breaks the writing is found and set aside.
        (A full disk is nobody's fault.)
        """
        if self._limit == 1 and error and not is_passing(error):
            incident = secrets.token_hex(4)
            with contextlib.suppress(Exception):
                if address := await self._database.write(lambda tx: self._blame_first(tx, incident)):
                    # In a transaction of its own: the apology itself may be what cannot be written.
                    apology = self._apology(address, self._house.words.default, f"dead:{incident}", incident)
                    await self._database.write(lambda tx: outbox.write(tx, [apology]))
                    self.spoke.set()
        self._limit = 1
        await asyncio.sleep(_PAUSE_S)
        self._new.set()

    async def _blame_first(self, tx: Tx, incident: str) -> str:
        """Count a failed turn against the oldest row; its address where that was the last try."""
        for row in await inbox.waiting(tx, 1):
            if await inbox.fail(tx, row, incident):
                event(_LOG, "turn_dead", logging.ERROR, incident=incident, seq=row.seq)
                return row.inbound.address
        return ""

    def _apology(self, address: str, language: str, key: str, incident: str) -> outbox.Draft:
        return outbox.Draft(key, address, Reply(self._house.words.say(language, "error.dead", incident=incident)))

    async def _take(self, tx: Tx, updates: Sequence[Delivered]) -> tuple[int, dict[Delivery, list[Outgoing]]]:
        """How many turns were taken, and the answers that fly at once."""
        # What came back comes first: who blocked us, and then wrote again, is to be reached.
        _, rows, *_ = await together(
            inbox.store(tx, updates, self._clock.at()),
            inbox.waiting(tx, self._limit),
            *(courier.settle_along(tx) for courier in self.couriers.values()),
        )
        if not rows:
            return 0, {}
        self._house.units.refresh()
        addresses = sorted({row.inbound.address for row in rows})
        known, open_ones, waiting = await together(
            people.load(tx, addresses), people.conversations(tx, addresses), outbox.waiting_addresses(tx, addresses)
        )
        batch = _Batch(known, open_ones)
        if any(isinstance(row.inbound.input, File) for row in rows):
            self.filed.set()  # Whoever looks now waits for the writer, and so for the commit.
        failed: set[str] = set()
        for row in rows:
            # After a failed turn its chat waits for the next batch, so that order is kept.
            if row.inbound.address not in failed and not await self._one(tx, batch, row):
                failed.add(row.inbound.address)
        if failed or len(rows) == self._limit:
            self._new.set()
        return len(rows), await self._write(tx, batch, waiting)

    async def _write(self, tx: Tx, batch: _Batch, waiting: set[str]) -> dict[Delivery, list[Outgoing]]:
        """Everything that the turns changed and said."""
        by_channel: dict[str, list[outbox.Draft]] = {}
        for draft in batch.drafts:
            by_channel.setdefault(draft.address.partition(":")[0], []).append(draft)
        boarding = {
            channel: self.couriers[channel].board(drafts, waiting)
            for channel, drafts in by_channel.items()
            if channel in self.couriers
        }
        if len(batch.drafts) > sum(len(who.keys) for who in boarding.values()):
            self.spoke.set()  # Whoever looks now waits for the writer, and so for the commit.
        # Each goes to the database's thread in this order, so that the last one sees what the others wrote.
        *_, flights = await together(
            people.save_conversations(tx, [c for c in batch.changed.values() if c]),
            people.close_conversations(tx, [address for address, c in batch.changed.items() if c is None]),
            *(outbox.write(tx, drafts, boarding.get(channel)) for channel, drafts in by_channel.items()),
            inbox.finish(tx, batch.done),
            self._flights(tx, by_channel, boarding),
        )
        return cast("dict[Delivery, list[Outgoing]]", flights)

    async def _flights(
        self, tx: Tx, by_channel: dict[str, list[outbox.Draft]], boarding: dict[str, outbox.Boarding]
    ) -> dict[Delivery, list[Outgoing]]:
        """The answers that fly at once, by who flies them."""
        return {
            self.couriers[channel]: await outbox.boarded(tx, by_channel[channel], who)
            for channel, who in boarding.items()
        }

    async def _one(self, tx: Tx, batch: _Batch, row: Waiting) -> bool:
        """One turn; False where it failed, and then nothing of it remains but the count."""
        address = row.inbound.address
        open_before = batch.conversations.get(address)
        turn = Turn(
            house=self._house,
            inbound=row.inbound,
            now=self._clock.now(),
            person=self._person(batch, row),
            tx=tx.nested(),
            conversation=open_before,
        )
        try:
            await respond(turn)
        except Exception as error:  # a bug in one turn: undone alone, counted, told with an incident id
            if is_passing(error):
                raise
            await turn.tx.undo()
            self._house.units.refresh()  # What this turn wrote of them is gone with it.
            await self._failed(tx, batch, row)
            return False
        if turn.conversation is not open_before:
            if since := ended_private(open_before, turn.conversation):
                await bubbles.forget_since(tx, address, since)
            batch.changed[address] = turn.conversation
            if turn.conversation:
                batch.conversations[address] = turn.conversation
            else:
                batch.conversations.pop(address, None)
        if turn.person.id is not None:
            batch.people[address] = turn.person
        elif batch.people.pop(address, None):
            # Who asked to be forgotten is a stranger to the next turn of this very batch, and hears nothing of what they were.
            batch.drafts = [draft for draft in batch.drafts if draft.address != address]
        if turn.regranted:  # Their own turns of this very batch go by what the table says now.
            batch.people |= await people.load(tx, sorted(turn.regranted))
        batch.drafts += [
            outbox.Draft(f"in:{row.seq}:{number}", address, reply) for number, reply in enumerate(turn.replies)
        ]
        batch.drafts += turn.told
        batch.done.append(row.seq)
        return True

    def _person(self, batch: _Batch, row: Waiting) -> Person:
        """Who acts. Authority comes from the roles table and the configured administrators alone."""
        address = row.inbound.address
        known = batch.people.get(address)
        settings = self._house.settings
        if known:
            return settings.as_configured(known)
        conversation = batch.conversations.get(address)
        words = self._house.words
        language = conversation.language if conversation else words.choose(row.inbound.language)
        return settings.as_configured(Person(address, language))

    async def _failed(self, tx: Tx, batch: _Batch, row: Waiting) -> None:
        incident = secrets.token_hex(4)
        _LOG.exception("turn_failed incident=%s seq=%s attempt=%s", incident, row.seq, row.attempts + 1)
        if await inbox.fail(tx, row, incident):
            event(_LOG, "turn_dead", logging.ERROR, incident=incident, seq=row.seq)
            language = self._person(batch, row).language
            batch.drafts.append(self._apology(row.inbound.address, language, f"dead:{row.seq}", incident))

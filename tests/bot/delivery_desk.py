"""A delivery on a real database with a platform in the test's hand: what each message meets is said beforehand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.channel import Parcel
from bot.clock import Clock, monotonic
from bot.config import DeliverySection
from bot.delivery import Delivery, recover
from bot.documents import Renderer
from bot.i18n import load_words
from core.dialogue import Reply
from handlers.turn import Settings
from storage import outbox, people
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.outbox import Draft, Lane

PATIENCE_S = 30.0
RATES = DeliverySection(per_second=0, chat_burst=0, in_flight=4)
SETTINGS = Settings("Ban thử nghiệm", "Ban thử nghiệm", ZoneInfo("Asia/Ho_Chi_Minh"), frozenset(), 7, "")
WORDS = load_words("vi")


@dataclass
class Post:
    """A platform. `meets`: what the next sends to an address run into, in order; nothing there is a success."""

    name: str = "post"
    takes_s: float = 0.0
    meets: dict[str, list[BaseException]] = field(default_factory=dict)
    tried: list[tuple[float, str, str]] = field(default_factory=list)
    sent: list[tuple[float, str, str]] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)
    flying: set[str] = field(default_factory=set)
    gate: asyncio.Event | None = None

    async def send(self, parcel: Parcel) -> str:
        """One message at a time within a chat, or the test fails."""
        assert parcel.address not in self.flying, "two messages of one chat in flight"
        self.flying.add(parcel.address)
        try:
            self.tried.append((monotonic(), parcel.address, parcel.reply.text))
            if self.gate:
                await self.gate.wait()
            await asyncio.sleep(self.takes_s)
            if trouble := self.meets.get(parcel.address):
                raise trouble.pop(0)
            self.sent.append((monotonic(), parcel.address, parcel.reply.text))
            return str(len(self.sent))
        finally:
            self.flying.discard(parcel.address)

    async def edit(self, address: str, external_id: str, reply: Reply) -> None:
        """Note it."""
        self.edits.append(reply.text)

    def texts(self, address: str = "") -> list[str]:
        """What arrived, in order."""
        return [text for _, to, text in self.sent if address in ("", to)]


@dataclass
class Desk:
    """A running delivery. `restart` gives it another life on the same file."""

    database: Database
    post: Post
    clock: Clock
    rates: DeliverySection
    life: int = 0
    night: bool = False
    delivery: Delivery | None = None
    _running: asyncio.Task[None] | None = None

    @property
    def at_work(self) -> Delivery:
        """The delivery that runs."""
        assert self.delivery
        return self.delivery

    async def start(self) -> None:
        """Settle what an earlier life left, then deliver."""
        self.life += 1
        epoch = f"life{self.life}"
        await recover(self.database, epoch)
        renderer = Renderer(self.database, WORDS, SETTINGS, self.clock)
        self.delivery = Delivery(
            self.database,
            self.post,
            renderer,
            clock=self.clock,
            rates=self.rates,
            epoch=epoch,
            words=WORDS,
            quiet=lambda _: self.night,
        )
        self._running = asyncio.create_task(self.delivery.run())

    async def stop(self) -> None:
        """A graceful end."""
        if self._running:
            self.at_work.stop()
            await asyncio.wait_for(self._running, PATIENCE_S)
            self._running = None

    async def die(self) -> None:
        """An end without any: what is in flight stays so."""
        assert self._running
        for task in (self._running, *self.at_work._flying.values()):
            task.cancel()
        await asyncio.wait([self._running])
        self.post.flying.clear()
        self._running = None

    async def say(self, address: str, *texts: str, lane: Lane = Lane.REPLY, **more: Any) -> None:
        """Put messages in line."""
        drafts = [Draft(f"{address}:{lane}:{text}", address, Reply(text), lane, **more) for text in texts]
        await self.put(*drafts)

    async def put(self, *drafts: Draft) -> None:
        """Put messages in line and wake delivery."""
        await self.database.write(lambda tx: outbox.write(tx, drafts))
        if self.delivery:
            self.delivery.wake()

    async def know(self, address: str) -> None:
        """Somebody whom the table of people names."""
        await self.database.write(lambda tx: people.keep(tx, address, "vi", 1))

    async def all(self, sql: str) -> list[tuple[Any, ...]]:
        """Committed rows."""
        async with self.database.read() as tx:
            return await tx.all(sql)

    async def rows(self) -> list[tuple[Any, ...]]:
        """(state, attempts, error) of every message."""
        return await self.all("SELECT state, attempts, error FROM outbox ORDER BY id")

    async def states(self) -> list[str]:
        """The state of every message."""
        return [row[0] for row in await self.rows()]

    async def until_first(self, error: str) -> None:
        """Wait until the first message met this error."""
        async with asyncio.timeout(PATIENCE_S):
            while (await self.rows())[0][2] != error:
                await asyncio.sleep(0.005)

    async def until(self, *wanted: str) -> None:
        """Wait until the messages have these states (one for all, or one each)."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while (found := await self.states()) != (list(wanted) if len(wanted) > 1 else [*wanted] * len(found)):
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(f"never {wanted}: {await self.rows()}") from None


@asynccontextmanager
async def open_desk(folder: Path, rates: DeliverySection = RATES) -> AsyncIterator[Desk]:
    """A desk at work."""
    database = await open_database(f"sqlite:///{folder / 'house.db'}")
    await migrate(database, 1)
    desk = Desk(database, Post(), Clock(), rates)
    await desk.start()
    try:
        yield desk
    finally:
        await desk.stop()
        await database.close()


def most_in(window_s: float, moments: Sequence[float]) -> int:
    """The most of these moments that fall into any window of so many seconds."""
    return max(sum(start <= at < start + window_s for at in moments) for start in moments)

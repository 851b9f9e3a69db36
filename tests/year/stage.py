"""A year on fast forward: the whole program, a channel that keeps what everybody was told, and a clock that jumps from hour to hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, time
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import App, open_app
from bot.channel import Blocked, Parcel
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from core.dialogue import Inbound, Reply, numbered_text, typed
from storage.inbox import Delivered
from tests.program import config_of, rows, until

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PLAN = Path(__file__).parents[2] / "bot/demo/plan.toml"
# When the clock stops each day: every hour at which the program says something of its own accord, and a quiet one in between.
MORNING, NOTICES, DAY, NOON, EVENING = time(7), time(8), time(10), time(13), time(18)
HOURS = (MORNING, NOTICES, DAY, NOON, EVENING)


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as it stood in somebody's chat. `at`: local."""

    at: datetime
    text: str


class Ear:
    """A channel with text alone that keeps all that was said, by address."""

    name = "year"

    def __init__(self, clock: Clock) -> None:
        """`clock`: what time it is when something is heard."""
        self._clock = clock
        self.heard: dict[str, list[Heard]] = defaultdict(list)
        self.numbers: list[int] = []
        self.deaf: set[str] = set()

    async def send(self, parcel: Parcel) -> str:
        """Keep it; who has blocked us hears nothing."""
        if parcel.address in self.deaf:
            raise Blocked("blocked")
        self.numbers.append(parcel.id)
        reply = parcel.reply
        lines = [numbered_text(reply)]
        if reply.place:
            lines.append(f"(map {reply.place.name})")
        if parcel.file:
            lines.append(f"(file {parcel.file.name})")
        at = self._clock.now().astimezone(ZONE)
        self.heard[parcel.address].append(Heard(at, "\n".join(filter(None, lines))))
        return str(parcel.id)

    async def edit(self, address: str, external_id: str, reply: Reply) -> None:
        """Progress is not kept."""


class Year:
    """The program and its clock."""

    def __init__(self, app: App) -> None:
        """A running app without channels of its own."""
        self.app = app
        self.ear = Ear(app.clock)
        self._numbers = count(1)
        app.deliver_to(self.ear)
        app._run(app.deliveries[-1].run())

    @property
    def now(self) -> datetime:
        """Local."""
        return self.app.clock.now().astimezone(ZONE)

    async def say(self, address: str, *lines: str) -> None:
        """Somebody types lines, each after the answer to the one before."""
        for line in lines:
            await self.all_say([(address, line)])

    async def all_say(self, said: Sequence[tuple[str, str]]) -> None:
        """Many type at the same moment."""
        updates = [Delivered(str(next(self._numbers)), Inbound(address, typed(line), "vi")) for address, line in said]
        await self.app.turns.receive(updates)
        await self.silent()

    async def go_to(self, moment: datetime) -> None:
        """Jump, and let the program do what is due."""
        self.app.clock.move(moment - self.app.clock.now())
        await self.app._housekeeping.tick()
        await self.app.planner.tick()
        await self.silent()

    async def silent(self) -> None:
        """Wait until everything is answered and said that can be said now."""
        at = self.app.clock.at()

        def nothing_left() -> bool:
            return not rows(
                self.app,
                "SELECT 1 FROM inbox WHERE state = 'new' UNION ALL"
                " SELECT 1 FROM outbox WHERE state IN ('pending', 'sending', 'unknown') AND not_before <= ?",
                at,
            )

        await until(nothing_left, "all is said")

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What stands in the database."""
        return rows(self.app, sql, *values)


@asynccontextmanager
async def year(folder: Path, start: datetime) -> AsyncIterator[Year]:
    """The program on the plan of Lai Châu 2021, at its start."""
    config = config_of(folder, web={"port": 0, "chat": False})
    async with open_app(config, Clock(start)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(PLAN)))
        await app.start()
        yield Year(app)

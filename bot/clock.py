"""The only reader of the real clock, and the scheduler that ticks. The scheduler holds no data."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler


class Clock:
    """What time it is. A demonstration moves it; nothing else does."""

    def __init__(self, start: datetime | None = None) -> None:
        """`start`: the aware time it shows now; None for the real one."""
        self.offset = start - datetime.now(UTC) if start else timedelta()

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC) + self.offset

    def at(self) -> int:
        """Now, in milliseconds UTC."""
        return int(self.now().timestamp() * 1000)

    def move(self, by: timedelta) -> None:
        """Jump."""
        self.offset += by


def monotonic() -> float:
    """Seconds for measuring waits; not a date."""
    return time.monotonic()


class Ticker:
    """Calls plain functions now and then. Losing or repeating a tick changes nothing."""

    def __init__(self) -> None:
        """Not running yet."""
        # Late or missed ticks run once on return: the default (1 s of grace) would skip and drop them.
        # Source: APScheduler user guide, misfire_grace_time.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        """Call `work` every so many seconds, and soon after the start."""
        self._scheduler.add_job(
            work, "interval", seconds=seconds, next_run_time=datetime.now(UTC) + timedelta(seconds=1)
        )

    def now(self, work: Callable[[], Awaitable[None]]) -> None:
        """Call `work` once, soon: the demonstration's clock has jumped."""
        self._scheduler.add_job(work)

    def start(self) -> None:
        """Begin to tick in the running event loop."""
        self._scheduler.start()

    async def stop(self) -> None:
        """No further ticks. A ticker that never started has none: `export` and a start that fails come here too."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)

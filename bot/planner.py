"""The planner: what is due follows from the tables. It looks, writes outbox rows, and remembers how far it came; nothing else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from bot.changes import Changes
from bot.clock import Clock
from bot.eligible_days import EligibleDays
from bot.logs import event
from core import notices as table
from core.notices import Window
from handlers.audiences import AUDIENCES, Scene
from handlers.turn import House
from storage import marks, notices, outbox, rounds
from storage.database import Database, Tx
from storage.notices import Page
from storage.outbox import Draft, Lane

_LOG = logging.getLogger("giothong.planner")
CHUNK: Final = (
    200  # People looked at in one transaction: what somebody asks meanwhile waits for one of them, some 20 ms.
)
_MARK = "planner.until"


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


class Planner:
    """Plans notices. Planning twice, a kill in the middle, two planners at once: everybody is told once.

    A window (a notice of a round, a morning) is planned page by page; the page's messages and how far it came are one commit.
    The mark says until when all windows are planned; what was due before a plan was imported is never made up for.
    """

    def __init__(self, database: Database, house: House, clock: Clock, spoke: asyncio.Event) -> None:
        """`spoke` is set when something was written to the outbox."""
        self._database = database
        self._house = house
        self._clock = clock
        self._spoke = spoke
        self._timetable = house.settings.timetable
        self._changes = Changes(database, house, CHUNK)
        self._days = EligibleDays(database)

    async def tick(self) -> None:
        """Plan what is due now. The days that mornings go by come first."""
        now = self._clock.now()
        try:
            await self._days.settle(self._house.rules.of("", self._timetable.day(now)))
        except Exception:  # noqa: BLE001 (reminders of rounds do not go by them; the next tick tries again)
            _LOG.exception("eligible_days_failed")
        await self.plan(now)

    async def begin(self) -> None:
        """Where nothing was ever planned: what is due from now on is."""
        at = str(_ms(self._clock.now()))

        async def mark(tx: Tx) -> None:
            await marks.set_(tx, _MARK, await marks.get(tx, _MARK, at))

        await self._database.write(mark)

    async def plan(self, now: datetime) -> int:
        """Plan everything that became due since the last time; how many messages there are more."""
        # Changes first: whoever is reminded later today is reminded of what is true.
        changed = [
            await self._to_the_end(f"change:{last}", partial(self._changes.page, last, now))
            for last in await self._changes.settled(now)
        ]
        async with self._database.read() as tx:
            windows = await self._due(tx, now)
        planned = [await self._to_the_end(window.run, partial(self._window, window, now)) for window in windows]
        if None not in planned:
            await self._database.write(lambda tx: marks.set_(tx, _MARK, str(_ms(now))))
        written = sum(filter(None, (*changed, *planned)))
        if written:
            event(_LOG, "planned", messages=written, windows=len(windows), changes=len(changed))
        return written

    async def _due(self, tx: Tx, now: datetime) -> list[Window]:
        """Windows since the mark. (A mark of the future is a clock that was set back: what is done stays done, by its run.)"""
        marked = datetime.fromtimestamp(int(await marks.get(tx, _MARK, str(_ms(now)))) / 1000, UTC)
        first = self._timetable.day(marked) - timedelta(days=table.BEHIND_DAYS)
        last = self._timetable.day(now) + timedelta(days=table.AHEAD_DAYS)
        return table.due(await rounds.between(tx, first, last), marked, now, self._timetable)

    async def _to_the_end(self, run: str, page: Callable[[], Awaitable[tuple[int, bool]]]) -> int | None:
        """Page after page, each a transaction, so that turns come in between; messages written, None where it failed.

        One notice that cannot be planned holds up no other; it is tried again the next time.
        """
        written, done = 0, False
        try:
            while not done:
                count, done = await page()
                written += count
                if count:
                    self._spoke.set()
        except Exception:  # noqa: BLE001 (whatever it is, the others are planned)
            _LOG.exception("planning_failed run=%s", run)
            return None
        return written

    async def _window(self, window: Window, now: datetime) -> tuple[int, bool]:
        """The next page of a window: (messages written, whether the window is done)."""
        return await self._database.write(lambda tx: self._page(tx, window, now))

    async def _page(self, tx: Tx, window: Window, now: datetime) -> tuple[int, bool]:
        cursor, done = await notices.progress(tx, window.run)
        current = await self._as_it_stands(tx, window)
        if done or current is None:
            return 0, True
        say_at = self._timetable.awake(now)
        scene = Scene(self._house, current, now, self._timetable.day(say_at))
        kind = AUDIENCES[current.notice.audience]
        found = await kind.read(tx, scene, Page(cursor, CHUNK))
        said = await kind.compose(tx, scene, found)
        in_time = say_at < current.expires
        if in_time:
            not_before, expires_at = _ms(say_at) if say_at > now else 0, _ms(current.expires)
            await outbox.write(
                tx,
                [
                    Draft(current.key(who.person_id), who.address, reply, Lane.REMINDER, not_before, expires_at)
                    for who, reply in said
                ],
            )
            await kind.note(tx, scene, said)
        else:  # Nobody is to wonder where it went.
            await outbox.write_expired(tx, [(current.key(who.person_id), who.address) for who, _ in said])
        ended = len(found) < CHUNK
        await notices.advance(tx, window.run, found[-1].cursor if found else cursor, _ms(now), done=ended)
        return len(said) if in_time else 0, ended

    async def _as_it_stands(self, tx: Tx, window: Window) -> Window | None:
        """The window by the round's facts of this moment; None where they call for it no more."""
        if window.round is None:
            return window
        round_ = await rounds.by_id(tx, window.round.id)
        windows = table.windows_of(round_, self._timetable) if round_ else []
        return next((w for w in windows if w.run == window.run), None)

"""getUpdates as the real server answers it.

Source: tdlib/telegram-bot-api process_get_updates_query, do_get_updates, fail_query_conflict.
"""

import asyncio
import time

from tests.servers.telegram.errors import OTHER_POLLER, WEBHOOK_ACTIVE, ApiError, refuse
from tests.servers.telegram.methods import Request
from tests.servers.telegram.world import Json

MAX_LIMIT, MAX_TIMEOUT_S = 100, 50
# A call with the same offset within 0.5 s shows one update, within 3 s it is made a long poll.
SAME_AT_ONCE_S, SAME_SOON_S = 0.5, 3.0


class Poller:
    """At most one long poll hangs; a newer one ends it."""

    def __init__(self, *, throttle: bool = True) -> None:
        self.throttle = throttle
        self.polls = 0
        self.conflict_pause_s = SAME_SOON_S
        self._hanging: asyncio.Future[ApiError] | None = None
        self._next_conflict_at = 0.0
        self._last = (0, 0.0)

    async def get_updates(self, request: Request) -> list[Json]:
        """Up to 100 updates from the offset on, after at most `timeout` seconds. Raises ApiError 409."""
        params, queue, world = request.params, request.world.queue, request.world
        self.polls += 1
        offset = params.get("offset", 0)
        limit = min(max(params.get("limit", MAX_LIMIT), 1), MAX_LIMIT)
        timeout_s = float(min(max(params.get("timeout", 0), 0), MAX_TIMEOUT_S))
        if "allowed_updates" in params:
            queue.allowed = frozenset(params["allowed_updates"]) or None
        limit, timeout_s = self._tamed(offset, limit, timeout_s)
        updates = queue.take(offset, limit, world.now())
        if updates or not timeout_s:
            return updates
        self.interrupt(refuse(409, OTHER_POLLER))
        await self._hang(queue.arrived, timeout_s)
        return queue.take(offset, limit, world.now())

    def _tamed(self, offset: int, limit: int, timeout_s: float) -> tuple[int, float]:
        """(limit, timeout) of a call that repeats the last one too soon."""
        now = time.monotonic()
        last_offset, last_at = self._last
        self._last = (offset, now)
        if not self.throttle or offset != last_offset:
            return limit, timeout_s
        if timeout_s < SAME_SOON_S and now < last_at + SAME_SOON_S:
            timeout_s = SAME_SOON_S
        return (1 if now < last_at + SAME_AT_ONCE_S else limit), timeout_s

    async def _hang(self, arrived: asyncio.Event, timeout_s: float) -> None:
        """Wait for an update. Raises the ApiError of whoever interrupts."""
        hanging = asyncio.get_running_loop().create_future()
        self._hanging = hanging
        waiting = asyncio.ensure_future(arrived.wait())
        try:
            await asyncio.wait((waiting, hanging), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            if self._hanging is hanging:
                self._hanging = None
        if hanging.done():
            await self._conflict_pause()
            raise hanging.result()

    async def _conflict_pause(self) -> None:
        """The first conflict is told at once, one within the next 3 s after a pause."""
        now = time.monotonic()
        if now < self._next_conflict_at:
            await asyncio.sleep(self.conflict_pause_s)
            return
        self._next_conflict_at = now + self.conflict_pause_s

    def interrupt(self, error: ApiError) -> None:
        """End the long poll that hangs, if one does."""
        if self._hanging and not self._hanging.done():
            self._hanging.set_result(error)

    def refuse_while_webhook(self) -> ApiError:
        """What a poller hears while a webhook is set."""
        return refuse(409, WEBHOOK_ACTIVE)

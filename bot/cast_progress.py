"""One message for each broadcast that shows how far it is, changed in place every few seconds; and the last word when it has ended."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from bot.clock import Clock, monotonic
from bot.logs import event
from core.broadcasts import CastState, Progress, minutes_left
from core.dialogue import Reply
from handlers import cast_text
from handlers.turn import House
from storage import audiences, broadcasts, outbox, people
from storage.broadcasts import Cast
from storage.database import Database, Tx
from storage.outbox import Draft, Lane

_LOG = logging.getLogger("giothong.caster")
EVERY_S: Final = 4.0  # A platform lets a message be edited now and then, and each edit takes a slot of the pace.
_RECENT_MS = 600_000  # Whoever paused, or saw the end, sees that once; also after a restart in between.

Edit = Callable[[str, str, Reply], Awaitable[None]]


@dataclass
class _Shown:
    """What stands in the message, when it was put there, and how many were done with then. `at`: monotonic."""

    said: Reply
    at: float
    done: int


class CastProgress:
    """Shows. All that it remembers is what it has said last; without that it says it once more, which changes nothing."""

    def __init__(self, database: Database, house: House, clock: Clock, edit: Edit, *, per_second: float) -> None:
        """`edit` changes a message (address, the platform's id). `per_second`: the permitted rate, 0 for none."""
        self._database = database
        self._house = house
        self._clock = clock
        self._edit = edit
        self._per_second = per_second
        self._shown: dict[int, _Shown] = {}
        self._looked_at = float("-inf")
        self.every_s = EVERY_S

    async def show(self) -> None:
        """Bring every message that shows a broadcast up to date, at most every few seconds."""
        if monotonic() - self._looked_at < self.every_s:
            return
        self._looked_at = monotonic()
        async with self._database.read() as tx:
            recent = await broadcasts.recent(tx, self._clock.at() - _RECENT_MS)
            facts = [(cast, await broadcasts.live(tx, cast.id), await broadcasts.progress(tx, cast)) for cast in recent]
            known = await people.load(tx, sorted({live[0] for _, live, _ in facts if live}))
        for cast, live, progress in facts:
            if live:
                person = known.get(live[0])
                await self._update(cast, progress, live, person.language if person else self._house.words.default)
        self._shown = {cast.id: shown for cast in recent if (shown := self._shown.get(cast.id))}

    async def _update(self, cast: Cast, progress: Progress, live: tuple[str, str], language: str) -> None:
        shown = self._shown.get(cast.id)
        done = progress.people - progress.left
        said = cast_text.live(self._house.voice(language), cast, progress, self._minutes(progress, shown))
        if shown is None or shown.said != said:
            await self._edit(*live, said)
        self._shown[cast.id] = _Shown(said, monotonic(), done)

    def _minutes(self, progress: Progress, before: _Shown | None) -> int | None:
        """By how fast it went since the last time; where that is not known, by the permitted rate."""
        speed = self._per_second
        if before and (moved := progress.people - progress.left - before.done) > 0:
            speed = moved / (monotonic() - before.at)
        return minutes_left(progress.left, speed)

    async def end(self, tx: Tx, cast: Cast) -> None:
        """Everybody has been written to: say what became of it."""
        at = self._clock.at()
        if not await broadcasts.move(tx, cast.id, [CastState.RUNNING], CastState.DONE, at=at):
            return
        ended = replace(cast, state=CastState.DONE, ended_at=at)
        progress = await broadcasts.progress(tx, ended)
        today = self._clock.now().astimezone(self._house.settings.zone).date()
        count = await audiences.count(tx, cast.audience, today)
        person = (await people.load(tx, [cast.address])).get(cast.address)
        voice = self._house.voice(person.language if person else self._house.words.default)
        # Who blocked us meanwhile has a row, and is among those who cannot be reached any more: one person, not two.
        missed = progress.people - progress.sent + count.missed - await broadcasts.lost(tx, cast.id)
        report = cast_text.report(voice, ended, progress, missed=missed)
        await outbox.write(tx, [Draft(f"castdone:{cast.id}", cast.address, report, Lane.REMINDER)])
        event(_LOG, "broadcast_ended", id=cast.id, people=progress.people, sent=progress.sent, unknown=progress.unknown)

"""Reforms of units take effect on their day: what goes over goes over, and donors of a unit that was parted are asked where they belong."""

from __future__ import annotations

import asyncio
import logging

from bot.clock import Clock
from bot.logs import event
from handlers import unit_moved
from handlers.turn import House
from storage import marks, outbox, records, unit_moves, units
from storage.database import Database, Tx

_LOG = logging.getLogger("giothong.units")
_CHUNK = 200  # Donors asked in one transaction: what somebody says meanwhile waits for one of them.
_ASKED = "units_asked"
_WHO = "clock"  # What nobody did is on record too.


class UnitDays:
    """Idempotent: looks once a day, and whenever units were written; a kill in the middle loses and doubles nothing."""

    def __init__(self, database: Database, house: House, clock: Clock, spoke: asyncio.Event) -> None:
        """`spoke` is set when something was written to the outbox."""
        self._database = database
        self._house = house
        self._clock = clock
        self._spoke = spoke

    async def tick(self) -> None:
        """Do what is due."""
        await self._database.write(self._settle)
        while await self._database.write(self._ask):
            self._spoke.set()

    async def _settle(self, tx: Tx) -> None:
        today = self._house.settings.timetable.day(self._clock.now())
        for moved in await unit_moves.settle(tx, today):
            codes: dict[int, str] = dict(
                await tx.all("SELECT id, code FROM units WHERE id IN (?, ?)", (moved.step.old_id, moved.step.new_id))
            )
            facts = {"donors": moved.donors, "answers": moved.answers, "officers": moved.officers}
            names = {"unit": codes[moved.step.old_id], "units": [codes[moved.step.new_id]]}
            await records.add_audit(tx, _WHO, "unit", at=self._clock.at(), change="moved", **names, **facts)
            event(_LOG, "unit_moved", unit=moved.step.old_id, to=moved.step.new_id, **facts)

    async def _ask(self, tx: Tx) -> bool:
        """The next page of donors; True where there may be more. How far it came is written along with the questions."""
        now = self._clock.now()
        stand = f"{self._house.settings.timetable.day(now).isoformat()} {await marks.get(tx, units.REVISION, '0')}"
        mark, _, after = (await marks.get(tx, _ASKED, "")).partition("|")
        if mark != stand:
            after = "0"
        if after == "":
            return False
        self._house.units.refresh()
        drafts, last = await unit_moved.questions(tx, self._house, now, after=int(after), limit=_CHUNK)
        await outbox.write(tx, drafts)
        await marks.set_(tx, _ASKED, f"{stand}|{last if last is not None else ''}")
        return bool(drafts) or last is not None

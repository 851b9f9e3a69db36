"""Feeds the outbox with what officers send to many, a page of people at a time, and shows them how far it has come.

What is to be done follows from the tables: a kill at any moment leaves a broadcast at its cursor, and the next life goes on from there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from bot.cast_progress import CastProgress
from bot.clock import Clock
from bot.logs import event
from core.authority import own_units
from core.broadcasts import CastState
from core.people import Person, Role
from core.rounds import Round
from core.units import Unit, UnitIndex
from handlers import cast_text
from handlers.turn import House
from handlers.voice import Voice
from storage import audiences, broadcasts, outbox, people, records, roles, rounds
from storage.audiences import Member
from storage.broadcasts import END, Cast
from storage.database import Database, Tx
from storage.outbox import Draft, Lane
from storage.units import UnitsCache

_LOG = logging.getLogger("giothong.caster")
CHUNK: Final = 200  # People of one transaction: what somebody asks meanwhile waits for one of them, some 10 ms.
AHEAD: Final = 1000  # Rows that wait at most: half a minute at the permitted rate, a second without a limit.
_IDLE_S = 0.5
_BUSY_S = 0.25  # Without a limit two thousand a second go: there must always be something in line.


class Caster:
    """One for the whole program. `progress` shows officers how far their broadcasts are."""

    def __init__(
        self, database: Database, house: House, clock: Clock, *, spoke: asyncio.Event, progress: CastProgress
    ) -> None:
        """`spoke` is set when something was written to the outbox."""
        self._database = database
        self._house = house
        self._clock = clock
        self._spoke = spoke
        self._progress = progress
        self._units = UnitsCache()  # Of its own: turns read theirs in transactions that may run at the same time.
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Feed and show until `stop`."""
        while not self._stopping.is_set():
            try:
                wait_s = await self.step()
            except Exception:  # noqa: BLE001 (a full disk, say: the tables still say what is to be done)
                _LOG.exception("caster_failed")
                wait_s = 1.0
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._stopping.wait()

    def stop(self) -> None:
        """End after the page that is being written."""
        self._stopping.set()

    async def step(self) -> float:
        """One page for each broadcast that needs one, in turn; seconds until there may be a reason to look again."""
        async with self._database.read() as tx:
            at_work = await broadcasts.at_work(tx, self._clock.at())
        more = [await self._tend(cast) for cast in at_work]
        await self._progress.show()
        return 0.0 if any(more) else _BUSY_S if at_work else _IDLE_S

    async def _tend(self, cast: Cast) -> bool:
        """Do the next thing for one broadcast; True where there is more to do at once. One that cannot be holds up no other."""
        try:
            return await self._next(cast)
        except Exception:  # noqa: BLE001 (whatever it is, the others go on)
            _LOG.exception("broadcast_failed id=%s", cast.id)
            return False

    async def _next(self, cast: Cast) -> bool:
        async with self._database.read() as tx:
            may = await self._may(tx, cast)
            ahead = await broadcasts.waiting(tx, cast.id)
            ended = cast.fed and not await broadcasts.under_way(tx, cast.id)
        if may and cast.state is CastState.RUNNING and not cast.fed:
            return await self._feed(cast) if ahead < AHEAD else False
        if not may:
            await self._database.write(lambda tx: self._lose(tx, cast))
        elif cast.state is CastState.WAITING:
            await self._database.write(lambda tx: self._begin(tx, cast))
        elif ended:
            await self._database.write(lambda tx: self._progress.end(tx, cast))
        else:
            return False
        self._spoke.set()
        return cast.state is CastState.WAITING and may

    @property
    def _today(self) -> date:
        return self._clock.now().astimezone(self._house.settings.zone).date()

    async def _index(self, tx: Tx) -> UnitIndex:
        self._units.refresh()
        return await self._units.index(tx, self._today)

    async def _person(self, tx: Tx, address: str) -> Person:
        known = (await people.load(tx, [address])).get(address, Person(address, self._house.words.default))
        return replace(known, role=Role.ADMIN) if address in self._house.settings.admins else known

    async def _may(self, tx: Tx, cast: Cast) -> bool:
        """Whether whoever answers for it still may: a role that was taken away stops what it began."""
        person = await self._person(tx, cast.address)
        own = own_units(person, await self._index(tx))
        return person.may(Role.OFFICER) and cast.audience.within(own)

    async def _lose(self, tx: Tx, cast: Cast) -> None:
        """Nobody answers for it any more: it pauses, and those who can take it over are told."""
        at = self._clock.at()
        if not await broadcasts.move(tx, cast.id, [cast.state], CastState.PAUSED, at=at):
            return
        await broadcasts.pause(tx, cast.id)
        await records.add_audit(tx, cast.address, "broadcast", at=at, broadcast=cast.id, change="castlost")
        admins = {*self._house.settings.admins, *await roles.admins(tx)} - {cast.address}
        known = await people.load(tx, sorted(admins))
        drafts = []
        for address in sorted(admins):
            voice = self._house.voice(known[address].language if address in known else self._house.words.default)
            notice = cast_text.lost(voice, cast)
            drafts.append(Draft(f"castlost:{cast.id}:{at}:{address}", address, notice, Lane.REMINDER))
        await outbox.write(tx, drafts)

    async def _begin(self, tx: Tx, cast: Cast) -> None:
        """Its time has come; whoever sends it gets it too."""
        sender = await self._person(tx, cast.address)
        if ended := self._ended(cast, await self._index(tx)):
            await self._overtaken(tx, cast, sender, ended)
            return
        if not await broadcasts.move(tx, cast.id, [CastState.WAITING], CastState.RUNNING, at=self._clock.at()):
            return
        copy = cast_text.copy(self._house.voice(sender.language), cast.content, await self._round(tx, cast))
        await outbox.write(tx, [Draft(f"copy:{cast.id}", cast.address, copy, _lane(cast))])
        event(_LOG, "broadcast_began", id=cast.id, people=cast.people)

    def _ended(self, cast: Cast, index: UnitIndex) -> list[Unit]:
        """The units of it that have ended since it was confirmed: their people are elsewhere by now."""
        made_on = datetime.fromtimestamp(cast.made_at / 1000, self._house.settings.zone).date().isoformat()
        chosen = sorted(cast.audience.unit_ids or ())
        units = [unit for unit_id in chosen if (unit := index.get(unit_id))]
        return [unit for unit in units if unit.valid_to and made_on <= unit.valid_to < self._today.isoformat()]

    async def _overtaken(self, tx: Tx, cast: Cast, sender: Person, ended: Sequence[Unit]) -> None:
        """A reform came before its time: it is stopped, and said so. Whom their successors would add, nobody has confirmed."""
        at = self._clock.at()
        if not await broadcasts.move(tx, cast.id, [CastState.WAITING], CastState.STOPPED, at=at):
            return
        await records.add_audit(tx, cast.address, "broadcast", at=at, broadcast=cast.id, change="castovertaken")
        notice = cast_text.overtaken(self._house.voice(sender.language), cast, ended)
        await outbox.write(tx, [Draft(f"castovertaken:{cast.id}", cast.address, notice, Lane.REMINDER)])

    async def _round(self, tx: Tx, cast: Cast) -> Round | None:
        return await rounds.by_id(tx, cast.content.round_id) if cast.content.round_id else None

    async def _feed(self, cast: Cast) -> bool:
        """Write the messages of the next page of people; False where that was the last one."""
        async with self._database.read() as tx:  # On a reader: looking through a million people holds up nobody.
            page = await audiences.page(tx, cast.audience, cast.cursor, limit=CHUNK, today=self._today)
            index = await self._index(tx)
            round_ = await self._round(tx, cast)
        voices = {member.language: self._house.voice(member.language) for member in page}
        drafts = {
            member.person_id: _drafts(
                voices[member.language], cast, member, round_=round_, unit=index.get(member.unit_id)
            )
            for member in page
            if not member.why
        }
        cursor = page[-1].person_id if len(page) == CHUNK else END

        async def write(tx: Tx) -> bool:
            if not await broadcasts.advance(tx, cast, cursor):
                return False  # Paused or stopped meanwhile.
            reached = await broadcasts.still_reached(tx, list(drafts))
            await outbox.write(tx, [draft for id_, both in drafts.items() if id_ in reached for draft in both])
            return True

        fed = await self._database.write(write)
        self._spoke.set()
        return fed and cursor != END


def _lane(cast: Cast) -> Lane:
    """At night only what was said to go at night is more urgent than sleep."""
    return Lane.URGENT if cast.content.night else Lane.BROADCAST


def _drafts(voice: Voice, cast: Cast, member: Member, *, round_: Round | None, unit: Unit | None) -> list[Draft]:
    """What one person gets: the message, and the pin behind it."""
    key, lane = broadcasts.key(cast.id, member.person_id), _lane(cast)
    said = cast_text.message(voice, cast.content, round_, cast_text.own(voice, member.name, unit.name if unit else ""))
    drafts = [Draft(key, member.address, said, lane, broadcast_id=cast.id)]
    if cast.content.pin and (pin := cast_text.pin(round_)):
        drafts.append(Draft(f"{key}:map", member.address, pin, lane, broadcast_id=-cast.id))
    return drafts

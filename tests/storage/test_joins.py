"""Seats and the waiting list, as they stand in the table after the commit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from core.joins import Counts, Join, JoinState, read_code
from core.rounds import Round, RoundState, Slot
from storage import joins, people, rounds
from storage.database import Database, open_database
from storage.joins import Wish
from storage.migrate import migrate

CERTAIN, MAYBE, NO = (Wish(state) for state in (JoinState.CERTAIN, JoinState.MAYBE, JoinState.NO))
ROUND = Round(
    id=0, code="LS-11", number=11, name="Đợt 11", occasion="", held_on=date(2026, 12, 4), tentative=False, opens="07:00",
    closes="11:30", place="Nhà khách", place_address="", lat=None, lon=None, target=100, deadline_on=None,
    state=RoundState.OPEN, capacity=2,
)  # fmt: skip


class Hall:
    """A round and people who answer to it; what is read comes through a connection that was opened for it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.round = ROUND
        self._at = 1000

    async def set_up(self, round_: Round, persons: int = 6) -> None:
        """Write the round as it is to be, and people 1 to n."""

        async def work(tx: joins.Tx) -> None:
            id_ = await rounds.write(tx, round_)
            self.round = replace(round_, id=id_)
            for number in range(1, persons + 1):
                assert await people.keep(tx, f"web:{number}", "vi", 1) == number

        await self.database.write(work)

    async def answer(self, person: int, wish: Wish) -> str:
        """Its state afterwards."""
        join = await self.database.write(lambda tx: joins.answer(tx, self.round, person, wish, at=self._at))
        return str(join.state)

    async def promote(self, until: int = 9999) -> list[int]:
        """Who is offered a seat, in order."""
        told = await self.database.write(lambda tx: joins.promote(tx, self.round, until=until, at=self._at))
        return [one.join.person_id for one in told]

    async def lapse(self, at: int) -> list[int]:
        """Who lost their offer."""
        return [one.join.person_id for one in await self.database.write(lambda tx: joins.lapse(tx, at))]

    async def of(self, person: int) -> Join:
        """Their answer as another process sees it."""
        fresh = await open_database(f"sqlite:///{self.database.path}")
        try:
            async with fresh.read() as tx:
                found = await joins.of(tx, self.round.id, person)
        finally:
            await fresh.close()
        assert found
        return found

    async def counts(self) -> Counts:
        """As another process counts."""
        fresh = await open_database(f"sqlite:///{self.database.path}")
        try:
            async with fresh.read() as tx:
                return await joins.counts(tx, self.round.id)
        finally:
            await fresh.close()


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    """Two seats, six people."""
    database = await open_database(f"sqlite:///{tmp_path / 'house.db'}")
    await migrate(database, 1)
    hall = Hall(database)
    await hall.set_up(ROUND)
    yield hall
    await database.close()


async def test_when_the_seats_are_gone_people_wait(hall: Hall) -> None:
    """In order of arrival, though all came in the same millisecond; maybe and no take no seat and stand apart."""
    assert [await hall.answer(n, CERTAIN) for n in (1, 2, 3, 4)] == ["certain", "certain", "waiting", "waiting"]
    assert await hall.answer(5, MAYBE) == "maybe"
    assert await hall.answer(6, NO) == "no"
    assert await hall.counts() == Counts(certain=2, waiting=2, maybe=1, no=1)
    third, fourth = await hall.of(3), await hall.of(4)
    assert third.queued_at is not None and fourth.queued_at is not None and third.queued_at < fourth.queued_at


async def test_saying_it_again_changes_nothing(hall: Hall) -> None:
    """One seat a person, one place in the line, one ticket."""
    for person in (1, 2, 3, 4):
        await hall.answer(person, CERTAIN)
    before = [await hall.of(person) for person in (1, 3, 4)]
    assert [await hall.answer(person, CERTAIN) for person in (3, 1, 4)] == ["waiting", "certain", "waiting"]
    assert [await hall.of(person) for person in (1, 3, 4)] == before


async def test_who_leaves_makes_room_for_the_next(hall: Hall) -> None:
    """The first in the line is offered the seat, and it counts as taken until they have answered."""
    for person in (1, 2, 3, 4):
        await hall.answer(person, CERTAIN)
    assert await hall.answer(1, NO) == "left"
    assert await hall.promote() == [3]
    assert (await hall.of(3)).offer_until == 9999
    assert await hall.promote() == []
    assert await hall.answer(5, CERTAIN) == "waiting"
    assert await hall.answer(3, CERTAIN) == "certain"
    assert await hall.counts() == Counts(certain=2, waiting=2, left=1)


async def test_an_offer_that_nobody_answers_goes_to_the_next(hall: Hall) -> None:
    """From its hour on, not before."""
    for person in (1, 2, 3, 4):
        await hall.answer(person, CERTAIN)
    await hall.answer(2, NO)
    await hall.promote(until=5000)
    assert await hall.lapse(4999) == []
    assert await hall.lapse(5000) == [3]
    assert (await hall.of(3)).state == "left"
    assert await hall.promote() == [4]


async def test_nobody_walks_past_the_line(hall: Hall) -> None:
    """A seat that is free while others wait (a capacity was just raised) is theirs, not the newcomer's."""
    for person in (1, 2, 3):
        await hall.answer(person, CERTAIN)
    await hall.set_up(replace(ROUND, capacity=3))
    assert await hall.answer(4, CERTAIN) == "waiting"
    assert await hall.promote() == [3]
    await hall.set_up(replace(ROUND, capacity=5))
    assert await hall.answer(5, CERTAIN) == "certain"  # One more than the line is long.
    assert await hall.promote() == [4]


async def test_who_cannot_be_told_is_passed_over_and_keeps_their_place(hall: Hall) -> None:
    """Blocked the bot: an offer would run out unread. An offer that stands goes back at once."""
    for person in (1, 2, 3, 4):
        await hall.answer(person, CERTAIN)
    await hall.database.write(lambda tx: people.set_reachable(tx, "web:3", reachable=False))
    await hall.answer(1, NO)
    assert await hall.promote() == [4]
    await hall.database.write(lambda tx: people.set_reachable(tx, "web:4", reachable=False))
    assert await hall.lapse(0) == [4]
    await hall.database.write(lambda tx: people.set_reachable(tx, "web:3", reachable=True))
    assert await hall.promote() == [3]


async def test_a_lowered_capacity_takes_nobodys_seat(hall: Hall) -> None:
    """But no seat is given until there are fewer people than seats."""
    for person in (1, 2, 3):
        await hall.answer(person, CERTAIN)
    await hall.set_up(replace(ROUND, capacity=1))
    await hall.answer(1, NO)
    assert await hall.promote() == []
    await hall.answer(2, NO)
    assert await hall.promote() == [3]


async def test_a_slot_fills_by_itself(hall: Hall) -> None:
    """Who wants a full one waits for it; who takes any gets the first that is free."""
    await hall.set_up(replace(ROUND, capacity=3, slots=(Slot("07:00", 1), Slot("08:00", 5))))
    early, late, any_ = (Wish(JoinState.CERTAIN, slot) for slot in ("07:00", "08:00", ""))
    assert await hall.answer(1, early) == "certain"
    assert await hall.answer(2, early) == "waiting"
    assert await hall.answer(3, any_) == "certain"
    assert (await hall.of(3)).slot == "08:00"
    assert await hall.answer(4, late) == "certain"
    assert await hall.answer(5, late) == "waiting"  # The round is full, though the slot is not.
    assert await hall.answer(4, NO) == "left"
    assert await hall.promote() == [5]  # The seat at eight is no use to who waits for seven.
    assert await hall.answer(5, CERTAIN) == "certain"
    assert (await hall.of(5)).slot == "08:00"


async def test_a_seat_is_not_lost_for_a_full_slot(hall: Hall) -> None:
    """Who would rather come at seven keeps eight where seven is full."""
    await hall.set_up(replace(ROUND, capacity=None, slots=(Slot("07:00", 1), Slot("08:00", 1))))
    await hall.answer(1, Wish(JoinState.CERTAIN, "07:00"))
    await hall.answer(2, Wish(JoinState.CERTAIN, "08:00"))
    assert await hall.answer(2, Wish(JoinState.CERTAIN, "07:00")) == "certain"
    assert (await hall.of(2)).slot == "08:00"
    await hall.answer(1, NO)
    await hall.answer(2, Wish(JoinState.CERTAIN, "07:00"))
    assert (await hall.of(2)).slot == "07:00"


async def test_a_round_without_limits_takes_everybody(hall: Hall) -> None:
    """And knows its version: who answered knows the round as it is."""
    await hall.set_up(replace(ROUND, capacity=None, version=3))
    assert {await hall.answer(n, CERTAIN) for n in range(1, 7)} == {"certain"}
    assert (await hall.of(1)).version == 3


async def test_a_ticket_is_found_by_its_code(hall: Hall) -> None:
    """Six figures and letters, kept over every change of mind, different for everybody."""
    await hall.answer(1, CERTAIN)
    await hall.answer(2, MAYBE)
    code = (await hall.of(1)).code
    await hall.answer(1, NO)
    await hall.answer(1, CERTAIN)
    assert (await hall.of(1)).code == code == read_code(code.lower())
    assert (await hall.of(2)).code != code
    async with hall.database.read() as tx:
        assert (await joins.by_code(tx, code)) == await hall.of(1)
        assert await joins.by_code(tx, "ZZZZZZ") is None


async def test_what_i_take_part_in_leaves_out_what_is_over(hall: Hall) -> None:
    """Not the no, not yesterday's, not the cancelled."""
    first = hall.round
    await hall.answer(1, CERTAIN)
    await hall.set_up(replace(ROUND, code="LS-12", held_on=date(2026, 12, 1)))
    await hall.answer(1, MAYBE)
    await hall.answer(2, NO)
    async with hall.database.read() as tx:
        assert [j.round_id for j in await joins.active(tx, 1, date(2026, 11, 22))] == [hall.round.id, first.id]
        assert [j.round_id for j in await joins.active(tx, 1, date(2026, 12, 2))] == [first.id]
        assert await joins.active(tx, 2, date(2026, 11, 22)) == []
    await hall.set_up(replace(ROUND, state=RoundState.CANCELLED))
    async with hall.database.read() as tx:
        assert await joins.active(tx, 1, date(2026, 12, 2)) == []


async def test_a_split_takes_people_along(hall: Hall) -> None:
    """With their seats and their old version; of two answers the one that counts for more stays, with one row a person."""
    source = hall.round
    for person in (1, 2):
        await hall.answer(person, CERTAIN)
    await hall.answer(3, MAYBE)
    await hall.set_up(replace(ROUND, code="LS-12", capacity=1, version=4))
    await hall.answer(2, MAYBE)
    await hall.answer(3, CERTAIN)
    moved = await hall.database.write(lambda tx: joins.move(tx, source, hall.round, [1, 2, 3, 6]))
    assert moved == 2
    assert await hall.counts() == Counts(certain=3)
    assert [(await hall.of(person)).version for person in (1, 2, 3)] == [1, 1, 4]
    async with hall.database.read() as tx:
        assert await joins.counts(tx, source.id) == Counts()


async def test_erasing_a_person_frees_their_seat(hall: Hall) -> None:
    """The row goes with the person, and the next is offered the seat."""
    for person in (1, 2, 3):
        await hall.answer(person, CERTAIN)
    await hall.database.write(lambda tx: people.forget(tx, "web:1"))
    assert await hall.promote() == [3]
    assert await hall.counts() == Counts(certain=1, offered=1)

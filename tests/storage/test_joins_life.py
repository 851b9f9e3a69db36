"""Whatever people and officers do in whatever order: seats, the line and offers keep their promises."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core.joins import SEATED, JoinState
from core.rounds import Slot
from storage import joins, people, rounds
from storage.database import Tx, open_database
from storage.joins import Wish
from storage.migrate import migrate
from tests.storage.test_joins import ROUND

PEOPLE = range(1, 9)
SLOTS = ("07:00", "08:00")
WISHES = [Wish(JoinState.CERTAIN, slot) for slot in (None, "", *SLOTS)] + [
    Wish(JoinState.MAYBE),
    Wish(JoinState.NO),
]


class Life(RuleBasedStateMachine):
    """A round, eight people, an officer who changes capacities, and time."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / "house.db"
        shutil.copyfile(self.template, path)
        self.database = self._run(open_database(f"sqlite:///{path}"))
        self.now = 1000
        self.round = replace(ROUND, capacity=2)
        self.taken_before: dict[str, int] = {}  # when a capacity was last changed; what is above it may stay
        self.line: list[int] = []
        self._set_round(self.round)

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    def _write(self, work: Callable[[Tx], Awaitable[Any]]) -> Any:
        return self._run(self.database.write(work))

    def _set_round(self, round_: joins.Round) -> None:
        async def work(tx: Tx) -> None:
            self.round = replace(round_, id=await rounds.write(tx, round_))
            for number in PEOPLE:
                await people.keep(tx, f"web:{number}", "vi", 1)

        self._write(work)
        self._promote()

    def _promote(self) -> None:
        """As every turn does that may have freed a seat."""
        told = self._write(lambda tx: joins.promote(tx, self.round, until=self.now + 10, at=self.now))
        ids = [one.join.person_id for one in told]
        assert len(ids) == len(set(ids))
        order = [person for person in self.line if person in ids]
        assert ids == order, "whoever came first is told first"

    @rule(person=st.sampled_from(PEOPLE), wish=st.sampled_from(WISHES))
    def answer(self, person: int, wish: Wish) -> None:
        before = self._states()
        join = self._write(lambda tx: joins.answer(tx, self.round, person, wish, at=self.now))
        assert join.person_id == person
        if wish.state is JoinState.CERTAIN:
            assert join.state in (JoinState.CERTAIN, JoinState.WAITING)
            assert not (before.get(person) in SEATED and join.state is JoinState.WAITING), "a seat was lost"
        self._promote()

    @rule(by=st.integers(0, 15))
    def time_passes(self, by: int) -> None:
        self.now += by
        lapsed = self._write(lambda tx: joins.lapse(tx, self.now))
        assert all(one.join.state is JoinState.LEFT for one in lapsed)
        self._promote()

    @rule(capacity=st.none() | st.integers(1, 6), slots=st.lists(st.integers(1, 3), max_size=2))
    def officer_changes_capacity(self, capacity: int | None, slots: list[int]) -> None:
        times = tuple(Slot(starts, size) for starts, size in zip(SLOTS, slots, strict=False))
        self._set_round(replace(self.round, capacity=capacity, slots=times))
        self.taken_before = self._taken()

    @rule(person=st.sampled_from(PEOPLE), reachable=st.booleans())
    def blocks_or_comes_back(self, person: int, reachable: bool) -> None:
        self._write(lambda tx: people.set_reachable(tx, f"web:{person}", reachable=reachable))
        self._write(lambda tx: joins.lapse(tx, self.now))
        self._promote()

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._write(lambda tx: tx.all(sql))

    def _states(self) -> dict[int, str]:
        return dict(self._rows("SELECT person_id, state FROM joins"))

    def _taken(self) -> dict[str, int]:
        rows = dict(self._rows("SELECT slot, count(*) FROM joins WHERE state IN ('certain', 'offered') GROUP BY slot"))
        return rows | {"all": sum(rows.values())}

    @invariant()
    def seats_never_exceed_capacity(self) -> None:
        """In all and in each slot, but for what was taken before an officer lowered it, which only shrinks."""
        taken = self._taken()
        limits = {slot.starts: slot.capacity for slot in self.round.slots}
        if self.round.capacity is not None:
            limits["all"] = self.round.capacity
        for what, limit in limits.items():
            assert taken.get(what, 0) <= max(limit, self.taken_before.get(what, 0)), what
        self.taken_before = {what: min(taken.get(what, 0), before) for what, before in self.taken_before.items()}

    @invariant()
    def nobody_waits_beside_a_free_seat(self) -> None:
        """Unless they cannot be told."""
        free = self._write(lambda tx: joins.room(tx, self.round))
        waiting = self._rows(
            "SELECT j.slot FROM joins j JOIN people p ON p.id = j.person_id WHERE j.state = 'waiting' AND p.reachable = 1"
        )
        assert not [slot for (slot,) in waiting if free.fits(slot)]

    @invariant()
    def everybody_in_the_line_has_a_place_of_their_own(self) -> None:
        """And is told in its order, see `_promote`."""
        rows = self._rows("SELECT person_id, queued_at FROM joins WHERE state = 'waiting' ORDER BY queued_at, id")
        assert len({place for _, place in rows}) == len(rows)
        self.line = [person for person, _ in rows]

    @invariant()
    def one_answer_a_person_and_one_code_an_answer(self) -> None:
        """Nobody is both waiting and seated, no ticket names two."""
        rows = self._rows("SELECT person_id, code, state, queued_at, offer_until, slot FROM joins")
        assert len({row[0] for row in rows}) == len({row[1] for row in rows}) == len(rows)
        for _, _, state, queued_at, offer_until, slot in rows:
            assert (queued_at is not None) is (state == "waiting")
            assert (offer_until is not None) is (state == "offered")
            assert not slot or state in ("certain", "offered", "waiting")

    def teardown(self) -> None:
        self._run(self.database.close())
        self._runner.close()
        self._folder.cleanup()


def test_any_course_of_events_keeps_the_promises(tmp_path: Path) -> None:
    """Seats within capacity, order kept, no seat idle beside a line, nobody twice: over any sequence of events."""

    async def make() -> None:
        database = await open_database(f"sqlite:///{tmp_path / 'template.db'}")
        await migrate(database, 1)
        await database.close()

    asyncio.run(make())
    Life.template = tmp_path / "template.db"
    run_state_machine_as_test(
        Life, settings=settings(max_examples=60, stateful_step_count=40, deadline=None, derandomize=True, database=None)
    )

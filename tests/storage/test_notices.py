"""Audiences of notices: pages that neither skip nor repeat, and cost what is due, not who exists."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from storage import joins, notices
from storage.database import Database, Tx
from storage.notices import Joined, Page, Wishes

TODAY = date(2026, 12, 1)
WHO = Joined(1, ("certain", "maybe"), None, by=100, part="3", today=TODAY)


async def fill(tx: Tx) -> None:
    """Thirty people in a round, every third of whom said maybe; five more in another."""
    for number in (1, 2):
        await tx.run(
            "INSERT INTO rounds (id, code, number, name, held_on, place, state) VALUES (?, ?, 1, 'R', '2026-12-04', 'P', 'open')",
            (number, f"R{number}"),
        )
    await tx.many(
        "INSERT INTO people (id, address, language, created_at) VALUES (?, ?, 'vi', 0)",
        [(number, f"web:{number}") for number in range(1, 36)],
    )
    await tx.many(
        "INSERT INTO joins (round_id, person_id, state, code, version, joined_at, changed_at) VALUES (?, ?, ?, ?, 1, ?, 1)",
        [
            (1 if number <= 30 else 2, number, "certain" if number % 3 else "maybe", f"T{number}", number)
            for number in range(1, 36)
        ],
    )


async def test_pages_neither_skip_nor_repeat(database: Database) -> None:
    """By person, from where the last one ended."""
    await database.write(fill)
    found: list[int] = []
    async with database.read() as tx:
        while page := await notices.joined(tx, WHO, Page(found[-1] if found else 0, 7)):
            found += [who.person_id for who in page]
    assert found == list(range(1, 31))


async def test_who_came_after_the_hour_is_not_looked_for(database: Database) -> None:
    """Joined at 1, 2, 3 …; those until 12 are there."""
    await database.write(fill)
    async with database.read() as tx:
        found = await notices.joined(tx, Joined(1, ("certain",), "", 12, "3", TODAY), Page(0, 100))
    assert [who.person_id for who in found] == [1, 2, 4, 5, 7, 8, 10, 11]


async def test_a_day_that_somebody_does_without_is_that_day_alone(database: Database) -> None:
    """Without the 30th day before is not without the 3rd."""
    await database.write(fill)
    for person, skip in ((1, {30}), (2, {3}), (3, {7, 3, 1})):
        await database.write(lambda tx, p=person, s=skip: notices.keep(tx, p, Wishes(skip=frozenset(s))))
    async with database.read() as tx:
        found = [who.person_id for who in await notices.joined(tx, WHO, Page(0, 5))]
        assert await notices.wishes(tx, 3) == Wishes(skip=frozenset({7, 3, 1}))
        assert await notices.wishes(tx, 4) is None
    assert found == [1, 4, 5, 6, 7]


async def test_progress_is_kept_by_run(database: Database) -> None:
    """A run that was begun is unfinished until it is done; others are not touched."""
    await database.write(lambda tx: notices.advance(tx, "change:1", 7, 1, done=False))
    await database.write(lambda tx: notices.advance(tx, "change:2", 9, 1, done=True))
    await database.write(lambda tx: notices.advance(tx, "remind:1", 9, 1, done=False))
    async with database.read() as tx:
        assert [await notices.progress(tx, run) for run in ("change:1", "change:2", "x")] == [
            (7, False),
            (9, True),
            (0, False),
        ]
        assert await notices.unfinished(tx, "change:") == {"change:1"}


class Explained(Tx):
    """A transaction that notes how each statement would be carried out."""

    def __init__(self, tx: Tx) -> None:
        super().__init__(tx._connection)
        self.steps: list[str] = []

    async def all(self, sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
        """As in Tx."""
        self.steps += [row[3] for row in await super().all(f"EXPLAIN QUERY PLAN {sql}", values)]
        return await super().all(sql, values)


@pytest.mark.parametrize(
    ("look", "index"),
    [
        (lambda tx: notices.joined(tx, WHO, Page(0, 7)), "sqlite_autoindex_joins_2 (round_id=? AND person_id>?)"),
        (
            lambda tx: notices.knowing_older(tx, 1, 2, Page(0, 7)),
            "sqlite_autoindex_joins_2 (round_id=? AND person_id>?)",
        ),
        (lambda tx: notices.eligible(tx, TODAY, TODAY, Page(0, 7)), "donors_eligible (eligible_on=? AND id>?)"),
    ],
    ids=["who takes part", "who knows older facts", "who may give again"],
)
async def test_a_page_costs_what_is_on_it(
    database: Database, look: Callable[[Tx], Awaitable[object]], index: str
) -> None:
    """No table is read from end to end, and nothing is sorted: an index leads to the page's first row and on from there."""
    await database.write(fill)
    async with database.read() as tx:
        explained = Explained(tx)
        await look(explained)
    assert any(step.endswith(index) for step in explained.steps), explained.steps
    assert [step for step in explained.steps if step.startswith(("SCAN", "USE TEMP"))] == []


@pytest.mark.parametrize(
    "look",
    [lambda tx: joins.lapse(tx, 5), lambda tx: joins.waited_for(tx, TODAY)],
    ids=["offers", "lines"],
)
async def test_a_look_at_seats_every_half_minute_goes_not_through_all_answers(
    database: Database, look: Callable[[Tx], Awaitable[object]]
) -> None:
    """Answers are kept for years; whoever writes meanwhile waits for this look."""
    await database.write(fill)
    async with database.read() as tx:
        explained = Explained(tx)
        await look(explained)
    assert [step for step in explained.steps if step.startswith("SCAN")] == []

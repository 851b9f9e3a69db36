"""Quotas and the board as they stand in the tables, read through a fresh connection."""

from __future__ import annotations

from core.board import Tally
from core.quotas import YearKind
from storage import board, quotas
from storage.database import Database, Tx, open_reader

# Person, unit, what they answered, what came of it.
JOINS = (
    (1, 1, "certain", None),
    (2, 1, "certain", "gave"),
    (3, 1, "certain", "deferred"),
    (4, 1, "certain", "absent"),
    (5, 2, "maybe", None),
    (6, 2, "waiting", None),
    (7, 2, "no", None),
    (8, 2, "left", None),
    (9, None, "maybe", "gave"),
)


async def fill(tx: Tx) -> None:
    """Two units, a round, and nine people who answered."""
    await tx.many(
        "INSERT INTO units (id, code, kind, name, sort_key) VALUES (?, ?, 'union', ?, '')",
        [(1, "A", "A"), (2, "B", "B")],
    )
    await tx.run(
        "INSERT INTO rounds (id, code, number, name, held_on, place, state) VALUES (1, 'R', 1, 'R', '2026-12-04', 'P', 'open')"
    )
    await tx.many(
        "INSERT INTO people (id, address, language, created_at) VALUES (?, ?, 'vi', 0)",
        [(n, f"web:{n}") for n, *_ in JOINS],
    )
    await tx.many(
        "INSERT INTO joins (round_id, person_id, unit_id, state, outcome, code, version, joined_at, changed_at, queued_at)"
        " VALUES (1, ?, ?, ?, ?, ?, 1, 1, 1, ?)",
        [(n, unit, state, outcome, f"T{n}", 1 if state == "waiting" else None) for n, unit, state, outcome in JOINS],
    )  # fmt: skip


async def test_everybody_is_counted_by_the_unit_of_their_answer(database: Database) -> None:
    """Came: who gave and who was sent home; who is in no unit is counted too; no and left are nobody."""
    await database.write(fill)
    reader = await open_reader(database.path)
    async with reader.read() as tx:
        found = await board.counted(tx, 1)
        assert await board.counted(tx, 2) == {}
    await reader.close()
    assert found[1] == Tally(certain=4, came=2, gave=1)
    assert found[2] == Tally(maybe=1, waiting=1)
    assert found[None] == Tally(maybe=1, came=1, gave=1)


async def test_the_board_reads_its_index_alone(database: Database) -> None:
    """However many donors there are: no table is touched and nothing is sorted."""
    async with database.read() as tx:
        plan = " ".join(str(row[-1]) for row in await tx.all(f"EXPLAIN QUERY PLAN {board._COUNTED}", (1,)))
    assert "COVERING INDEX joins_board" in plan
    assert "TEMP" not in plan


async def test_quotas_are_set_changed_and_taken_back(database: Database) -> None:
    """None takes the row away, 0 is a row; what is not named stays."""
    await database.write(fill)
    await database.write(lambda tx: quotas.set_round(tx, 1, {1: 180, 2: 0}))
    await database.write(lambda tx: quotas.set_round(tx, 1, {1: None}))
    await database.write(lambda tx: quotas.set_year(tx, 2023, YearKind.AWARD_PERSON, {1: 4, 2: 3}))
    await database.write(lambda tx: quotas.set_year(tx, 2023, YearKind.AWARD_PERSON, {2: 5}))
    await database.write(lambda tx: quotas.set_year(tx, 2023, YearKind.LIVING, {2: None}))
    reader = await open_reader(database.path)
    async with reader.read() as tx:
        assert await quotas.of_round(tx, 1) == {2: 0}
        assert await quotas.of_round(tx, 2) == {}
        assert await quotas.of_year(tx, 2023, YearKind.AWARD_PERSON) == {1: 4, 2: 5}
        assert await quotas.of_year(tx, 2024, YearKind.AWARD_PERSON) == {}
        assert await quotas.of_year(tx, 2023, YearKind.LIVING) == {}
    await reader.close()

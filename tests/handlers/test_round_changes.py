"""What a change of a round leaves behind: the row, the log, the mark for who joined, and no reminder of what was true before."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.dialogue import Reply
from core.rounds import Part, Round, RoundState, Slot
from handlers import round_changes
from storage import outbox, rounds
from storage.database import Database, _driver, open_database
from storage.migrate import migrate

OPEN, CLOSED, DRAFT, DONE, CANCELLED = (
    RoundState(s) for s in ("open", "closed", "draft", "done", "cancelled")
)  # fmt: skip
ROUND = Round(
    id=0, code="XA-04", number=4, name="Đợt 4", occasion="", held_on=date(2026, 12, 4), tentative=False, opens="07:00",
    closes="11:30", place="Nhà khách", place_address="", lat=None, lon=None, target=100, deadline_on=None, state=OPEN,
    slots=(Slot("07:30", 40), Slot("08:30", 40)),
)  # fmt: skip
Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Migrated and empty."""
    database = await open_database(f"sqlite:///{tmp_path / 'house.db'}")
    await migrate(database, 1)
    yield database
    await database.close()


@pytest.fixture
def rows(database: Database) -> Rows:
    """What was committed, through a connection of its own."""

    def read(sql: str) -> list[tuple[Any, ...]]:
        connection: sqlite3.Connection = _driver().connect(f"file:{database.path}?mode=ro", uri=True)
        try:
            return list(connection.execute(sql))
        finally:
            connection.close()

    return read


async def change(database: Database, **fields: object) -> None:
    """The stored round with these fields changed; a new one where there is none."""

    async def write(tx: Any) -> None:
        before = await rounds.by_code(tx, ROUND.code)
        await round_changes.apply(tx, before, replace(before or ROUND, **fields), by="web:officer", at=7)

    await database.write(write)


async def test_a_new_round_is_logged_and_told_to_nobody(database: Database, rows: Rows) -> None:
    """There is nobody to tell."""
    await change(database, version=9)
    assert rows("SELECT code, state, version FROM rounds") == [("XA-04", "open", 1)]
    assert rows("SELECT action, address, at, detail, told FROM round_changes") == [
        ("created", "web:officer", 7, "{}", 1)
    ]


async def test_the_same_round_again_writes_nothing(database: Database, rows: Rows) -> None:
    """No line in the log, no new version."""
    await change(database)
    await change(database)
    assert rows("SELECT count(*) FROM round_changes") == [(1,)]
    assert rows("SELECT version FROM rounds") == [(1,)]


HEARD = {
    "name": "Đợt 4A",
    "held_on": date(2026, 12, 5),
    "tentative": True,
    "opens": "08:00",
    "closes": "11:00",
    "place": "Hội trường",
    "place_address": "Tổ 2",
    "place_or": ("Trạm Y tế",),
    "parts": (Part("Lễ phát động", "08:00", "09:00"),),
    "slots": (Slot("07:30", 40),),
}
UNHEARD = {
    "target": 120,
    "deadline_on": date(2026, 12, 1),
    "occasion": "Xuân Hồng",
    "capacity": 90,
    "yield_percent": 80,
    "leading": ("Ban Chỉ đạo",),
    "executing": ("Trạm Y tế",),
    "slots": (Slot("07:30", 60), Slot("08:30", 40), Slot("09:30", 40)),
}


@pytest.mark.parametrize("state", [OPEN, CLOSED])
@pytest.mark.parametrize(("field", "value"), HEARD.items())
async def test_what_people_go_by_is_told(
    database: Database, rows: Rows, state: RoundState, field: str, value: object
) -> None:
    """The version moves, so that they are asked again, and the log says what was before."""
    await change(database, state=state)
    await change(database, **{field: value})
    (line,) = rows("SELECT action, told, detail FROM round_changes WHERE action <> 'created'")
    assert line[:2] == ("edited", 0)
    assert list(json.loads(line[2])) == [field]
    assert rows("SELECT version FROM rounds") == [(2,)]


@pytest.mark.parametrize(("field", "value"), UNHEARD.items())
async def test_what_is_the_officers_affair_is_logged_alone(
    database: Database, rows: Rows, field: str, value: object
) -> None:
    """Nobody is asked again because a target moved."""
    await change(database)
    await change(database, **{field: value})
    assert rows("SELECT action, told FROM round_changes WHERE action <> 'created'") == [("edited", 1)]
    assert rows("SELECT version FROM rounds") == [(1,)]


@pytest.mark.parametrize(
    ("before", "after", "action", "told"),
    [
        (DRAFT, OPEN, "opened", 1),
        (OPEN, CLOSED, "closed", 1),
        (CLOSED, DONE, "done", 1),
        (OPEN, CANCELLED, "cancelled", 0),
        (CLOSED, CANCELLED, "cancelled", 0),
        (DRAFT, CANCELLED, "cancelled", 1),
        (CANCELLED, OPEN, "opened", 0),
    ],
)
async def test_a_round_called_off_or_on_again_is_told(
    database: Database, rows: Rows, before: RoundState, after: RoundState, action: str, told: int
) -> None:
    """Opening, closing and ending one is seen by who looks; calling it off concerns everybody in it."""
    await change(database, state=before)
    await change(database, state=after)
    assert rows("SELECT action, told, detail FROM round_changes WHERE action <> 'created'") == [
        (action, told, json.dumps({"state": [before.value, after.value]}, separators=(",", ":")))
    ]
    assert rows("SELECT version FROM rounds") == [(2 - told,)]


@pytest.mark.parametrize("state", [DRAFT, DONE, CANCELLED])
async def test_a_round_that_nobody_waits_for_moves_silently(database: Database, rows: Rows, state: RoundState) -> None:
    """A draft has no guests, and what is over is over."""
    await change(database, state=state)
    await change(database, held_on=date(2026, 12, 11))
    assert rows("SELECT told FROM round_changes") == [(1,), (1,)]
    assert rows("SELECT version FROM rounds") == [(1,)]


async def test_a_move_and_a_new_state_are_two_lines(database: Database, rows: Rows) -> None:
    """That it closed is not told, that it moved is."""
    await change(database)
    await change(database, state=CLOSED, held_on=date(2026, 12, 11))
    assert rows("SELECT action, told FROM round_changes ORDER BY id") == [("created", 1), ("edited", 0), ("closed", 1)]
    assert rows("SELECT version FROM rounds") == [(2,)]


async def test_reminders_of_what_was_true_before_are_not_sent(database: Database, rows: Rows) -> None:
    """Of this round alone, and only where the change is one that people hear of."""

    async def remind(tx: Any) -> None:
        keys = ("remind:1:5:2026-12-04:3", "maybe:1:6:2026-12-04", "remind:11:5:2026-12-04:3")
        await outbox.write(tx, [outbox.Draft(key, "web:somebody", Reply("…")) for key in keys])

    await change(database)
    await database.write(remind)
    await change(database, target=150)
    assert rows("SELECT DISTINCT state FROM outbox") == [("pending",)]
    await change(database, place="Hội trường")
    assert rows("SELECT state FROM outbox ORDER BY id") == [("cancelled",), ("cancelled",), ("pending",)]


async def test_the_reason_of_a_cancellation_stands_in_its_line(database: Database, rows: Rows) -> None:
    """Those who joined are told it."""
    await change(database)

    async def cancel(tx: Any) -> None:
        before = await rounds.by_code(tx, ROUND.code)
        assert before
        after = replace(before, state=CANCELLED)
        await round_changes.apply(tx, before, after, by="web:officer", at=8, reason="Bão số 9")

    await database.write(cancel)
    [(action, detail, told)] = rows("SELECT action, detail, told FROM round_changes WHERE at = 8")
    assert (action, told) == ("cancelled", 0)
    assert json.loads(detail) == {"state": ["open", "cancelled"], "reason": [None, "Bão số 9"]}


def test_what_a_log_holds_makes_the_round_again() -> None:
    """Every field survives the way through JSON."""
    full = replace(
        ROUND, units=frozenset((3, 1)), parts=(Part("Lễ", "08:00", "09:00", "Hội trường", ""),), place_or=("Nhà B",),
        leading=("Ban A",), executing=("Ban B", "Ban C"), deadline_on=date(2026, 11, 27), state=DRAFT, capacity=9, reminders="1 18:00",
    )  # fmt: skip
    told = json.loads(json.dumps(round_changes.differences(ROUND, full)))
    assert round_changes.with_values(ROUND, {name: pair[1] for name, pair in told.items()}) == full
    assert round_changes.with_values(full, {name: pair[0] for name, pair in told.items()}) == ROUND


@pytest.mark.parametrize(
    ("before", "fields", "news"),
    [
        (OPEN, {"held_on": date(2026, 12, 5)}, True), (DRAFT, {"held_on": date(2026, 12, 5)}, False), (OPEN, {"target": 9}, False),
        (CLOSED, {"state": CANCELLED}, True), (DRAFT, {"state": CANCELLED}, False), (OPEN, {"state": CLOSED}, False), (OPEN, {}, False),
    ],
)  # fmt: skip
def test_what_is_news_is_known_before_it_is_written(before: RoundState, fields: dict[str, Any], news: bool) -> None:
    """So that a preview can say how many will be told."""
    round_ = replace(ROUND, state=before)
    assert round_changes.is_news(round_, replace(round_, **fields)) is news

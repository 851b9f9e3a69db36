"""A full disk: what cannot be kept is not confirmed, so the platform keeps it; with room again everybody is answered once."""

from __future__ import annotations

import pytest

from storage.database import Database
from tests.program import AtTelegram, until

ROOM = 1 << 30


async def limit(database: Database, more_pages: int) -> None:
    """SQLite's own "database or disk is full", without filling a disk: the file may grow by so many pages."""

    async def work(tx: object) -> None:
        (pages,) = (await database._writer.execute_fetchall("PRAGMA page_count"))[0]  # type: ignore[index]
        await database._writer.execute_fetchall(f"PRAGMA max_page_count = {min(ROOM, pages + more_pages)}")

    await database.write(work)


async def test_what_comes_while_the_disk_is_full_is_answered_once_there_is_room(
    telegram: AtTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    """Every message of the time in between, in order, exactly once; nothing was confirmed that was not kept."""
    person = telegram.server.person()
    person.start()
    await telegram.settled(1)
    greeted = len(person.messages)
    await limit(telegram.app.database, 0)
    for number in range(5):
        person.say(f"{number} " + "á" * 4000)
    await until(lambda: "inbox_failed" in caplog.text, "updates that cannot be kept")
    assert telegram.rows("SELECT count(*) FROM inbox") == [(1,)]
    assert len(telegram.server.world.queue.items) == 5
    await limit(telegram.app.database, ROOM)
    await telegram.settled(6)
    assert telegram.rows("SELECT state, count(*) FROM inbox GROUP BY state") == [("done", 6)]
    assert len(person.messages) == greeted + 5
    assert telegram.rows("PRAGMA quick_check") == [("ok",)]


async def test_a_disk_that_fills_up_in_the_middle_of_a_batch_loses_no_answer(
    telegram: AtTelegram, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept and confirmed, but no room for the answers: nothing half done, however long it lasts; nobody is told of a bug."""
    monkeypatch.setattr("bot.turns._PAUSE_S", 0.01)
    people = [telegram.server.person() for _ in range(90)]
    await limit(telegram.app.database, 12)
    for person in people:
        person.start()
    await until(lambda: caplog.text.count("batch_failed") >= 20, "no room")
    assert {state for (state,) in telegram.rows("SELECT state FROM inbox WHERE attempts > 0")} == set()
    await limit(telegram.app.database, ROOM)
    await telegram.settled(90)
    assert telegram.rows("SELECT state, count(*) FROM inbox GROUP BY state") == [("done", 90)]
    assert [len(person.messages) for person in people] == [1] * 90

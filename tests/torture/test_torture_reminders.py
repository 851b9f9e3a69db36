"""kill -9 at random moments while reminders are planned and sent: each person gets exactly one, but for what was in flight.

PEOPLE and LOOPS say how many people and kills (400 and 3 without them; 20,000 and 20 in `make torture`), SEED repeats a run: the
seed is printed. After every second kill the planning is as if it had never been: the mark is set back and what was planned is forgotten,
so that everything is planned again and only the keys of the messages are left to guard.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from storage import marks
from storage.database import Tx, open_database
from storage.migrate import migrate
from tests.servers.telegram import FakeTelegram
from tests.torture.program import IN_FLIGHT, Program
from tests.torture.tally import in_flight, tally

pytestmark = pytest.mark.torture
PEOPLE = int(os.environ.get("PEOPLE", "400"))
KILLS = int(os.environ.get("LOOPS", "3"))
SEED = int(os.environ.get("SEED") or time.time_ns() % 1_000_000)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = 1001  # The fake server's people have ids in order.
MARK = "planner.until"


async def furnish(program: Program, due: datetime) -> None:
    """Everybody takes part in a round whose only reminder is due at this moment; planning has come until an hour before."""
    database = await open_database(f"sqlite:///{program.database}")
    await migrate(database, 1)

    async def fill(tx: Tx) -> None:
        everybody = range(1, PEOPLE + 1)
        await tx.many(
            "INSERT INTO people (id, address, language, created_at) VALUES (?, ?, 'vi', 0)",
            [(number, f"telegram:{FIRST + number - 1}") for number in everybody],
        )
        await tx.run(
            "INSERT INTO rounds (id, code, number, name, held_on, opens, closes, place, state, reminders)"
            " VALUES (1, 'R1', 1, 'Đợt thử', ?, '07:00', '11:30', 'Nhà Văn hoá', 'open', ?)",
            (f"{due.date() + timedelta(days=3)}", f"3 {due:%H:%M}"),
        )
        await tx.many(
            "INSERT INTO joins (round_id, person_id, state, code, version, joined_at, changed_at) VALUES (1, ?, 'certain', ?, 1, 1, 1)",
            [(number, f"T{number}") for number in everybody],
        )
        await set_back(tx, due)

    await database.write(fill)
    await database.close()


async def set_back(tx: Tx, due: datetime) -> None:
    """As if nothing had been planned since an hour before."""
    await marks.set_(tx, MARK, str(int((due - timedelta(hours=1)).timestamp() * 1000)))
    await tx.run("DELETE FROM notice_runs")


async def plan_again(program: Program, due: datetime) -> None:
    """The same from outside, while the program is down."""
    database = await open_database(f"sqlite:///{program.database}")
    await database.write(lambda tx: set_back(tx, due))
    await database.close()


async def awake(program: Program, telegram: FakeTelegram) -> None:
    """Begin a life; return when it polls."""
    polled = asyncio.create_task(telegram.heard("getUpdates", 60))
    await program.start()
    await program.alive_until(polled)


async def kill_at_random(program: Program, telegram: FakeTelegram, due: datetime, rng: random.Random) -> Counter[str]:
    """So many lives, each ended at a random moment: the planning begins a second after the start. What the kills met."""
    met = Counter[str]()
    for number in range(KILLS):
        await awake(program, telegram)
        await asyncio.sleep(rng.uniform(0.5, 2.5))
        await program.kill()
        met[underway(program)] += 1
        if number % 2:
            await plan_again(program, due)
    return met


async def all_said(program: Program) -> None:
    """Return when everybody has been planned and nothing waits any more."""
    async with asyncio.timeout(60 + PEOPLE / 50):
        while planned(program) < PEOPLE or in_flight(program.database):
            await asyncio.sleep(0.2)


def underway(program: Program) -> str:
    """What a kill fell into: before, within or after the planning; with messages in flight or without."""
    with closing(sqlite3.connect(f"{program.database.as_uri()}?mode=ro", uri=True)) as db:
        runs = db.execute("SELECT done FROM notice_runs WHERE key LIKE 'remind:%'").fetchall()
        flying = db.execute("SELECT count(*) FROM outbox WHERE state = 'sending'").fetchone()[0]
    when = "planned" if (1,) in runs else "planning" if runs else "unplanned"
    return f"{when}, {'sending' if flying else 'idle'}"


def planned(program: Program) -> int:
    """Reminders in the outbox."""
    with closing(sqlite3.connect(f"{program.database.as_uri()}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM outbox WHERE lane = 2").fetchone()[0])


def copies(program: Program) -> int:
    """How many messages may have come twice, as the outbox itself has counted."""
    with closing(sqlite3.connect(f"{program.database.as_uri()}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT coalesce(sum(attempts), 0) FROM outbox").fetchone()[0])


async def test_everybody_is_reminded_once_whatever_dies_and_whenever(tmp_path: Path) -> None:
    """Planned over and over, killed in planning and in delivery: the fake server's count is the judge."""
    rng = random.Random(SEED)
    print(f"\nSEED={SEED} PEOPLE={PEOPLE} KILLS={KILLS}")
    due = datetime.now(UTC).astimezone(ZONE).replace(second=0, microsecond=0) - timedelta(minutes=1)
    async with FakeTelegram() as telegram:
        for _ in range(PEOPLE):
            telegram.person().chat.met = True
        program = Program(tmp_path, base_url=telegram.base_url, per_second=0)
        await furnish(program, due)
        try:
            met = await kill_at_random(program, telegram, due, rng)
            await awake(program, telegram)
            await all_said(program)
            assert await program.stop() == 0
            await plan_again(program, due)
            await awake(program, telegram)
            await asyncio.sleep(4)  # Everything is planned once more, and nothing comes of it.
            assert await program.stop() == 0
        finally:
            await program.away()
        stood = tally(program.database)
        got = Counter(call.params["chat_id"] for call in telegram.accepted("sendMessage"))
        repeated, counted = got.total() - len(got), copies(program)
        print(
            f"kills {dict(met)}, people {len(got)}, messages {got.total()}, repeated {repeated}"
            f" (counted {counted}, at most {KILLS * IN_FLIGHT})"
        )
        assert set(map(int, got)) == set(range(FIRST, FIRST + PEOPLE))
        assert stood.outbox == {"sent": PEOPLE}
        assert repeated <= counted <= KILLS * IN_FLIGHT
        assert (stood.check, stood.broken_keys) == ("ok", 0)
        assert "planning_failed" not in program.log

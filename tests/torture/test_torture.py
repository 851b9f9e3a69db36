"""kill -9 at random moments while people register: nobody's answer is lost, nobody stands there twice, no reply is missing.

KILLS says how often (20 without it, 200 in `make torture`), SEED repeats a run: the seed is printed.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage import units
from storage.database import open_database
from storage.migrate import migrate
from tests.servers.telegram import FakeTelegram
from tests.torture.donors import UNIT, Crowd
from tests.torture.program import IN_FLIGHT, Program
from tests.torture.tally import Tally, in_flight, tally

pytestmark = pytest.mark.torture
KILLS = int(os.environ.get("KILLS", "10"))
SEED = int(os.environ.get("SEED") or time.time_ns() % 1_000_000)
TROUBLE = ("flood", "bad_gateway", "error", "reset", "cut", "truncated", "bad_gateway_after", "reset_after")


@dataclass(frozen=True)
class Lives:
    """How often the program is killed, and how long it works at most before that."""

    kills: int
    work_s: float
    troubled: bool


class Slow(FakeTelegram):
    """Each call takes another 0 to 50 ms."""

    @property
    def latency_ms(self) -> float:
        """Drawn anew whenever it is asked for."""
        return random.uniform(0, 50)

    @latency_ms.setter
    def latency_ms(self, _: float) -> None:
        return

    @property
    def redeliveries(self) -> int:
        """Updates that were shown to the bot more than once."""
        shown = [u["update_id"] for call in self.calls if call.method == "getUpdates" for u in call.result or ()]
        return len(shown) - len(set(shown))

    @property
    def ambiguous(self) -> int:
        """Messages that took effect while the bot heard of trouble."""
        return sum(call.accepted and call.outcome != "ok" for call in self.accepted("sendMessage"))


async def furnish(program: Program) -> None:
    """An empty database with one unit in it."""
    database = await open_database(f"sqlite:///{program.database}")
    await migrate(database, 1)
    await database.write(lambda tx: units.write(tx, [units.UnitRow("SYT", "union", UNIT)]))
    await database.close()


@asynccontextmanager
async def bot(folder: Path, telegram: FakeTelegram) -> AsyncIterator[Program]:
    """A bot to be killed, with a furnished database."""
    program = Program(folder, base_url=telegram.base_url)
    await furnish(program)
    try:
        yield program
    finally:
        await program.away()


async def kill_at_random(program: Program, telegram: FakeTelegram, rng: random.Random, lives: Lives) -> None:
    """So many lives, each ended at a random moment: mostly at work, every fifth one while it is still starting."""
    for _ in range(lives.kills):
        at_work = rng.random() < 0.8
        polled = asyncio.create_task(telegram.heard("getUpdates", 60))
        await program.start()
        if at_work:
            await program.alive_until(polled)
        await asyncio.sleep(rng.uniform(0, lives.work_s if at_work else 0.8))
        polled.cancel()
        await program.kill()
    await program.start()


async def trouble(telegram: FakeTelegram, rng: random.Random) -> None:
    """Something goes wrong at Telegram several times a second, one thing at a time, until cancelled."""
    while True:
        telegram.faults.clear()
        telegram.fault(rng.choice(TROUBLE), rng.choice(("sendMessage", "sendMessage", "sendMessage", "getUpdates")))
        await asyncio.sleep(rng.uniform(0.4, 1.2))


async def settled(program: Program) -> None:
    """Return when nothing waits to be sent."""
    async with asyncio.timeout(60):
        while in_flight(program.database):
            await asyncio.sleep(0.05)


def lost_and_doubled(stood: Tally, crowd: Crowd) -> tuple[int, int]:
    """(registrations and answers that are missing, those that are there too often)."""
    told = crowd.told
    missing = [row for address, answers in told.finished.items() if (row := (address, answers.row)) not in stood.donors]
    taken = stood.inbox.get("done", 0)
    too_many = len(stood.donors) - len(set(stood.donors)) + max(0, stood.consents - len(told.finished))
    return len(missing) + max(0, told.answered - taken), too_many + max(0, taken - told.answered)


def nothing_lost_nothing_doubled(stood: Tally, crowd: Crowd) -> None:
    """The promise, asserted from what stands in the file."""
    told = crowd.told
    assert lost_and_doubled(stood, crowd) == (0, 0)
    assert sorted(stood.donors) == sorted((address, answers.row) for address, answers in told.finished.items())
    assert len(told.finished) == len(crowd.chats) == stood.consents
    assert stood.inbox == {"done": told.answered}
    assert set(stood.outbox) == {"sent"}
    assert (stood.check, stood.broken_keys, stood.conversations) == ("ok", 0, 0)


async def check_survival(folder: Path, lives: Lives) -> None:
    """Let people register while the program is killed; print and assert what became of them."""
    kills = lives.kills
    rng = random.Random(SEED)
    random.seed(SEED)
    print(f"\nSEED={SEED} KILLS={kills}")
    async with Slow() as telegram, bot(folder, telegram) as program:
        crowd = Crowd(telegram, program.url, rng)
        async with asyncio.TaskGroup() as group:
            group.create_task(crowd.talk(on_telegram=6, on_web=3))
            going_wrong = group.create_task(trouble(telegram, rng)) if lives.troubled else None
            await kill_at_random(program, telegram, rng, lives)
            crowd.close()
            if going_wrong:
                going_wrong.cancel()
                telegram.faults.clear()
        await settled(program)
        assert await program.stop() == 0
        crowd.judge()
        stood, told = tally(program.database), crowd.told
        outcomes = Counter(call.outcome for call in telegram.calls if call.outcome != "ok")
        lost, doubled = lost_and_doubled(stood, crowd)
        print(
            f"kills {kills}, updates {sum(stood.inbox.values())}, answers {told.answered}, registered {len(told.finished)},"
            f" redeliveries {telegram.redeliveries}, repeated messages {told.repeated} (at most {kills * IN_FLIGHT}"
            f" + {telegram.ambiguous} ambiguous), trouble {dict(outcomes)}, lost {lost}, doubled {doubled}, quick_check {stood.check}"
        )
        nothing_lost_nothing_doubled(stood, crowd)
        assert told.repeated <= kills * IN_FLIGHT + telegram.ambiguous
        assert "turn_failed" not in program.log and "batch_failed" not in program.log


async def test_killed_at_random_moments_nobody_loses_an_answer_or_registers_twice(tmp_path: Path) -> None:
    """After every kill -9 everyone goes on at the same question: no answer lost, no donor doubled, no reply missing."""
    await check_survival(tmp_path, Lives(KILLS, work_s=1.0, troubled=False))


async def test_killed_while_telegram_stumbles_too(tmp_path: Path) -> None:
    """The same with 429, 502, resets and cut answers thrown in."""
    await check_survival(tmp_path, Lives(max(1, KILLS // 5), work_s=2.0, troubled=True))

"""kill -9 at random moments of a broadcast, with 429s, 403s, resets and lost answers thrown in: the fake server's count is the judge.

CROWD and LOOPS say how many people and kills (300 and 3 without them; 2,000 and 20 in `make torture`), SEED repeats a run: the seed is
printed. Nobody is lost and nobody gets it twice; what was in flight at a kill, or met a lost answer, is held. Then the officer has
it sent again, and whoever gets it twice by that is one of those.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from core.audience import Audience
from core.broadcasts import Content
from core.people import Grant, Role
from storage import broadcasts, people, roles
from storage.broadcasts import New
from storage.database import Tx, open_database
from storage.migrate import migrate
from tests.servers.telegram import FakeTelegram
from tests.servers.telegram.errors import BLOCKED, forbidden
from tests.torture.program import IN_FLIGHT, Program
from tests.torture.tally import tally

pytestmark = pytest.mark.torture
CROWD = int(os.environ.get("CROWD", "300"))
KILLS = int(os.environ.get("LOOPS", "3"))
SEED = int(os.environ.get("SEED") or time.time_ns() % 1_000_000)
OFFICER = 1001  # The fake server's people have ids in order; the officer is the first.
WORDS = "Mời {ten} đến hiến máu"
PER_SECOND = 60  # So that a crowd lasts for all the kills.


async def furnish(program: Program) -> None:
    """A unit with its officer and everybody in it, and a broadcast whose time has come."""
    database = await open_database(f"sqlite:///{program.database}")
    await migrate(database, 1)

    async def fill(tx: Tx) -> None:
        await tx.run("INSERT INTO units (id, code, kind, name, sort_key) VALUES (1, 'U', 'union', 'Đơn vị thử', 'x')")
        await people.keep(tx, f"telegram:{OFFICER}", "vi", 1)
        await roles.grant(tx, f"telegram:{OFFICER}", Grant(Role.OFFICER, 1), by="test", at=1)
        for number in range(1, CROWD + 1):
            person = await people.keep(tx, f"telegram:{OFFICER + number}", "vi", 1)
            await tx.run(
                "INSERT INTO donors (person_id, full_name, name_key, unit_id, birth_year, birth_precision, sex, abo, rh, donations, phone,"
                " created_at, updated_at) VALUES (?, ?, 'x', 1, 1990, 'year', 'F', 'O', '+', 0, '+84900000000', 1, 1)",
                (person, f"Người {number}"),
            )
        content, audience = Content({"vi": WORDS}, night=True), Audience(frozenset({1}))
        await broadcasts.add(tx, New(f"telegram:{OFFICER}", content, audience, CROWD, 1, 1))

    await database.write(fill)
    await database.close()


async def awake(program: Program, telegram: FakeTelegram) -> None:
    """Begin a life; return when it polls."""
    polled = asyncio.create_task(telegram.heard("getUpdates", 60))
    await program.start()
    await program.alive_until(polled)


KINDS = ("flood", "reset", "reset_after", "bad_gateway", "bad_gateway_after", "cut", "truncated")


def trouble(telegram: FakeTelegram, chats: list[int], rng: random.Random) -> None:
    """Something goes wrong with the first message to one chat in fifteen."""
    for chat in rng.sample(chats, len(chats) // 15):
        telegram.fault(rng.choice(KINDS), "sendMessage", chat_id=chat)


async def kill_at_random(program: Program, telegram: FakeTelegram, rng: random.Random) -> int:
    """So many lives, each ended at a random moment; how many messages were in flight then."""
    flying = 0
    for _ in range(KILLS):
        await awake(program, telegram)
        await asyncio.sleep(rng.uniform(0.2, 2.5))
        await program.kill()
        flying += rows(program, "SELECT count(*) FROM outbox WHERE state = 'sending' AND broadcast_id = 1")[0][0]
    return flying


def rows(program: Program, sql: str) -> list[tuple[int, ...]]:
    """What stands in the file."""
    with closing(sqlite3.connect(f"{program.database.as_uri()}?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()


async def until(program: Program, sql: str) -> None:
    """Return when this query finds nothing any more."""
    async with asyncio.timeout(120 + CROWD / 20):
        while rows(program, sql):
            await asyncio.sleep(0.1)


def received(telegram: FakeTelegram) -> Counter[int]:
    """Chat -> how many times the message took effect there."""
    calls = (call.params for call in telegram.accepted("sendMessage"))
    return Counter(int(params["chat_id"]) for params in calls if str(params["text"]).startswith("Mời Người "))


async def test_a_broadcast_loses_nobody_and_doubles_nobody_whatever_dies_and_whenever(tmp_path: Path) -> None:
    """Killed and hindered until it ends by itself; then what is not known goes once more, by the officer's word."""
    rng = random.Random(SEED)
    print(f"\nSEED={SEED} CROWD={CROWD} KILLS={KILLS}")
    async with FakeTelegram() as telegram:
        everybody = [telegram.person() for _ in range(CROWD + 1)]
        for person in everybody:
            person.chat.met = True
        blocked = rng.sample(everybody[1:], CROWD // 30)
        for person in blocked:
            person.chat.refusal = forbidden(BLOCKED)
        program = Program(tmp_path, base_url=telegram.base_url, per_second=PER_SECOND)
        await furnish(program)
        try:
            trouble(telegram, [person.id for person in everybody[1:]], rng)
            begun = time.monotonic()
            flying = await kill_at_random(program, telegram, rng)
            await awake(program, telegram)
            await until(program, "SELECT 1 FROM broadcasts WHERE state <> 'done'")
            took = time.monotonic() - begun
            telegram.faults.clear()
            once, states = received(telegram), tally(program.database).outbox
            held = {row[0] for row in rows(program, "SELECT substr(address, 10) + 0 FROM outbox WHERE state = 'held'")}
            arrived_unknown = len(held & set(once))
            everybody[0].say("/guilai")
            await telegram.heard("sendMessage", 30)
            await until(program, "SELECT 1 FROM outbox WHERE state IN ('pending', 'sending', 'held')")
            assert await program.stop() == 0
        finally:
            await program.away()
        finally_ = received(telegram)
    wanted = {person.id for person in everybody[1:]} - {person.id for person in blocked}
    outcomes = Counter(call.outcome for call in telegram.calls if call.method == "sendMessage" and call.outcome != "ok")
    print(
        f"kills {KILLS} (in flight then {flying}), {took:.0f} s, trouble {dict(outcomes)}, outbox {states};"
        f" before the officer's word: received {len(once)}, twice {once.total() - len(once)},"
        f" not known {len(held)} (of those arrived {arrived_unknown});"
        f" after it: received {len(finally_)} of {len(wanted)}, twice {finally_.total() - len(finally_)}, blocked {len(blocked)}"
    )
    assert once.total() == len(once), "nobody twice by itself"
    assert (set(once) | held) - {person.id for person in blocked} == wanted, (
        "nobody lost: whoever did not get it is among those not known"
    )
    ambiguous = sum(outcomes[kind] for kind in outcomes)
    assert len(held) <= KILLS * IN_FLIGHT + ambiguous
    assert set(finally_) == wanted
    assert finally_.total() - len(finally_) == arrived_unknown
    stood = tally(program.database)
    assert (stood.check, stood.broken_keys) == ("ok", 0)
    assert rows(program, "SELECT count(*) FROM people WHERE reachable = 0") == [(len(blocked),)]
    assert "broadcast_failed" not in program.log and "caster_failed" not in program.log

"""However the looks of the planner are spaced, whatever dies in between, and wherever the clock jumps: each notice once."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bot.planner
from bot.app import open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from core.notices import Audience
from handlers import audiences
from storage.database import Tx
from tests.bot.planning import Plans, local
from tests.program import DATA, config_of

BEGIN, END = "2026-11-22 08:00", "2026-12-09 08:00"
MINUTES = int((local(END) - local(BEGIN)).total_seconds() // 60)
PEOPLE = 5
looks = st.lists(st.tuples(st.integers(0, MINUTES), st.integers(0, 4)), max_size=15)


async def plan_so(moments: list[tuple[int, int]]) -> list[tuple[str, str]]:
    """Look at these minutes; where the second number is not 0, the machine dies at that read of an audience. (key, state) in the end."""
    reads = [0]

    def mortal(kind: audiences.Kind) -> audiences.Kind:
        async def read(tx: Tx, scene: Any, page: Any) -> list[Any]:
            reads[0] -= 1
            if reads[0] == 0:
                raise RuntimeError("dead")
            return await kind.read(tx, scene, page)

        return replace(kind, read=read)

    with tempfile.TemporaryDirectory() as folder:
        async with open_app(config_of(Path(folder)), Clock(local(BEGIN))) as app:
            await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
            plans = Plans(app)
            await plans.plan(BEGIN)
            await plans.join(PEOPLE)
            usual = audiences.AUDIENCES[Audience.JOINED]
            audiences.AUDIENCES[Audience.JOINED] = mortal(usual)
            try:
                for minute, dies in moments:
                    reads[0] = dies
                    await app.planner.plan(local(BEGIN) + timedelta(minutes=minute))
            finally:
                audiences.AUDIENCES[Audience.JOINED] = usual
            await plans.plan(END)
            return plans.rows("SELECT dedupe_key, state FROM outbox ORDER BY dedupe_key")  # type: ignore[return-value]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(looks)
def test_everybody_has_each_notice_once(moments: list[tuple[int, int]]) -> None:
    """Sent or, where nobody looked in time, kept as expired; never both, never neither."""
    page, bot.planner.CHUNK = bot.planner.CHUNK, 2  # type: ignore[misc]
    try:
        found = asyncio.run(plan_so(moments))
    finally:
        bot.planner.CHUNK = page  # type: ignore[misc]
    keys = sorted(f"{key.split(':', 2)[0]}:{key.split(':', 2)[2]}" for key, _ in found)
    reminders = [f"remind:{who}:2026-12-04:{days}" for who in range(1, PEOPLE + 1) for days in (7, 3, 1, 0)]
    thanks = [f"after:{who}:thanks" for who in range(1, PEOPLE + 1)]
    assert keys == sorted(reminders + thanks)
    assert {state for _, state in found} <= {"pending", "expired"}

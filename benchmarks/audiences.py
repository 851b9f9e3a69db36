"""`python -m benchmarks.audiences`: how long an officer waits for the number of people, with a million donors in 5,000 units.

Every kind of audience is counted again and again through a reader of the product's own database; the median and the 95th percentile are
printed. Exit code 1 where one of them takes longer than the goal.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from core.audience import Audience
from storage import audiences
from storage.database import Database, Tx, open_database
from storage.migrate import migrate

TODAY = date(2026, 11, 22)
GOAL_MS = 300
JOINED = 20  # One donor in so many has answered the round.
WITHOUT_CHAT = 5  # One in so many is from paper, and as many have blocked us as one in 25.


def donors(number: int, units: int) -> Iterator[tuple[Any, ...]]:
    """Invented donors, seeded."""
    rng = random.Random(1)
    for person in range(1, number + 1):
        eligible = (TODAY + timedelta(days=rng.randint(-200, 90))).isoformat() if rng.random() < 0.6 else None
        abo, rh = rng.choices("O A B AB ?".split(), (40, 20, 25, 5, 10))[0], rng.choices("+-?", (85, 1, 14))[0]
        yield (
            person,
            f"Người {person}",
            rng.randint(1, units),
            rng.randint(1960, 2008),
            abo,
            rh,
            eligible,
            int(rng.random() < 0.01),
        )


async def furnish(database: Database, number: int, units: int) -> None:
    """People, donors, a round with answers, pauses."""

    async def fill(tx: Tx) -> None:
        await tx.many(
            "INSERT INTO units (id, code, kind, name, sort_key) VALUES (?, ?, 'union', ?, ?)",
            [(unit, f"U{unit}", f"Đơn vị {unit}", f"{unit:05}") for unit in range(1, units + 1)],
        )
        await tx.run(
            "INSERT INTO rounds (id, code, number, name, held_on, place, state) VALUES (1, 'R', 1, 'R', '2026-12-04', 'P', 'open')"
        )
        await tx.many(
            "INSERT INTO people (id, address, language, reachable, created_at) VALUES (?, ?, ?, ?, 1)",
            (
                (
                    p,
                    f"paper:{p}" if p % WITHOUT_CHAT == 0 else f"telegram:{p}",
                    "en" if p % 50 == 1 else "vi",
                    int(p % WITHOUT_CHAT != 0 and p % 25 != 1),
                )
                for p in range(1, number + 1)
            ),
        )
        await tx.many(
            "INSERT INTO donors (person_id, full_name, name_key, unit_id, birth_year, birth_precision, sex, abo, rh, donations, phone,"
            " created_at, updated_at, eligible_on, stopped) VALUES (?, ?, 'x', ?, ?, 'year', 'F', ?, ?, 1, '+84900000000', 1, 1, ?, ?)",
            donors(number, units),
        )
        await tx.many(
            "INSERT INTO joins (round_id, person_id, state, code, version, joined_at, changed_at) VALUES (1, ?, ?, ?, 1, 1, 1)",
            ((p, "maybe" if p % 3 else "certain", f"T{p}") for p in range(1, number, JOINED)),
        )
        await tx.many(
            "INSERT INTO notice_settings (person_id, paused_until) VALUES (?, ?)",
            ((p, "2027-01-01" if p % 40 == 0 else None) for p in range(10, number, 10)),
        )

    await database.write(fill)


def cases(units: int) -> dict[str, Audience]:
    """What officers ask for."""
    half, few = frozenset(range(1, units // 2)), frozenset(range(10, 60))
    return {
        "everybody": Audience(),
        "half of the units": Audience(half),
        "50 units": Audience(few),
        "one unit": Audience(frozenset({17})),
        "everybody, group O+": Audience(abo=frozenset("O"), rh=frozenset("+")),
        "everybody eligible on the day": Audience(eligible_on=date(2026, 12, 4)),
        "everybody, English": Audience(language="en"),
        "half, A or O, eligible": Audience(half, abo=frozenset("AO"), eligible_on=date(2026, 12, 4)),
        "round: certain or maybe": Audience(round_id=1, answers=frozenset({"certain", "maybe"})),
        "round: no answer yet": Audience(round_id=1, answers=frozenset({"none"})),
        "round: no answer yet, half, eligible": Audience(half, 1, frozenset({"none"}), eligible_on=date(2026, 12, 4)),
    }


async def measure(database: Database, units: int, times: int) -> bool:
    """Print a table; True where every audience keeps the goal."""
    print(f"{'audience':40} {'people':>9} {'reached':>9} {'p50 ms':>7} {'p95 ms':>7}")
    kept = True
    for name, audience in cases(units).items():
        took = []
        for _ in range(times):
            async with database.read() as tx:
                begun = time.perf_counter()
                count = await audiences.count(tx, audience, TODAY)
                took.append((time.perf_counter() - begun) * 1000)
        p95 = sorted(took)[int(len(took) * 0.95)]
        kept = kept and p95 < GOAL_MS
        print(f"{name:40} {count.total:9,} {count.reached:9,} {statistics.median(took):7.1f} {p95:7.1f}", flush=True)
    return kept


async def run(number: int, units: int, times: int) -> int:
    """Build the house and measure in it."""
    with tempfile.TemporaryDirectory(prefix="giothong-bench-") as folder:
        database = await open_database(f"sqlite:///{Path(folder) / 'bench.db'}")
        await migrate(database, 1)
        await furnish(database, number, units)
        kept = await measure(database, units, times)
        await database.close()
    print(f"goal: every p95 under {GOAL_MS} ms: {'kept' if kept else 'MISSED'}")
    return 0 if kept else 1


def main() -> int:
    """Exit code 0 where the goal is kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audiences", description=__doc__)
    parser.add_argument("--donors", type=int, default=1_000_000)
    parser.add_argument("--units", type=int, default=5_000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    asked = parser.parse_args()
    if asked.quick:
        asked.donors, asked.units = asked.donors // 10, asked.units // 10
    return asyncio.run(run(asked.donors, asked.units, asked.times))


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks.boards`: how long an officer waits for the board of a round, with a million donors in 5,000 units.

A hundred thousand answers to the round; every tenth unit reports to a sector too. The board is made again and again, from the tables to the
lines, as a turn does it; the median and the 95th percentile are printed. Exit code 1 where one of them takes longer than the goal.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from core.board import Sight
from storage import board, emulation
from storage.database import Database, Tx, open_database
from storage.migrate import migrate
from storage.units import UnitsCache

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TODAY = date(2026, 11, 22)
GOAL_MS = 300
DISTRICTS, SECTORS = 50, 5  # The first ones below the province; all others are below a district.
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"


async def furnish(database: Database, donors: int, units: int, joins: int) -> None:
    """The tree, people, donors, one round with answers and quotas of every unit, and seventeen more that were held."""
    first = 2 + DISTRICTS + SECTORS

    async def fill(tx: Tx) -> None:
        await tx.run(
            f"{NUMBERS} INSERT INTO units (id, code, kind, name, sort_key) SELECT i, 'U' || i, 'union', 'Đơn vị ' || i, 'u' || i FROM n",
            (units,),
        )
        await tx.many(
            "INSERT INTO unit_links (unit_id, line, parent_id) VALUES (?, ?, ?)",
            [(unit, "counts", 1 if unit < first else 2 + unit % DISTRICTS) for unit in range(2, units + 1)]
            + [(unit, "reports", 2 + DISTRICTS + unit % SECTORS) for unit in range(first, units + 1, 10)],
        )
        await tx.run(
            f"{NUMBERS} INSERT INTO people (id, address, language, created_at) SELECT i, 'telegram:' || i, 'vi', 0 FROM n",
            (donors,),
        )
        await tx.run(
            "INSERT INTO donors (id, person_id, full_name, name_key, unit_id, birth_year, birth_precision, sex, abo, rh, donations, phone,"
            " created_at, updated_at) SELECT id, id, 'Người thử ' || id, printf('%08d', id), 1 + id % ?, 1990, 'year', 'F', 'O', '+', 1,"
            " '+8490' || printf('%07d', id), 0, 0 FROM people",
            (units,),
        )
        for number in range(1, 19):
            await tx.run(
                "INSERT INTO rounds (id, code, number, name, held_on, place, state, deadline_on, target, yield_percent)"
                " VALUES (?, ?, ?, 'Đợt', ?, 'P', 'open', ?, 80000, 80)",
                (number, f"R{number}", number, f"2026-{1 + number % 12:02}-15", f"2026-{1 + number % 12:02}-01"),
            )
            await tx.run(
                "INSERT INTO joins (round_id, person_id, unit_id, state, outcome, code, version, joined_at, changed_at)"
                " SELECT ?, person_id, unit_id, CASE id % 3 WHEN 0 THEN 'maybe' ELSE 'certain' END, CASE id % 4 WHEN 0 THEN 'gave' END,"
                " ? || '-' || id, 1, 1, 1 FROM donors WHERE id % ? = ? LIMIT ?",
                (
                    number,
                    number,
                    max(1, donors // joins),
                    number % max(1, donors // joins),
                    joins if number == 1 else joins // 10,
                ),
            )
        await tx.run("INSERT INTO round_quotas (round_id, unit_id, target) SELECT 1, id, 20 FROM units WHERE id > 1")
        await tx.run(
            "INSERT INTO round_quotas (round_id, unit_id, target) SELECT 2, id, 2000 FROM units WHERE id BETWEEN 2 AND ?",
            (first - 1,),
        )

    await database.write(fill)


async def timed(name: str, times: int, work: object) -> bool:
    """Print a row; True where the goal is kept."""
    took, lines = [], 0
    for _ in range(times):
        begun = time.perf_counter()
        lines = await work()  # type: ignore[operator]
        took.append((time.perf_counter() - begun) * 1000)
    p95 = sorted(took)[int(len(took) * 0.95)]
    print(f"{name:52} {lines:6,} {statistics.median(took):7.1f} {p95:7.1f}", flush=True)
    return p95 < GOAL_MS


async def measure(database: Database, times: int) -> bool:
    """Print a table; True where every board keeps the goal."""
    trees = UnitsCache()
    async with database.read() as tx:
        index = await trees.index(tx, TODAY)

    def made(round_id: int, own: frozenset[int] | None) -> object:
        async def make() -> int:
            async with database.read() as tx:
                trees.refresh()
                sight = Sight(await trees.index(tx, TODAY), own)
                return len((await board.of_round(tx, round_id, sight)).lines)

        return make

    async def points() -> int:
        async with database.read() as tx:
            figures = await emulation.of_year(tx, 2026, index, ZONE)
            return len(emulation.table(figures, 1)[0])

    print(f"{'board':52} {'lines':>6} {'p50 ms':>7} {'p95 ms':>7}")
    kept = [
        await timed("100,000 answers, a quota for every unit", times, made(1, None)),
        await timed("the same, an officer of a district", times, made(1, frozenset(index.below(2)))),
        await timed("10,000 answers, a quota for districts and sectors", times, made(2, None)),
        await timed("10,000 answers, no quotas", times, made(3, None)),
    ]
    await timed("points of a year: 18 rounds (no goal)", max(3, times // 5), points)
    return all(kept)


async def run(donors: int, units: int, joins: int, times: int) -> int:
    """Build the house and measure in it."""
    with tempfile.TemporaryDirectory(prefix="giothong-bench-") as folder:
        database = await open_database(f"sqlite:///{Path(folder) / 'bench.db'}")
        await migrate(database, 1)
        await furnish(database, donors, units, joins)
        kept = await measure(database, times)
        await database.close()
    print(f"goal: every p95 under {GOAL_MS} ms: {'kept' if kept else 'MISSED'}")
    return 0 if kept else 1


def main() -> int:
    """Exit code 0 where the goal is kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.boards", description=__doc__)
    parser.add_argument("--donors", type=int, default=1_000_000)
    parser.add_argument("--units", type=int, default=5_000)
    parser.add_argument("--joins", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    asked = parser.parse_args()
    if asked.quick:
        asked.donors, asked.units, asked.joins = asked.donors // 10, asked.units // 10, asked.joins // 10
    return asyncio.run(run(asked.donors, asked.units, asked.joins, asked.times))


if __name__ == "__main__":
    sys.exit(main())

"""Planning of reminders and eligibility notices: what it costs as more people exist and no more are due.

python -m benchmarks.planning [--quick]

Two houses with the same number of people due, one with ten times (--quick: five times) as many donors, planned in turn by a process
each: reminders on four mornings of one round, eligibility notices on three. The ratio is the median of pairs; memory is the peak of the
process that planned.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import settings_of
from bot.clock import Clock
from bot.config import Config
from bot.i18n import load_words
from bot.planner import Planner
from bot.rules import load_rules
from handlers.turn import House
from storage.database import Tx, open_database
from storage.migrate import migrate
from storage.units import UnitsCache

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HELD = datetime(2026, 12, 4, tzinfo=ZONE)
# (what, when it is planned): three reminders that are due in the morning or evening, and three mornings of donors.
REMINDERS = tuple(
    HELD - timedelta(days=days) + timedelta(hours=hour) for days, hour in ((7, 8), (3, 8), (1, 18), (0, 7))
)
MORNINGS = tuple(HELD - timedelta(days=days) + timedelta(hours=8) for days in (20, 19, 18))
OTHERS = 17  # rounds of the year beside the one that is due
MOST_RATIO, MOST_MB = 1.5, 150

_PEOPLE = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    " INSERT INTO people (id, address, language, created_at)"
    " SELECT i, 'telegram:' || i, CASE WHEN i % 10 THEN 'vi' ELSE 'en' END, 0 FROM n"
)
_DONORS = (
    "INSERT INTO donors (id, person_id, full_name, name_key, unit_id, birth_year, birth_precision, sex, abo, rh, donations, last_donation,"
    " phone, created_at, updated_at, eligible_on)"
    " SELECT id, id, 'Người thử ' || id, printf('%08d', id), 1 + id % 500, 1970 + id % 35, 'year', 'F', 'O', '+', 1, '2026-01-15',"
    " '+8490' || printf('%07d', id), 0, 0, date('2026-01-01', (id % 300) || ' days') FROM people"
)
_UNITS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
    " INSERT INTO units (id, code, kind, name, sort_key) SELECT i, 'u' || i, 'union', 'Đơn vị ' || i, 'u' || i FROM n"
)
_ROUND = (
    "INSERT INTO rounds (id, code, number, name, held_on, opens, closes, place, lat, lon, state) VALUES"
    " (?, ?, ?, ?, ?, '07:00', '11:30', 'Nhà Văn hoá', 21.8, 106.7, 'open')"
)
_JOIN = (
    "INSERT INTO joins (round_id, person_id, state, code, version, joined_at, changed_at)"
    " SELECT ?, id, 'certain', ? || '-' || id, 1, 1, 1 FROM people WHERE id % ? = ? LIMIT ?"
)


async def build(path: Path, donors: int, due: int) -> None:
    """A house of so many donors, `due` of whom are due on each of the moments; the others are spread over people and rounds."""
    database = await open_database(f"sqlite:///{path}")
    await migrate(database, 0)

    async def fill(tx: Tx) -> None:
        await tx.run(_UNITS)
        await tx.run(_PEOPLE, (donors,))
        await tx.run(_DONORS)
        await tx.run(_ROUND, (1, "LS-1", 1, "Đợt 1", f"{HELD:%Y-%m-%d}"))
        await tx.run(_JOIN, (1, "a", donors // due, 0, due))
        for number in range(2, OTHERS + 2):
            day = HELD + timedelta(days=(number - OTHERS) * 21 or 200)
            await tx.run(_ROUND, (number, f"LS-{number}", number, f"Đợt {number}", f"{day:%Y-%m-%d}"))
            if day < MORNINGS[0]:  # Who is in a round ahead hears of no other.
                await tx.run(_JOIN, (number, f"r{number}", 50, number, donors))
        await tx.run("UPDATE donors SET eligible_on = NULL WHERE eligible_on BETWEEN '2026-11-01' AND '2026-12-31'")
        await tx.run("INSERT INTO notice_settings (person_id, eligible) SELECT id, 1 FROM people WHERE id % 20 > 0")
        for number, moment in enumerate(MORNINGS):
            await tx.run(
                "UPDATE donors SET eligible_on = ? WHERE id IN (SELECT p.id FROM people p JOIN notice_settings n ON n.person_id = p.id"
                " WHERE p.id NOT IN (SELECT person_id FROM joins WHERE round_id = 1) ORDER BY p.id LIMIT ? OFFSET ?)",
                (f"{moment:%Y-%m-%d}", due, number * due),
            )

    await database.write(fill)
    await database.close()


async def plan_when_told(path: Path) -> None:
    """The process that plans: a moment a line comes in, a line with messages, seconds and peak memory goes out."""
    database = await open_database(f"sqlite:///{path}")
    config = Config()
    house = House(
        load_words("vi"), settings_of(config), UnitsCache(), load_rules(config.rules.default, config.rules.folder)
    )
    planner = Planner(database, house, Clock(), asyncio.Event())
    for line in iter(sys.stdin.readline, ""):
        moment = datetime.fromisoformat(line.strip())
        await planner.plan(moment - timedelta(seconds=30))
        begun, worked = time.perf_counter(), time.process_time()
        messages = await planner.plan(moment)
        seconds, cpu_s = time.perf_counter() - begun, time.process_time() - worked
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"messages": messages, "seconds": seconds, "cpu_s": cpu_s, "peak_mb": peak_mb}), flush=True)
    await database.close()


class Desk:
    """A process that plans one house."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """It waits for moments."""
        self._process = process

    @staticmethod
    async def open(path: Path, stack: AsyncExitStack) -> Desk:
        """Start it; it ends with the stack."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.planning", "--desk", str(path)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin
        stack.callback(process.stdin.close)
        return Desk(process)

    async def plan(self, moment: datetime) -> dict[str, Any]:
        """Plan at this moment; what it says of it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{moment.isoformat()}\n".encode())
        await self._process.stdin.drain()
        said: dict[str, Any] = json.loads(await self._process.stdout.readline())
        return said


async def measure(folder: Path, few: int, many: int, due: int) -> bool:
    """Print the figures of both houses; False where somebody was not told, or told twice."""
    houses = {few: folder / "few.db", many: folder / "many.db"}
    for donors, path in houses.items():
        begun = time.perf_counter()
        await build(path, donors, due)
        print(f"  {donors:,} donors: built in {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    right = True
    async with AsyncExitStack() as stack:
        desks = {donors: await Desk.open(path, stack) for donors, path in houses.items()}
        print(f"\n{due:,} due, 18 rounds:\n")
        print(
            "| notices | donors | messages/s | ms CPU a message | × few donors | peak MB |\n| --- | --- | --- | --- | --- | --- |"
        )
        peaks: list[float] = []
        ratios: list[float] = []
        for what, moments in (("eligibility", MORNINGS), ("reminders", REMINDERS)):
            runs: dict[int, list[dict[str, Any]]] = {few: [], many: []}
            for number, moment in enumerate(moments):
                for donors in (few, many) if number % 2 else (many, few):
                    runs[donors].append(await desks[donors].plan(moment))
            right &= all(run["messages"] == due for both in runs.values() for run in both)
            ratio = median(b["seconds"] / a["seconds"] for a, b in zip(runs[few], runs[many], strict=True))
            ratios.append(ratio)
            for donors, them in runs.items():
                per_s = median(run["messages"] / run["seconds"] for run in them)
                cpu_ms = median(run["cpu_s"] / max(1, run["messages"]) * 1000 for run in them)
                peaks.append(max(run["peak_mb"] for run in them))
                times = f"{ratio:.2f}" if donors == many else "1"
                print(f"| {what} | {donors:,} | {per_s:,.0f} | {cpu_ms:.2f} | {times} | {peaks[-1]:.0f} |", flush=True)
    print("\nGoals:")
    for met, line in (
        (max(ratios) <= MOST_RATIO, f"× few donors {max(ratios):.2f} (goal <= {MOST_RATIO})"),
        (max(peaks) < MOST_MB, f"peak memory {max(peaks):.0f} MB (goal < {MOST_MB})"),
    ):
        print(f"- {'met' if met else '**missed**'}: {line}")
    return right


def main(arguments: Sequence[str]) -> int:
    """0 when everybody due was told once; missed goals are told, machines differ."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planning", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 and 100,000 donors with 2,000 due, for CI")
    parser.add_argument("--desk", type=Path, help=argparse.SUPPRESS)
    asked, _ = parser.parse_known_args(arguments)  # The other options of `make bench` are not ours.
    if asked.desk:
        asyncio.run(plan_when_told(asked.desk))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        sizes = (20_000, 100_000, 2_000) if asked.quick else (100_000, 1_000_000, 20_000)
        if not asyncio.run(measure(Path(folder), *sizes)):
            print("not everybody who was due was told once", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

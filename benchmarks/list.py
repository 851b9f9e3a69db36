"""The registration list of many donors: time, memory of the process that writes it, and how long the bot's event loop was held up.

python -m benchmarks.list [ROWS]
"""

from __future__ import annotations

import asyncio
import logging
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.documents import Renderer
from core.dialogue import DocumentRef
from core.vietnamese import name_sort_key
from core.words import Words
from handlers.turn import Settings
from storage import units
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.units import UnitRow

ROWS = 100_000
UNITS = 500
FAMILY = "Nguyễn Trần Lê Phạm Hoàng Vàng Giàng Lò Nông Lý".split()
MIDDLE = "Văn Thị A Đức Minh Ngọc Thu".split()
GIVEN = "An Ánh Bình Cường Dũng Đạt Hà Hằng Uyên Ý Yến".split()
WORDS = Words({"vi": {"export.progress": "{percent} % ({done}/{total})"}}, "vi")
SETTINGS = Settings("Ban Chỉ đạo", "", ZoneInfo("Asia/Ho_Chi_Minh"), frozenset(), 7, "Lai Châu")
DONOR = (
    "INSERT INTO donors (person_id, full_name, name_key, unit_id, birth_year, birth_precision, sex, abo, rh, donations, phone,"
    " created_at, updated_at) VALUES (?, ?, ?, ?, ?, 'year', ?, '?', '?', ?, ?, 0, 0)"
)


def donor_rows(rows: int) -> list[tuple[Any, ...]]:
    chance = random.Random(1)
    made = []
    for number in range(1, rows + 1):
        name = f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)}"
        unit, year = chance.randint(1, UNITS), chance.randint(1967, 2007)
        phone = f"+849{chance.randint(10_000_000, 99_999_999)}"
        made.append((number, name, name_sort_key(name), unit, year, chance.choice("MF"), chance.randint(0, 20), phone))
    return made


async def fill(database: Database, rows: int) -> None:
    async def work(tx: Any) -> None:
        tree = [UnitRow(f"u{number}", "union", f"Công đoàn cơ sở đơn vị số {number}") for number in range(1, UNITS + 1)]
        await units.write(tx, tree)
        everybody = [(number, f"web:{number}") for number in range(1, rows + 1)]
        await tx.many("INSERT INTO people (id, address, language, created_at) VALUES (?, ?, 'vi', 0)", everybody)
        await tx.many(DONOR, donor_rows(rows))

    await database.write(work)


async def watch(gaps: list[float]) -> None:
    last = time.perf_counter()
    while True:
        await asyncio.sleep(0.001)
        gaps.append(time.perf_counter() - last - 0.001)
        last = time.perf_counter()


async def measure(renderer: Renderer, name: str, rows: int) -> None:
    gaps: list[float] = []
    watcher = asyncio.create_task(watch(gaps))
    begun = time.perf_counter()
    file = await renderer.render(
        1, "web:1", DocumentRef(name, {"language": "vi", "units": None, "unit": "", "rows": rows})
    )
    seconds = time.perf_counter() - begun
    watcher.cancel()
    gaps.sort()
    p99, longest = gaps[len(gaps) * 99 // 100] * 1000, gaps[-1] * 1000
    megabytes = file.path.stat().st_size / 1e6
    print(
        f"{name}: {rows} rows, {seconds:.1f} s, {megabytes:.1f} MB; loop held up p99 {p99:.1f} ms, at most {longest:.1f} ms"
    )
    renderer.discard(file)


async def main(rows: int) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")  # the child's peak memory is logged
    with tempfile.TemporaryDirectory() as folder:
        database = await open_database(f"sqlite:///{Path(folder)}/list.db")
        await migrate(database, 0)
        await fill(database, rows)
        renderer = Renderer(database, WORDS, SETTINGS, Clock(datetime(2026, 4, 7, tzinfo=UTC)))
        for name in ("registration.xlsx", "registration.csv"):
            await measure(renderer, name, rows)
        renderer.close()
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))

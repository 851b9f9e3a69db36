"""kill -9 while the database is brought to a new schema: each migration is there whole or not at all, and the next start ends it."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.torture.program import Program, copy_of_the_code
from tests.torture.tally import schema

pytestmark = pytest.mark.torture
KILLS = max(2, int(os.environ.get("KILLS", "20")) // 6)
SEED = int(os.environ.get("SEED") or time.time_ns() % 1_000_000)
ROWS = 200_000
# Long enough that a random moment falls into its middle.
LONG = f"""
CREATE TABLE numbers (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
INSERT INTO numbers (number, text)
  WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {ROWS})
  SELECT n, hex(n) || hex(n) || hex(n) FROM counted;
CREATE INDEX numbers_text ON numbers (text);
CREATE TABLE last_of_all (id INTEGER PRIMARY KEY) STRICT;
"""


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A tree of the program that knows one migration more."""
    tree = copy_of_the_code(tmp_path / "newer")
    (tree / "storage/migrations/9000_numbers.sql").write_text(LONG)
    return tree


async def there(path: Path, size: int = 0) -> None:
    """Return as soon as a file has grown beyond this size."""
    async with asyncio.timeout(60):
        while not path.exists() or path.stat().st_size <= size:
            await asyncio.sleep(0.001)


def whole(path: Path) -> bool:
    """True where the long migration is there. Raises AssertionError where half of it is."""
    numbers, tables = schema(path)
    new = 9000 in numbers
    assert new == ("numbers" in tables) == ("last_of_all" in tables), (numbers, tables)
    assert (1 in numbers) == ("inbox" in tables), (numbers, tables)
    return new


def sound(path: Path) -> bool:
    """The file is a sound database with every row of the long migration."""
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT count(*) FROM numbers").fetchone()[0]
        return bool(db.execute("PRAGMA quick_check").fetchone()[0] == "ok" and rows == ROWS)


async def test_killed_during_the_very_first_migration_the_next_start_begins_anew(tmp_path: Path, newer: Path) -> None:
    """From nothing to the newest schema, killed again and again on the way."""
    rng = random.Random(SEED)
    print(f"\nSEED={SEED} KILLS={KILLS}")
    program = Program(tmp_path, root=newer)
    cut = 0
    for _ in range(KILLS):
        for left in tmp_path.glob("giothong*.db*"):
            left.unlink()
        await program.start("migrate")
        await there(program.database)
        await asyncio.sleep(rng.choice((rng.uniform(0, 0.03), rng.uniform(0, 0.6))))
        if program.running:
            await program.kill()
        cut += not whole(program.database)
        await program.start("migrate")
        assert await program.ended() == 0, program.log
        assert whole(program.database) and sound(program.database)
    print(f"kills {KILLS}, in the middle {cut}")


async def test_killed_during_a_later_migration_the_backup_is_whole_and_nothing_is_half_done(
    tmp_path: Path, newer: Path
) -> None:
    """A database of the older program, killed while it is backed up and changed; the backup opens and holds what there was."""
    rng = random.Random(SEED)
    print(f"\nSEED={SEED} KILLS={KILLS}")
    old, program = Program(tmp_path), Program(tmp_path, root=newer)
    await old.start("migrate")
    assert await old.ended() == 0, old.log
    with closing(sqlite3.connect(old.database)) as db, db:
        db.execute("INSERT INTO marks VALUES ('kept', 'yes')")
    before = tmp_path / "before"
    shutil.copyfile(old.database, before)
    backup = tmp_path / f"giothong.schema-{schema(before)[0][-1]:04}.db"
    for number in range(KILLS):
        for left in tmp_path.glob("giothong*.db*"):
            left.unlink()
        shutil.copyfile(before, program.database)
        await program.start("migrate")
        await there(backup, -1)
        await asyncio.sleep(rng.uniform(0, 0.005) if number % 2 else rng.uniform(0, 0.5))
        if program.running:
            await program.kill()
        whole(program.database)
        await program.start("migrate")
        assert await program.ended() == 0, program.log
        assert whole(program.database) and sound(program.database)
        with closing(sqlite3.connect(backup)) as db:
            assert db.execute("SELECT value FROM marks WHERE name = 'kept'").fetchall() == [("yes",)]
            assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)

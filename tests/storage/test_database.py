"""Transactions are whole, writers take turns, readers see what is committed, and a file that cannot be used is said in one line."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from storage import database as module
from storage.database import (
    Database,
    DatabaseError,
    Tx,
    database_path,
    is_passing,
    open_database,
    open_reader,
    together,
    wal_is_safe,
)

ENCRYPTS = module._driver() is not sqlite3


@pytest.fixture
async def notes(database: Database) -> Database:
    """A database with one plain table."""
    await database.write(lambda tx: tx.run("CREATE TABLE notes (word TEXT PRIMARY KEY) STRICT"))
    return database


async def put(tx: Tx, word: str) -> None:
    """Write a word."""
    await tx.run("INSERT INTO notes (word) VALUES (?)", (word,))


async def words(database: Database) -> list[str]:
    """What a reader sees."""
    async with database.read() as tx:
        return [word for (word,) in await tx.all("SELECT word FROM notes ORDER BY word")]


async def test_a_transaction_that_raises_leaves_nothing(notes: Database) -> None:
    """All of it is kept, or none; the next one is not disturbed."""

    async def work(tx: Tx) -> None:
        await put(tx, "một")
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        await notes.write(work)
    await notes.write(lambda tx: put(tx, "hai"))
    assert await words(notes) == ["hai"]


async def test_a_part_is_undone_alone(notes: Database) -> None:
    """What came before the savepoint and what comes after it stays."""

    async def work(tx: Tx) -> None:
        await put(tx, "trước")
        part = tx.nested()
        await put(part, "bỏ")
        await part.many("INSERT INTO notes (word) VALUES (?)", [("bỏ nữa",)])
        await part.undo()
        kept = tx.nested()
        await put(kept, "giữ")
        await put(tx, "sau")

    await notes.write(work)
    assert await words(notes) == sorted(["trước", "giữ", "sau"])


async def test_a_failed_statement_inside_a_part_can_be_undone(notes: Database) -> None:
    """A broken constraint in one part leaves the transaction usable."""

    async def work(tx: Tx) -> None:
        await put(tx, "một")
        part = tx.nested()
        await put(part, "hai")
        with pytest.raises(Exception, match="UNIQUE"):
            await put(part, "hai")
        await part.undo()

    await notes.write(work)
    assert await words(notes) == ["một"]


async def test_a_part_that_only_read_costs_and_changes_nothing(notes: Database) -> None:
    """Keep and undo without a write are no statements at all."""

    async def work(tx: Tx) -> list[int]:
        part = tx.nested()
        assert await part.one("SELECT 1") == (1,)
        await part.undo()
        return [row[0] for row in await tx.all("SELECT 2")]

    assert await notes.write(work) == [2]


async def test_a_transaction_that_undid_itself_commits_nothing_that_was_still_on_its_way(notes: Database) -> None:
    """A full disk rolls back by itself; a statement queued behind the one that met it must not be committed alone."""
    await notes.write(lambda tx: put(tx, "mới"))
    (pages,) = (await notes._writer.execute_fetchall("PRAGMA page_count"))[0]
    await notes._writer.execute_fetchall(f"PRAGMA max_page_count = {pages + 2}")

    async def work(tx: Tx) -> None:
        much = tx.many("INSERT INTO notes (word) VALUES (?)", [(f"{n:05}" * 500,) for n in range(3000)])
        done = tx.many("UPDATE notes SET word = ?", [("xong",)])
        also = tx.run("UPDATE notes SET word = 'xong'")
        await asyncio.gather(much, done, also)

    with pytest.raises(Exception, match="full") as caught:
        await notes.write(work)
    assert is_passing(caught.value)
    assert await words(notes) == ["mới"]
    await notes._writer.execute_fetchall(f"PRAGMA max_page_count = {1 << 30}")
    await notes.write(lambda tx: put(tx, "nữa"))
    assert await words(notes) == sorted(["mới", "nữa"])


def test_a_broken_rule_is_no_passing_trouble() -> None:
    """What was to be written is wrong, and will be wrong the next time."""
    assert not is_passing(ValueError("x")) and not is_passing(sqlite3.IntegrityError("x"))


async def test_a_cancelled_caller_leaves_no_open_transaction(notes: Database) -> None:
    """The transaction runs to its end although nobody waits for it any more; the next writer finds the way free."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work(tx: Tx) -> None:
        await put(tx, "một")
        begun.set()
        await go_on.wait()
        await put(tx, "hai")

    caller = asyncio.create_task(notes.write(work))
    await begun.wait()
    caller.cancel()
    await asyncio.sleep(0)
    assert not caller.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await notes.write(lambda tx: put(tx, "ba"))
    assert await words(notes) == sorted(["một", "hai", "ba"])


async def test_a_caller_cancelled_while_it_waits_for_its_turn_harms_nobody(notes: Database) -> None:
    """Cancelled twice, cancelled in the queue: whatever began is whole."""
    tasks = [asyncio.create_task(notes.write(lambda tx, n=n: put(tx, f"{n:02}"))) for n in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await notes.write(lambda tx: put(tx, "zz"))
    found = await words(notes)
    assert {f"{n:02}" for n in range(1, 20, 2)} | {"zz"} <= set(found)


async def test_two_writers_take_turns(notes: Database) -> None:
    """The second begins when the first has committed, and sees what it wrote."""
    seen: list[tuple[str, int]] = []

    async def work(tx: Tx, name: str) -> None:
        for number in range(3):
            rows = await tx.all("SELECT count(*) FROM notes")
            seen.append((name, rows[0][0]))
            await put(tx, f"{name}{number}")
            await asyncio.sleep(0)

    await asyncio.gather(notes.write(lambda tx: work(tx, "a")), notes.write(lambda tx: work(tx, "b")))
    assert seen == [("a", 0), ("a", 1), ("a", 2), ("b", 3), ("b", 4), ("b", 5)]


async def test_readers_see_what_is_committed_and_nothing_else(notes: Database) -> None:
    """A reader beside an open transaction sees the state before it."""

    async def work(tx: Tx) -> list[str]:
        await put(tx, "một")
        return await words(notes)

    assert await notes.write(work) == []
    assert await words(notes) == ["một"]


async def test_a_reader_cannot_write(notes: Database) -> None:
    """Whatever a reading handler tries."""
    async with notes.read() as tx:
        with pytest.raises(Exception, match="readonly"):
            await put(tx, "một")


async def test_without_readers_reading_waits_for_the_writer(notes: Database) -> None:
    """Under an SQLite with the WAL-reset bug there is one connection alone, and it still answers."""
    alone = Database(notes._writer, (), notes.path)
    await alone.write(lambda tx: put(tx, "một"))
    assert await words(alone) == ["một"]


@pytest.mark.parametrize(
    ("name", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)]
)
async def test_the_writer_is_durable_and_strict(database: Database, name: str, value: object) -> None:
    """A commit survives a power cut, keys refer to something, what was deleted is overwritten."""
    assert await database.write(lambda tx: tx.one(f"PRAGMA {name}")) == (value,)


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_which_sqlite_may_share_a_database(version: tuple[int, ...], safe: bool) -> None:
    """The WAL-reset bug is in 3.7.0 to 3.51.2, but for two backports."""
    assert wal_is_safe(version) is safe


@pytest.mark.parametrize("url", ["", "giothong.db", "sqlite://x.db", "sqlite:///", "postgresql:///x", "sqlite:"])
def test_an_address_that_is_no_file_is_said(url: str) -> None:
    """One line that names the key."""
    with pytest.raises(DatabaseError, match=r"storage\.url"):
        database_path(url)


def test_relative_and_absolute_files() -> None:
    """Three slashes and four."""
    assert database_path("sqlite:///data/a.db") == Path("data/a.db")
    assert database_path("sqlite:////var/a.db") == Path("/var/a.db")


async def refusal(url: str, key: str = "") -> str:
    """What is said of a database that cannot be opened."""
    with pytest.raises(DatabaseError) as caught:
        await open_database(url, key)
    assert "\n" not in str(caught.value)
    return str(caught.value)


async def test_files_that_are_no_database_are_said_in_one_line(tmp_path: Path) -> None:
    """A folder, a text, a folder's place taken by a file, a database cut in its middle."""
    (tmp_path / "text.db").write_text("Đây là một tờ giấy, không phải cơ sở dữ liệu.\n" * 200, "utf-8")
    for path in (tmp_path, tmp_path / "text.db", tmp_path / "text.db" / "under.db"):
        assert str(path) in await refusal(f"sqlite:///{path}")


@pytest.mark.skipif(not ENCRYPTS, reason="needs SQLCipher")
async def test_with_a_key_the_file_says_nothing_and_opens_with_that_key_alone(tmp_path: Path) -> None:
    """Header and words are unreadable; a wrong key and no key are said in one line; a reader with the key reads."""
    path = tmp_path / "secret.db"
    url, key = f"sqlite:///{path}", "chìa khoá ' của \" tôi"
    database = await open_database(url, key)
    await database.write(lambda tx: tx.run("CREATE TABLE notes (word TEXT) STRICT"))
    await database.write(lambda tx: put(tx, "Nguyễn Thị Mẫu"))
    await database.close()
    content = path.read_bytes()
    assert not content.startswith(b"SQLite format 3") and "Nguyễn".encode() not in content
    assert str(path) in await refusal(url, "another")
    assert str(path) in await refusal(url)
    reader = await open_reader(path, key)
    assert await words(reader) == ["Nguyễn Thị Mẫu"]
    await reader.close()


@pytest.mark.skipif(not ENCRYPTS, reason="needs SQLCipher")
async def test_a_backup_of_a_secret_database_is_secret_too(tmp_path: Path) -> None:
    """The copy opens with the same key and with no other."""
    url, key = f"sqlite:///{tmp_path / 'secret.db'}", "k"
    database = await open_database(url, key)
    await database.write(lambda tx: tx.run("CREATE TABLE notes (word TEXT) STRICT"))
    await database.write(lambda tx: put(tx, "một"))
    await database.backup(tmp_path / "copy.db")
    await database.close()
    assert not (tmp_path / "copy.db").read_bytes().startswith(b"SQLite format 3")
    copy = await open_database(f"sqlite:///{tmp_path / 'copy.db'}", key)
    assert await words(copy) == ["một"]
    await copy.close()


async def test_a_backup_is_whole_and_replaces_the_one_before(notes: Database, tmp_path: Path) -> None:
    """What was committed is in it; what lay at its place is not."""
    target = tmp_path / "copy.db"
    target.write_text("old")
    await notes.write(lambda tx: put(tx, "một"))
    await notes.backup(target)
    copy = await open_database(f"sqlite:///{target}")
    assert await words(copy) == ["một"]
    await copy.close()


async def test_one_statement_many_times_in_one_trip(notes: Database) -> None:
    """What the driver drops of the first use never falls into the next: each row is written, whichever thread is quicker."""

    async def write(tx: Tx) -> None:
        trips = [[(f"{trip}:{number}",) for number in range(40)] for trip in range(300)]
        await together(*(tx.many("INSERT INTO notes (word) VALUES (?)", rows) for rows in trips))

    await notes.write(write)
    assert len(await words(notes)) == 12_000

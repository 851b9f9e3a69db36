"""The schema comes by itself: from nothing, from older, never from newer; whole or not at all; after a backup."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import migrate as module
from storage.database import Database, DatabaseError, open_database, statements
from storage.migrate import known_migrations, migrate


async def tables(database: Database) -> set[str]:
    """Names of the tables that a reader sees."""
    async with database.read() as tx:
        return {name for (name,) in await tx.all("SELECT name FROM sqlite_master WHERE type = 'table'")}


@pytest.fixture
def more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with this program's migrations, to which a test adds its own."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for _, name, script in known_migrations():
        (folder / f"{name}.sql").write_text(script, "utf-8")
    monkeypatch.setattr(module, "_FOLDER", folder)
    return folder


def test_numbers_are_gapless_and_unique() -> None:
    """Two people who add a migration at once notice."""
    numbers = [number for number, _, _ in known_migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_from_nothing_every_migration_is_applied_and_recorded(tmp_path: Path) -> None:
    """An empty file becomes the whole house, without a backup of nothing."""
    database = await open_database(f"sqlite:///{tmp_path / 'a.db'}")
    applied = await migrate(database, 7)
    assert applied == [name for _, name, _ in known_migrations()]
    async with database.read() as tx:
        rows = await tx.all("SELECT number, name, applied_at FROM migrations ORDER BY number")
    assert rows == [(number, name, 7) for number, name, _ in known_migrations()]
    assert {"inbox", "outbox", "people", "donors", "consents", "audit"} <= await tables(database)
    await database.close()
    assert sorted(path.name for path in tmp_path.glob("*.db")) == ["a.db"]


async def test_a_second_run_does_nothing(database: Database) -> None:
    """And makes no backup."""
    assert await migrate(database, 2) == []
    assert list(database.path.parent.glob("*schema*")) == []


async def test_a_newer_database_is_refused(database: Database) -> None:
    """An old program must not write into a schema that it does not know."""
    await database.write(lambda tx: tx.run("INSERT INTO migrations VALUES (9000, 'from the future', 1)"))
    with pytest.raises(DatabaseError, match="newer program"):
        await migrate(database, 2)


async def test_a_later_migration_comes_after_a_backup(database: Database, more: Path) -> None:
    """The backup is the old schema with everything that stood in it."""
    await database.write(lambda tx: tx.run("INSERT INTO marks VALUES ('kept', 'yes')"))
    newest = known_migrations()[-1][0]
    (more / f"{newest + 1:04}_more.sql").write_text("CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT;")
    assert await migrate(database, 2) == [f"{newest + 1:04}_more"]
    assert "more" in await tables(database)
    backup = await open_database(f"sqlite:///{database.path.with_name(f'house.schema-{newest:04}.db')}")
    assert "more" not in await tables(backup)
    async with backup.read() as tx:
        assert await tx.one("SELECT value FROM marks WHERE name = 'kept'") == ("yes",)
    await backup.close()


async def test_a_migration_that_fails_in_its_middle_leaves_nothing_of_itself(database: Database, more: Path) -> None:
    """Those before it stay, its own first half goes; mended, it is applied by the next start."""
    newest = known_migrations()[-1][0]
    (more / f"{newest + 1:04}_good.sql").write_text("CREATE TABLE good (id INTEGER PRIMARY KEY) STRICT;")
    bad = more / f"{newest + 2:04}_bad.sql"
    bad.write_text("CREATE TABLE half (id INTEGER PRIMARY KEY) STRICT;\nINSERT INTO nowhere VALUES (1);")
    with pytest.raises(Exception, match="nowhere"):
        await migrate(database, 2)
    assert "good" in await tables(database) and "half" not in await tables(database)
    bad.write_text("CREATE TABLE half (id INTEGER PRIMARY KEY) STRICT;")
    assert await migrate(database, 3) == [bad.stem]


def test_a_script_is_cut_at_its_statements_and_not_inside_a_trigger() -> None:
    """Comments, semicolons in text, triggers, and a last statement whose semicolon was forgotten."""
    script = (
        "-- a comment; with a semicolon\nCREATE TABLE a (t TEXT DEFAULT ';');\n"
        "CREATE TRIGGER b BEFORE DELETE ON a BEGIN\n  SELECT 1;\n  SELECT 2;\nEND;\nDROP TABLE a"
    )
    first, second, third = statements(script)
    assert first.endswith("';');") and second.endswith("END;") and third == "DROP TABLE a"

"""Bring a database to this program's schema: numbered SQL files, each in one transaction with its record, after a backup."""

from __future__ import annotations

from pathlib import Path

from storage.database import Database, DatabaseError, Tx, driver_error, statements

_FOLDER = Path(__file__).parent / "migrations"
_RECORD = """
CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT
"""


def known_migrations() -> list[tuple[int, str, str]]:
    """(number, name, SQL) of every migration of this program, in order."""
    files = sorted(_FOLDER.glob("[0-9]*.sql"))
    return [(int(file.stem[:4]), file.stem, file.read_text("utf-8")) for file in files]


async def migrate(database: Database, at: int) -> list[str]:
    """Apply what is missing; the names applied. `at` is now, in milliseconds UTC.

    Raises DatabaseError where the database was made by a newer program.
    """
    try:
        await database.write(lambda tx: tx.run(_RECORD))
    except driver_error() as error:  # Read-only, locked, a full disk: what opening alone does not show.
        raise DatabaseError(f"storage.url: cannot write {database.path}: {error}") from None
    async with database.read() as tx:
        done = [number for (number,) in await tx.all("SELECT number FROM migrations ORDER BY number")]
    known = known_migrations()
    if done and done[-1] > known[-1][0]:
        raise DatabaseError(f"the database is of a newer program (schema {done[-1]}, this one knows {known[-1][0]})")
    missing = [migration for migration in known if migration[0] not in done]
    if missing and done:
        stem, suffix = database.path.stem, database.path.suffix
        await database.backup(database.path.with_name(f"{stem}.schema-{done[-1]:04}{suffix}"))
    for number, name, script in missing:

        async def apply(tx: Tx, number: int = number, name: str = name, script: str = script) -> None:
            for statement in statements(script):
                await tx.run(statement)
            await tx.run("INSERT INTO migrations (number, name, applied_at) VALUES (?, ?, ?)", (number, name, at))

        await database.write(apply)
    return [name for _, name, _ in missing]

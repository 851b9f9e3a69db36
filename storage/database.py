"""One writer, a few readers, whole transactions. The only module that knows the driver and its dialect."""

from __future__ import annotations

import asyncio
import importlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import aiosqlite

T = TypeVar("T")
Row = tuple[Any, ...]
Values = Sequence[Any]

# The WAL-reset bug can corrupt a database that two connections share; fixed in 3.51.3, backported to 3.50.7 and 3.44.6.
# Source: the section "the WAL-reset bug" of the page on WAL of sqlite.org
_WAL_FIXED = (3, 51, 3)
_WAL_BACKPORTS = ((3, 50, 7), (3, 44, 6))
_READERS = 2


class DatabaseError(Exception):
    """The database cannot be used; the text is one line for the person who runs it."""


def _driver() -> Any:
    """A DB-API module over a current SQLite: the bundled one where its wheel exists, else Python's own."""
    try:
        return importlib.import_module("sqlcipher3.dbapi2")
    except ImportError:
        return sqlite3


def driver_error() -> type[Exception]:
    """What the driver raises, for who turns it into a line for people."""
    error: type[Exception] = _driver().Error
    return error


# Trouble of the machine: BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL. Source: sqlite.org/rescode.html
_PASSING = frozenset((5, 6, 7, 8, 10, 13, 14, 15))


def is_passing(error: BaseException) -> bool:
    """True where the machine failed (a full disk, say) and not what was to be written: the same again may work later."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in _PASSING


def _guarded(driver: Any) -> Any:
    """A class of connections that, once a transaction has undone itself (SQLite does so on a full disk), take no statement of it any
    more: those that were on their way to the database's thread would each be committed alone.
    """

    class Guarded(driver.Connection):  # type: ignore[misc]
        _within = False

        def _check(self) -> None:
            if self._within and not self.in_transaction:
                raise driver.OperationalError("the transaction has been undone")

        def execute(self, sql: str, values: Values = ()) -> Any:
            if sql == "ROLLBACK" and not self.in_transaction:
                self._within = False
                return self.cursor()
            self._check()
            cursor = super().execute(sql, values)
            self._within = sql == "BEGIN IMMEDIATE" or (self._within and sql not in ("COMMIT", "ROLLBACK"))
            return cursor

        def executemany(self, sql: str, rows: Iterable[Values]) -> Any:
            self._check()
            cursor = super().executemany(sql, rows)
            # Here and not wherever it is dropped: the driver resets the statement then, and on another thread that would fall into
            # the next use of the same statement ("Error binding parameter 0").
            cursor.close()
            return cursor

    return Guarded


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """True where several connections may share a WAL database under this SQLite."""
    return version >= _WAL_FIXED or any(version[:2] == fixed[:2] and version >= fixed for fixed in _WAL_BACKPORTS)


def database_path(url: str) -> Path:
    """The file of `sqlite:///relative.db` or `sqlite:////absolute.db`. Raises DatabaseError for anything else."""
    scheme, separator, rest = url.partition(":///")
    if scheme != "sqlite" or not separator or not rest:
        raise DatabaseError(f"storage.url must look like sqlite:///data/giothong.db, not {url!r}")
    return Path(rest)


def statements(script: str) -> Iterator[str]:
    """The statements of a script one by one. (The driver's own executescript would commit in between.)"""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
    if pending.strip():  # a last statement without its semicolon
        yield pending.strip()


class Tx:
    """Statements inside one transaction, or on a reader. Rows are tuples in the order of the SELECT."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        """`connection` is held by the caller as long as this object is used."""
        self._connection = connection

    async def all(self, sql: str, values: Values = ()) -> list[Row]:
        """Every row."""
        return list(await self._connection.execute_fetchall(sql, values))  # type: ignore[arg-type]

    async def one(self, sql: str, values: Values = ()) -> Row | None:
        """The first row, or None."""
        rows = await self.all(sql, values)
        return rows[0] if rows else None

    async def run(self, sql: str, values: Values = ()) -> list[Row]:
        """A statement that writes; the rows of its RETURNING clause."""
        return await self.all(sql, values)

    async def many(self, sql: str, rows: Iterable[Values]) -> None:
        """The same statement once a row, in one trip to the database's thread."""
        batch = list(rows)
        if batch:
            await self._connection.executemany(sql, batch)

    def nested(self) -> Savepoint:
        """A part of this transaction that can be undone alone."""
        return Savepoint(self._connection)


async def together(*work: Awaitable[Any]) -> list[Any]:
    """The results of statements that do not need each other's: they go to the database's thread in this order, in one trip.

    Every one has ended before the first error is raised, so that none is left to run behind a rollback.
    """
    results = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


class Savepoint(Tx):
    """A part of a transaction that can be undone alone. It costs nothing until the first write."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        """Inside an open transaction of `connection`."""
        super().__init__(connection)
        self._open = False

    async def _first(self, write: Awaitable[T]) -> T:
        """The first write sets the savepoint. Both go to the database's thread in one trip, in this order."""
        if self._open:
            return await write
        self._open = True
        _, result = await together(super().run("SAVEPOINT turn"), write)
        return cast("T", result)

    async def run(self, sql: str, values: Values = ()) -> list[Row]:
        """As in Tx, after the savepoint is set."""
        return await self._first(super().run(sql, values))

    async def many(self, sql: str, rows: Iterable[Values]) -> None:
        """As in Tx, after the savepoint is set."""
        await self._first(super().many(sql, rows))

    async def undo(self) -> None:
        """What was written since the first write is gone; the transaction goes on. (What is not undone needs no RELEASE: savepoints
        of one name nest, and the commit keeps them all.)
        """
        if self._open:
            self._open = False
            await super().run("ROLLBACK TO turn")
            await super().run("RELEASE turn")


class Database:
    """An open database. `write` runs one transaction at a time; `read` sees the last committed state."""

    def __init__(self, writer: aiosqlite.Connection, readers: Sequence[aiosqlite.Connection], path: Path) -> None:
        """Made by `open_database`."""
        self.path = path
        self._writer = writer
        self._write_lock = asyncio.Lock()
        self._readers: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()
        self._all_readers = readers
        for reader in readers:
            self._readers.put_nowait(reader)

    async def write(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run `work` in one transaction: all of it is kept, or none.

        Cancelling the caller never cuts a transaction: it runs to its end first. (A cancelled await would leave the statement
        running in the driver's thread and the transaction open.)
        """
        task = asyncio.ensure_future(self._transaction(work))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            raise

    async def _transaction(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        async with self._write_lock:
            await self._writer.execute_fetchall("BEGIN IMMEDIATE")
            try:
                result = await work(Tx(self._writer))
                await self._writer.execute_fetchall("COMMIT")
            except BaseException:
                await self._writer.execute_fetchall("ROLLBACK")
                raise
            return result

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A read-only connection of the pool; without a pool, the writer between two transactions."""
        if not self._all_readers:
            async with self._write_lock:
                yield Tx(self._writer)
            return
        reader = await self._readers.get()
        try:
            yield Tx(reader)
        finally:
            self._readers.put_nowait(reader)

    async def backup(self, target: Path) -> None:
        """Write a whole, compact copy to `target`, in place of what is there."""
        async with self._write_lock:
            target.unlink(missing_ok=True)  # noqa: ASYNC240 (one system call, at start)
            await self._writer.execute_fetchall("VACUUM INTO ?", (str(target),))

    async def damage(self) -> str:
        """What is wrong with the file, "" where nothing is."""
        async with self.read() as tx:
            row = await tx.one("PRAGMA quick_check(1)")
        return "" if row == ("ok",) else str(row)

    async def close(self) -> None:
        """Finish what runs, then close every connection."""
        async with self._write_lock:
            for connection in (*self._all_readers, self._writer):
                await connection.close()


def _connector(path: Path, key: str, pragmas: Sequence[str], *, read_only: bool) -> Callable[[], Any]:
    """A function that opens one connection inside the driver's thread."""
    driver = _driver()
    uri = f"{path.resolve().as_uri()}?mode={'ro' if read_only else 'rwc'}"

    def connect() -> Any:
        connection = driver.connect(
            uri, uri=True, isolation_level=None, cached_statements=256, factory=_guarded(driver)
        )
        try:
            if key:
                # Or SQLCipher says of a wrong key what it thinks in lines of its own.
                connection.execute("PRAGMA cipher_log_level = NONE")
                connection.execute(f"PRAGMA key = '{_quoted(key)}'")
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    return connect


async def _connect(connector: Callable[[], Any]) -> aiosqlite.Connection:
    """One open connection. Where it cannot be opened, its thread ends first, or it would speak into a loop that is closed."""
    connection = aiosqlite.Connection(connector, 64)
    try:
        return await connection
    except BaseException:
        connection._thread.join()
        raise


def _quoted(text: str) -> str:
    return text.replace("'", "''")


# FULL: with NORMAL a power cut may take back a commit that Telegram was already told about. Source: sqlite.org/pragma.html
_WRITER_PRAGMAS = (
    "busy_timeout=5000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "journal_size_limit=67108864",
)
# Only the writer checkpoints.
_READER_PRAGMAS = ("busy_timeout=5000", "query_only=ON", "trusted_schema=OFF", "wal_autocheckpoint=0")


async def open_database(url: str, key: str = "") -> Database:
    """Open (and make, where it is not there) the database of `url`; `key` encrypts it where the driver can.

    Raises DatabaseError with one clear line.
    """
    path = database_path(url)
    driver = _driver()
    if key and driver is sqlite3:
        raise DatabaseError("storage.key is set, but this Python has no SQLCipher driver (package sqlcipher3)")
    readers = _READERS if wal_is_safe(tuple(driver.sqlite_version_info)) else 0
    connections: list[aiosqlite.Connection] = []
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connections.append(await _connect(_connector(path, key, _WRITER_PRAGMAS, read_only=False)))
        for _ in range(readers):
            connections.append(  # noqa: PERF401 (what is open so far must be closed if the next one fails)
                await _connect(_connector(path, key, _READER_PRAGMAS, read_only=True))
            )
    except (OSError, driver.Error) as error:
        for connection in connections:
            await connection.close()
        raise DatabaseError(f"storage.url: cannot open {path}: {error}") from error
    return Database(connections[0], connections[1:], path)


async def open_reader(path: Path, key: str = "") -> Database:
    """The database for a process that only reads (a list being written beside the bot)."""
    connection = await _connect(_connector(path, key, _READER_PRAGMAS, read_only=True))
    return Database(connection, (), path)

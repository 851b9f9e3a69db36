"""The whole program on a temporary database, as the tests run it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from bot.app import App, open_app
from bot.clock import Clock
from bot.config import Config
from bot.plans import read_plan, write_plan
from core.people import Grant, Role
from storage import people, roles
from storage.database import _driver
from tests.servers.telegram import FakeTelegram

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
DATA = Path(__file__).parent / "data"
PATIENCE_S = 30.0  # A loaded machine is slow, not wrong.
_BOT = {"organisation": "LĐLĐ tỉnh Lạng Sơn", "contact": "văn phòng, 0205 3812 345", "province": "Lạng Sơn"}
# Limits of sending have tests of their own; here they would only make people wait.
_UNLIMITED = {"per_second": 0, "chat_burst": 0}


def config_of(folder: Path, **sections: dict[str, Any]) -> Config:
    """A configuration with its database in `folder`, the web on any free port."""
    facts: dict[str, dict[str, Any]] = {
        "bot": _BOT,
        "storage": {"url": f"sqlite:///{folder / 'house.db'}"},
        "web": {"port": 0},
        "delivery": _UNLIMITED,
    }
    return Config(**{name: facts.get(name, {}) | sections.get(name, {}) for name in {*facts, *sections}})  # type: ignore[arg-type]


def at_telegram(server: FakeTelegram, **more: Any) -> dict[str, Any]:
    """The [telegram] section for a fake server."""
    return {"enabled": True, "token": server.token, "base_url": server.base_url, **more}


@asynccontextmanager
async def program(
    folder: Path, plan: str = "house", *, start: datetime = NOW, **sections: dict[str, Any]
) -> AsyncIterator[App]:
    """The program, started at this hour, with the units and rounds of tests/data/<plan>.toml."""
    async with open_app(config_of(folder, **sections), Clock(start)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / f"{plan}.toml")))
        # A list that takes long tells how far it is; on a slow machine that would come in between by chance.
        app.renderer._progress_s = 3600.0
        app.progress.every_s = 3600.0
        await app.start()
        try:
            yield app
        finally:
            if reader := _READERS.pop(app, None):
                reader.close()


async def grant(app: App, address: str, role: Role, language: str = "vi", *, unit: str = "") -> None:
    """Somebody whom the table of roles names; for the unit with this code, or (officers) for none yet; a helper for the first round."""
    at = app.clock.at()

    async def write(tx: Any) -> None:
        found = await tx.one("SELECT id FROM units WHERE code = ?", (unit,))
        assert found or not unit, f"no unit {unit!r}"
        round_ = await tx.one("SELECT min(id) FROM rounds") if role is Role.HELPER else None
        await people.keep(tx, address, language, at)
        given = Grant(role, found[0] if found else None, round_[0] if round_ else None)
        await roles.grant(tx, address, given, by="test", at=at)

    await app.database.write(write)


_READERS: WeakKeyDictionary[App, Any] = WeakKeyDictionary()


def rows(app: App, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """What stands in the database, through a connection of its own: only what was committed counts."""
    connection = _READERS.get(app)
    if connection is None:
        # The program's own driver: two copies of SQLite in one process drop each other's locks.
        # Source: sqlite.org/howtocorrupt.html 2.2.1
        connection = _driver().connect(
            f"file:{app.database.path}?mode=ro", uri=True, timeout=PATIENCE_S, isolation_level=None
        )
        _READERS[app] = connection
    return list(connection.execute(sql, values))


async def until(true: Callable[[], object], what: str = "") -> None:
    """Wait for a condition. Raises AssertionError where it never comes true."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not true():
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"never happened: {what or true}") from None


def quiet(app: App, address: str) -> bool:
    """True where nothing of this address waits any more: to be answered, to be read, to be said."""
    waiting = rows(
        app,
        "SELECT 1 FROM inbox WHERE address = ? AND state = 'new'"
        " UNION ALL SELECT 1 FROM outbox WHERE address = ? AND state IN ('pending', 'sending', 'unknown')"
        " UNION ALL SELECT 1 FROM uploads WHERE address = ? AND state = 'new'"
        " UNION ALL SELECT 1 FROM broadcasts WHERE state = 'running' OR (state = 'waiting' AND start_at <= ?)",
        address,
        address,
        address,
        app.clock.at(),
    )
    return not waiting


@dataclass(frozen=True)
class AtTelegram:
    """A fake Telegram and the program that talks with it over HTTP."""

    server: FakeTelegram
    app: App

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """As `rows`."""
        return rows(self.app, sql, *values)

    async def settled(self, count: int) -> None:
        """Wait until so many updates were taken in and all is answered and said."""

        def done() -> bool:
            taken = self.rows("SELECT count(*) FROM inbox WHERE state <> 'new'")[0][0]
            busy = self.rows("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending', 'unknown')")[0][0]
            return bool(taken >= count and not busy)

        await until(done, f"{count} updates taken and answered")

"""What `giothong check` looks at: one line a thing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from zoneinfo import ZoneInfo

from bot.calendar import load_calendar
from bot.clock import Clock
from bot.config import Config, ConfigError
from bot.i18n import load_words
from bot.rules import load_rules
from storage.database import DatabaseError, open_database
from storage.migrate import migrate

Check = Callable[[Config], Awaitable[str]]


async def _database(config: Config) -> str:
    try:
        database = await open_database(config.storage.url, config.storage.key.get_secret_value())
    except DatabaseError as error:
        return str(error)
    try:
        await migrate(database, Clock().at())
        damage = await database.damage()
        return f"storage.url: the database is damaged: {damage}" if damage else ""
    except DatabaseError as error:
        return str(error)
    finally:
        await database.close()


async def _catalogues(config: Config) -> str:
    words = load_words(config.bot.language)
    default = set(words.ids(""))
    for language in words.languages:
        if missing := default - set(load_words(language).ids("")):
            return f"locales/{language}: {len(missing)} sentences are missing, the first is {min(missing)}"
    return ""


async def _rules(config: Config) -> str:
    try:
        rules = load_rules(config.rules.default, config.rules.folder)
    except ConfigError as error:
        return str(error)
    today = Clock().now().astimezone(ZoneInfo(config.bot.timezone)).date()
    if not rules.of("", today).in_force(today):
        return f"rules.default: no edition of {config.rules.default!r} is in force today; who asks is sent to the staff"
    return ""


async def _calendar(config: Config) -> str:
    try:
        load_calendar(config.calendar.file)
    except ConfigError as error:
        return str(error)
    return ""


async def _token(config: Config) -> str:
    if not config.telegram.enabled:
        return ""
    from bot.channels.telegram.check import try_token

    return await try_token(config.telegram)


_CHECKS: tuple[tuple[str, Check], ...] = (
    ("database", _database),
    ("catalogues", _catalogues),
    ("rules", _rules),
    ("calendar", _calendar),
    ("telegram", _token),
)


async def check_all(config: Config) -> AsyncIterator[tuple[str, str]]:
    """(what, problem or "") for each check. The configuration itself was read before."""
    yield "config", ""
    for name, look in _CHECKS:
        yield name, await look(config)

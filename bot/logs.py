"""Logs: an event and key=value, ids only. Tokens are scrubbed whoever writes the line."""

from __future__ import annotations

import logging
import re
import sys
import traceback

_TOKEN = re.compile(r"(bot)?\d{3,}:[A-Za-z0-9_-]{10,}")
# httpx and aiohttp write whole URLs (with the token) at INFO, python-telegram-bot whole updates at DEBUG.
_QUIET = ("httpx", "httpcore", "telegram", "aiohttp.access", "aiosqlite", "apscheduler", "asyncio")


class Scrub(logging.Filter):
    """Takes bot tokens out of messages and of exception texts."""

    def __init__(self, *secrets: str) -> None:
        """`secrets`: further strings that must never appear."""
        super().__init__()
        self._secrets = [secret for secret in secrets if secret]

    def scrub(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return _TOKEN.sub("***", text)

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; always keeps it."""
        record.msg = self.scrub(record.getMessage())
        record.args = ()
        if record.exc_info:
            record.exc_text = self.scrub(_trace(record.exc_info[1]))
            record.exc_info = None
        return True


def _trace(error: BaseException | None) -> str:
    """Where an error arose and of what kind it is. Its words only where they are the machine's: others may quote an answer."""
    if error is None:
        return ""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    words = f": {error}" if isinstance(error, OSError) or hasattr(error, "sqlite_errorcode") else ""
    lines = [*traceback.format_tb(error.__traceback__), f"{type(error).__name__}{words}"]
    return "\n".join(filter(None, (_trace(before), "".join(lines))))


def set_up_logs(*secrets: str, level: int = logging.INFO) -> None:
    """One handler on the root, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.addFilter(Scrub(*secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def event(logger: logging.Logger, name: str, level: int = logging.INFO, **facts: object) -> None:
    """Write `name key=value …`. Facts are ids, counts and states; never names, phones, answers or texts."""
    if logger.isEnabledFor(level):
        logger.log(level, "%s", " ".join([name, *(f"{key}={value}" for key, value in facts.items())]))

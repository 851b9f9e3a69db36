"""What leaves by the log."""

from __future__ import annotations

import logging
import sqlite3

from bot.logs import Scrub


def _logged(error: BaseException, before: BaseException | None = None) -> str:
    try:
        raise error from before
    except (ValueError, OSError, sqlite3.Error):
        record = logging.getLogger("test").makeRecord(
            "test",
            logging.ERROR,
            __file__,
            1,
            "turn_failed seq=%s",
            (7,),
            exc_info=(type(error), error, error.__traceback__),
        )
    assert Scrub().filter(record)
    return logging.Formatter().format(record)


def test_a_failed_turn_quotes_no_answer() -> None:
    """An error's words may hold a name; its kind and its place say enough."""
    text = _logged(ValueError("invalid literal: 'Lò Thị Ý'"), KeyError("0912345678"))
    assert "ValueError" in text and "KeyError" in text and "test_logs.py" in text
    assert "Lò Thị Ý" not in text and "0912345678" not in text


def test_what_the_machine_complains_of_is_said_in_full() -> None:
    """A full disk is nobody's secret."""
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = 13
    assert "database or disk is full" in _logged(error)
    assert "No space left" in _logged(OSError(28, "No space left on device"))

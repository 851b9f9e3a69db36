"""Where a baseline writes its one row for each registration."""

import argparse
import sqlite3
from pathlib import Path

from benchmarks.questions import Answers

COLUMNS = ("person", "consent", "name", "unit", "age", "sex", "abo", "rh", "count", "last", "phone")


class Donors:
    """A table of registrations in SQLite, as safe as the product's: WAL, a full sync for each commit."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(f"CREATE TABLE IF NOT EXISTS donors ({', '.join(COLUMNS)})")

    def add(self, person: int, answers: Answers) -> None:
        """Write one registration, committed when this returns."""
        row = {"person": person, **answers}
        places = ", ".join("?" * len(COLUMNS))
        self._connection.execute(f"INSERT INTO donors VALUES ({places})", [row.get(name) for name in COLUMNS])


def arguments() -> argparse.Namespace:
    """The options every baseline takes: base_url, token, database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--database", type=Path, required=True)
    return parser.parse_args()

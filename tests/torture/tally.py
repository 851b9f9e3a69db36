"""What stands in the database file afterwards, read through a fresh connection."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROW = "d.full_name, d.birth_year, d.sex, d.abo, d.rh, d.donations, d.last_donation, d.phone"


@dataclass(frozen=True)
class Tally:
    """Counts and rows of one database. `donors` may hold an address twice only if the program doubled it."""

    check: str
    broken_keys: int
    donors: list[tuple[str, tuple[Any, ...]]]
    consents: int
    conversations: int
    inbox: dict[str, int]
    outbox: dict[str, int]


def tally(path: Path) -> Tally:
    """Read everything."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:

        def count(sql: str) -> int:
            return int(db.execute(sql).fetchone()[0])

        donors = db.execute(f"SELECT p.address, {ROW} FROM donors d JOIN people p ON p.id = d.person_id")
        return Tally(
            check=db.execute("PRAGMA quick_check").fetchone()[0],
            broken_keys=len(db.execute("PRAGMA foreign_key_check").fetchall()),
            donors=[(row[0], row[1:]) for row in donors],
            consents=count("SELECT count(*) FROM consents WHERE answer = 'given'"),
            conversations=count("SELECT count(*) FROM conversations"),
            inbox=dict(db.execute("SELECT state, count(*) FROM inbox GROUP BY state")),
            outbox=dict(db.execute("SELECT state, count(*) FROM outbox GROUP BY state")),
        )


def in_flight(path: Path) -> int:
    """Messages that are not settled yet."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')").fetchone()[0])


def schema(path: Path) -> tuple[list[int], set[str]]:
    """(numbers of the migrations recorded, names of the tables); nothing where there is no such table yet."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        numbers = db.execute("SELECT number FROM migrations ORDER BY number") if "migrations" in tables else ()
        return [number for (number,) in numbers], tables

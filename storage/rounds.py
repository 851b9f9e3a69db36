"""The plan: rounds, their parts and slots, whom they invite, and who changed what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.json_text import pack, unpack
from core.rounds import Part, Round, RoundState, Slot
from storage.database import Row, Tx

_COLUMNS = (
    "code, number, name, occasion, held_on, tentative, opens, closes, place, place_address, lat, lon, target, deadline_on, state,"
    " place_or, yield_percent, capacity, leading, executing, contact, reminders, rule_set, version"
)
_NAMES = _COLUMNS.split(", ")
_MARKS = 500  # in one statement; every SQLite takes twice as many


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a round's change log. `detail`: field -> [before, after], JSON values."""

    id: int
    round_id: int
    at: int
    address: str
    action: str
    detail: dict[str, Any]


async def upcoming(tx: Tx, today: date) -> list[Round]:
    """Rounds from today on, in order of date, whatever their state."""
    return await _rounds(tx, "held_on >= ?", (today.isoformat(),))


async def between(tx: Tx, first: date, last: date) -> list[Round]:
    """Rounds of these days, both included, in order of date, whatever their state."""
    return await _rounds(tx, "held_on BETWEEN ? AND ?", (first.isoformat(), last.isoformat()))


async def by_code(tx: Tx, code: str) -> Round | None:
    """One round."""
    found = await _rounds(tx, "code = ?", (code,))
    return found[0] if found else None


async def by_codes(tx: Tx, codes: Sequence[str]) -> dict[str, Round]:
    """Those of these rounds that there are, by their codes."""
    found: list[Round] = []
    for first in range(0, len(codes), _MARKS):
        some = codes[first : first + _MARKS]
        found += await _rounds(tx, f"code IN ({', '.join('?' * len(some))})", some)
    return {round_.code: round_ for round_ in found}


async def by_id(tx: Tx, round_id: int) -> Round | None:
    """One round."""
    found = await _rounds(tx, "id = ?", (round_id,))
    return found[0] if found else None


# What hangs on rounds: the field, its rows (round first) in order, and what makes one of a row.
_HANGING: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("units", "SELECT round_id, unit_id FROM round_units", "round_id, unit_id", int),
    ("parts", "SELECT round_id, name, opens, closes, place, note FROM round_parts", "round_id, position", Part),
    ("slots", "SELECT round_id, starts, capacity FROM round_slots", "round_id, starts", Slot),
)


async def _rounds(tx: Tx, where: str, values: Sequence[object]) -> list[Round]:
    rows = await tx.all(f"SELECT id, {_COLUMNS} FROM rounds WHERE {where} ORDER BY held_on, number, id", values)  # noqa: S608
    hanging: dict[int, dict[str, list[Any]]] = {row[0]: {name: [] for name, *_ in _HANGING} for row in rows}
    for name, select, order, make in _HANGING if rows else ():
        found = await tx.all(
            f"{select} WHERE round_id IN (SELECT id FROM rounds WHERE {where}) ORDER BY {order}",  # noqa: S608 (our own clauses)
            values,
        )
        for round_id, *fields in found:
            hanging[round_id][name].append(make(*fields))
    return [_round(row, hanging[row[0]]) for row in rows]


def _round(row: Row, hanging: dict[str, list[Any]]) -> Round:
    facts = dict(zip(("id", *_NAMES), row, strict=True))
    deadline = facts["deadline_on"]
    facts |= {
        "held_on": date.fromisoformat(facts["held_on"]),
        "tentative": bool(facts["tentative"]),
        "deadline_on": date.fromisoformat(deadline) if deadline else None,
        "state": RoundState(facts["state"]),
        "units": frozenset(hanging["units"]),
        "parts": tuple(hanging["parts"]),
        "slots": tuple(hanging["slots"]),
    }
    facts |= {name: _lines(facts[name]) for name in ("place_or", "leading", "executing")}
    return Round(**facts)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split("\n")))


def _stored(value: object) -> object:
    """A field of a round as its column holds it."""
    match value:
        case bool():
            return int(value)
        case date():
            return value.isoformat()
        case tuple():
            return "\n".join(value)
    return value


async def write(tx: Tx, round_: Round) -> int:
    """Add or change a round by its code, with all that hangs on it; its id. The `id` of the argument is not looked at."""
    sets = ", ".join(f"{column} = excluded.{column}" for column in _NAMES[1:])
    rows = await tx.run(
        f"INSERT INTO rounds ({_COLUMNS}) VALUES ({', '.join('?' * len(_NAMES))})"  # noqa: S608 (constant column list)
        f" ON CONFLICT (code) DO UPDATE SET {sets} RETURNING id",
        [_stored(getattr(round_, name)) for name in _NAMES],
    )
    round_id = int(rows[0][0])
    for table in ("round_units", "round_parts", "round_slots"):
        await tx.run(f"DELETE FROM {table} WHERE round_id = ?", (round_id,))  # noqa: S608 (our own tables)
    await tx.many(
        "INSERT INTO round_units (round_id, unit_id) VALUES (?, ?)", [(round_id, unit) for unit in sorted(round_.units)]
    )
    await tx.many(
        "INSERT INTO round_parts (round_id, position, name, opens, closes, place, note) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(round_id, n, p.name, p.opens, p.closes, p.place, p.note) for n, p in enumerate(round_.parts, 1)],
    )
    await tx.many(
        "INSERT INTO round_slots (round_id, starts, capacity) VALUES (?, ?, ?)",
        [(round_id, slot.starts, slot.capacity) for slot in round_.slots],
    )
    return round_id


async def add_change(tx: Tx, change: Change, *, tell: bool) -> None:
    """Keep who changed what; with `tell` everybody who joined will hear of it. The `id` of the argument is not looked at."""
    await tx.run(
        "INSERT INTO round_changes (round_id, at, address, action, detail, told) VALUES (?, ?, ?, ?, ?, ?)",
        (change.round_id, change.at, change.address, change.action, pack(change.detail), int(not tell)),
    )


async def changes(tx: Tx, round_id: int, limit: int = 50) -> list[Change]:
    """The newest lines of a round's change log, newest first."""
    return await _changes(tx, "round_id = ? ORDER BY id DESC LIMIT ?", (round_id, limit))


async def untold(tx: Tx) -> list[Change]:
    """Changes of which not everybody who joined has a message in line yet, oldest first."""
    return await _changes(tx, "told = 0 ORDER BY id", ())


async def _changes(tx: Tx, where: str, values: Sequence[object]) -> list[Change]:
    rows = await tx.all(f"SELECT id, round_id, at, address, action, detail FROM round_changes WHERE {where}", values)  # noqa: S608
    return [
        Change(id_, round_id, at, address, action, unpack(detail))
        for id_, round_id, at, address, action, detail in rows
    ]


async def told(tx: Tx, change_id: int) -> None:
    """Everybody has a message about this change in line."""
    await tx.run("UPDATE round_changes SET told = 1 WHERE id = ?", (change_id,))

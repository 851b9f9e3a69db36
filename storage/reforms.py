"""What reforms do to units: rename, move, merge, part, dissolve, each from a day on; and what follows for people once it has come.

Nothing is rewritten: a unit that ends keeps its row, its names and its last place, and answers to rounds of its time stay with it.
Every function works inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.vietnamese import sort_key
from storage import units
from storage.database import Tx

_DAY = timedelta(days=1)
LINES = ("counts", "reports", "admin", "org", "hosted")


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit that begins. `valid_from` None: it has been there all along."""

    code: str
    kind: str
    name: str
    short_name: str = ""
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class When:
    """From which day on a reform holds, and what the papers say of it."""

    day: date
    note: str = ""

    @property
    def last(self) -> str:
        """The last day of before."""
        return (self.day - _DAY).isoformat()


async def add(tx: Tx, new: NewUnit, parent_id: int | None) -> int:
    """Make a unit, counted with a parent; its id."""
    first = new.valid_from.isoformat() if new.valid_from else None
    rows = await tx.run(
        "INSERT INTO units (code, kind, name, short_name, sort_key, valid_from) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (new.code, new.kind, new.name, new.short_name, sort_key(new.name), first),
    )
    unit_id = int(rows[0][0])
    if parent_id is not None:
        await tx.run(
            "INSERT INTO unit_links (unit_id, line, parent_id, valid_from) VALUES (?, 'counts', ?, ?)",
            (unit_id, parent_id, first or ""),
        )
    await units.touch(tx)
    return unit_id


async def edit(tx: Tx, unit_id: int, **facts: object) -> None:
    """Write `name`, `short_name`, `kind` or `aliases` (a sequence) as they should always have been."""
    values = dict(facts)
    if "aliases" in values:
        values["aliases"] = "\n".join(values["aliases"])  # type: ignore[arg-type]
    if "name" in values:
        values["sort_key"] = sort_key(str(values["name"]))
    sets = ", ".join(f"{column} = ?" for column in values)
    await tx.run(f"UPDATE units SET {sets} WHERE id = ?", (*values.values(), unit_id))  # noqa: S608 (our own columns)
    await units.touch(tx)


async def rename(tx: Tx, unit_id: int, name: str, day: date) -> None:
    """From the day on, until the next time it is renamed, the unit has another name; papers of before keep the old one."""
    last = (day - _DAY).isoformat()
    until = await _until(tx, unit_id, day)
    old = until[0] if until else await _newest(tx, unit_id)
    if until:
        await tx.run("UPDATE unit_names SET name = ? WHERE unit_id = ? AND valid_to = ?", (name, unit_id, until[1]))
    else:
        await edit(tx, unit_id, name=name)
    await tx.run(
        "INSERT INTO unit_names (unit_id, name, valid_to) VALUES (?, ?, ?)"
        " ON CONFLICT (unit_id, valid_to) DO NOTHING",  # Renamed twice for the same day: the first new name was never in use.
        (unit_id, old, last),
    )
    await units.touch(tx)


async def correct_name(tx: Tx, unit_id: int, name: str, today: date) -> None:
    """What the unit is called today should always have been this; a name that it is to get stays."""
    if until := await _until(tx, unit_id, today):
        await tx.run("UPDATE unit_names SET name = ? WHERE unit_id = ? AND valid_to = ?", (name, unit_id, until[1]))
        await units.touch(tx)
    else:
        await edit(tx, unit_id, name=name)


async def _until(tx: Tx, unit_id: int, day: date) -> tuple[str, str] | None:
    """(name, last day) of the name of a day, where that is not the newest one."""
    row = await tx.one(
        "SELECT name, valid_to FROM unit_names WHERE unit_id = ? AND valid_to >= ? ORDER BY valid_to LIMIT 1",
        (unit_id, day.isoformat()),
    )
    return (row[0], row[1]) if row else None


async def _newest(tx: Tx, unit_id: int) -> str:
    row = await tx.one("SELECT name FROM units WHERE id = ?", (unit_id,))
    assert row
    return str(row[0])


async def move(tx: Tx, unit_id: int, parent_id: int | None, day: date | None, *, line: str = "counts") -> None:
    """From the day on (None: since ever) the unit belongs to another parent in a line, or in that line to none."""
    await _close(tx, "unit_id = ? AND line = ?", (unit_id, line), day)
    if parent_id is not None:
        await _link(tx, line, (unit_id, parent_id), day.isoformat() if day else "")
    await units.touch(tx)


async def report_to(tx: Tx, unit_id: int, parent_id: int, day: date | None) -> None:
    """From the day on the unit also reports to another one, beside those it reports to."""
    await _link(tx, "reports", (unit_id, parent_id), day.isoformat() if day else "")
    await units.touch(tx)


async def report_no_more(tx: Tx, unit_id: int, parent_id: int, day: date) -> None:
    """From the day on the unit does not report to that one any more."""
    await _close(tx, "unit_id = ? AND line = 'reports' AND parent_id = ?", (unit_id, parent_id), day)
    await units.touch(tx)


async def _link(tx: Tx, line: str, between: tuple[int, int], since: str, *, until: str | None = None) -> None:
    """`between`: the unit and its parent; ISO days, "" and None for no end."""
    await tx.run(
        "INSERT INTO unit_links (unit_id, line, parent_id, valid_from, valid_to) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (unit_id, line, parent_id, valid_from) DO UPDATE SET valid_to = excluded.valid_to",
        (between[0], line, between[1], since, until),
    )


async def _close(tx: Tx, where: str, values: tuple[object, ...], day: date | None) -> None:
    """End links the day before; one that would have begun later never was."""
    first = day.isoformat() if day else ""
    await tx.run(f"DELETE FROM unit_links WHERE {where} AND valid_from >= ?", (*values, first))  # noqa: S608 (our own clauses)
    if day:
        last = (day - _DAY).isoformat()
        await tx.run(
            f"UPDATE unit_links SET valid_to = ? WHERE {where} AND (valid_to IS NULL OR valid_to > ?)",  # noqa: S608
            (last, *values, last),
        )


async def merge(tx: Tx, old_ids: Sequence[int], into: int, when: When) -> None:
    """From the day on `into` stands in the place of these units, and what was below them is below it."""
    above = await _above(tx, into, old_ids)
    for old_id in old_ids:
        await _end(tx, old_id, [into], "merge", when=when)
    for old_id in old_ids:
        await _hand_over(tx, old_id, into, when.day, spared=old_ids)
    if above != (await _parent(tx, into)):
        await move(tx, into, above, when.day)
    await units.touch(tx)


async def split(tx: Tx, old_id: int, parts: Sequence[int], when: When) -> None:
    """From the day on these units stand in the place of one. What was below it is below its parent until somebody says better."""
    await _end(tx, old_id, parts, "split", when=when)
    await _hand_over(tx, old_id, await _parent(tx, old_id, last=True), when.day, spared=())
    await units.touch(tx)


async def dissolve(tx: Tx, old_id: int, when: When) -> None:
    """From the day on the unit is no more, and nothing takes its place. What was below it is below its parent."""
    await _end(tx, old_id, [None], "dissolve", when=when)
    await _hand_over(tx, old_id, await _parent(tx, old_id, last=True), when.day, spared=())
    await units.touch(tx)


async def _end(tx: Tx, old_id: int, heirs: Sequence[int | None], kind: str, *, when: When) -> None:
    await tx.run("UPDATE units SET valid_to = ? WHERE id = ?", (when.last, old_id))
    await tx.many(
        "INSERT INTO unit_successions (old_id, new_id, kind, on_day, note) VALUES (?, ?, ?, ?, ?)",
        [(old_id, heir, kind, when.day.isoformat(), when.note) for heir in heirs],
    )


async def _hand_over(tx: Tx, old_id: int, to: int | None, day: date, *, spared: Collection[int]) -> None:
    """What is linked to a unit that ends is linked to another one from the day on; units that end along with it are not."""
    first = day.isoformat()
    links = await tx.all(
        "SELECT unit_id, line, valid_from, valid_to FROM unit_links WHERE parent_id = ? AND (valid_to IS NULL OR valid_to >= ?)"
        " ORDER BY valid_from",
        (old_id, first),
    )
    going = [link for link in links if link[0] not in spared]
    for unit_id, line, *_ in going:
        await _close(tx, "unit_id = ? AND line = ? AND parent_id = ?", (unit_id, line, old_id), day)
    for unit_id, line, since, until in going:  # What is to come, or to end, later still does.
        if to is not None and unit_id != to:
            await _link(tx, line, (unit_id, to), max(since, first), until=until)


async def _parent(tx: Tx, unit_id: int, *, last: bool = False) -> int | None:
    """The newest parent in the line that counts; with `last` also one that is over."""
    over = "" if last else " AND valid_to IS NULL"
    row = await tx.one(
        f"SELECT parent_id FROM unit_links WHERE unit_id = ? AND line = 'counts'{over} ORDER BY valid_from DESC LIMIT 1",  # noqa: S608
        (unit_id,),
    )
    return int(row[0]) if row else None


async def _above(tx: Tx, unit_id: int, ending: Collection[int]) -> int | None:
    """The nearest unit above that does not end along."""
    seen: set[int] = set()
    above = await _parent(tx, unit_id)
    while above is not None and above in ending and above not in seen:
        seen.add(above)
        above = await _parent(tx, above, last=True)
    return above


@dataclass(frozen=True, slots=True)
class Link:
    """Whom a unit belongs to in a line, and from when to when (ISO days, "" and None: no end)."""

    line: str
    parent_id: int
    valid_from: str
    valid_to: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a unit, or what it came of: the kind, the day and the other unit's id."""

    kind: str
    on_day: date
    other_id: int | None
    note: str


@dataclass(frozen=True, slots=True)
class History:
    """All that is known of a unit's time: links, names with their last day (the newest one has none), what it came of and what became
    of it.
    """

    links: tuple[Link, ...]
    names: tuple[tuple[str, str], ...]
    newest: str
    before: tuple[Change, ...]
    after: tuple[Change, ...]


async def history(tx: Tx, unit_id: int) -> History:
    """In the order of time."""
    links = await tx.all(
        "SELECT line, parent_id, valid_from, valid_to FROM unit_links WHERE unit_id = ? ORDER BY valid_from, line, parent_id",
        (unit_id,),
    )
    names = await tx.all("SELECT name, valid_to FROM unit_names WHERE unit_id = ? ORDER BY valid_to", (unit_id,))
    return History(
        tuple(Link(*row) for row in links),
        tuple(names),
        await _newest(tx, unit_id),
        await _changes(tx, "new_id = ?", "old_id", unit_id),
        await _changes(tx, "old_id = ?", "new_id", unit_id),
    )


async def _changes(tx: Tx, where: str, other: str, unit_id: int) -> tuple[Change, ...]:
    rows = await tx.all(
        f"SELECT kind, on_day, {other}, note FROM unit_successions WHERE {where} ORDER BY on_day, id",  # noqa: S608
        (unit_id,),
    )
    return tuple(Change(kind, date.fromisoformat(day), other_id, note) for kind, day, other_id, note in rows)


async def codes(tx: Tx) -> set[str]:
    """Every code that is taken, in capitals."""
    return {code.upper() for (code,) in await tx.all("SELECT code FROM units")}

"""The tree of units, and read-only copies of it, as it is on a day, for searching and counting."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.lineage import Succession
from core.units import COUNTS, REPORTS, Unit, UnitIndex
from core.vietnamese import sort_key
from storage import marks
from storage.database import Tx

REVISION = "units_revision"
_DAYS = 4  # Copies that are kept: today, and days of rounds that people look at just now.


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as files bring it. By their codes: the parent, in the line in which it counts, those it reports to beside, and, of a unit
    that has ended, what it went into (several: it was parted).
    """

    code: str
    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    parent: str = ""
    valid_from: str | None = None
    valid_to: str | None = None
    short_name: str = ""
    reports: tuple[str, ...] = ()
    into: tuple[str, ...] = ()

    @staticmethod
    def of(facts: dict[str, Any]) -> UnitRow:
        """From JSON values."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()
        }
        return UnitRow(**values)


class UnitsCache:
    """The units by day. The table is the truth: after `refresh` the next use compares revisions, and reads again where somebody wrote."""

    def __init__(self) -> None:
        """Empty until first used."""
        self._revision = ""
        self._days: dict[date, UnitIndex] = {}
        self._fresh = False

    def refresh(self) -> None:
        """A new transaction begins, or something was written or undone: what was read before may be old."""
        self._fresh = False

    async def index(self, tx: Tx, day: date) -> UnitIndex:
        """The units as they are in this transaction, on this (local) day."""
        if not self._fresh:
            self._fresh = True
            revision = await marks.get(tx, REVISION, "0")
            if revision != self._revision:
                self._revision = revision
                self._days.clear()
        index = self._days.pop(day, None) or await index_of(tx, day)
        self._days[day] = index  # The one used last is the last to go.
        if len(self._days) > _DAYS:
            del self._days[next(iter(self._days))]
        return index


async def touch(tx: Tx) -> None:
    """Units were written: copies are old. (No number that is counted up: one that was undone would come again.)"""
    await marks.set_(tx, REVISION, secrets.token_hex(8))


async def index_of(tx: Tx, day: date) -> UnitIndex:
    """All units as they are on a day, by the names of that day, with what became of them."""
    iso = day.isoformat()
    links = await tx.all(
        "SELECT unit_id, line, parent_id FROM unit_links WHERE valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)"
        " ORDER BY unit_id, valid_from, line",
        (iso, iso),
    )
    parents = {unit_id: parent_id for unit_id, line, parent_id in links if line == COUNTS}
    also: dict[int, list[tuple[str, int]]] = {}
    for unit_id, line, parent_id in links:
        if line != COUNTS:
            also.setdefault(unit_id, []).append((line, parent_id))
    then, former = await _names(tx, iso)
    rows = await tx.all(
        "SELECT id, code, kind, name, aliases, short_name, valid_from, valid_to FROM units ORDER BY sort_key, id"
    )
    units = [
        Unit(
            id_,
            code,
            kind,
            then.get(id_) or name,
            tuple(filter(None, aliases.split("\n"))),
            parents.get(id_),
            short_name=short_name,
            valid_from=valid_from,
            valid_to=valid_to,
            also=tuple(also.get(id_, ())),
        )
        for id_, code, kind, name, aliases, short_name, valid_from, valid_to in rows
    ]
    return UnitIndex.of(units, day, successions=await successions(tx), former=former)


async def _names(tx: Tx, iso: str) -> tuple[dict[int, str], dict[int, list[str]]]:
    """Of units that were renamed: what they are called on a day where that is not the newest name, and every name of before."""
    then: dict[int, str] = {}
    former: dict[int, list[str]] = {}
    for unit_id, name, valid_to in await tx.all("SELECT unit_id, name, valid_to FROM unit_names ORDER BY valid_to"):
        if valid_to >= iso:
            then.setdefault(unit_id, name)
        else:
            former.setdefault(unit_id, []).append(name)
    return then, former


async def changes_from(tx: Tx, day: date) -> list[date]:
    """The day, and every later one on which some unit is to belong elsewhere."""
    rows = await tx.all(
        "SELECT DISTINCT valid_from FROM unit_links WHERE valid_from > ? ORDER BY 1", (day.isoformat(),)
    )
    return [day, *(date.fromisoformat(first) for (first,) in rows)]


async def successions(tx: Tx) -> list[Succession]:
    """What became of which unit, also what is to come, in the order of time."""
    rows = await tx.all("SELECT old_id, new_id, kind, on_day, note FROM unit_successions ORDER BY on_day, id")
    return [Succession(old, new, kind, date.fromisoformat(day), note) for old, new, kind, day, note in rows]


async def rows(tx: Tx) -> dict[str, UnitRow]:
    """Every unit as a file would bring it, by its code."""
    links = await tx.all(
        "SELECT u.code, l.line, p.code FROM unit_links l JOIN units u ON u.id = l.unit_id JOIN units p ON p.id = l.parent_id"
        " WHERE l.valid_to IS NULL ORDER BY p.code"
    )
    parents = {code: parent for code, line, parent in links if line == COUNTS}
    reports: dict[str, list[str]] = {}
    for code, line, parent in links:
        if line == REPORTS:
            reports.setdefault(code, []).append(parent)
    into: dict[str, list[str]] = {}
    for code, heir in await tx.all(
        "SELECT o.code, n.code FROM unit_successions s JOIN units o ON o.id = s.old_id JOIN units n ON n.id = s.new_id ORDER BY n.code"
    ):
        into.setdefault(code, []).append(heir)
    found = await tx.all(
        "SELECT code, kind, name, aliases, valid_from, valid_to, short_name FROM units ORDER BY sort_key, id"
    )
    return {
        code: UnitRow(
            code,
            kind,
            name,
            tuple(filter(None, aliases.split("\n"))),
            parents.get(code, ""),
            valid_from=valid_from,
            valid_to=valid_to,
            short_name=short_name,
            reports=tuple(reports.get(code, ())),
            into=tuple(into.get(code, ())),
        )
        for code, kind, name, aliases, valid_from, valid_to, short_name in found
    }


async def write(tx: Tx, units: Sequence[UnitRow]) -> None:
    """Add or change units by code; a parent may come anywhere in the same batch, and without one a unit is a root.

    What a file says of a parent is how it should always have been: a link keeps the day from which it holds.
    """
    before = await rows(tx)
    await tx.many(
        "INSERT INTO units (code, kind, name, aliases, sort_key, valid_from, valid_to, short_name) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, name = excluded.name, aliases = excluded.aliases,"
        " sort_key = excluded.sort_key, valid_from = excluded.valid_from, valid_to = excluded.valid_to, short_name = excluded.short_name",
        [
            (u.code, u.kind, u.name, "\n".join(u.aliases), sort_key(u.name), u.valid_from, u.valid_to, u.short_name)
            for u in units
        ],
    )
    await _write_links(tx, [u for u in units if u.code not in before or before[u.code].parent != u.parent])
    await _write_reports(tx, [u for u in units if u.code not in before or before[u.code].reports != u.reports])
    ends = {code: (row.valid_to, row.into) for code, row in before.items()}
    await _write_heirs(tx, [u for u in units if ends.get(u.code) != (u.valid_to, u.into)])
    await touch(tx)


async def _write_links(tx: Tx, units: Sequence[UnitRow]) -> None:
    since: dict[str, str] = dict(
        await tx.all(
            "SELECT u.code, l.valid_from FROM unit_links l JOIN units u ON u.id = l.unit_id"
            " WHERE l.line = 'counts' AND l.valid_to IS NULL"
        )
    )
    await tx.many(
        "DELETE FROM unit_links WHERE unit_id = (SELECT id FROM units WHERE code = ?) AND line = 'counts' AND valid_to IS NULL",
        [(u.code,) for u in units],
    )
    await _insert(tx, COUNTS, [(u.code, u.parent, since.get(u.code, "")) for u in units if u.parent])


async def _write_reports(tx: Tx, units: Sequence[UnitRow]) -> None:
    await tx.many(
        "DELETE FROM unit_links WHERE unit_id = (SELECT id FROM units WHERE code = ?) AND line = 'reports' AND valid_to IS NULL",
        [(u.code,) for u in units],
    )
    await _insert(tx, REPORTS, [(u.code, parent, "") for u in units for parent in u.reports])


async def _write_heirs(tx: Tx, units: Sequence[UnitRow]) -> None:
    """What units went into, from the day after their last one on."""
    await tx.many(
        "DELETE FROM unit_successions WHERE old_id = (SELECT id FROM units WHERE code = ?)", [(u.code,) for u in units]
    )
    await tx.many(
        "INSERT INTO unit_successions (old_id, new_id, kind, on_day) SELECT o.id, n.id, ?, ? FROM units o, units n"
        " WHERE o.code = ? AND n.code = ?",
        [
            ("merge" if len(u.into) == 1 else "split", _day_after(u.valid_to), u.code, heir)
            for u in units
            if u.valid_to
            for heir in u.into
        ],
    )


def _day_after(iso: str) -> str:
    return (date.fromisoformat(iso) + timedelta(days=1)).isoformat()


async def _insert(tx: Tx, line: str, links: Sequence[tuple[str, str, str]]) -> None:
    """(unit, parent, from) by codes; one that was closed is open again."""
    await tx.many(
        "INSERT INTO unit_links (unit_id, line, parent_id, valid_from)"
        " SELECT u.id, ?, p.id, ? FROM units u, units p WHERE u.code = ? AND p.code = ?"
        " ON CONFLICT (unit_id, line, parent_id, valid_from) DO UPDATE SET valid_to = NULL",
        [(line, since, code, parent) for code, parent, since in links],
    )

"""The tree of units, and a read-only copy of it for searching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.units import Unit, UnitIndex
from core.vietnamese import sort_key
from storage import marks
from storage.database import Tx

REVISION = "units.revision"
COUNTS = "counts"  # The line that quotas, lists and authority follow.


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as files bring it: the parent, in the line in which it counts, by its code."""

    code: str
    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    parent: str = ""
    valid_from: str | None = None
    valid_to: str | None = None
    short_name: str = ""


class UnitsCache:
    """The index of all units. The table is the truth: after `refresh` the next use compares revisions, and reads again where
    somebody wrote.
    """

    def __init__(self) -> None:
        """Empty until first used."""
        self._read: tuple[str, date] | None = None
        self._index = UnitIndex.of(())
        self._fresh: date | None = None

    def refresh(self) -> None:
        """A new transaction begins: what was read before may be old."""
        self._fresh = None

    async def index(self, tx: Tx, day: date) -> UnitIndex:
        """The units as they are in this transaction, on this (local) day."""
        if self._fresh == day:
            return self._index
        self._fresh = day
        version = (await marks.get(tx, REVISION, "0"), day)
        if version != self._read:
            self._index = UnitIndex.of(await _units(tx, day))
            self._read = version
        return self._index


async def _units(tx: Tx, day: date) -> list[Unit]:
    """Every unit with its lines of the day, in the order in which units are listed."""
    iso = day.isoformat()
    links = await tx.all(
        "SELECT unit_id, line, parent_id FROM unit_links WHERE valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)"
        " ORDER BY unit_id, valid_from, line",
        (iso, iso),
    )
    parents: dict[int, int] = {}
    also: dict[int, list[tuple[str, int]]] = {}
    for unit_id, line, parent_id in links:
        if line == COUNTS:
            parents[unit_id] = parent_id
        else:
            also.setdefault(unit_id, []).append((line, parent_id))
    rows = await tx.all(
        "SELECT id, code, kind, name, aliases, short_name, valid_from, valid_to FROM units ORDER BY sort_key, id"
    )
    return [
        Unit(
            id_,
            code,
            kind,
            name,
            tuple(filter(None, aliases.split("\n"))),
            parents.get(id_),
            short_name=short_name,
            valid_from=valid_from,
            valid_to=valid_to,
            also=tuple(also.get(id_, ())),
        )
        for id_, code, kind, name, aliases, short_name, valid_from, valid_to in rows
    ]


async def rows(tx: Tx) -> dict[str, UnitRow]:
    """Every unit as a file would bring it, by its code."""
    found = await tx.all(
        "SELECT u.code, u.kind, u.name, u.aliases, coalesce(p.code, ''), u.valid_from, u.valid_to, u.short_name FROM units u"
        " LEFT JOIN unit_links l ON l.unit_id = u.id AND l.line = ? AND l.valid_to IS NULL LEFT JOIN units p ON p.id = l.parent_id",
        (COUNTS,),
    )
    return {
        code: UnitRow(code, kind, name, tuple(filter(None, aliases.split("\n"))), parent, *rest)
        for code, kind, name, aliases, parent, *rest in found
    }


async def write(tx: Tx, units: Sequence[UnitRow]) -> None:
    """Add or change units by code; a parent may come anywhere in the same batch, and without one a unit is a root."""
    await tx.many(
        "INSERT INTO units (code, kind, name, aliases, sort_key, valid_from, valid_to, short_name) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, name = excluded.name, aliases = excluded.aliases,"
        " sort_key = excluded.sort_key, valid_from = excluded.valid_from, valid_to = excluded.valid_to, short_name = excluded.short_name",
        [
            (u.code, u.kind, u.name, "\n".join(u.aliases), sort_key(u.name), u.valid_from, u.valid_to, u.short_name)
            for u in units
        ],
    )
    await tx.many(
        "DELETE FROM unit_links WHERE unit_id = (SELECT id FROM units WHERE code = ?) AND line = ? AND valid_to IS NULL",
        [(u.code, COUNTS) for u in units],
    )
    await tx.many(
        "INSERT INTO unit_links (unit_id, line, parent_id) SELECT u.id, ?, p.id FROM units u, units p WHERE u.code = ? AND p.code = ?",
        [(COUNTS, u.code, u.parent) for u in units if u.parent],
    )
    await marks.set_(tx, REVISION, str(int(await marks.get(tx, REVISION, "0")) + 1))

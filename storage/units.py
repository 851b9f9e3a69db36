"""The tree of units, and a read-only copy of it for searching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.units import Unit, UnitIndex
from core.vietnamese import sort_key
from storage import marks
from storage.database import Tx

REVISION = "units.revision"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as files bring it: the parent by its code."""

    code: str
    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    parent: str = ""
    valid_from: str | None = None
    valid_to: str | None = None


class UnitsCache:
    """The index of all units. The table is the truth: after `refresh` the next use compares revisions, and reads again where
    somebody wrote.
    """

    def __init__(self) -> None:
        """Empty until first used."""
        self._revision: str | None = None
        self._index = UnitIndex.of(())
        self._fresh = False

    def refresh(self) -> None:
        """A new transaction begins: what was read before may be old."""
        self._fresh = False

    async def index(self, tx: Tx) -> UnitIndex:
        """The units as they are in this transaction."""
        if self._fresh:
            return self._index
        self._fresh = True
        revision = await marks.get(tx, REVISION, "0")
        if revision != self._revision:
            rows = await tx.all("SELECT id, code, kind, name, aliases, parent_id FROM units ORDER BY sort_key, id")
            self._index = UnitIndex.of(
                Unit(id_, code, kind, name, tuple(filter(None, aliases.split("\n"))), parent_id)
                for id_, code, kind, name, aliases, parent_id in rows
            )
            self._revision = revision
        return self._index


async def rows(tx: Tx) -> dict[str, UnitRow]:
    """Every unit as a file would bring it, by its code."""
    found = await tx.all(
        "SELECT u.code, u.kind, u.name, u.aliases, coalesce(p.code, ''), u.valid_from, u.valid_to"
        " FROM units u LEFT JOIN units p ON p.id = u.parent_id"
    )
    return {
        code: UnitRow(code, kind, name, tuple(filter(None, aliases.split("\n"))), parent, valid_from, valid_to)
        for code, kind, name, aliases, parent, valid_from, valid_to in found
    }


async def write(tx: Tx, units: Sequence[UnitRow]) -> None:
    """Add or change units by code; a parent may come anywhere in the same batch, and without one a unit is a root."""
    await tx.many(
        "INSERT INTO units (code, kind, name, aliases, sort_key, valid_from, valid_to) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, name = excluded.name, aliases = excluded.aliases,"
        " sort_key = excluded.sort_key, valid_from = excluded.valid_from, valid_to = excluded.valid_to",
        [(u.code, u.kind, u.name, "\n".join(u.aliases), sort_key(u.name), u.valid_from, u.valid_to) for u in units],
    )
    await tx.many(
        "UPDATE units SET parent_id = (SELECT p.id FROM units p WHERE p.code = ?) WHERE code = ?",
        [(u.parent, u.code) for u in units],
    )
    await marks.set_(tx, REVISION, str(int(await marks.get(tx, REVISION, "0")) + 1))

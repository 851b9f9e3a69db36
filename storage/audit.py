"""Reading the log of who did what: append-only, so a page is all that stands below a number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.json_text import unpack
from storage.database import Tx

_COLUMNS = "id, at, address, action, detail"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `at`: ms UTC; `detail`: ids, codes and counts."""

    id: int
    at: int
    address: str
    action: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at. `units`, `rounds`: codes that the reader answers for, None for all; with them what `reader` did themself.

    `actions`: only these, empty for all; `unit_codes`: only about these units, None for any; `address`: only by this one, "" for any.
    """

    reader: str
    units: frozenset[str] | None = None
    rounds: frozenset[str] = frozenset()
    actions: tuple[str, ...] = ()
    unit_codes: frozenset[str] | None = None
    address: str = ""

    def where(self) -> tuple[str, list[object]]:
        """The condition and its values."""
        parts, values = ["1 = 1"], list[object]()

        def one_of(column: str, wanted: Iterable[str]) -> str:
            known = sorted(wanted)
            values.extend(known)
            return f"{column} IN ({', '.join('?' * len(known)) or 'NULL'})"

        if self.units is not None:
            parts.append(f"({one_of('unit', self.units)} OR {one_of('round', self.rounds)} OR address = ?)")
            values.append(self.reader)
        if self.actions:
            parts.append(one_of("action", self.actions))
        if self.unit_codes is not None:
            parts.append(one_of("unit", self.unit_codes))
        if self.address:
            parts.append("address = ?")
            values.append(self.address)
        return " AND ".join(parts), values


async def page(tx: Tx, view: View, *, below: int | None = None, first: int = 0, most: int) -> list[Entry]:
    """Entries of a view, the newest first: those under the id `below`, without the `first` ones."""
    where, values = view.where()
    rows = await tx.all(
        f"SELECT {_COLUMNS} FROM audit WHERE {where} AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ? OFFSET ?",  # noqa: S608
        (*values, below, below, most, first),
    )
    return [Entry(id_, at, address, action, unpack(detail)) for id_, at, address, action, detail in rows]


async def count(tx: Tx, view: View) -> int:
    """How many entries a view has."""
    where, values = view.where()
    row = await tx.one(f"SELECT count(*) FROM audit WHERE {where}", values)  # noqa: S608
    return int(row[0]) if row else 0


async def actors(tx: Tx, view: View, most: int = 50) -> list[str]:
    """Who has done what stands in the newest thousand entries of a view, who did so last first."""
    where, values = view.where()
    rows = await tx.all(
        f"SELECT address, max(id) FROM (SELECT id, address FROM audit WHERE {where} ORDER BY id DESC LIMIT 1000)"  # noqa: S608
        " GROUP BY address ORDER BY 2 DESC LIMIT ?",
        (*values, most),
    )
    return [address for address, _ in rows]

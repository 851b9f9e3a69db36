"""Who may do what. Authority comes from this table, and from the configured administrators, alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.people import Grant, Role
from storage import marks
from storage.database import Tx

REVISION = "roles.revision"
_COLUMNS = "id, address, role, unit_id, round_id, granted_at, granted_by"


@dataclass(frozen=True, slots=True)
class Seat:
    """A role as it stands in the table: whose, since when (ms UTC), by whom."""

    id: int
    address: str
    grant: Grant
    granted_at: int
    granted_by: str


def _seat(row: tuple[object, ...]) -> Seat:
    id_, address, role, unit_id, round_id, at, by = row
    return Seat(id_, address, Grant(Role[str(role).upper()], unit_id, round_id), at, by)  # type: ignore[arg-type]


async def _moved_on(tx: Tx) -> None:
    """Whoever shows menus sees that something has changed."""
    await marks.set_(tx, REVISION, str(int(await marks.get(tx, REVISION, "0")) + 1))


async def grant(tx: Tx, address: str, given: Grant, *, by: str, at: int) -> bool:
    """Give somebody a role; False where they had this very one."""
    rows = await tx.run(
        "INSERT INTO roles (address, role, unit_id, round_id, granted_at, granted_by) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (address, role, coalesce(unit_id, 0), coalesce(round_id, 0)) DO NOTHING RETURNING id",
        (address, given.role.name.lower(), given.unit_id, given.round_id, at, by),
    )
    if rows:
        await _moved_on(tx)
    return bool(rows)


async def all_(tx: Tx) -> list[Seat]:
    """Every role, the highest first, then by unit, round and age."""
    rows = await tx.all(
        f"SELECT {_COLUMNS} FROM roles"  # noqa: S608 (constant column list)
        " ORDER BY CASE role WHEN 'admin' THEN 0 WHEN 'officer' THEN 1 WHEN 'head' THEN 2 ELSE 3 END, unit_id, round_id, id"
    )
    return [_seat(row) for row in rows]


async def by_id(tx: Tx, seat_id: int) -> Seat | None:
    """One role."""
    row = await tx.one(f"SELECT {_COLUMNS} FROM roles WHERE id = ?", (seat_id,))  # noqa: S608
    return _seat(row) if row else None


async def of_addresses(tx: Tx, addresses: Sequence[str]) -> list[Seat]:
    """The roles of these addresses."""
    many = ", ".join("?" * len(addresses))
    rows = await tx.all(f"SELECT {_COLUMNS} FROM roles WHERE address IN ({many}) ORDER BY id", addresses)  # noqa: S608
    return [_seat(row) for row in rows]


async def officers(tx: Tx, unit_id: int) -> list[str]:
    """The addresses of the officers of this very unit."""
    rows = await tx.all("SELECT address FROM roles WHERE role = 'officer' AND unit_id = ? ORDER BY id", (unit_id,))
    return [address for (address,) in rows]


async def remove(tx: Tx, seat_id: int) -> bool:
    """Take a role away; False where it was gone."""
    rows = await tx.run("DELETE FROM roles WHERE id = ? RETURNING id", (seat_id,))
    if rows:
        await _moved_on(tx)
    return bool(rows)


async def remove_all(tx: Tx, address: str) -> list[Seat]:
    """Take every role of an address away; what they were."""
    gone = await of_addresses(tx, [address])
    if gone:
        await tx.run("DELETE FROM roles WHERE address = ?", (address,))
        await _moved_on(tx)
    return gone


async def admins(tx: Tx) -> list[str]:
    """Addresses of those whom the table names as administrators."""
    return [address for (address,) in await tx.all("SELECT address FROM roles WHERE role = 'admin' ORDER BY id")]

"""Clubs: units of their own kind, whose members joined by themselves. Their unit as donors is where they work."""

from __future__ import annotations

from dataclasses import dataclass

from core.people import Donor
from storage import donors
from storage.database import Tx

KIND = "club"


@dataclass(frozen=True, slots=True)
class Member:
    """One member. `joined_at`: ms UTC."""

    person_id: int
    donor: Donor
    joined_at: int


async def join(tx: Tx, club_id: int, person_id: int, at: int) -> bool:
    """The person is a member from now on; False where they were one."""
    rows = await tx.run(
        "INSERT INTO club_members (club_id, person_id, joined_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING club_id",
        (club_id, person_id, at),
    )
    return bool(rows)


async def leave(tx: Tx, club_id: int, person_id: int) -> bool:
    """The person is no member any more; False where they were none."""
    rows = await tx.run(
        "DELETE FROM club_members WHERE club_id = ? AND person_id = ? RETURNING club_id", (club_id, person_id)
    )
    return bool(rows)


async def of_person(tx: Tx, person_id: int | None) -> dict[int, int]:
    """The clubs of a person, each with the time of joining, ms UTC."""
    rows = await tx.all(
        "SELECT club_id, joined_at FROM club_members WHERE person_id = ? ORDER BY joined_at, club_id", (person_id,)
    )
    return dict(rows)


async def count(tx: Tx, club_id: int) -> int:
    """How many members a club has."""
    row = await tx.one("SELECT count(*) FROM club_members WHERE club_id = ?", (club_id,))
    return int(row[0]) if row else 0


async def members(tx: Tx, club_id: int, *, first: int = 0, most: int = 100_000) -> list[Member]:
    """Members in the order of official lists, from the `first` (0) on; who is registered no more is not among them."""
    rows = await tx.all(
        "SELECT m.person_id, m.joined_at FROM club_members m JOIN donors d ON d.person_id = m.person_id"
        " WHERE m.club_id = ? ORDER BY d.name_key, d.id LIMIT ? OFFSET ?",
        (club_id, most, first),
    )
    known = await donors.of_people(tx, [person_id for person_id, _ in rows])
    return [Member(person_id, known[person_id], joined_at) for person_id, joined_at in rows]


async def member(tx: Tx, club_id: int, person_id: int) -> Member | None:
    """One member."""
    row = await tx.one("SELECT joined_at FROM club_members WHERE club_id = ? AND person_id = ?", (club_id, person_id))
    donor = await donors.of_person(tx, person_id) if row else None
    return Member(person_id, donor, row[0]) if row and donor else None

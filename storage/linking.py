"""A chat takes over a paper record, or two paper records become one: codes that are handed over, and the move itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from core.codes import digest, new_code
from core.joins import Join
from core.merging import merge_answers
from core.people import Donor
from storage import donors, joins, marks, people, records
from storage.database import Tx

CODE_LIFE = timedelta(days=7)


async def hand_code(tx: Tx, person_id: int, *, by: str, at: int) -> str:
    """A new code for a paper record; one that was made before is no good any more."""
    code = new_code()
    await tx.run(
        "INSERT INTO link_codes (person_id, code_hash, made_by, expires_at) VALUES (?, ?, ?, ?) ON CONFLICT (person_id)"
        " DO UPDATE SET code_hash = excluded.code_hash, made_by = excluded.made_by, expires_at = excluded.expires_at",
        (person_id, await _digest(tx, code), by, at + int(CODE_LIFE.total_seconds() * 1000)),
    )
    return code


async def _digest(tx: Tx, code: str) -> str:
    return digest(await marks.secret(tx, "link_codes"), code)


async def of_code(tx: Tx, code: str, at: int) -> int | None:
    """The person of the paper record that a code was handed over for; None for a code that is wrong, used, replaced or too old."""
    row = await tx.one(
        "SELECT c.person_id FROM link_codes c JOIN people p ON p.id = c.person_id"
        " WHERE c.code_hash = ? AND c.expires_at > ? AND p.address LIKE 'paper:%'",
        (await _digest(tx, code), at),
    )
    return int(row[0]) if row else None


async def on_paper(tx: Tx, person_ids: Collection[int]) -> set[int]:
    """Those of these persons who are known from paper alone."""
    rows = await tx.all(
        f"SELECT id FROM people WHERE id IN ({', '.join(str(int(id_)) for id_ in (0, *person_ids))}) AND address LIKE 'paper:%'"  # noqa: S608
    )
    return {id_ for (id_,) in rows}


async def paper_with_phone(tx: Tx, phone: str) -> dict[int, Donor]:
    """The paper records with this number (E.164), by the id of the person."""
    found = await donors.by_phone(tx, phone) if phone else {}
    paper = await on_paper(tx, found)
    return {person_id: donor for person_id, donor in found.items() if person_id in paper}


@dataclass(frozen=True, slots=True)
class Stays:
    """Who stays when two records become one: the person, what is kept as their registration, and what the rules make of it."""

    person_id: int
    donor: Donor
    eligible_on: date | None


async def take_over(tx: Tx, paper_id: int, stays: Stays, *, today: date, at: int) -> list[int]:
    """Everything of the paper record moves to this person; the paper person goes. The rounds in which a seat came free, to be given away.

    Consents of both stay; those on paper are kept for the person as well, so that they see them and can take them back.
    """
    merged = merge_answers(await _answers(tx, stays.person_id), await _answers(tx, paper_id))
    for join in merged.dropped:
        await tx.run("DELETE FROM joins WHERE id = ?", (join.id,))
    for join in merged.moved:
        await tx.run("UPDATE joins SET person_id = ? WHERE id = ?", (stays.person_id, join.id))
    await tx.run(
        "UPDATE club_members SET person_id = ? WHERE person_id = ? AND club_id NOT IN"
        " (SELECT club_id FROM club_members WHERE person_id = ?)",
        (stays.person_id, paper_id, stays.person_id),
    )
    await donors.save(tx, stays.person_id, stays.donor, at, eligible_on=stays.eligible_on)
    await joins.follow_unit(tx, stays.person_id, today)
    rows = await tx.all("SELECT id, address FROM people WHERE id IN (?, ?)", (paper_id, stays.person_id))
    addresses: dict[int, str] = dict(rows)
    await records.copy_consents(tx, addresses[paper_id], addresses[stays.person_id])
    await people.forget(tx, addresses[paper_id])
    return sorted({join.round_id for join in merged.dropped if join.active})


async def _answers(tx: Tx, person_id: int) -> list[Join]:
    return [join for *_, join in await joins.all_of(tx, person_id)]

"""People from paper: one is added with the proof of consent, and erased when they take it back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from core.people import Donor
from core.vietnamese import name_match_key
from storage import donors, people, records
from storage.database import Tx

PURPOSE = "paper"
_LOOKED_AT = 5_000  # Paper records that are compared at a time: 130 ms where 200,000 donors share 6,000 names.


@dataclass(frozen=True, slots=True)
class Recorded:
    """Who wrote down a person from paper, when (ms UTC), and the version of the sentence by which they say that there is a signed form."""

    by: str
    at: int
    text_version: str
    language: str


async def add(tx: Tx, donor: Donor, recorded: Recorded, *, eligible_on: date | None) -> int:
    """Somebody who has no chat, with the consent that they gave on paper; the id of the person."""
    person_id = await people.add_paper(tx, recorded.language, recorded.at)
    await donors.save(tx, person_id, donor, recorded.at, eligible_on=eligible_on)
    person = await people.by_id(tx, person_id)
    assert person is not None
    consent = records.Consent(PURPOSE, "given", recorded.text_version, people.PAPER, recorded.at)
    await records.add_consent(tx, person.address, consent, recorded_by=recorded.by)
    return person_id


async def erase(tx: Tx, person_id: int, *, by: str, today: date, at: int) -> None:
    """The person goes with everything that hangs on them; what stays is a count, and the proof that they agreed and took it back."""
    person = await people.by_id(tx, person_id)
    if person is None:
        return
    await donors.forget(tx, person_id, today.year)
    await records.withdraw_all(tx, person.address, people.PAPER, at, recorded_by=by)
    await people.forget(tx, person.address)


@dataclass(frozen=True, slots=True)
class Twins:
    """Pairs of persons that may be one. `next`: after which record to go on; 0 where all were looked at."""

    pairs: tuple[tuple[int, int], ...]
    next: int


async def twins(tx: Tx, unit_ids: Collection[int] | None, *, after: int, most: int) -> Twins:
    """The next pairs within these units (None: all) that bear one name, were born in one year, and share a unit or a number.

    The first of a pair is from paper, the second from paper or with a chat. Ages on lists may be a year off.
    """
    within = "1 = 1" if unit_ids is None else _both_in(unit_ids)
    last = await tx.one(
        "SELECT max(id), count(*) FROM (SELECT id FROM people WHERE address >= 'paper:' AND address < 'paper;' AND id > ?"
        " ORDER BY id LIMIT ?)",
        (after, _LOOKED_AT),
    )
    end, looked_at = last if last and last[0] is not None else (after, 0)
    rows = await tx.all(
        "SELECT a.person_id, b.person_id FROM people p JOIN donors a ON a.person_id = p.id"  # noqa: S608 (integers only)
        " JOIN donors b ON b.name_match = a.name_match AND b.person_id <> a.person_id JOIN people q ON q.id = b.person_id"
        " WHERE p.address >= 'paper:' AND p.address < 'paper;' AND p.id > ? AND p.id <= ?"
        " AND b.birth_year BETWEEN a.birth_year - 1 AND a.birth_year + 1"
        " AND (a.unit_id = b.unit_id OR (a.phone = b.phone AND a.phone <> ''))"
        f" AND (q.address NOT LIKE 'paper:%' OR b.person_id > a.person_id) AND {within} ORDER BY a.person_id, b.person_id LIMIT ?",
        (after, end, most + 1),
    )
    pairs = tuple((one, other) for one, other in rows[:most])
    if len(rows) > most:
        return Twins(pairs, pairs[-1][0])
    return Twins(pairs, end if looked_at == _LOOKED_AT else 0)


def _both_in(unit_ids: Collection[int]) -> str:
    ids = ", ".join(str(int(unit_id)) for unit_id in (0, *unit_ids))
    return f"a.unit_id IN ({ids}) AND b.unit_id IN ({ids})"


async def like(tx: Tx, donor: Donor) -> list[int]:
    """Who may be this very person already, by id: one name, one year, and a shared unit or number."""
    rows = await tx.all(
        "SELECT person_id FROM donors WHERE name_match = ? AND birth_year BETWEEN ? AND ?"
        " AND (unit_id = ? OR (phone = ? AND phone <> '')) ORDER BY person_id LIMIT 6",
        (name_match_key(donor.full_name), donor.birth.year - 1, donor.birth.year + 1, donor.unit_id, donor.phone),
    )
    return [person_id for (person_id,) in rows]

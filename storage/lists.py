"""Lists that officers bring: who may be on them already, and how a whole list is written."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from core.joins import ALPHABET, CODE_LENGTH, JoinState
from core.list_twins import spellings
from core.people import Donor
from core.rounds import Round
from core.vietnamese import name_sort_key
from storage import donors
from storage.database import Tx
from storage.people import PAPER

T = TypeVar("T")

_AT_ONCE = 400  # values of one statement
_PAPER = f"{PAPER}:%"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who is known. `paper`: from a list alone, so that nobody is behind the address."""

    person_id: int
    paper: bool
    donor: Donor


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody answered to a round, and who wrote it down first."""

    state: JoinState
    via: str


def _chunks(values: Sequence[T]) -> list[Sequence[T]]:
    return [values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE)]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


async def candidates(tx: Tx, names: Sequence[str], phones: Sequence[str]) -> list[Candidate]:
    """Everybody registered with one of these names, wherever its tones stand, or one of these numbers."""
    keys = sorted({name_sort_key(way) for name in names for way in spellings(name)})
    found: dict[int, bool] = {}
    for column, values in (("name_key", keys), ("phone", sorted(set(filter(None, phones))))):
        for some in _chunks(values):
            rows = await tx.all(
                "SELECT d.person_id, p.address LIKE ? FROM donors d JOIN people p ON p.id = d.person_id"  # noqa: S608 (only marks are joined)
                f" WHERE d.{column} IN ({_marks(some)})",
                (_PAPER, *some),
            )
            found |= {person_id: bool(paper) for person_id, paper in rows}
    known: dict[int, Donor] = {}
    for ids in _chunks(sorted(found)):
        known |= await donors.of_people(tx, ids)
    return [Candidate(person_id, found[person_id], donor) for person_id, donor in sorted(known.items())]


async def standing(tx: Tx, round_id: int, person_ids: Sequence[int]) -> dict[int, Standing]:
    """What these people answered to a round."""
    found: dict[int, Standing] = {}
    for some in _chunks(sorted(person_ids)):
        rows = await tx.all(
            f"SELECT person_id, state, via FROM joins WHERE round_id = ? AND person_id IN ({_marks(some)})",  # noqa: S608
            (round_id, *some),
        )
        found |= {person_id: Standing(JoinState(state), via) for person_id, state, via in rows}
    return found


async def listed(tx: Tx, round_id: int, unit_ids: Sequence[int]) -> dict[int, Donor]:
    """Who is on the list of a round for one of these units because of an earlier list, and is known from paper alone."""
    units = ", ".join(str(int(unit_id)) for unit_id in (0, *unit_ids))
    rows = await tx.all(
        "SELECT j.person_id FROM joins j JOIN people p ON p.id = j.person_id WHERE j.round_id = ? AND j.via = 'list'"  # noqa: S608 (integers only)
        f" AND j.state IN ('certain', 'maybe') AND j.unit_id IN ({units}) AND p.address LIKE ? ORDER BY j.id",
        (round_id, _PAPER),
    )
    known: dict[int, Donor] = {}
    for some in _chunks([person_id for (person_id,) in rows]):
        known |= await donors.of_people(tx, some)
    return known


@dataclass(frozen=True, slots=True)
class Seat:
    """A place on the list of a round for somebody who has none yet. `not_yet`: as in core.joins.Join."""

    person_id: int
    state: JoinState
    slot: str = ""
    not_yet: date | None = None


async def seat(tx: Tx, round_: Round, seats: Sequence[Seat], at: int) -> None:
    """Put people on the list who have answered nothing so far. Who fits is the caller's affair."""
    codes = await _codes(tx, len(seats))
    rows = []
    for one, code in zip(seats, codes, strict=True):
        not_yet = one.not_yet.isoformat() if one.not_yet else None
        rows.append(
            (round_.id, one.person_id, one.state, one.slot, code, round_.version, not_yet, one.person_id, at, at)
        )
    await tx.many(
        "INSERT INTO joins (round_id, person_id, state, slot, code, version, not_yet, via, unit_id, joined_at, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'list', (SELECT unit_id FROM donors WHERE person_id = ?), ?, ?)",
        rows,
    )


async def _codes(tx: Tx, count: int) -> list[str]:
    """So many codes of tickets that nobody has."""
    codes: dict[str, None] = {}
    while len(codes) < count:
        drawn = {_code() for _ in range(count - len(codes))}
        for some in _chunks(sorted(drawn)):
            taken = {code for (code,) in await tx.all(f"SELECT code FROM joins WHERE code IN ({_marks(some)})", some)}  # noqa: S608
            codes |= dict.fromkeys(code for code in some if code not in taken)
    return list(codes)


def _code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))

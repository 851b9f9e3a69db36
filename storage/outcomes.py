"""What became of those who took part in a round: gave, could not, did not come; and, as counts alone, why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.joins import ACTIVE
from core.rounds import Round
from storage import rounds
from storage.database import Tx

_ACTIVE = f"({', '.join(repr(str(state)) for state in ACTIVE)})"


@dataclass(frozen=True, slots=True)
class Part:
    """A person's part in a round. `outcome`: "" while nobody knows; `explained`: they said why they did not come."""

    join_id: int
    round: Round
    outcome: str
    explained: bool


async def part_of(tx: Tx, person_id: int | None, today: date, code: str = "") -> Part | None:
    """The person's part in the round of this code; without one, in the last round until today. None where they took no part."""
    row = await tx.one(
        "SELECT j.id, j.round_id, coalesce(j.outcome, ''), j.explained FROM joins j JOIN rounds r ON r.id = j.round_id"  # noqa: S608
        f" WHERE j.person_id = ? AND j.state IN {_ACTIVE} AND r.held_on <= ? AND (? = '' OR r.code = ?) AND r.state <> 'cancelled'"
        " ORDER BY r.held_on DESC, r.id DESC LIMIT 1",
        (person_id, today.isoformat(), code, code),
    )
    if row is None:
        return None
    join_id, round_id, outcome, explained = row
    round_ = await rounds.by_id(tx, round_id)
    assert round_ is not None
    return Part(join_id, round_, outcome, bool(explained))


async def note(tx: Tx, join_id: int, outcome: str, at: int) -> None:
    """Keep what became of it: gave, deferred or absent."""
    await tx.run("UPDATE joins SET outcome = ?, changed_at = ? WHERE id = ?", (outcome, at, join_id))


async def explain(tx: Tx, part: Part, reason: str) -> None:
    """Count a reason for not having come. Who gave it is not kept with it, only that they did."""
    await tx.run("UPDATE joins SET explained = 1 WHERE id = ?", (part.join_id,))
    await tx.run(
        "INSERT INTO absences (round_id, reason, people) VALUES (?, ?, 1)"
        " ON CONFLICT (round_id, reason) DO UPDATE SET people = absences.people + 1",
        (part.round.id, reason),
    )

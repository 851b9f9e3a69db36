"""Whom to remind that their unit is behind, and who has been reminded already."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from storage.database import Tx


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer of some of the units in question. `unit_ids` in order; `reachable`: can be written to."""

    person_id: int
    address: str
    language: str
    reachable: bool
    unit_ids: tuple[int, ...]


async def officers(tx: Tx, unit_ids: Collection[int]) -> list[Officer]:
    """Everybody who answers for one of just these units (not for one above or below it), by person."""
    rows = await tx.all(
        "SELECT p.id, p.address, p.language, p.reachable, r.unit_id FROM roles r JOIN people p ON p.address = r.address"  # noqa: S608
        f" WHERE r.role = 'officer' AND r.unit_id IN ({', '.join(str(int(unit)) for unit in (0, *unit_ids))})"
        " ORDER BY p.id, r.unit_id"
    )
    units: dict[int, list[int]] = {}
    for person_id, *_, unit_id in rows:
        units.setdefault(person_id, []).append(unit_id)
    people = {row[0]: row for row in rows}
    return [
        Officer(person_id, address, language, bool(reachable), tuple(units[person_id]))
        for person_id, address, language, reachable, _ in people.values()
    ]


def key(round_id: int, person_id: int, at: int) -> str:
    """Names one reminder: the outbox is the record of who got which."""
    return f"nudge:{round_id}:{person_id}:{at}"


async def told_since(tx: Tx, round_id: int, since: int) -> set[int]:
    """Persons who were reminded about this round from then on (ms UTC)."""
    rows = await tx.all(
        # A range of keys, which the unique index answers; LIKE would look at every message.
        "SELECT dedupe_key FROM outbox WHERE dedupe_key >= ? AND dedupe_key < ?",
        (f"nudge:{round_id}:", f"nudge:{round_id};"),
    )
    parts = (dedupe_key.split(":") for (dedupe_key,) in rows)
    return {int(person_id) for _, _, person_id, at in parts if int(at) >= since}

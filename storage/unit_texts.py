"""What donors typed for a unit that they did not find ("đơn vị khác"), and what an officer made of it."""

from __future__ import annotations

from dataclasses import dataclass

from core.vietnamese import fold
from storage.database import Tx


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Texts that fold to the same `key`; `text` is the one that most donors typed, `count` how many they are."""

    key: str
    text: str
    count: int


async def waiting(tx: Tx) -> list[Unmapped]:
    """Texts that nobody has looked at, those of most donors first."""
    rows = await tx.all(
        "SELECT unit_text, count(*) FROM donors WHERE unit_text <> '' GROUP BY unit_text ORDER BY count(*) DESC, min(id)"
    )
    let_be = {key for (key,) in await tx.all("SELECT key FROM unit_texts WHERE unit_id IS NULL")}
    groups: dict[str, Unmapped] = {}
    for text, count in rows:
        key = fold(text)
        known = groups.get(key, Unmapped(key, text, 0))
        groups[key] = Unmapped(key, known.text, known.count + count)
    found = [group for key, group in groups.items() if key not in let_be]
    return sorted(found, key=lambda group: -group.count)


async def unit_of(tx: Tx, text: str) -> int | None:
    """The unit that an officer said this text means; None where nobody has, or it was let be."""
    row = await tx.one("SELECT unit_id FROM unit_texts WHERE key = ?", (fold(text),))
    return row[0] if row else None


async def decide(tx: Tx, key: str, unit_id: int | None, *, by: str, at: int) -> int:
    """Remember what a text means (None: let it be); all donors with it get the unit, and their answers that count for none; how many."""
    await tx.run(
        "INSERT INTO unit_texts (key, unit_id, address, at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (key) DO UPDATE SET unit_id = excluded.unit_id, address = excluded.address, at = excluded.at",
        (key, unit_id, by, at),
    )
    if unit_id is None:
        return 0
    rows = await tx.all("SELECT person_id, unit_text FROM donors WHERE unit_text <> ''")
    people = [person_id for person_id, text in rows if fold(text) == key]
    await tx.many(
        "UPDATE donors SET unit_id = ?, unit_text = '' WHERE person_id = ?", [(unit_id, person) for person in people]
    )
    await tx.many(
        "UPDATE joins SET unit_id = ? WHERE person_id = ? AND unit_id IS NULL", [(unit_id, person) for person in people]
    )
    return len(people)

"""What units are to bring: of a round, and in a year. No row is no quota, which is not zero."""

from __future__ import annotations

from collections.abc import Mapping

from core.quotas import YearKind
from storage.database import Tx


async def of_round(tx: Tx, round_id: int) -> dict[int, int]:
    """People to be registered for a round: unit -> target."""
    return dict(await tx.all("SELECT unit_id, target FROM round_quotas WHERE round_id = ?", (round_id,)))


async def set_round(tx: Tx, round_id: int, targets: Mapping[int, int | None]) -> None:
    """Set the quotas of these units for a round, None for none; of all others they stay."""
    await tx.many(
        "DELETE FROM round_quotas WHERE round_id = ? AND unit_id = ?",
        [(round_id, unit_id) for unit_id, target in targets.items() if target is None],
    )
    await tx.many(
        "INSERT INTO round_quotas (round_id, unit_id, target) VALUES (?, ?, ?)"
        " ON CONFLICT (round_id, unit_id) DO UPDATE SET target = excluded.target",
        [(round_id, unit_id, target) for unit_id, target in targets.items() if target is not None],
    )


async def of_year(tx: Tx, year: int, kind: YearKind) -> dict[int, int]:
    """What is asked in a year: unit -> target."""
    rows = await tx.all("SELECT unit_id, target FROM year_quotas WHERE year = ? AND kind = ?", (year, kind))
    return dict(rows)


async def set_year(tx: Tx, year: int, kind: YearKind, targets: Mapping[int, int | None]) -> None:
    """Set what is asked of these units in a year, None for nothing; of all others it stays."""
    await tx.many(
        "DELETE FROM year_quotas WHERE year = ? AND kind = ? AND unit_id = ?",
        [(year, kind, unit_id) for unit_id, target in targets.items() if target is None],
    )
    await tx.many(
        "INSERT INTO year_quotas (year, kind, unit_id, target) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (year, kind, unit_id) DO UPDATE SET target = excluded.target",
        [(year, kind, unit_id, target) for unit_id, target in targets.items() if target is not None],
    )

"""The plan: rounds and whom they invite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.rounds import Round, RoundState
from storage.database import Tx

_COLUMNS = "code, number, name, occasion, held_on, tentative, opens, closes, place, place_address, lat, lon, target, deadline_on, state"


async def upcoming(tx: Tx, today: date) -> list[Round]:
    """Rounds from today on, in order of date, whatever their state."""
    return await _rounds(tx, "held_on >= ?", (today.isoformat(),))


async def by_code(tx: Tx, code: str) -> Round | None:
    """One round."""
    found = await _rounds(tx, "code = ?", (code,))
    return found[0] if found else None


async def _rounds(tx: Tx, where: str, values: Sequence[object]) -> list[Round]:
    rows = await tx.all(f"SELECT id, {_COLUMNS} FROM rounds WHERE {where} ORDER BY held_on, number", values)  # noqa: S608
    links = await tx.all("SELECT round_id, unit_id FROM round_units") if rows else []
    invited: dict[int, set[int]] = {}
    for round_id, unit_id in links:
        invited.setdefault(round_id, set()).add(unit_id)
    return [_round(row, frozenset(invited.get(row[0], ()))) for row in rows]


def _round(row: tuple[object, ...], units: frozenset[int]) -> Round:
    (
        id_,
        code,
        number,
        name,
        occasion,
        held_on,
        tentative,
        opens,
        closes,
        place,
        address,
        lat,
        lon,
        target,
        deadline,
        state,
    ) = row
    return Round(
        id=id_,  # type: ignore[arg-type]
        code=str(code),
        number=number,  # type: ignore[arg-type]
        name=str(name),
        occasion=str(occasion),
        held_on=date.fromisoformat(str(held_on)),
        tentative=bool(tentative),
        opens=str(opens),
        closes=str(closes),
        place=str(place),
        place_address=str(address),
        lat=lat,  # type: ignore[arg-type]
        lon=lon,  # type: ignore[arg-type]
        target=target,  # type: ignore[arg-type]
        deadline_on=date.fromisoformat(str(deadline)) if deadline else None,
        state=RoundState(str(state)),
        units=units,
    )


async def write(tx: Tx, round_: Round) -> None:
    """Add or change a round by its code; `id` is not looked at."""
    columns = _COLUMNS.split(", ")
    sets = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
    rows = await tx.run(
        f"INSERT INTO rounds ({_COLUMNS}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 (constant column list)
        f" ON CONFLICT (code) DO UPDATE SET {sets} RETURNING id",
        (
            round_.code,
            round_.number,
            round_.name,
            round_.occasion,
            round_.held_on.isoformat(),
            int(round_.tentative),
            round_.opens,
            round_.closes,
            round_.place,
            round_.place_address,
            round_.lat,
            round_.lon,
            round_.target,
            round_.deadline_on.isoformat() if round_.deadline_on else None,
            round_.state,
        ),
    )
    round_id = rows[0][0]
    await tx.run("DELETE FROM round_units WHERE round_id = ?", (round_id,))
    await tx.many(
        "INSERT INTO round_units (round_id, unit_id) VALUES (?, ?)", [(round_id, unit) for unit in round_.units]
    )

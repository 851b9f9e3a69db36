"""What follows for people once a reform has come: donors, answers, roles and quotas of a unit that went into one other go over to it.

Nothing is divided by guess: people of a unit that was parted stay where they are until they say, or an officer does, where they belong.
Doing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.board import quota_total
from core.quotas import YearKind
from core.units import UnitIndex
from storage import marks, quotas, units
from storage.database import Tx

_SETTLED = "units_settled"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """One unit that went whole into another, and on which day."""

    old_id: int
    new_id: int
    on_day: date


@dataclass(frozen=True, slots=True)
class Moved:
    """How many went over with a unit."""

    step: Step
    donors: int
    answers: int
    officers: int


async def settle(tx: Tx, today: date) -> list[Moved]:
    """Let everything go over that is due by today, in the order of the reforms; what went where, where anything did."""
    done = f"{today.isoformat()} {await marks.get(tx, units.REVISION, '0')}"
    if await marks.get(tx, _SETTLED, "") == done:
        return []
    steps = _in_order(await _due(tx, today))
    moved = [await _move(tx, step) for step in steps]
    await _quotas(tx, steps)
    await marks.set_(tx, _SETTLED, done)
    return [one for one in moved if one.donors or one.answers or one.officers]


async def _due(tx: Tx, today: date) -> list[Step]:
    rows = await tx.all(
        "SELECT s.old_id, s.new_id, s.on_day FROM unit_successions s WHERE s.kind = 'merge' AND s.on_day <= ?"
        " AND NOT EXISTS (SELECT 1 FROM unit_successions o WHERE o.old_id = s.old_id AND o.id <> s.id) ORDER BY s.on_day, s.id",
        (today.isoformat(),),
    )
    return [Step(old_id, new_id, date.fromisoformat(day)) for old_id, new_id, day in rows]


def _in_order(steps: Sequence[Step]) -> list[Step]:
    """What goes into a unit goes before that unit goes on, also where it was to come later: nothing is left in between."""
    into: dict[int, list[Step]] = {}
    for step in steps:
        into.setdefault(step.new_id, []).append(step)
    ordered: dict[Step, None] = {}

    def take(step: Step, on_the_way: frozenset[Step]) -> None:
        for before in into.get(step.old_id, ()):
            if before not in ordered and before not in on_the_way:  # A circle in the data ends the walk.
                take(before, on_the_way | {before})
        ordered[step] = None

    for step in steps:
        if step not in ordered:
            take(step, frozenset((step,)))
    return list(ordered)


async def _move(tx: Tx, step: Step) -> Moved:
    donors = await tx.run("UPDATE donors SET unit_id = ? WHERE unit_id = ? RETURNING id", (step.new_id, step.old_id))
    answers = await tx.run(  # Of rounds before that day the answers stay: they are history.
        "UPDATE joins SET unit_id = ? WHERE unit_id = ? AND round_id IN (SELECT id FROM rounds WHERE held_on >= ?) RETURNING id",
        (step.new_id, step.old_id, step.on_day.isoformat()),
    )
    officers = await _roles(tx, step)
    await _invitations(tx, step)
    for table in ("unit_texts", "questions"):
        await tx.run(f"UPDATE {table} SET unit_id = ? WHERE unit_id = ?", (step.new_id, step.old_id))  # noqa: S608
    return Moved(step, len(donors), len(answers), officers)


async def _roles(tx: Tx, step: Step) -> int:
    """Officers and club heads, and invitations that are still open; who has the role there already needs it once."""
    await tx.run(
        "DELETE FROM roles WHERE unit_id = ? AND EXISTS (SELECT 1 FROM roles r WHERE r.address = roles.address"
        " AND r.role = roles.role AND r.unit_id = ?)",
        (step.old_id, step.new_id),
    )
    moved = await tx.run("UPDATE roles SET unit_id = ? WHERE unit_id = ? RETURNING id", (step.new_id, step.old_id))
    await tx.run("UPDATE invites SET unit_id = ? WHERE unit_id = ? AND ended = ''", (step.new_id, step.old_id))
    await tx.run(
        "INSERT INTO club_members (club_id, person_id, joined_at) SELECT ?, person_id, joined_at FROM club_members"
        " WHERE club_id = ? ON CONFLICT (club_id, person_id) DO NOTHING",
        (step.new_id, step.old_id),
    )
    await tx.run("DELETE FROM club_members WHERE club_id = ?", (step.old_id,))
    return len(moved)


async def _quotas(tx: Tx, steps: Sequence[Step]) -> None:
    """What was asked of units that went into one is asked of that one: in rounds from that day on, and in the years after."""
    groups: dict[tuple[int, date], list[int]] = {}
    for step in steps:  # A group comes where its last one does: after whatever went into one of its units.
        key = (step.new_id, step.on_day)
        groups[key] = [*groups.pop(key, []), step.old_id]
    for (new_id, day), old_ids in groups.items():
        olds = ", ".join(str(int(unit_id)) for unit_id in old_ids)
        rounds = await _asked(
            tx,
            "round_id",
            "round_quotas WHERE round_id IN (SELECT q.round_id FROM round_quotas q JOIN rounds r ON r.id = q.round_id"  # noqa: S608
            f" WHERE r.held_on >= ? AND q.unit_id IN ({olds}))",
            day.isoformat(),
        )
        years = await _asked(
            tx,
            "year, kind",
            f"year_quotas WHERE (year, kind) IN (SELECT year, kind FROM year_quotas WHERE year >= ? AND unit_id IN ({olds}))",  # noqa: S608
            day.year + (day.month > 1 or day.day > 1),
        )
        if not (rounds or years):
            continue
        index = await units.index_of(tx, day - _DAY)
        for (round_id,), asked in rounds.items():
            await quotas.set_round(tx, round_id, _together(asked, old_ids, new_id, index))
        for (year, kind), asked in years.items():
            await quotas.set_year(tx, year, YearKind(kind), _together(asked, old_ids, new_id, index))


async def _asked(tx: Tx, key: str, source: str, since: object) -> dict[tuple[Any, ...], dict[int, int]]:
    """What is asked: (round) or (year, kind) -> unit -> target."""
    found: dict[tuple[Any, ...], dict[int, int]] = {}
    for *keys, unit_id, target in await tx.all(f"SELECT {key}, unit_id, target FROM {source}", (since,)):  # noqa: S608 (our own names)
        found.setdefault(tuple(keys), {})[unit_id] = target
    return found


def _together(asked: Mapping[int, int], old_ids: Sequence[int], new_id: int, index: UnitIndex) -> dict[int, int | None]:
    """The quotas to be set. A quota within a quota is no quota more, and one that moves up hides none: the total stays."""
    within = index.below(new_id) | set(old_ids)
    total = quota_total({unit_id: target for unit_id, target in asked.items() if unit_id in within}, index)
    return {**dict.fromkeys(old_ids), new_id: total}


async def _invitations(tx: Tx, step: Step) -> None:
    """Rounds from that day on invite the one that is left; or, where that one stood above, what came from the old one: who invited
    a district's people has not invited the province.
    """
    instead = [step.new_id]
    if await _stood_above(tx, step):
        instead = await _came_from(tx, step)
        if not instead:
            return
    later = (step.old_id, step.on_day.isoformat())
    rounds = await tx.run(
        "DELETE FROM round_units WHERE unit_id = ? AND round_id IN (SELECT id FROM rounds WHERE held_on >= ?) RETURNING round_id",
        later,
    )
    await tx.many(
        "INSERT INTO round_units (round_id, unit_id) VALUES (?, ?) ON CONFLICT (round_id, unit_id) DO NOTHING",
        [(round_id, unit_id) for (round_id,) in rounds for unit_id in instead],
    )


async def _stood_above(tx: Tx, step: Step) -> bool:
    """True where the old unit belonged, at whatever remove, to the one that took it over."""
    row = await tx.one(
        "WITH RECURSIVE up (id) AS (SELECT ? UNION SELECT l.parent_id FROM unit_links l JOIN up ON up.id = l.unit_id"
        " WHERE l.line = 'counts') SELECT 1 FROM up WHERE id = ?",
        (step.old_id, step.new_id),
    )
    return row is not None


async def _came_from(tx: Tx, step: Step) -> list[int]:
    """The units that were below the old one until that day."""
    last = (step.on_day - _DAY).isoformat()
    rows = await tx.all(
        "SELECT unit_id FROM unit_links WHERE parent_id = ? AND line = 'counts' AND valid_to = ? ORDER BY unit_id",
        (step.old_id, last),
    )
    return [unit_id for (unit_id,) in rows]


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change of units would touch: people, roles, and rounds still to come, by their codes."""

    donors: int = 0
    officers: int = 0
    quotas: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()


async def touched(tx: Tx, unit_ids: list[int], day: date) -> Touched:
    """What these units (they alone, not those below) have that a change of that day touches."""
    within = f"unit_id IN ({', '.join(str(int(unit_id)) for unit_id in (0, *unit_ids))})"

    async def count(sql: str) -> int:
        row = await tx.one(f"{sql} WHERE {within}")
        return int(row[0]) if row else 0

    async def rounds(table: str) -> tuple[str, ...]:
        rows = await tx.all(
            f"SELECT DISTINCT r.code, r.held_on FROM {table} q JOIN rounds r ON r.id = q.round_id"  # noqa: S608 (integers only)
            f" WHERE q.{within} AND r.held_on >= ? AND r.state <> 'cancelled' ORDER BY r.held_on, r.code",
            (day.isoformat(),),
        )
        return tuple(code for code, _ in rows)

    return Touched(
        await count("SELECT count(*) FROM donors"),
        await count("SELECT count(*) FROM roles"),
        await rounds("round_quotas"),
        await rounds("round_units"),
    )


async def left_behind(tx: Tx, today: date) -> list[tuple[int, int]]:
    """(unit, donors) of units that have ended and went into no one other: nobody has said yet where their donors belong."""
    rows = await tx.all(
        "SELECT u.id, count(*) FROM units u JOIN donors d ON d.unit_id = u.id WHERE u.valid_to < ? GROUP BY u.id ORDER BY u.id",
        (today.isoformat(),),
    )
    return [(unit_id, count) for unit_id, count in rows]


async def move_people(tx: Tx, old_id: int, new_id: int, person_id: int | None = None) -> int:
    """Donors of a unit that has ended (or one of them) belong to another one from the day it ended on; how many they were."""
    only = "" if person_id is None else f" AND person_id = {int(person_id)}"
    moved = await tx.run(
        f"UPDATE donors SET unit_id = ? WHERE unit_id = ?{only} RETURNING person_id",  # noqa: S608 (integers only)
        (new_id, old_id),
    )
    await tx.many(
        "UPDATE joins SET unit_id = ? WHERE unit_id = ? AND person_id = ? AND round_id IN"
        " (SELECT r.id FROM rounds r, units u WHERE u.id = ? AND r.held_on > u.valid_to)",
        [(new_id, old_id, person, old_id) for (person,) in moved],
    )
    return len(moved)


async def to_be_asked(tx: Tx, today: date, *, after: int, limit: int) -> list[tuple[int, int, str, str]]:
    """The next donors of units that were parted, by their person's id: (person, unit, address, language). Only who can be told."""
    rows = await tx.all(
        "SELECT d.person_id, d.unit_id, p.address, p.language FROM donors d JOIN people p ON p.id = d.person_id"
        " WHERE p.reachable = 1 AND d.person_id > ? AND d.unit_id IN"
        " (SELECT old_id FROM unit_successions WHERE kind = 'split' AND on_day <= ?) ORDER BY d.person_id LIMIT ?",
        (after, today.isoformat(), limit),
    )
    return [(person, unit, address, language) for person, unit, address, language in rows]

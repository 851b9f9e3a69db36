"""Who is to be told what: audiences of notices in pages, how far the planning has come, and what people want to hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from storage.database import Tx

IGNORED_AT_MOST = 2  # Who let two eligibility notices in a row go by hears no third.


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be told. `state`, `slot`, `ticket`: of their answer to the round. `unit_id`: their own; `unit_ids`: those which they
    answer for.
    """

    cursor: int
    person_id: int
    address: str
    language: str
    state: str = ""
    slot: str = ""
    ticket: str = ""
    unit_id: int | None = None
    unit_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody wants to be told. `eligible`: agreed to hear when they may give again; `skip`: days of reminders they do without.

    `paused_until`: the first local day on which reminders come again.
    """

    eligible: bool = False
    skip: frozenset[int] = frozenset()
    paused_until: date | None = None

    def paused(self, today: date) -> bool:
        """True while nothing comes."""
        return self.paused_until is not None and today < self.paused_until


@dataclass(frozen=True, slots=True)
class Page:
    """Where in an audience we are: who comes after this cursor, so many at most."""

    after: int
    limit: int


@dataclass(frozen=True, slots=True)
class Joined:
    """Which of those who answered a round: their states, their outcome ("" unknown yet, None any), and who was there by `by` (ms).

    `part`: the reminder that some do without; `today`: a pause that ends later holds.
    """

    round_id: int
    states: Sequence[str]
    outcome: str | None
    by: int
    part: str
    today: date


_OUTCOME = "AND coalesce(j.outcome, '') = ?"
_AWAKE = "p.reachable = 1 AND (n.paused_until IS NULL OR n.paused_until <= ?)"


async def joined(tx: Tx, who: Joined, page: Page) -> list[Recipient]:
    """A page of those who answered the round, by person."""
    outcome = () if who.outcome is None else (who.outcome,)
    rows = await tx.all(
        "SELECT j.person_id, p.address, p.language, j.state, j.slot, j.code FROM joins j"  # noqa: S608 (only marks are joined)
        " JOIN people p ON p.id = j.person_id LEFT JOIN notice_settings n ON n.person_id = j.person_id"
        # By the unique pair of round and person; the index of seats would sort the whole round for every page.
        f" WHERE j.round_id = ? AND j.person_id > ? AND (j.state || '') IN ({', '.join('?' * len(who.states))})"
        f" AND j.joined_at <= ? {_OUTCOME if outcome else ''} AND {_AWAKE}"
        " AND (' ' || coalesce(n.skip, '') || ' ') NOT LIKE ? ORDER BY j.person_id LIMIT ?",
        (
            who.round_id,
            page.after,
            *who.states,
            who.by,
            *outcome,
            who.today.isoformat(),
            f"% {who.part or '-'} %",
            page.limit,
        ),
    )
    return [Recipient(row[0], *row) for row in rows]


async def knowing_older(tx: Tx, round_id: int, version: int, page: Page) -> list[Recipient]:
    """A page of those who take part and last answered an older version of the round, by person. A pause does not count: it is theirs."""
    rows = await tx.all(
        "SELECT j.person_id, p.address, p.language, j.state, j.slot, j.code FROM joins j JOIN people p ON p.id = j.person_id"
        " WHERE j.round_id = ? AND j.person_id > ? AND (j.state || '') IN ('certain', 'waiting', 'offered', 'maybe')"
        " AND j.version < ? AND p.reachable = 1 ORDER BY j.person_id LIMIT ?",
        (round_id, page.after, version, page.limit),
    )
    return [Recipient(row[0], *row) for row in rows]


async def eligible(tx: Tx, day: date, today: date, page: Page) -> list[Recipient]:
    """A page of donors who may give again from `day` on, agreed to hear of it, and take part in no round ahead; by donor."""
    rows = await tx.all(
        "SELECT d.id, p.id, p.address, p.language, d.unit_id FROM donors d JOIN people p ON p.id = d.person_id"  # noqa: S608 (constant)
        " JOIN notice_settings n ON n.person_id = d.person_id AND n.eligible = 1 AND n.ignored < ?"
        f" WHERE d.eligible_on = ? AND d.id > ? AND d.stopped = 0 AND {_AWAKE}"
        " AND NOT EXISTS (SELECT 1 FROM joins j JOIN rounds r ON r.id = j.round_id WHERE j.person_id = d.person_id"
        " AND j.state IN ('certain', 'waiting', 'offered', 'maybe') AND r.held_on >= ?"
        " AND r.state IN ('draft', 'open', 'closed')) ORDER BY d.id LIMIT ?",
        (IGNORED_AT_MOST, day.isoformat(), page.after, today.isoformat(), today.isoformat(), page.limit),
    )
    return [
        Recipient(cursor, person_id, address, language, unit_id=unit_id)
        for cursor, person_id, address, language, unit_id in rows
    ]


async def officers(tx: Tx, page: Page) -> list[Recipient]:
    """A page of the officers who answer for units, by person. A pause is of what they hear as donors, not of their office."""
    rows = await tx.all(
        "SELECT p.id, p.address, p.language, group_concat(r.unit_id) FROM roles r JOIN people p ON p.address = r.address"
        " WHERE r.role = 'officer' AND r.unit_id IS NOT NULL AND p.id > ? AND p.reachable = 1"
        " GROUP BY p.id ORDER BY p.id LIMIT ?",
        (page.after, page.limit),
    )
    return [
        Recipient(person_id, person_id, address, language, unit_ids=tuple(sorted(map(int, units.split(",")))))
        for person_id, address, language, units in rows
    ]


async def ask_again_later(tx: Tx, person_ids: Sequence[int]) -> None:
    """These were told that they may give again; until they are heard of, it counts as let go by."""
    await tx.many(
        "UPDATE notice_settings SET ignored = ignored + 1 WHERE person_id = ?", [(id_,) for id_ in person_ids]
    )


async def heard_of(tx: Tx, person_id: int) -> None:
    """The person answered a notice or a round: nothing counts as let go by."""
    await tx.run("UPDATE notice_settings SET ignored = 0 WHERE person_id = ? AND ignored > 0", (person_id,))


async def wishes(tx: Tx, person_id: int | None) -> Wishes | None:
    """What the person wants to be told; None for who was never asked."""
    row = await tx.one("SELECT eligible, skip, paused_until FROM notice_settings WHERE person_id = ?", (person_id,))
    if row is None:
        return None
    eligible, skip, until = row
    return Wishes(bool(eligible), frozenset(map(int, skip.split())), date.fromisoformat(until) if until else None)


async def keep(tx: Tx, person_id: int, wanted: Wishes) -> None:
    """Note what the person wants to be told. (Whoever changes it is heard of: nothing counts as let go by.)"""
    await tx.run(
        "INSERT INTO notice_settings (person_id, eligible, skip, paused_until) VALUES (?, ?, ?, ?) ON CONFLICT (person_id) DO UPDATE"
        " SET eligible = excluded.eligible, skip = excluded.skip, paused_until = excluded.paused_until, ignored = 0",
        (
            person_id,
            int(wanted.eligible),
            " ".join(str(days) for days in sorted(wanted.skip, reverse=True)),
            wanted.paused_until.isoformat() if wanted.paused_until else None,
        ),
    )


async def progress(tx: Tx, run: str) -> tuple[int, bool]:
    """(cursor, done) of a planning run."""
    row = await tx.one("SELECT cursor, done FROM notice_runs WHERE key = ?", (run,))
    return (int(row[0]), bool(row[1])) if row else (0, False)


async def unfinished(tx: Tx, prefix: str) -> set[str]:
    """Planning runs of this kind ("change:") that were begun and not brought to their end."""
    rows = await tx.all("SELECT key FROM notice_runs WHERE done = 0 AND key LIKE ?", (f"{prefix}%",))
    return {key for (key,) in rows}


async def advance(tx: Tx, run: str, cursor: int, at: int, *, done: bool) -> None:
    """A planning run has come this far."""
    await tx.run(
        "INSERT INTO notice_runs (key, cursor, done, at) VALUES (?, ?, ?, ?) ON CONFLICT (key)"
        " DO UPDATE SET cursor = excluded.cursor, done = excluded.done, at = excluded.at",
        (run, cursor, int(done), at),
    )

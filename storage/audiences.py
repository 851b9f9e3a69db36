"""Audiences of messages to many: how many people they are, and who comes next.

A donor's row knows by itself, kept so by triggers, whether and in which language its person can be written to: so a million people
are counted from one index, without a look at each.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from core.audience import NO_ANSWER, OLDEST, YOUNGEST, Audience, Count
from storage.database import Tx

_WHY = ("", "blocked", "paper")  # by `donors.reach`

_Reaches = tuple[int, int, int, int]  # people, and of them blocked, from paper, paused


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of an audience. `name` is "" for an officer who is no donor; `why`: "" for who is reached, else as in Count."""

    person_id: int
    address: str
    language: str
    name: str
    unit_id: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Where:
    """A part of a query, with its values."""

    sql: str
    values: tuple[object, ...] = ()

    def __add__(self, other: _Where) -> _Where:
        return _Where(f"{self.sql} AND {other.sql}", (*self.values, *other.values))


def _among(column: str, values: Collection[object]) -> _Where:
    return _Where(f"{column} IN ({', '.join('?' * len(values))})", tuple(sorted(values, key=str)))


def _within(column: str, unit_ids: Collection[int] | None) -> _Where:
    """Ids are written out: there may be thousands, more than a statement takes as values."""
    if unit_ids is None:
        return _Where("1 = 1")
    return _Where(f"{column} IN ({', '.join(str(int(unit_id)) for unit_id in sorted(unit_ids)) or '0'})")


def _donors(audience: Audience, unit: str = "d.unit_id") -> _Where:
    """What must be true of the donor `d`; what they answered to a round comes on top."""
    where = _within(unit, audience.unit_ids)
    if audience.language:
        where += _Where("d.language = ?", (audience.language,))
    for column, values in (("d.abo", audience.abo), ("d.rh", audience.rh)):
        if values:
            where += _among(column, values)
    if day := audience.eligible_on:
        where += _Where(
            "(d.eligible_on IS NULL OR d.eligible_on <= ?) AND d.stopped = 0 AND d.birth_year BETWEEN ? AND ?",
            (day.isoformat(), day.year - OLDEST, day.year - YOUNGEST),
        )
    return where


async def count(tx: Tx, audience: Audience, today: date) -> Count:
    """How many people there are, and how many of them are not reached. `today`: pauses that end later hold."""
    if audience.officers:
        return await _count_officers(tx, audience)
    donors, of_round = _donors(audience), _Where("j.round_id = ?", (audience.round_id,))
    # A round's answers are few beside the donors: it is begun with them (CROSS keeps the order).
    answered = "joins j CROSS JOIN donors d ON d.person_id = j.person_id"
    found: _Reaches = (0, 0, 0, 0)
    if audience.states:
        said = of_round + donors + _among("j.state", audience.states)
        found = _sum(found, await _reaches(tx, answered, said, today))
    if NO_ANSWER in audience.answers or not audience.answers:
        found = _sum(found, await _reaches(tx, "donors d INDEXED BY donors_audience", donors, today))
    if NO_ANSWER in audience.answers:
        found = _sum(found, await _reaches(tx, answered, of_round + donors, today), -1)
    people, blocked, paper, paused = found
    return Count(people - blocked - paper - paused, blocked, paper, paused)


def _sum(one: _Reaches, other: _Reaches, sign: int = 1) -> _Reaches:
    people, blocked, paper, paused = (a + sign * b for a, b in zip(one, other, strict=True))
    return people, blocked, paper, paused


async def _reaches(tx: Tx, source: str, where: _Where, today: date) -> _Reaches:
    # Sums in one pass: grouped by `reach`, every row would go through a tree of its own, which takes five times as long.
    row = await tx.one(
        "SELECT count(*), coalesce(sum(d.reach = 1), 0), coalesce(sum(d.reach = 2), 0),"  # noqa: S608 (only marks and integers are joined)
        f" coalesce(sum(d.reach = 0 AND d.paused_until > ?), 0) FROM {source} WHERE {where.sql}",
        (today.isoformat(), *where.values),
    )
    assert row
    return row[0], row[1], row[2], row[3]


async def _count_officers(tx: Tx, audience: Audience) -> Count:
    where = _officers(audience)
    rows = await tx.all(
        f"SELECT p.reachable, count(DISTINCT p.id) FROM roles r JOIN people p ON p.address = r.address WHERE {where.sql} GROUP BY 1",  # noqa: S608
        where.values,
    )
    found: dict[int, int] = dict(rows)
    return Count(found.get(1, 0), found.get(0, 0))


def _officers(audience: Audience) -> _Where:
    where = _Where("r.role = 'officer' AND r.unit_id IS NOT NULL") + _within("r.unit_id", audience.unit_ids)
    return where + _Where("p.language = ?", (audience.language,)) if audience.language else where


async def page(tx: Tx, audience: Audience, after: int, *, limit: int, today: date) -> list[Member]:
    """The next people of an audience by person, reached or not; of a pause that ends after today `why` says so."""
    if audience.officers:
        return await _page_of_officers(tx, audience, after, limit)
    # Without an index of units: in the order of people all pages together look at each donor once, and none sorts.
    where = _donors(audience, unit="+d.unit_id") + _Where("d.person_id > ?", (after,))
    if audience.answers:
        where += _answered(audience)
    rows = await tx.all(
        "SELECT d.person_id, p.address, d.language, d.full_name, d.unit_id, d.reach, d.paused_until > ?"  # noqa: S608
        " FROM donors d JOIN people p ON p.id = d.person_id"
        f" WHERE {where.sql} ORDER BY d.person_id LIMIT ?",
        (today.isoformat(), *where.values, limit),
    )
    return [
        Member(id_, address, language, name, unit_id, _WHY[reach] or ("paused" if paused else ""))
        for id_, address, language, name, unit_id, reach, paused in rows
    ]


def _answered(audience: Audience) -> _Where:
    """What the donor `d` said to the round."""
    said = "SELECT 1 FROM joins j WHERE j.round_id = ? AND j.person_id = d.person_id"
    ways = []
    if audience.states:
        among = _among("j.state", audience.states)
        ways.append(_Where(f"EXISTS ({said} AND {among.sql})", (audience.round_id, *among.values)))
    if NO_ANSWER in audience.answers:
        ways.append(_Where(f"NOT EXISTS ({said})", (audience.round_id,)))
    return _Where(f"({' OR '.join(way.sql for way in ways)})", tuple(value for way in ways for value in way.values))


async def _page_of_officers(tx: Tx, audience: Audience, after: int, limit: int) -> list[Member]:
    where = _officers(audience) + _Where("p.id > ?", (after,))
    rows = await tx.all(
        "SELECT p.id, p.address, p.language, coalesce(d.full_name, ''), min(r.unit_id), p.reachable FROM roles r"  # noqa: S608
        " JOIN people p ON p.address = r.address LEFT JOIN donors d ON d.person_id = p.id"
        f" WHERE {where.sql} GROUP BY p.id ORDER BY p.id LIMIT ?",
        (*where.values, limit),
    )
    return [
        Member(id_, address, language, name, unit_id, "" if reachable else "blocked")
        for id_, address, language, name, unit_id, reachable in rows
    ]

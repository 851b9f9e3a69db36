"""Registrations: one a person."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from core.ages import Birth
from core.blood import Abo, Rh
from core.joins import JoinState
from core.people import Component, Donor, Sex
from core.vietnamese import fold, name_match_key, name_sort_key
from storage.database import Row, Tx

_COLUMNS = (
    "full_name, name_key, unit_id, unit_text, birth_on, birth_year, birth_precision, birth_said_on, sex, abo, rh, donations,"
    " last_donation, phone, last_kind, deferred_until, stopped, ask_staff, phone_proven, group_source, note"
)


_LOOKED_AT = 2_000  # People of one given name that are looked through for the rest of a name.
_LISTED = ", ".join(f"d.{column}" for column in _COLUMNS.split(", "))


def _values(donor: Donor) -> tuple[object, ...]:
    birth = donor.birth
    return (
        donor.full_name,
        name_sort_key(donor.full_name),
        donor.unit_id,
        donor.unit_text,
        _iso(birth.date),
        birth.year,
        birth.precision,
        _iso(birth.said_on),
        donor.sex,
        donor.abo,
        donor.rh,
        donor.donations,
        donor.last_donation,
        donor.phone,
        donor.last_kind,
        _iso(donor.deferred_until),
        int(donor.stopped),
        int(donor.ask_staff),
        int(donor.phone_proven),
        donor.group_source,
        donor.note,
    )


def _donor(row: Row) -> Donor:
    (
        name,
        _,
        unit_id,
        unit_text,
        birth_on,
        birth_year,
        precision,
        said_on,
        sex,
        abo,
        rh,
        donations,
        last,
        phone,
        *rest,
    ) = row
    last_kind, deferred_until, stopped, ask_staff, phone_proven, group_source, note = rest
    return Donor(
        full_name=name,
        unit_id=unit_id,
        unit_text=unit_text,
        birth=Birth(precision, _day(birth_on), birth_year, _day(said_on)),
        sex=Sex(sex),
        abo=Abo(abo),
        rh=Rh(rh),
        donations=donations,
        last_donation=last,
        phone=phone,
        last_kind=Component(last_kind),
        deferred_until=_day(deferred_until),
        stopped=bool(stopped),
        ask_staff=bool(ask_staff),
        phone_proven=bool(phone_proven),
        group_source=group_source,
        note=note,
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


_SAVED = f"{_COLUMNS}, eligible_on"
_SAVE = (
    f"INSERT INTO donors ({_SAVED}, person_id, created_at, updated_at)"  # noqa: S608 (constant column list)
    f" VALUES ({', '.join('?' * (_SAVED.count(',') + 4))}) ON CONFLICT (person_id) DO UPDATE SET"
    f" {', '.join(f'{column} = excluded.{column}' for column in _SAVED.split(', '))}, updated_at = excluded.updated_at"
)


async def save(tx: Tx, person_id: int, donor: Donor, at: int, *, eligible_on: date | None) -> bool:
    """Write the person's one registration; True where it is new. A second save edits, it never adds.

    `eligible_on`: what the house's rules make of it (`core.eligibility.eligible_on`).
    """
    values = (*_values(donor), _iso(eligible_on), person_id, at, at)
    rows = await tx.run(f"{_SAVE} RETURNING created_at = updated_at", values)
    return bool(rows[0][0])


async def save_all(tx: Tx, some: Sequence[tuple[int, Donor, date | None]], at: int) -> None:
    """Write many registrations: the person's id, the registration, and what the house's rules make of it."""
    await tx.many(_SAVE, [(*_values(donor), _iso(day), person_id, at, at) for person_id, donor, day in some])


async def update_history(tx: Tx, person_id: int, donor: Donor, *, eligible_on: date | None, at: int) -> None:
    """Write what a donation or a self-check changed: count, last donation, what a check left, and nothing else.

    `donor` is `Donor.having_given(...)` or a copy with other facts, `eligible_on` what the house's rules make of it.
    """
    await tx.run(
        "UPDATE donors SET donations = ?, last_donation = ?, last_kind = ?, deferred_until = ?, stopped = ?, ask_staff = ?,"
        " eligible_on = ?, updated_at = ? WHERE person_id = ?",
        (
            donor.donations,
            donor.last_donation,
            donor.last_kind,
            _iso(donor.deferred_until),
            int(donor.stopped),
            int(donor.ask_staff),
            _iso(eligible_on),
            at,
            person_id,
        ),
    )


async def eligible_on(tx: Tx, person_id: int) -> date | None:
    """The day that stands in the table."""
    row = await tx.one("SELECT eligible_on FROM donors WHERE person_id = ?", (person_id,))
    return _day(row[0]) if row else None


async def with_eligible_on(tx: Tx, *, after: int, limit: int) -> list[tuple[int, Donor, date | None]]:
    """The next registrations by their id, each with the day that stands in the table."""
    rows = await tx.all(
        f"SELECT {_COLUMNS}, id, eligible_on FROM donors WHERE id > ? ORDER BY id LIMIT ?",  # noqa: S608
        (after, limit),
    )
    return [(row[-2], _donor(row[:-2]), _day(row[-1])) for row in rows]


async def set_eligible_on(tx: Tx, days: Sequence[tuple[int, date | None]]) -> None:
    """Write these days, by the id of the registration: the rules have changed, not the person."""
    await tx.many("UPDATE donors SET eligible_on = ? WHERE id = ?", [(_iso(day), row_id) for row_id, day in days])


async def of_person(tx: Tx, person_id: int | None) -> Donor | None:
    """The person's registration, if there is one."""
    if person_id is None:
        return None
    row = await tx.one(f"SELECT {_COLUMNS} FROM donors WHERE person_id = ?", (person_id,))  # noqa: S608
    return _donor(row) if row else None


async def set_unit(tx: Tx, person_id: int, unit_id: int, at: int) -> None:
    """The person belongs to this unit now. Their answers follow by `joins.follow_unit`."""
    await tx.run(
        "UPDATE donors SET unit_id = ?, unit_text = '', updated_at = ? WHERE person_id = ?", (unit_id, at, person_id)
    )


async def prove_phone(tx: Tx, person_id: int) -> None:
    """The platform has vouched for the number of this registration."""
    await tx.run("UPDATE donors SET phone_proven = 1 WHERE person_id = ?", (person_id,))


async def of_people(tx: Tx, person_ids: Sequence[int]) -> dict[int, Donor]:
    """The registrations of these persons."""
    marks = ", ".join("?" * (len(person_ids) + 1))  # Never an empty list: not everybody's SQL.
    rows = await tx.all(f"SELECT {_COLUMNS}, person_id FROM donors WHERE person_id IN ({marks})", (0, *person_ids))  # noqa: S608
    return {row[-1]: _donor(row[:-1]) for row in rows}


async def by_phone(tx: Tx, phone: str) -> dict[int, Donor]:
    """Who is registered with this number (E.164), by the id of the person; families share one."""
    rows = await tx.all(f"SELECT {_COLUMNS}, person_id FROM donors WHERE phone = ? ORDER BY id", (phone,))  # noqa: S608
    return {row[-1]: _donor(row[:-1]) for row in rows}


async def by_name(tx: Tx, typed: str, unit_ids: Collection[int] | None, *, limit: int) -> dict[int, Donor]:
    """Who of these units (None: of all) bears this name, however it is typed, whole or in part with the given name last; by person id.

    The whole name first; else everybody of that given name whose other words are all among those typed.
    """
    key = name_match_key(typed)
    if not key:
        return {}
    whole = await _named(tx, key, unit_ids, limit)
    if whole or " " not in key:
        return whole
    given, words = key.split(" ", 1)[0], set(fold(typed).split())
    alike = await _named(tx, f"{given} ", unit_ids, _LOOKED_AT)
    fitting = {id_: donor for id_, donor in alike.items() if words <= set(fold(donor.full_name).split())}
    return dict(list(fitting.items())[:limit])


async def _named(tx: Tx, prefix: str, unit_ids: Collection[int] | None, limit: int) -> dict[int, Donor]:
    within = "1 = 1" if unit_ids is None else f"+unit_id IN ({', '.join(str(int(u)) for u in (0, *unit_ids))})"
    # The plus keeps the planner with the index of names: a given name is rarer than a branch of the tree is small.
    rows = await tx.all(
        f"SELECT {_COLUMNS}, person_id FROM donors WHERE name_match >= ? AND name_match < ? AND {within}"  # noqa: S608
        " ORDER BY name_match, birth_year LIMIT ?",
        (prefix, prefix + "\x7f", limit),
    )
    return {row[-1]: _donor(row[:-1]) for row in rows}


def _unit_filter(unit_ids: Sequence[int] | None, round_id: int | None) -> str:
    """Of a round's list the unit counts that the answer was given for."""
    if unit_ids is None:
        return "1 = 1"
    column = "d.unit_id" if round_id is None else "j.unit_id"
    return f"{column} IN ({', '.join(str(int(unit_id)) for unit_id in (0, *unit_ids))})"  # Never an empty list: not everybody's SQL.


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a list. Of a round's list also what the person answered (certain or maybe), `not_yet`, see `core.joins.Join`, and the
    unit that the answer counts for: who has moved on since stays there.
    """

    donor: Donor
    answer: JoinState | None = None
    not_yet: date | None = None
    unit_id: int | None = None


def _source(round_id: int | None) -> str:
    """All donors, or those on the list of a round. Who waits for a seat, or is offered one, is not on it: nobody expects them yet."""
    if round_id is None:
        return "donors d"
    return f"donors d JOIN joins j ON j.person_id = d.person_id AND j.round_id = {int(round_id)} AND j.state IN ('certain', 'maybe')"


async def count(tx: Tx, unit_ids: Sequence[int] | None, *, round_id: int | None = None) -> int:
    """How many donors these units have; None for all. With a round: how many are on its list."""
    row = await tx.one(f"SELECT count(*) FROM {_source(round_id)} WHERE {_unit_filter(unit_ids, round_id)}")  # noqa: S608 (integers only)
    return int(row[0]) if row else 0


async def listing(
    tx: Tx, unit_ids: Sequence[int] | None, *, round_id: int | None = None, page: int = 2000
) -> AsyncIterator[list[Listed]]:
    """Donors of these units in the order of official lists, page by page: each page is a read of its own, so that no long
    snapshot holds back the checkpoint of the writer. With a round: those on its list.
    """
    more = "NULL, NULL, d.unit_id" if round_id is None else "j.state, j.not_yet, coalesce(j.unit_id, d.unit_id)"
    after: tuple[str, int] = ("", 0)
    while True:
        rows = await tx.all(
            f"SELECT {_LISTED}, {more}, d.id FROM {_source(round_id)} WHERE {_unit_filter(unit_ids, round_id)}"  # noqa: S608 (integers only)
            " AND (name_key, d.id) > (?, ?) ORDER BY name_key, d.id LIMIT ?",
            (*after, page),
        )
        if not rows:
            return
        yield [
            Listed(_donor(row[:-4]), JoinState(row[-4]) if row[-4] else None, _day(row[-3]), row[-2]) for row in rows
        ]
        after = (rows[-1][1], rows[-1][-1])


async def forget(tx: Tx, person_id: int, year: int) -> None:
    """Drop the registration and keep the count of it."""
    await tx.run(
        "INSERT INTO forgotten (year, unit_id, donors, donations)"
        " SELECT ?, coalesce(unit_id, 0), 1, donations FROM donors WHERE person_id = ?"
        " ON CONFLICT (year, unit_id) DO UPDATE SET donors = forgotten.donors + 1, donations = forgotten.donations + excluded.donations",
        (year, person_id),
    )
    await tx.run("DELETE FROM donors WHERE person_id = ?", (person_id,))

"""Audiences: counted and read by page, they are those whom a plain reading of the same people finds."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from itertools import product
from typing import Any

import pytest

from core.audience import Audience, Count
from storage import audiences, notices, people
from storage.audiences import Member
from storage.database import Database, Tx

TODAY = date(2026, 11, 22)
DAY = date(2026, 12, 4)
PEOPLE = 240


async def fill(tx: Tx) -> None:
    """Three units, a round, and people of every kind; what they are follows from their number."""
    rng = random.Random(4)
    await tx.many(
        "INSERT INTO units (id, code, kind, name, sort_key) VALUES (?, ?, 'union', ?, ?)",
        [(n, f"U{n}", f"Đơn vị {n}", f"{n}") for n in (1, 2, 3)],
    )
    await tx.run(
        "INSERT INTO rounds (id, code, number, name, held_on, place, state) VALUES (7, 'R', 1, 'R', '2026-12-04', 'P', 'open')"
    )
    for number in range(1, PEOPLE + 1):
        address = f"paper:{number}" if number % 7 == 0 else f"telegram:{number}"
        await tx.run(
            "INSERT INTO people (id, address, language, reachable, created_at) VALUES (?, ?, ?, ?, 1)",
            (number, address, rng.choice(("vi", "vi", "en")), int(number % 7 != 0)),
        )
        await tx.run(
            "INSERT INTO donors (person_id, full_name, name_key, unit_id, unit_text, birth_year, birth_precision, sex, abo, rh, donations,"
            " phone, created_at, updated_at, eligible_on, stopped)"
            " VALUES (?, ?, 'x', ?, ?, ?, 'year', 'F', ?, ?, 1, '+84900000000', 1, 1, ?, ?)",
            (
                number, f"Người {number}", *rng.choice(((1, ""), (2, ""), (3, ""), (None, "Tổ 4"))), rng.choice((1950, 1990, 2012)),
                rng.choice(("O", "A", "?")), rng.choice(("+", "-")), rng.choice((None, "2026-10-01", "2026-12-04", "2027-01-09")),
                int(rng.random() < 0.1),
            ),
        )  # fmt: skip
        if number % 3 == 0:
            await tx.run(
                "INSERT INTO joins (round_id, person_id, state, code, version, joined_at, changed_at, queued_at)"
                " VALUES (7, ?, ?, ?, 1, 1, 1, 1)",
                (number, rng.choice(("certain", "waiting", "maybe", "no", "left")), f"T{number}"),
            )
        if number % 5 == 0:
            until = rng.choice(("2026-11-22", "2026-11-23", "2027-05-01", None))
            await tx.run("INSERT INTO notice_settings (person_id, paused_until) VALUES (?, ?)", (number, until))
        if number % 11 == 0:  # After they registered.
            await people.set_reachable(tx, address, reachable=False)
    for number in (1, 2, 11, 13):
        await tx.run(
            "INSERT INTO roles (address, role, unit_id, granted_at, granted_by) VALUES (?, 'officer', ?, 1, 'cli')",
            (f"telegram:{number}", 1 + number % 3),
        )
    await tx.run(
        "INSERT INTO roles (address, role, unit_id, granted_at, granted_by) VALUES ('telegram:1', 'officer', 1, 1, 'cli')"
    )


FACTS = (
    "SELECT d.person_id, d.unit_id, p.language, d.abo, d.rh, d.eligible_on, d.stopped, d.birth_year, j.state, p.reachable, p.address,"
    " n.paused_until FROM donors d JOIN people p ON p.id = d.person_id LEFT JOIN joins j ON j.person_id = p.id"
    " LEFT JOIN notice_settings n ON n.person_id = p.id ORDER BY d.person_id"
)


def why(audience: Audience, row: tuple[Any, ...]) -> str | None:
    """Whether this donor belongs to the audience, said without SQL: why they are not reached, "" where they are; None for no."""
    _, unit, language, abo, rh, eligible, stopped, born, state, reachable, address, paused = row
    day = audience.eligible_on
    wrong = (
        audience.unit_ids is not None and unit not in audience.unit_ids,
        bool(audience.language) and language != audience.language,
        bool(audience.abo) and abo not in audience.abo,
        bool(audience.rh) and rh not in audience.rh,
        day is not None and ((eligible or "") > day.isoformat() or stopped or not 18 <= day.year - born <= 60),
        bool(audience.answers) and not (state in audience.states or ("none" in audience.answers and state is None)),
    )
    if any(wrong):
        return None
    if address.startswith("paper:"):
        return "paper"
    return "blocked" if not reachable else "paused" if (paused or "") > TODAY.isoformat() else ""


UNITS = (None, frozenset({1}), frozenset({2, 3}), frozenset())
ANSWERS = ((), ("certain",), ("maybe", "waiting"), ("none",), ("none", "certain"))
REST = ({}, {"abo": frozenset("O"), "rh": frozenset("+")}, {"eligible_on": DAY}, {"language": "en"})
CASES = [
    Audience(unit_ids=units, round_id=7 if answers else None, answers=frozenset(answers), **rest)
    for units, answers, rest in product(UNITS, ANSWERS, REST)
]


@pytest.fixture
async def town(database: Database) -> Database:
    """Filled."""
    await database.write(fill)
    return database


async def read_all(tx: Tx, audience: Audience, limit: int = 17) -> list[Member]:
    """Page by page, to the end."""
    found: list[Member] = []
    while page := await audiences.page(tx, audience, found[-1].person_id if found else 0, limit=limit, today=TODAY):
        found += page
    return found


async def test_every_audience_is_counted_and_paged_as_a_plain_reading_finds_it(town: Database) -> None:
    """Units, answers, groups, days and languages in all their combinations."""
    async with town.read() as tx:
        everybody = await tx.all(FACTS)
        for audience in CASES:
            wanted = {row[0]: reason for row in everybody if (reason := why(audience, row)) is not None}
            reasons = Counter(wanted.values())
            count = await audiences.count(tx, audience, TODAY)
            assert count == Count(reasons[""], reasons["blocked"], reasons["paper"], reasons["paused"]), audience
            found = await read_all(tx, audience)
            assert {member.person_id: member.why for member in found} == wanted, audience
            assert [member.person_id for member in found] == sorted(wanted)
    everyone = Counter(why(Audience(), row) for row in everybody)
    assert min(everyone[key] for key in ("", "blocked", "paper", "paused")) >= 10


async def test_officers_of_several_units_are_one_person(town: Database) -> None:
    """Counted and read once; a pause of what they hear as donors is no matter here."""
    async with town.read() as tx:
        audience = Audience(officers=True)
        assert await audiences.count(tx, audience, TODAY) == Count(reached=3, blocked=1)
        assert [(m.person_id, m.why) for m in await read_all(tx, audience, 2)] == [
            (1, ""),
            (2, ""),
            (11, "blocked"),
            (13, ""),
        ]
        assert await audiences.count(tx, Audience(frozenset({1}), officers=True), TODAY) == Count(reached=1)
        assert await audiences.count(tx, Audience(frozenset(), officers=True), TODAY) == Count()


async def test_whoever_moves_comes_back_or_changes_language_is_found_as_they_are_now(town: Database) -> None:
    """The donor's row follows its person, also when a chat takes over a record from paper."""

    async def change(tx: Tx) -> None:
        await people.set_reachable(tx, "telegram:11", reachable=True)
        await people.move(tx, "telegram:1", "telegram:-1001")
        await people.keep(tx, "telegram:2", "en", 2)
        await tx.run("INSERT INTO people (id, address, language, created_at) VALUES (999, 'web:x', 'en', 1)")
        await tx.run("INSERT INTO notice_settings (person_id, paused_until) VALUES (999, '2027-01-01')")
        await tx.run("UPDATE donors SET person_id = 999 WHERE person_id = 7")
        await notices.keep(tx, 3, notices.Wishes(paused_until=date(2027, 2, 3)))
        await notices.keep(tx, 4, notices.Wishes(paused_until=date(2027, 2, 3)))
        await notices.keep(tx, 4, notices.Wishes())

    await town.write(change)
    async with town.read() as tx:
        stale = await tx.all(
            "SELECT p.id FROM donors d JOIN people p ON p.id = d.person_id WHERE d.language <> p.language"
            " OR d.paused_until <> coalesce((SELECT n.paused_until FROM notice_settings n WHERE n.person_id = p.id), '')"
            " OR d.reach <> CASE WHEN p.address LIKE 'paper:%' THEN 2 ELSE 1 - p.reachable END"
        )
        assert stale == []
        everybody = {member.person_id: member for member in await read_all(tx, Audience())}
    assert (everybody[11].why, everybody[1].address, everybody[2].language) == ("", "telegram:-1001", "en")
    assert (everybody[999].why, everybody[999].language) == ("paused", "en")
    assert (everybody[3].why, everybody[4].why) == ("paused", "")


@pytest.mark.parametrize("audience", [*CASES[::7], Audience(officers=True)])
def test_an_audience_survives_its_row(audience: Audience) -> None:
    """Written down and read again it is the same."""
    assert Audience.from_json(audience.to_json()) == audience


@pytest.mark.parametrize("wrong", [{"answers": frozenset({"certain"})}, {"answers": frozenset({"all"}), "round_id": 1}])
def test_answers_without_a_round_are_refused(wrong: dict[str, Any]) -> None:
    """Else "certain" of no round would be everybody."""
    with pytest.raises(ValueError, match="answers"):
        Audience(**wrong)

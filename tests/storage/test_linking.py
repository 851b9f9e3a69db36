"""A chat takes over a paper record: what moves, what stays, and what is proof. Read through a connection of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest

from core.joins import JoinState
from core.people import Donor
from core.rounds import Round
from storage import donors, joins, linking, paper, people, records, rounds
from storage.database import Database, Tx, _driver
from storage.linking import CODE_LIFE, Stays
from storage.paper import Recorded
from tests.storage.test_donors import DONOR
from tests.storage.test_joins import ROUND

TODAY = date(2026, 11, 22)
DAY_MS = 86_400_000
LISTED = replace(DONOR, full_name="Nguyễn Thị Ánh", donations=5, note="tổ 3")
BY = Recorded("web:officer", 5, "v1", "vi")


def read(database: Database, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """As committed."""
    connection = _driver().connect(str(database.path))
    try:
        return list(connection.execute(sql, values))
    finally:
        connection.close()


async def on_paper(database: Database, donor: Donor = LISTED) -> int:
    """Somebody from a list."""
    return await database.write(partial(paper.add, donor=donor, recorded=BY, eligible_on=None))


async def chat(database: Database, donor: Donor | None = DONOR) -> int:
    """Somebody with a chat, registered or not."""
    person = await database.write(lambda tx: people.keep(tx, "web:1", "vi", 1))
    if donor:
        await database.write(lambda tx: donors.save(tx, person, donor, 1, eligible_on=None))
    return person


async def round_of(database: Database, code: str, held_on: date, **more: Any) -> Round:
    """A round."""

    async def work(tx: Tx) -> Round:
        id_ = await rounds.write(tx, replace(ROUND, code=code, held_on=held_on, **more))
        found = await rounds.by_id(tx, id_)
        assert found
        return found

    return await database.write(work)


async def says(database: Database, round_: Round, person: int, state: JoinState) -> None:
    """An answer to a round."""
    await database.write(lambda tx: joins.answer(tx, round_, person, joins.Wish(state), at=3))


async def link(database: Database, paper_id: int, person: int, donor: Donor = DONOR) -> list[int]:
    """The move."""
    stays = Stays(person, donor, None)
    return await database.write(lambda tx: linking.take_over(tx, paper_id, stays, today=TODAY, at=9))


async def test_everything_moves_and_the_paper_person_goes(database: Database) -> None:
    """Registration, answers with their codes, the club; the proof of consent is kept for both."""
    listed, person = await on_paper(database), await chat(database, None)
    ahead = await round_of(database, "A", date(2026, 12, 4))
    await says(database, ahead, listed, JoinState.CERTAIN)
    await database.write(
        lambda tx: tx.run("INSERT INTO units (id, code, kind, name, sort_key) VALUES (1, 'C', 'club', 'C', 'c')")
    )
    await database.write(lambda tx: tx.run("INSERT INTO club_members VALUES (1, ?, 1)", (listed,)))
    [(code,)] = read(database, "SELECT code FROM joins")
    assert await link(database, listed, person, LISTED) == []
    assert read(database, "SELECT id, address FROM people") == [(person, "web:1")]
    assert read(database, "SELECT person_id, donations, note FROM donors") == [(person, 5, "tổ 3")]
    assert read(database, "SELECT person_id, state, code FROM joins") == [(person, "certain", code)]
    assert read(database, "SELECT person_id FROM club_members") == [(person,)]
    assert read(database, "SELECT purpose, answer, recorded_by, count(DISTINCT subject) FROM consents") == [
        ("paper", "given", "web:officer", 2)
    ]
    async with database.read() as tx:
        assert [consent.purpose for consent in await records.consents(tx, "web:1")] == ["paper"]


async def test_ones_own_answer_stays_and_the_seat_that_comes_free_is_named(database: Database) -> None:
    """They said no themselves; the list had given them a seat."""
    listed, person = await on_paper(database), await chat(database)
    ahead, other = await round_of(database, "A", date(2026, 12, 4)), await round_of(database, "B", date(2026, 12, 18))
    await says(database, ahead, listed, JoinState.CERTAIN)
    await says(database, ahead, person, JoinState.NO)
    await says(database, other, person, JoinState.MAYBE)
    assert await link(database, listed, person) == [ahead.id]
    assert read(database, "SELECT round_id, person_id, state FROM joins ORDER BY round_id") == [
        (ahead.id, person, "no"),
        (other.id, person, "maybe"),
    ]


async def test_who_waits_keeps_the_seat_that_their_paper_has(database: Database) -> None:
    """In a round with one seat, the paper has it."""
    listed, person = await on_paper(database), await chat(database)
    ahead = await round_of(database, "A", date(2026, 12, 4), capacity=1)
    await says(database, ahead, listed, JoinState.CERTAIN)
    await says(database, ahead, person, JoinState.CERTAIN)
    await link(database, listed, person)
    assert read(database, "SELECT person_id, state FROM joins") == [(person, "certain")]


async def test_what_was_counted_for_a_unit_stays_there(database: Database) -> None:
    """Past rounds keep the unit of that day; those ahead count for the person's own."""
    for code in ("OLD", "NEW"):
        await database.write(
            partial(
                Tx.run,
                sql="INSERT INTO units (code, kind, name, sort_key) VALUES (?, 'a', ?, ?)",
                values=(code, code, code),
            )
        )
    listed = await on_paper(database, replace(LISTED, unit_id=1, unit_text=""))
    person = await chat(database, replace(DONOR, unit_id=2, unit_text=""))
    past, ahead = await round_of(database, "P", date(2026, 10, 1)), await round_of(database, "A", date(2026, 12, 4))
    await says(database, past, listed, JoinState.CERTAIN)
    await says(database, ahead, listed, JoinState.CERTAIN)
    await link(database, listed, person, replace(DONOR, unit_id=2, unit_text=""))
    assert read(database, "SELECT round_id, unit_id FROM joins ORDER BY round_id") == [(past.id, 1), (ahead.id, 2)]


async def test_a_code_is_good_once_for_seven_days_and_only_the_last_one(database: Database) -> None:
    """What is kept of it is not the code."""
    listed, person = await on_paper(database), await chat(database)
    first = await database.write(lambda tx: linking.hand_code(tx, listed, by="web:officer", at=0))
    code = await database.write(lambda tx: linking.hand_code(tx, listed, by="web:officer", at=0))
    async with database.read() as tx:
        assert await linking.of_code(tx, first, 1) is None
        assert await linking.of_code(tx, code, 1) == listed
        assert await linking.of_code(tx, code, int(CODE_LIFE.total_seconds() * 1000)) is None
    assert code not in str(read(database, "SELECT * FROM link_codes")) and CODE_LIFE.days == 7
    await link(database, listed, person)
    async with database.read() as tx:
        assert await linking.of_code(tx, code, 1) is None


async def test_only_paper_records_are_found_by_a_number(database: Database) -> None:
    """Somebody else's chat is nobody's to take; no number finds nobody."""
    listed, _ = await on_paper(database), await chat(database)
    await on_paper(database, replace(LISTED, phone=""))
    async with database.read() as tx:
        assert list(await linking.paper_with_phone(tx, DONOR.phone)) == [listed]
        assert await linking.paper_with_phone(tx, "") == {}


async def test_an_erased_paper_person_leaves_a_count_and_the_proof(database: Database) -> None:
    """As /forget does for a chat."""
    listed = await on_paper(database)
    ahead = await round_of(database, "A", date(2026, 12, 4))
    await says(database, ahead, listed, JoinState.CERTAIN)
    await database.write(lambda tx: paper.erase(tx, listed, by="web:officer", today=TODAY, at=9))
    assert [read(database, f"SELECT count(*) FROM {table}") for table in ("people", "donors", "joins")] == [[(0,)]] * 3
    assert read(database, "SELECT year, donors, donations FROM forgotten") == [(2026, 1, 5)]
    assert read(database, "SELECT answer, recorded_by FROM consents ORDER BY id") == [
        ("given", "web:officer"),
        ("withdrawn", "web:officer"),
    ]


@pytest.mark.parametrize("missing", [0, 99])
async def test_erasing_nobody_changes_nothing(database: Database, missing: int) -> None:
    """They went meanwhile."""
    await on_paper(database)
    await database.write(lambda tx: paper.erase(tx, missing, by="web:officer", today=TODAY, at=9))
    assert read(database, "SELECT count(*) FROM donors") == [(1,)]


async def test_twins_are_looked_for_part_by_part(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many records there are, no look takes long; where one ends, the next begins."""
    monkeypatch.setattr(paper, "_LOOKED_AT", 2)
    for name in ("Lò Văn An", "Vàng A Páo", "Đặng Thu Hà"):
        await on_paper(database, replace(LISTED, full_name=name))
    last = await on_paper(database, replace(LISTED, full_name="dang thu ha", phone=""))
    alone = await on_paper(database, replace(LISTED, full_name="Đặng Thu Hà", phone="+84900000099"))
    same = await on_paper(database, replace(LISTED, full_name="Đặng Thu Hà"))
    async with database.read() as tx:
        found, after = [], 0
        while True:
            some = await paper.twins(tx, None, after=after, most=6)
            found += some.pairs
            after = some.next
            if not after:
                break
    assert [pair for pair in found if alone in pair or last in pair] == []
    assert [second for _, second in found] == [same]

"""What a donation and a self-check leave in a registration, read after the commit through a connection of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from core.ages import Birth
from core.blood import Abo, Rh
from core.eligibility import eligible_on
from core.people import Component, Donor, Sex
from core.vietnamese import name_match_key
from storage import donors, people
from storage.database import Database, _driver
from tests.core.rules import TT26

DONOR = Donor(
    full_name="Nguyễn Thị Ánh", unit_id=None, unit_text="Tổ 3", birth=Birth("year", None, 1992), sex=Sex.FEMALE, abo=Abo.O,
    rh=Rh.UNKNOWN, donations=2, last_donation="2026-06-01", phone="+84900000001",
)  # fmt: skip


async def registered(database: Database, donor: Donor = DONOR) -> int:
    """The id of a person with this registration."""
    person = await database.write(lambda tx: people.keep(tx, "web:1", "vi", 1))
    await database.write(lambda tx: donors.save(tx, person, donor, 1, eligible_on=eligible_on(TT26, donor)))
    return person


def row(database: Database) -> tuple[object, ...]:
    """The fields that change, as committed."""
    connection = _driver().connect(str(database.path))
    try:
        return tuple(
            connection.execute(
                "SELECT donations, last_donation, last_kind, deferred_until, stopped, ask_staff, eligible_on FROM donors"
            ).fetchone()
        )
    finally:
        connection.close()


async def test_a_save_keeps_the_day_that_the_rules_give(database: Database) -> None:
    """84 days after 01/6 is 24/8."""
    await registered(database)
    assert row(database) == (2, "2026-06-01", "whole", None, 0, 0, "2026-08-24")


@pytest.mark.parametrize(
    ("day", "kind", "expected"),
    [
        (date(2026, 11, 22), Component.WHOLE, (3, "2026-11-22", "whole", None, 0, 0, "2027-02-14")),
        (date(2026, 11, 22), Component.PLATELETS, (3, "2026-11-22", "platelets", None, 0, 0, "2026-12-06")),
        (date(2026, 5, 1), Component.WHOLE, (3, "2026-06-01", "whole", None, 0, 0, "2026-08-24")),
    ],
)
async def test_a_donation_is_counted(
    database: Database, day: date, kind: Component, expected: tuple[object, ...]
) -> None:
    """One more, and the last one is the latest; one that is told late does not turn time back."""
    person = await registered(database)
    gave = DONOR.having_given(day, kind)
    await database.write(lambda tx: donors.update_history(tx, person, gave, eligible_on=eligible_on(TT26, gave), at=2))
    assert row(database) == expected


async def test_a_month_is_earlier_than_a_day_in_it(database: Database) -> None:
    """What was told as 9/2026 is now known to the day."""
    person = await registered(database, replace(DONOR, last_donation="2026-09"))
    gave = replace(DONOR, last_donation="2026-09").having_given(date(2026, 9, 15))
    await database.write(lambda tx: donors.update_history(tx, person, gave, eligible_on=eligible_on(TT26, gave), at=2))
    assert row(database)[1] == "2026-09-15"


async def test_a_self_check_leaves_verdict_and_date(database: Database) -> None:
    """And nothing of who the person is changes."""
    person = await registered(database)
    checked = replace(DONOR, deferred_until=date(2027, 1, 1), ask_staff=True)
    await database.write(
        lambda tx: donors.update_history(tx, person, checked, eligible_on=eligible_on(TT26, checked), at=2)
    )
    assert row(database) == (2, "2026-06-01", "whole", "2027-01-01", 0, 1, "2027-01-01")
    async with database.read() as tx:
        assert await donors.of_person(tx, person) == checked


async def test_who_is_forgotten_leaves_nothing_of_it(database: Database) -> None:
    """The fields go with the registration."""
    person = await registered(database, replace(DONOR, stopped=True))
    await database.write(lambda tx: donors.forget(tx, person, 2026))
    async with database.read() as tx:
        assert await donors.of_person(tx, person) is None
        assert await donors.eligible_on(tx, person) is None


async def test_the_database_and_the_program_match_names_alike(database: Database) -> None:
    """The column is worked out of the sorting key by the database itself, for rows of before as well."""
    names = [
        "Nguyễn Thị Ánh",
        "Đặng Thu Hà",
        "Vàng A Páo",
        "Ý",
        "H'Hen Niê",
        "Lò Thị Mười-Hai",
        "Hoà",
        "Trương Ước Ươm Ằng",
    ]
    for number, name in enumerate(names):
        person = await database.write(partial(people.keep, address=f"web:{number}", language="vi", at=1))
        named = replace(DONOR, full_name=name)
        await database.write(partial(donors.save, person_id=person, donor=named, at=1, eligible_on=None))
    async with database.read() as tx:
        stored = await tx.all("SELECT full_name, name_match FROM donors")
    assert dict(stored) == {name: name_match_key(name) for name in names}

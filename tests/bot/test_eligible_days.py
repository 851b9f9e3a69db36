"""Days on which donors may give again, where the rules or the program changed after they registered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import eligible_days
from bot.eligible_days import EligibleDays
from core.rule_sets import RuleSet, Term
from storage import migrate as module
from storage.database import Database, Tx, open_database
from storage.migrate import known_migrations, migrate
from tests.core.rules import TT26

LATER: RuleSet = replace(
    TT26,
    intervals={
        **TT26.intervals,
        "whole_blood": replace(TT26.intervals["whole_blood"], term=Term(16, "weeks")),
    },
)
LASTS = ["2026-09-15", "2026-09", None, "2025-01-01", "2026-10-01"]
BY_TT26 = ["2026-12-08", "2026-12-23", None, "2025-03-26", "2026-12-24"]
BY_LATER = ["2027-01-05", "2027-01-20", None, "2025-04-23", "2027-01-21"]


async def _register(tx: Tx) -> None:
    for id_, last in enumerate(LASTS, 1):
        await tx.run(
            "INSERT INTO people (id, address, language, created_at) VALUES (?, ?, 'vi', 0)", (id_, f"web:{id_}")
        )
        await tx.run(
            "INSERT INTO donors (id, person_id, full_name, name_key, unit_text, birth_year, birth_precision, sex, abo, rh, donations,"
            " last_donation, phone, created_at, updated_at)"
            " VALUES (?, ?, 'Lò Thị Thử', 'a', 'Trạm y tế', 1990, 'year', 'F', 'O', '+', 2, ?, '+84900000001', 1, 1)",
            (id_, id_, last),
        )


@pytest.fixture
async def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """One of the first schema, with donors, that was then brought up to date. Two donors a page, so that five are three pages."""
    monkeypatch.setattr(eligible_days, "CHUNK", 2)
    number, name, script = known_migrations()[0]
    assert number == 1
    first = tmp_path / "first"
    first.mkdir()
    (first / f"{name}.sql").write_text(script, "utf-8")
    database = await open_database(f"sqlite:///{tmp_path / 'house.db'}")
    try:
        with monkeypatch.context() as patch:
            patch.setattr(module, "_FOLDER", first)
            await migrate(database, 1)
        await database.write(_register)
        await migrate(database, 2)
        yield database
    finally:
        await database.close()


async def days(database: Database) -> list[Any]:
    """What stands in the table."""
    async with database.read() as tx:
        return [day for (day,) in await tx.all("SELECT eligible_on FROM donors ORDER BY id")]


async def test_who_registered_before_there_was_such_a_day_has_one(database: Database) -> None:
    """The migration leaves it empty; the first look fills it, and a second one finds nothing to do."""
    assert await days(database) == [None] * 5
    one = EligibleDays(database)
    assert [await one.settle(TT26), await one.settle(TT26), await EligibleDays(database).settle(TT26)] == [4, 0, 0]
    assert await days(database) == BY_TT26


async def test_when_an_admin_changes_the_rules_all_days_follow_and_back(database: Database) -> None:
    """The same rules again are a change too."""
    one, found = EligibleDays(database), []
    for rules in (TT26, LATER, TT26):
        await one.settle(rules)
        found.append(await days(database))
    assert found == [BY_TT26, BY_LATER, BY_TT26]


async def test_cut_off_in_the_middle_it_goes_on_where_it_was(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill after the first page; and rules that change meanwhile begin anew."""
    one = EligibleDays(database)
    page, seen = one._page, 0

    async def cut(tx: Tx, rules: RuleSet, wanted: str) -> tuple[int, bool]:
        nonlocal seen
        seen += 1
        if seen == 2:
            raise RuntimeError("killed")
        return await page(tx, rules, wanted)

    monkeypatch.setattr(one, "_page", cut)
    with pytest.raises(RuntimeError):
        await one.settle(TT26)
    assert await days(database) == [*BY_TT26[:2], None, None, None]
    assert await EligibleDays(database).settle(TT26) == 2, "of three, one has no day"
    assert await days(database) == BY_TT26
    assert await EligibleDays(database).settle(LATER) == 4

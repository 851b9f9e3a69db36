"""What saving a plan does: once, wholly, within what the person answers for, and told to whom it concerns."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.calendar import load_calendar
from bot.plans import read_plan, write_plan
from bot.rules import load_rules
from core.findings import Finding
from core.people import Grant, Person, Role
from core.plan_entries import Plan
from core.unclear import Unclear
from handlers import round_changes
from handlers.plan_proposal import Asker, Proposal, findings, propose, save
from storage import rounds
from storage.database import Database, _driver, open_database
from storage.migrate import migrate
from tests.plan_books import CHANGED, FAULTY, HEAD, SPRING, TIDY, Rows, book, lai_chau, plan_from
from tests.program import DATA

TODAY = date(2026, 11, 24)
ADMIN = Asker(
    Person("web:admin", "vi", Role.ADMIN, 1),
    "Lạng Sơn",
    TODAY,
    calendar=load_calendar(""),
    rules=load_rules("tt26"),
)
Read = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """With the units and rounds of tests/data/house.toml."""
    database = await open_database(f"sqlite:///{tmp_path / 'house.db'}")
    await migrate(database, 1)
    await database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
    yield database
    await database.close()


@pytest.fixture
def read(database: Database) -> Read:
    """What was committed, through a connection of its own."""

    def rows(sql: str) -> list[tuple[Any, ...]]:
        connection: sqlite3.Connection = _driver().connect(f"file:{database.path}?mode=ro", uri=True)
        try:
            return list(connection.execute(sql))
        finally:
            connection.close()

    return rows


def plan_of(rows: Rows) -> Plan:
    """A workbook, read."""
    return plan_from("plan.xlsx", book(rows), TODAY)


async def proposed(database: Database, plan: Plan, asker: Asker = ADMIN) -> Proposal:
    """What saving would do."""
    return await database.write(lambda tx: propose(tx, plan, asker))


async def saved(database: Database, plan: Plan, asker: Asker = ADMIN) -> Proposal:
    """What saving did."""
    seen = (await proposed(database, plan, asker)).digest
    return await database.write(lambda tx: save(tx, plan, asker, seen=seen, at=7))


async def asked(database: Database, proposal: Proposal, plan: Plan) -> list[Finding]:
    """What the checker asks."""
    async with database.read() as tx:
        return await findings(tx, proposal, plan, ADMIN)


def whole(read: Read) -> list[Any]:
    """Every table that an import may touch."""
    tables = (
        "rounds",
        "round_units",
        "round_parts",
        "round_slots",
        "round_changes",
        "units",
        "audit",
        "outbox",
        "marks",
    )
    return [read(f"SELECT * FROM {table}") for table in tables]


def wrong(proposal: Proposal) -> dict[int, list[str]]:
    """Row -> what is wrong with it."""
    return {bad.entry.row: [remark.message for remark in bad.wrong] for bad in proposal.bad}


async def test_looking_changes_nothing(database: Database, read: Read) -> None:
    """Not even for units that come along."""
    before = whole(read)
    proposal = await proposed(database, plan_of(TIDY))
    await proposed(database, plan_from("plan.toml", (DATA / "drafts.toml").read_bytes(), TODAY))
    assert len(proposal.added) == 3
    assert whole(read) == before


async def test_new_rounds_are_drafts_with_stable_codes(database: Database, read: Read) -> None:
    """Made of the province, the year of the plan and the number."""
    await saved(database, plan_of(TIDY))
    stored = read("SELECT code, number, held_on, state FROM rounds WHERE held_on > '2027' ORDER BY number")
    assert stored == [
        ("LS-2027-01", 1, "2027-01-15", "draft"),
        ("LS-2027-02", 2, "2027-03-19", "draft"),
        ("LS-2027-03", 3, "2027-05-21", "draft"),
    ]
    assert read("SELECT action, address FROM round_changes") == [("created", "web:admin")] * 3
    assert read("SELECT detail FROM audit") == [
        ('{"list":"plan","rounds":["LS-2027-01","LS-2027-02","LS-2027-03"],"added":3,"changed":0,"left":0,"units":0}',)
    ]


@pytest.mark.parametrize("again", [lambda: plan_of(TIDY), lambda: plan_of((("Kế hoạch năm 2027",), (), *TIDY))])
async def test_the_same_file_twice_changes_nothing(database: Database, read: Read, again: Callable[[], Plan]) -> None:
    """Also with a title above it."""
    await saved(database, plan_of(TIDY))
    before = whole(read)
    proposal = await proposed(database, again())
    assert (proposal.changes, proposal.same) == (False, 3)
    await saved(database, again())
    assert [b for b, a in zip(before, whole(read), strict=True) if b != a and b != before[6]] == []


async def test_a_changed_file_shows_field_by_field_what_differs(database: Database) -> None:
    """Matched by code, although days moved."""
    await saved(database, plan_of(TIDY))
    proposal = await proposed(database, plan_of(CHANGED))
    (one,) = proposal.changed
    assert (one.after.code, proposal.same, proposal.added) == ("LS-2027-02", 2, [])
    assert proposal.differences(one) == {
        "held_on": ["2027-03-19", "2027-03-26"],
        "target": [80, 100],
        "deadline_on": ["2027-03-12", "2027-03-19"],
    }


async def test_good_rows_are_saved_and_the_others_are_named(database: Database, read: Read) -> None:
    """Each with its reason."""
    proposal = await saved(database, plan_of(FAULTY))
    assert wrong(proposal) == {
        3: ["check.date_no_such_day"],
        4: ["import.wrong.unit_near"],
        5: ["check.count_comma"],
    }
    assert read("SELECT code FROM rounds WHERE held_on > '2027'") == [("LS-2027-01",)]


async def test_a_save_that_breaks_in_the_middle_leaves_nothing(
    database: Database, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of three rounds were written when the disk, say, was full."""
    before, write, count = whole(read), rounds.write, 0

    async def breaking(tx: Any, round_: Any) -> int:
        nonlocal count
        count += 1
        if count == 3:
            raise OSError("full")
        return await write(tx, round_)

    monkeypatch.setattr(round_changes.rounds, "write", breaking)
    with pytest.raises(OSError, match="full"):
        await saved(database, plan_of(TIDY))
    assert count == 3
    assert whole(read) == before


async def test_what_was_not_seen_is_not_saved(database: Database, read: Read) -> None:
    """Somebody else changed the plan between the preview and the answer."""
    plan = plan_of(TIDY)
    seen = (await proposed(database, plan)).digest
    await saved(database, plan_of(CHANGED))
    before = whole(read)
    with pytest.raises(Unclear, match="moved"):
        await database.write(lambda tx: save(tx, plan, ADMIN, seen=seen, at=9))
    assert whole(read) == before


async def test_a_moved_round_is_told_to_who_joined(database: Database, read: Read) -> None:
    """An open round: its version moves, and the change is in line to be told."""
    plan = plan_of(TIDY)
    await saved(database, replace(plan, state=plan.state.OPEN))
    await saved(database, plan_of(CHANGED))
    assert read("SELECT code, version FROM rounds WHERE version > 1") == [("LS-2027-02", 2)]
    assert read("SELECT action, told FROM round_changes WHERE action <> 'created'") == [("edited", 0)]


async def test_empty_cells_keep_what_is_stored_and_a_dash_clears_it(database: Database, read: Read) -> None:
    """And that it is kept is said."""
    await saved(database, plan_of(TIDY))
    empty, dashed = [*SPRING], [*SPRING]
    empty[6], dashed[6] = None, "-"
    proposal = await proposed(database, plan_of((HEAD, empty)))
    assert not proposal.changes
    assert [r.message for _, r in proposal.asked if r.field == "deadline_on"] == ["import.asked.kept"]
    await saved(database, plan_of((HEAD, dashed)))
    assert read("SELECT deadline_on FROM rounds WHERE code = 'LS-2027-01'") == [(None,)]


def officer(code: str) -> Callable[[Database], Any]:
    """Somebody who answers for a unit."""

    async def made(database: Database) -> Asker:
        async with database.read() as tx:
            (unit_id,) = await tx.one("SELECT id FROM units WHERE code = ?", (code,)) or (None,)
        return replace(
            ADMIN, person=Person("web:officer", "vi", Role.OFFICER, 2, grants=(Grant(Role.OFFICER, unit_id),))
        )

    return made


async def test_an_officer_imports_for_their_own_units_alone(database: Database, read: Read) -> None:
    """Sở Y tế lies below the union of health; the youth and the power company do not."""
    asker = await officer("YT")(database)
    proposal = await saved(database, plan_of(TIDY), asker)
    assert [one.after.code for one in proposal.added] == ["YT-2027-01"]
    assert wrong(proposal) == {3: ["import.wrong.not_yours"], 4: ["import.wrong.not_yours"]}
    assert read("SELECT code FROM rounds WHERE held_on > '2027'") == [("YT-2027-01",)]


async def test_an_officer_changes_no_round_of_others(database: Database, read: Read) -> None:
    """Not even by its code, with invited units of their own."""
    head, row = (*HEAD, "Mã đợt"), (*SPRING, "LS-2026-12")
    asker, before = await officer("YT")(database), read("SELECT * FROM rounds")
    assert wrong(await saved(database, plan_of((head, row)), asker)) == {2: ["import.wrong.not_yours"]}
    assert read("SELECT * FROM rounds") == before


async def test_rounds_without_units_are_the_officers_own(database: Database) -> None:
    """An admin's are everybody's. Both is said."""
    rows = (HEAD[:7], SPRING[:7])
    mine = await proposed(database, plan_of(rows), await officer("YT")(database))
    all_ = await proposed(database, plan_of(rows))
    assert [unit.code for i in mine.added[0].after.units if (unit := mine.index.get(i))] == ["YT"]
    assert all_.added[0].after.units == frozenset()
    assert [r.message for _, r in mine.asked] == ["import.asked.own_unit"]
    assert [r.message for _, r in all_.asked] == ["import.asked.everybody"]


@pytest.mark.parametrize(
    ("before", "word", "why"),
    [
        ("open", "Nháp", "arrow"),
        ("cancelled", "Mở", "arrow"),
        ("open", "Đã tổ chức", "arrow"),
        ("closed", "Đã tổ chức", "early"),
    ],
)
async def test_a_file_goes_no_way_that_the_states_do_not(database: Database, before: str, word: str, why: str) -> None:
    """As on the desk of rounds."""
    head = (*HEAD, "Trạng thái")
    plan = plan_of((head, (*SPRING, None)))
    await saved(database, replace(plan, state=type(plan.state)(before)))
    assert wrong(await proposed(database, plan_of((head, (*SPRING, word))))) == {2: [f"import.wrong.state_{why}"]}


async def test_a_toml_file_brings_its_units_along(database: Database, read: Read) -> None:
    """An admin's: units first, then rounds that invite them; again, and nothing changes."""
    body = (
        b'[[units]]\ncode = "NEW"\nname = "Tr\xe1\xbb\x95m m\xe1\xba\xabu"\nparent = "LS"\n'
        b'[[rounds]]\ncode = "X-1"\nnumber = 1\nname = "X"\nheld_on = 2027-01-15\nplace = "P"\nunits = ["NEW"]\n'
    )
    plan = plan_from("plan.toml", body, TODAY)
    await saved(database, plan)
    joined = "SELECT r.code, r.state, u.code FROM rounds r JOIN round_units ru ON ru.round_id = r.id JOIN units u ON u.id = ru.unit_id"
    assert ("X-1", "open", "NEW") in read(joined)
    assert not (await proposed(database, plan)).changes


async def test_an_officers_toml_file_brings_no_units(database: Database, read: Read) -> None:
    """The tree is an admin's affair."""
    body = b'[[units]]\ncode = "NEW"\nname = "New"\n'
    proposal = await saved(database, plan_from("plan.toml", body, TODAY), await officer("YT")(database))
    assert not proposal.changes
    assert read("SELECT 1 FROM units WHERE code = 'NEW'") == []


async def test_a_unit_below_one_that_is_not_there_refuses_the_file(database: Database, read: Read) -> None:
    """Nothing of it is kept."""
    before = whole(read)
    plan = plan_from("plan.toml", b'[[units]]\ncode = "NEW"\nname = "New"\nparent = "NONE"\n', TODAY)
    with pytest.raises(Unclear, match="parent"):
        await proposed(database, plan)
    assert whole(read) == before


async def test_the_checker_speaks_of_the_lai_chau_paper(database: Database) -> None:
    """18 rounds come, nothing is left out, and the great questions are asked."""
    proposal = await saved(database, plan_from("KH.xlsx", lai_chau(), TODAY))
    assert (len(proposal.added), proposal.bad) == (18, ())
    found = {
        finding.code: finding
        for finding in reversed(await asked(database, proposal, plan_from("KH.xlsx", lai_chau(), TODAY)))
    }
    assert found["target_or_total"].params["rest"] == 640
    assert round(float(str(found["target_or_total"].params["times"])), 1) == 15.8
    assert {"interval", "past", "other_year", "place_names"} <= found.keys()
    assert not (await proposed(database, plan_from("KH.xlsx", lai_chau(), TODAY))).changes


async def test_a_new_round_too_near_to_a_stored_one_is_asked_about(database: Database) -> None:
    """LS-2026-11 on 04/12/2026 invites the union of health, to which Sở Y tế belongs."""
    plan = plan_of((HEAD, SPRING))
    (finding,) = await asked(database, await proposed(database, plan), plan)
    assert (finding.code, finding.rounds) == ("interval", (1, 11))


async def test_a_code_is_never_longer_than_a_button_takes(database: Database) -> None:
    """40 characters, also with the longest code of a unit and the highest number."""
    await database.write(lambda tx: tx.run("UPDATE units SET code = ? WHERE code = 'YT'", ("U" * 32,)))
    asker = await officer("U" * 32)(database)
    proposal = await proposed(database, plan_of((HEAD, (9999, *SPRING[1:]))), asker)
    assert [len(one.after.code) for one in proposal.added] == [40]


@pytest.mark.parametrize(
    "path", [DATA / "house.toml", DATA / "drafts.toml", DATA.parents[1] / "bot" / "demo" / "plan.toml"]
)
async def test_what_a_house_was_set_up_with_is_no_change(database: Database, path: Path) -> None:
    """Units, parents and rounds of a TOML file, which another way wrote."""
    await database.write(lambda tx: write_plan(tx, read_plan(path)))
    proposal = await proposed(database, plan_from("plan.toml", path.read_bytes(), TODAY))
    assert not proposal.changes
    assert proposal.bad == ()

"""A file of units against what is stored: codes that stay the same, circles and ties refused with their row, nothing outside one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.file_kinds import read_file
from bot.i18n import load_words
from core.people import Grant, Person, Role
from core.unit_columns import kind_of
from core.unit_entries import Tree
from core.vietnamese import fold
from handlers.documents import unit_tree
from handlers.documents.paper import Paper
from handlers.unit_office.fields import KINDS
from handlers.unit_proposal import Proposal, propose, save
from storage import units
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.units import UnitRow
from tests.unit_books import HEAD, Rows, row, tree_from

TODAY = date(2026, 11, 22)
ADMIN = Person("web:admin", "vi", Role.ADMIN)
STORED = [
    UnitRow("LS", "federation", "Liên đoàn Lao động tỉnh Lạng Sơn", short_name="LĐLĐ tỉnh"),
    UnitRow("CL", "union", "LĐLĐ huyện Chi Lăng", parent="LS", aliases=("Chi Lăng",)),
    UnitRow("X-CL", "commune", "Xã Chi Lăng"),
    UnitRow("YT", "sector_union", "Công đoàn ngành Y tế", parent="LS"),
]


@pytest.fixture
async def stored(tmp_path: Path) -> AsyncIterator[Database]:
    """A few units."""
    database = await open_database(f"sqlite:///{tmp_path / 'house.db'}")
    await migrate(database, 1)
    await database.write(lambda tx: units.write(tx, STORED))
    yield database
    await database.close()


async def proposed(database: Database, *rows: Sequence[object], person: Person = ADMIN) -> Proposal:
    """What a file with these rows would do."""
    return await database.write(lambda tx: propose(tx, tree_from((HEAD, *rows)), person, TODAY))


def wrong(proposal: Proposal) -> list[tuple[int, str]]:
    """(row, why) of each row that cannot be saved; the titles are row 1."""
    return [(bad.entry.row, remark.message) for bad in proposal.bad for remark in bad.wrong]


async def test_rows_without_a_code_get_one_that_is_the_same_again(stored: Database) -> None:
    """By name and parent the stored unit is found: sent twice, a file adds nothing the second time."""
    rows = (
        row(1, name="CĐCS Trường THPT Chi Lăng", kind="CĐCS", parent="LĐLĐ huyện Chi Lăng"),
        row(2, name="Sở Y tế", parent="LS"),
    )
    first = await proposed(stored, *rows)
    assert [(one.after.code, one.after.kind, one.after.parent) for one in first.added] == [
        ("CDCSTTHPT-CHILANG", "grassroots_union", "CL"), ("S-YTE", "agency", "LS"),
    ]  # fmt: skip
    tree = tree_from((HEAD, *rows))
    await stored.write(lambda tx: save(tx, tree, ADMIN, TODAY, seen=first.digest, at=1))
    again = await proposed(stored, *rows)
    assert (again.changes, again.same, again.bad) == (False, 2, ())


async def test_what_a_row_does_not_say_stays_and_a_dash_clears(stored: Database) -> None:
    """An empty cell is no order to forget."""
    kept = await proposed(stored, row(1, code="CL", name="LĐLĐ huyện Chi Lăng"))
    assert not kept.changes
    cleared = await proposed(stored, row(1, code="CL", name="LĐLĐ huyện Chi Lăng", aliases="-"))
    assert cleared.changed[0].differences == {"aliases": (("Chi Lăng",), ())}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(1, code="A", name="Tổ A", parent="B"), row(2, code="B", name="Tổ B", parent="A")], [(2, "circle"), (3, "circle")]),
        ([row(1, code="LS", name="LĐLĐ tỉnh Lạng Sơn", parent="CL")], [(2, "circle")]),
        ([row(1, code="A", name="Tổ A"), row(2, code="a", name="Tổ B")], [(3, "twice")]),
        ([row(1, name="Tổ A", parent="LS"), row(2, name="tổ a", parent="LS")], [(3, "twice")]),
        ([row(1, name="Tổ A", parent="Chi Lăng")], [(2, "near")]),
        ([row(1, name="Tổ A", parent="Sao Hoả")], [(2, "unknown")]),
        ([row(1, name="Tổ A", kind="phi đội")], [(2, "kind")]),
        ([row(1, code="Đ?", name="Tổ A")], [(2, "code")]),
        ([row(1, code="CL", name="LĐLĐ huyện Chi Lăng", into="LS")], [(2, "no_end")]),
        ([row(1, name="Tổ A", since=date(2026, 1, 1), until=date(2025, 1, 1))], [(2, "order")]),
        ([row(1, code="A", name="Tổ A", kind="phi đội"), row(2, code="B", name="Tổ B", parent="A")], [(2, "kind"), (3, "orphan")]),
        ([row(1, code="A", name="Tổ A", parent="Sao Hoả"), row(2, code="B", name="Tổ B", parent="A")], [(2, "unknown"), (3, "orphan")]),
    ],
    ids=[
        "circle", "circle with stored", "code twice", "name twice", "tie", "unknown", "kind", "code", "no end", "order", "of a bad row",
        "orphan",
    ],
)  # fmt: skip
async def test_a_wrong_row_is_named_with_its_reason(
    stored: Database, rows: Rows, expected: list[tuple[int, str]]
) -> None:
    """The others are saved all the same; no tie is decided."""
    assert wrong(await proposed(stored, *rows)) == [(at, f"unitfile.wrong.{why}") for at, why in expected]


async def test_an_ended_unit_comes_with_its_day_and_what_it_went_into(stored: Database) -> None:
    """The index of the day before has it, that of the day after follows it."""
    rows = (row(1, code="CL", name="LĐLĐ huyện Chi Lăng", until=date(2026, 6, 30), into="LS"),)
    tree = tree_from((HEAD, *rows))
    seen = (await proposed(stored, *rows)).digest
    await stored.write(lambda tx: save(tx, tree, ADMIN, TODAY, seen=seen, at=1))
    async with stored.read() as tx:
        before, after = await units.index_of(tx, date(2026, 6, 30)), await units.index_of(tx, date(2026, 7, 1))
    unit = before.by_code("CL")
    assert unit
    assert [one.code for one in before.now(unit.id)] == ["CL"]
    assert [one.code for one in after.now(unit.id)] == ["LS"]


async def test_an_officer_brings_units_within_theirs_alone(stored: Database) -> None:
    """Below their own unit, also below a new one of the same file; they move nothing out of it, and do not end what they were given."""
    async with stored.read() as tx:
        own = (await tx.all("SELECT id FROM units WHERE code = 'CL'"))[0][0]
    officer = Person("web:1", "vi", Role.OFFICER, grants=(Grant(Role.OFFICER, own),))
    rows = (
        row(1, code="A", name="Tổ A", parent="B"), row(2, code="B", name="Tổ B", parent="CL"),
        row(3, code="C", name="Tổ C", parent="LS"), row(4, code="D", name="Tổ D"),
        row(5, code="YT", name="Công đoàn ngành Y tế tỉnh"), row(6, code="CL", name="LĐLĐ huyện Chi Lăng", until=date(2027, 1, 1)),
    )  # fmt: skip
    proposal = await proposed(stored, *rows, person=officer)
    assert [one.after.code for one in proposal.good] == ["A", "B"]
    assert wrong(proposal) == [(at, "unitfile.wrong.not_yours") for at in (4, 5, 6, 7)]


async def test_the_tree_that_is_handed_out_changes_nothing_when_it_comes_back(stored: Database, tmp_path: Path) -> None:
    """Every column is read as it was written, also of a unit that has ended and of one that reports elsewhere."""
    more = [
        UnitRow(
            "BS",
            "union",
            "LĐLĐ huyện Bắc Sơn",
            ("Bắc Sơn",),
            "LS",
            "1990-01-01",
            "2026-06-30",
            "Bắc Sơn",
            ("YT",),
            ("LS",),
        ),
        UnitRow("CLB", "club", "=CLB Nhóm máu hiếm", parent="LS"),
    ]
    await stored.write(lambda tx: units.write(tx, more))
    now = datetime(2026, 11, 22, 8, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    for language in ("vi", "en"):
        paper = Paper(load_words("vi"), language, now.date(), now, "LĐLĐ", "Lạng Sơn", ZoneInfo("Asia/Ho_Chi_Minh"))
        async with stored.read() as tx:
            await unit_tree.write(tx, paper, {"units": None}, tmp_path / "tree.xlsx")
        tree = Tree.from_json(read_file("tree.xlsx", (tmp_path / "tree.xlsx").read_bytes(), TODAY, only="units"))
        proposal = await stored.write(lambda tx, tree=tree: propose(tx, tree, ADMIN, TODAY))
        assert (proposal.changes, proposal.bad, proposal.same) == (False, (), 6), language


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_read_as_it_is_written(kind: str) -> None:
    """In the words of every language, with and without diacritics."""
    words = load_words("vi")
    for language in words.languages:
        said = words.say(language, f"unit.kind.{kind}")
        assert {kind_of(said), kind_of(fold(said)), kind_of(said.upper())} == {kind}

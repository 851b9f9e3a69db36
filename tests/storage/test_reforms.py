"""Reforms as they stand in the tables after the commit: history stays, people go over on the day, nothing twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.i18n import load_words
from core.ages import Birth
from core.blood import Abo, Rh
from core.joins import JoinState
from core.people import Donor, Grant, Role, Sex
from core.quotas import YearKind
from core.reforms import why_not_end, why_not_move
from core.rounds import Round, RoundState
from core.unit_figures import home_of
from core.units import UnitIndex
from handlers.documents import registration
from handlers.documents.paper import Paper
from storage import donors, joins, people, quotas, reforms, roles, rounds, unit_moves, unit_texts, units
from storage.database import Database, Tx, open_database
from storage.migrate import migrate
from storage.reforms import NewUnit, When
from storage.units import UnitRow

DAY = date(2025, 7, 1)
BEFORE, AFTER = date(2025, 6, 20), date(2025, 7, 15)
TREE = [
    UnitRow("LS", "federation", "LĐLĐ tỉnh Lạng Sơn"),
    UnitRow("CL", "union", "LĐLĐ huyện Chi Lăng", parent="LS"),
    UnitRow("BS", "union", "LĐLĐ huyện Bắc Sơn", parent="LS"),
    UnitRow("CL-TH", "grassroots_union", "CĐCS Trường THPT Chi Lăng", parent="CL"),
    UnitRow("SYT", "agency", "Sở Y tế", parent="LS"),
    UnitRow("TTYT", "hospital", "Trung tâm Y tế Chi Lăng", parent="CL", reports=("SYT",)),
]


def a_round(code: str, held_on: date, invited: frozenset[int]) -> Round:
    """An open round."""
    return Round(
        id=0, code=code, number=1, name=code, occasion="", held_on=held_on, tentative=False, opens="", closes="", place="Nhà khách",
        place_address="", lat=None, lon=None, target=None, deadline_on=None, state=RoundState.OPEN, units=invited,
    )  # fmt: skip


def a_donor(unit_id: int | None, text: str = "") -> Donor:
    """Somebody who does not exist."""
    return Donor(
        "Đặng Thu Hà", unit_id, text, Birth("year", None, 1990), Sex.FEMALE, Abo.O, Rh.UNKNOWN, 0, None, "+84900000001"
    )


class Province:
    """The tree of a test; what is read comes through a connection that was opened for it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.ids: dict[str, int] = {}

    async def do(self, work: Callable[[Tx], Awaitable[Any]]) -> Any:
        """In one transaction."""
        return await self.database.write(work)

    async def set_up(self) -> None:
        """The units, a round before and one after the reform, a donor of each district who joins both."""
        await self.do(lambda tx: units.write(tx, TREE))
        self.ids = dict(await self.rows("SELECT code, id FROM units"))
        for code, day in (("R-BEFORE", BEFORE), ("R-AFTER", AFTER)):
            invited = frozenset((self.ids["CL"],))
            await self.do(lambda tx, code=code, day=day, invited=invited: rounds.write(tx, a_round(code, day, invited)))
        for code in ("CL", "BS", "TTYT"):
            await self.do(lambda tx, code=code: self._donor(tx, code))

    async def _donor(self, tx: Tx, code: str) -> None:
        person = await people.keep(tx, f"web:{code}", "vi", 1)
        await donors.save(tx, person, a_donor(self.ids[code]), 1, eligible_on=None)
        for name in ("R-BEFORE", "R-AFTER"):
            round_ = await rounds.by_code(tx, name)
            assert round_
            await joins.answer(tx, round_, person, joins.Wish(JoinState.CERTAIN), at=1)

    async def rows(self, sql: str, *values: object) -> list[Any]:
        """What a connection of its own sees."""
        fresh = await open_database(f"sqlite:///{self.database.path}")
        try:
            async with fresh.read() as tx:
                return await tx.all(sql, values)
        finally:
            await fresh.close()

    async def index(self, day: date) -> UnitIndex:
        """The units of a day."""
        fresh = await open_database(f"sqlite:///{self.database.path}")
        try:
            async with fresh.read() as tx:
                return await units.index_of(tx, day)
        finally:
            await fresh.close()

    async def answers(self, code: str) -> dict[str, int]:
        """Unit code -> answers of a round."""
        return dict(
            await self.rows(
                "SELECT u.code, count(*) FROM joins j JOIN units u ON u.id = j.unit_id JOIN rounds r ON r.id = j.round_id"
                " WHERE r.code = ? GROUP BY u.code",
                code,
            )
        )


@pytest.fixture
async def province(database: Database) -> Province:
    """The tree before any reform."""
    made = Province(database)
    await made.set_up()
    return made


async def test_a_merged_unit_keeps_its_history_and_its_people_go_over_on_the_day(province: Province) -> None:
    """Answers to rounds before stay; donors, answers to later rounds, roles and quotas go over, once, and not a day too soon."""
    ids = province.ids
    late = (await province.rows("SELECT id FROM rounds WHERE code = 'R-AFTER'"))[0][0]
    await province.do(lambda tx: quotas.set_round(tx, late, {ids["CL"]: 150, ids["BS"]: 100}))
    await province.do(lambda tx: roles.grant(tx, "web:officer", Grant(Role.OFFICER, ids["CL"]), by="test", at=1))
    await province.do(lambda tx: reforms.merge(tx, [ids["CL"]], ids["BS"], When(DAY, "NQ 60-NQ/TW")))
    assert await province.do(lambda tx: unit_moves.settle(tx, DAY - timedelta(days=1))) == []
    assert await province.answers("R-AFTER") == {"CL": 1, "BS": 1, "TTYT": 1}
    moved = await province.do(lambda tx: unit_moves.settle(tx, DAY))
    assert [(one.donors, one.answers, one.officers) for one in moved] == [(1, 1, 1)]
    assert await province.do(lambda tx: unit_moves.settle(tx, DAY)) == []
    assert await province.do(lambda tx: unit_moves.settle(tx, DAY + timedelta(days=1))) == []
    assert await province.answers("R-BEFORE") == {"CL": 1, "BS": 1, "TTYT": 1}
    assert await province.answers("R-AFTER") == {"BS": 2, "TTYT": 1}
    assert await province.rows("SELECT unit_id, target FROM round_quotas") == [(ids["BS"], 250)]
    assert await province.rows("SELECT unit_id FROM roles") == [(ids["BS"],)]
    invited = await province.rows(
        "SELECT r.code, q.unit_id FROM round_units q JOIN rounds r ON r.id = q.round_id ORDER BY 1"
    )
    assert invited == [("R-AFTER", ids["BS"]), ("R-BEFORE", ids["CL"])]


@pytest.mark.parametrize(
    ("merged", "into", "before", "after"),
    [
        (["CL"], "BS", {"CL": 150, "BS": 100}, {"BS": 250}),
        (["CL-TH"], "CL", {"CL": 150, "CL-TH": 20}, {"CL": 150}),
        (["CL"], "CL-TH", {"CL": 150, "CL-TH": 20}, {"CL-TH": 150}),
        (["CL", "CL-TH"], "BS", {"CL": 150, "CL-TH": 20, "BS": 100}, {"BS": 250}),
        (["CL-TH"], "CL", {"CL-TH": 20, "TTYT": 30}, {"CL": 50, "TTYT": 30}),
        (["CL"], "BS", {"BS": 100}, {"BS": 100}),
        (["CL"], "BS", {"CL": 0}, {"BS": 0}),
    ],
)
async def test_quotas_of_merged_units_come_to_what_they_came_to(
    province: Province, merged: list[str], into: str, before: dict[str, int], after: dict[str, int]
) -> None:
    """Of rounds from that day on and of later years: one within another is no quota more; looked at again, nothing changes."""
    ids, late = province.ids, (await province.rows("SELECT id FROM rounds WHERE code = 'R-AFTER'"))[0][0]
    targets = {ids[code]: target for code, target in before.items()}
    await province.do(lambda tx: quotas.set_round(tx, late, targets))
    for year in (2025, 2026):
        await province.do(lambda tx, year=year: quotas.set_year(tx, year, YearKind.LIVING, targets))
    await province.do(lambda tx: reforms.merge(tx, [ids[code] for code in merged], ids[into], When(DAY)))
    names = {unit_id: code for code, unit_id in ids.items()}
    for day in (DAY, AFTER):
        await province.do(lambda tx, day=day: unit_moves.settle(tx, day))
        stored = await province.rows("SELECT unit_id, target FROM round_quotas")
        assert {names[unit_id]: target for unit_id, target in stored} == after
        years = await province.rows("SELECT year, unit_id, target FROM year_quotas")
        assert {names[unit_id]: target for year, unit_id, target in years if year == 2026} == after
        assert {names[unit_id]: target for year, unit_id, target in years if year == 2025} == before


async def test_a_move_that_is_to_come_still_comes_when_its_unit_is_handed_over(province: Province) -> None:
    """Into the unit that ends, and out of it: each on its day, and one parent at a time."""
    ids, between, later = province.ids, date(2025, 10, 1), date(2026, 1, 1)
    await province.do(lambda tx: reforms.move(tx, ids["SYT"], ids["CL"], later))
    await province.do(lambda tx: reforms.move(tx, ids["TTYT"], ids["SYT"], later))
    await province.do(lambda tx: reforms.merge(tx, [ids["CL"]], ids["BS"], When(DAY)))

    async def parents(day: date) -> list[int | None]:
        index = await province.index(day)
        return [index.units[ids[code]].parent_id for code in ("SYT", "TTYT")]

    assert await parents(BEFORE) == [ids["LS"], ids["CL"]]
    assert await parents(between) == [ids["LS"], ids["BS"]]
    assert await parents(later) == [ids["BS"], ids["SYT"]]
    open_ones = (
        "SELECT unit_id FROM unit_links WHERE line = 'counts' AND valid_to IS NULL GROUP BY 1 HAVING count(*) > 1"
    )
    assert await province.rows(open_ones) == []


async def test_who_goes_into_a_unit_that_has_gone_on_by_then_goes_on_too(province: Province) -> None:
    """A merger that was to come finds its heir merged before: on that day people are at the last one, not in between."""
    ids = province.ids
    await province.do(lambda tx: reforms.merge(tx, [ids["CL"]], ids["BS"], When(AFTER)))
    await province.do(lambda tx: reforms.merge(tx, [ids["BS"]], ids["LS"], When(DAY)))
    await province.do(lambda tx: unit_moves.settle(tx, DAY))
    await province.do(lambda tx: unit_moves.settle(tx, AFTER))
    counted = await province.rows("SELECT unit_id, count(*) FROM donors GROUP BY 1 ORDER BY 1")
    assert counted == [(ids["LS"], 2), (ids["TTYT"], 1)]


async def test_the_tree_is_another_one_from_the_day_on_and_the_old_one_before(province: Province) -> None:
    """What was below goes along, in every line; the day before nothing has changed."""
    ids = province.ids
    await province.do(lambda tx: reforms.merge(tx, [ids["CL"], ids["BS"]], ids["LS"], When(DAY)))
    before, after = await province.index(DAY - timedelta(days=1)), await province.index(DAY)
    assert {unit.code for unit in before.children(ids["CL"])} == {"CL-TH", "TTYT"}
    assert {unit.code for unit in after.children(ids["LS"])} == {"CL-TH", "TTYT", "SYT"}
    assert after.below(ids["SYT"], ("counts", "reports")) == {ids["SYT"], ids["TTYT"]}
    assert [unit.code for unit in after.now(ids["CL"])] == ["LS"]
    assert after.below(ids["LS"]) == set(ids.values())
    assert [unit.code for unit in after.not_in_force(ids["LS"])] == ["BS", "CL"]


async def test_who_invited_a_district_has_not_invited_the_province(province: Province) -> None:
    """Dissolved into the federation above: later rounds invite what was below the district."""
    ids = province.ids
    await province.do(lambda tx: reforms.merge(tx, [ids["CL"]], ids["LS"], When(DAY)))
    await province.do(lambda tx: unit_moves.settle(tx, DAY))
    invited = await province.rows(
        "SELECT q.unit_id FROM round_units q JOIN rounds r ON r.id = q.round_id WHERE r.code = 'R-AFTER' ORDER BY 1"
    )
    assert invited == [(ids["CL-TH"],), (ids["TTYT"],)]


async def test_a_parted_unit_keeps_its_people_until_they_are_placed(province: Province) -> None:
    """They are asked; figures of before are under its name; who is placed goes over with the answers of later rounds alone."""
    ids = province.ids

    async def part(tx: Tx) -> list[int]:
        parts = {"A": "CĐ xã Chi Lăng", "B": "CĐ xã Bằng Mạc"}
        begun = [NewUnit(code, "union", name, valid_from=DAY) for code, name in parts.items()]
        new = [await reforms.add(tx, one, ids["LS"]) for one in begun]
        await reforms.split(tx, ids["CL"], new, When(DAY))
        return new

    new = await province.do(part)
    assert await province.do(lambda tx: unit_moves.settle(tx, AFTER)) == []
    assert await province.do(lambda tx: unit_moves.left_behind(tx, AFTER)) == [(ids["CL"], 1)]
    asked = await province.do(lambda tx: unit_moves.to_be_asked(tx, AFTER, after=0, limit=9))
    assert [(unit, address) for _, unit, address, _ in asked] == [(ids["CL"], "web:CL")]
    now = await province.index(AFTER)
    assert home_of(ids["CL"], now) == (now.units[ids["CL"]], False)
    assert now.units[ids["CL-TH"]].parent_id == ids["LS"]
    assert await province.do(lambda tx: unit_moves.move_people(tx, ids["CL"], new[0])) == 1
    assert await province.answers("R-BEFORE") == {"CL": 1, "BS": 1, "TTYT": 1}
    assert await province.answers("R-AFTER") == {"A": 1, "BS": 1, "TTYT": 1}


async def test_a_list_goes_by_the_units_of_its_day_or_by_those_of_today(province: Province) -> None:
    """Of then: the old names, also of who has moved on since. Of today: what was merged goes along, what was parted is marked."""
    ids = province.ids

    async def reform(tx: Tx) -> None:
        part = await reforms.add(tx, NewUnit("B1", "union", "Phần một", valid_from=DAY), ids["LS"])
        await reforms.split(tx, ids["BS"], [part, ids["LS"]], When(DAY))
        await reforms.merge(tx, [ids["CL"]], ids["LS"], When(DAY))
        await reforms.rename(tx, ids["TTYT"], "Bệnh viện Chi Lăng", DAY)
        await unit_moves.settle(tx, AFTER)

    await province.do(reform)
    paper = Paper(
        load_words("vi"), "vi", AFTER, datetime(2025, 7, 15, 8, tzinfo=UTC), "LĐLĐ", "Lạng Sơn", ZoneInfo("UTC")
    )

    async def listed(units_now: bool) -> list[tuple[str, str]]:
        async with province.database.read() as tx:
            for_ = await registration.occasion(tx, paper, {"round": "R-BEFORE", "units_now": units_now})
            return sorted([(row.unit, row.note) async for page in registration.rows(tx, None, for_) for row in page])

    assert await listed(False) == [
        ("LĐLĐ huyện Bắc Sơn", ""),
        ("LĐLĐ huyện Chi Lăng", ""),
        ("Trung tâm Y tế Chi Lăng", ""),
    ]
    assert await listed(True) == [
        ("Bệnh viện Chi Lăng", ""), ("LĐLĐ huyện Bắc Sơn", "đơn vị cũ, chưa tách được"), ("LĐLĐ tỉnh Lạng Sơn", ""),
    ]  # fmt: skip


async def test_a_renamed_unit_has_its_old_name_on_papers_of_before(province: Province) -> None:
    """And is found by both."""
    unit = province.ids["SYT"]
    await province.do(lambda tx: reforms.rename(tx, unit, "Sở Y tế và Dân số", DAY))
    before, after = await province.index(BEFORE), await province.index(DAY)
    assert (before.units[unit].name, after.units[unit].name) == ("Sở Y tế", "Sở Y tế và Dân số")
    assert after.find("Sở Y tế").exact == after.units[unit]


async def test_names_follow_each_other_in_whatever_order_they_were_given(province: Province) -> None:
    """A name for a day before one that is to come, and a correction of today's, leave the others as they are."""
    unit = province.ids["SYT"]
    later, between = date(2026, 1, 1), date(2025, 10, 1)
    for name, day in (("Sở Mới", later), ("Sở Giữa", between)):
        await province.do(lambda tx, name=name, day=day: reforms.rename(tx, unit, name, day))
    await province.do(lambda tx: reforms.correct_name(tx, unit, "Sở y tế Lạng Sơn", DAY))
    names = [(await province.index(day)).units[unit].name for day in (BEFORE, between, later)]
    assert names == ["Sở y tế Lạng Sơn", "Sở Giữa", "Sở Mới"]


async def test_a_unit_moves_in_one_line_and_stays_in_the_other(province: Province) -> None:
    """From the day on; moved twice for the same day, the second counts."""
    unit, to = province.ids["TTYT"], province.ids["BS"]
    await province.do(lambda tx: reforms.move(tx, unit, province.ids["LS"], DAY))
    await province.do(lambda tx: reforms.move(tx, unit, to, DAY))
    assert (await province.index(BEFORE)).units[unit].parent_id == province.ids["CL"]
    after = (await province.index(DAY)).units[unit]
    assert (after.parent_id, after.also) == (to, (("reports", province.ids["SYT"]),))
    await province.do(lambda tx: reforms.report_no_more(tx, unit, province.ids["SYT"], AFTER))
    assert (await province.index(AFTER)).units[unit].also == ()


async def test_a_file_written_twice_changes_nothing_and_a_dated_move_outlives_it(province: Province) -> None:
    """What a file says of a parent holds from when the link held."""
    await province.do(lambda tx: reforms.move(tx, province.ids["TTYT"], province.ids["BS"], DAY))
    links = await province.rows("SELECT * FROM unit_links ORDER BY unit_id, line, valid_from")
    stored = await province.do(units.rows)
    stored["BS"] = replace(stored["BS"], valid_to="2025-12-31", into=("LS",))
    for _ in range(2):
        await province.do(lambda tx: units.write(tx, list(stored.values())))
    assert await province.rows("SELECT * FROM unit_links ORDER BY unit_id, line, valid_from") == links
    assert await province.rows("SELECT kind, on_day FROM unit_successions") == [("merge", "2026-01-01")]
    assert await province.do(units.rows) == stored


async def test_a_typed_unit_is_mapped_for_all_who_typed_it_and_for_the_next(province: Province) -> None:
    """With and without diacritics; what was let be is not asked again."""

    async def add(tx: Tx) -> None:
        for number, text in enumerate(("TTYT Chi Lăng", "ttyt chi lang", "Phố cổ"), 1):
            person = await people.keep(tx, f"web:{number}", "vi", 1)
            await donors.save(tx, person, a_donor(None, text), 1, eligible_on=None)

    await province.do(add)
    waiting = await province.do(unit_texts.waiting)
    assert [(one.text, one.count) for one in waiting] == [("TTYT Chi Lăng", 2), ("Phố cổ", 1)]
    unit = province.ids["TTYT"]
    assert await province.do(lambda tx: unit_texts.decide(tx, "ttyt chi lang", unit, by="web:admin", at=1)) == 2
    assert await province.do(lambda tx: unit_texts.decide(tx, "pho co", None, by="web:admin", at=1)) == 0
    assert await province.do(unit_texts.waiting) == []
    assert len(await province.rows("SELECT 1 FROM donors WHERE unit_id = ? AND unit_text = ''", unit)) == 3
    assert await province.do(lambda tx: unit_texts.unit_of(tx, "TTYT CHI LĂNG")) == unit


WHICH = st.sampled_from(["merge", "split", "dissolve", "rename", "move"])
STEP = st.tuples(WHICH, st.integers(0, 5), st.integers(0, 5), st.integers(0, 300))


@given(st.lists(STEP, max_size=6), st.integers(0, 400))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_reformed_nobody_is_lost_and_no_circle_closes(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int, int]], day: int
) -> None:
    """Random reforms that the rules allow: donors are all there, each at one unit; every unit of a day is reached from a root."""
    folder: Path = tmp_path_factory.mktemp("reform")
    database = await open_database(f"sqlite:///{folder / 'house.db'}")
    await migrate(database, 1)
    province = Province(database)
    try:
        await province.set_up()
        for step in sorted(steps, key=lambda step: step[3]):
            await province.do(lambda tx, step=step: _reform(tx, province, step))
        today = DAY + timedelta(days=day)
        await province.do(lambda tx: unit_moves.settle(tx, today))
        index = await province.index(today)
        roots = [unit.id for unit in index.children(None)]
        assert index.below_all(roots) >= {unit.id for unit in index.units.values() if index.in_force(unit)}
        counted = dict(await province.rows("SELECT unit_id, count(*) FROM donors GROUP BY unit_id"))
        assert sum(counted.values()) == 3
        assert all(index.heir(unit_id) in (None, index.units[unit_id]) for unit_id in counted)
        history = await province.answers("R-BEFORE")
        assert history == {"CL": 1, "BS": 1, "TTYT": 1}
    finally:
        await database.close()


async def _reform(tx: Tx, province: Province, step: tuple[str, int, int, int]) -> None:
    """One reform, where the rules of core.reforms allow it."""
    do, first, second, offset = step
    day = DAY + timedelta(days=offset)
    index = await units.index_of(tx, day)
    old, other = (index.units[list(province.ids.values())[number]] for number in (first, second))
    if do == "rename":
        await reforms.rename(tx, old.id, f"{old.name} mới", day)
    elif do == "move" and not why_not_move(index, old, other):
        await reforms.move(tx, old.id, other.id, day)
    elif do == "dissolve" and not why_not_end([old], [], day):
        await reforms.dissolve(tx, old.id, When(day))
    elif do == "merge" and not why_not_end([old], [other], day):
        await reforms.merge(tx, [old.id], other.id, When(day))
    elif do == "split" and not why_not_end([old], [other], day):
        part = await reforms.add(
            tx, NewUnit(f"P{day:%j}{first}{second}", "unit", "Phần mới", valid_from=day), old.parent_id
        )
        await reforms.split(tx, old.id, [other.id, part], When(day))

"""What became of units: merges, splits and chains of them, as of any day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lineage import Succession
from core.unit_figures import home_of, rows_of
from core.units import Unit, UnitIndex

DAY = date(2025, 7, 1)
LAST = date(2025, 6, 30)
BEGUN, ENDED, YEAR_END = "2025-07-01", "2025-06-30", "2025-12-31"
LATER = date(2026, 1, 1)
P, H_CL, H_BS, X_CL, X_BM, TTYT, KHOI, SYT = range(1, 9)
UNITS = (
    Unit(P, "LS", "federation", "LĐLĐ tỉnh Lạng Sơn"),
    Unit(H_CL, "H-CL", "district", "Huyện Chi Lăng", parent_id=P, valid_to=ENDED),
    Unit(H_BS, "L-BS", "union", "LĐLĐ huyện Bắc Sơn", parent_id=P, valid_to=ENDED),
    Unit(X_CL, "X-CL", "commune", "Xã Chi Lăng", parent_id=P, valid_from=BEGUN),
    Unit(X_BM, "X-BM", "commune", "Xã Bằng Mạc", parent_id=P, valid_from=BEGUN),
    Unit(TTYT, "TTYT", "hospital", "Trung tâm Y tế Chi Lăng", parent_id=H_CL, also=(("reports", SYT),)),
    Unit(KHOI, "KHOI", "union", "Công đoàn Khối", parent_id=P, valid_to=ENDED),
    Unit(SYT, "SYT", "agency", "Sở Y tế", parent_id=P),
)
STEPS = (
    Succession(H_CL, X_CL, "split", DAY),
    Succession(H_CL, X_BM, "split", DAY),
    Succession(H_BS, P, "merge", DAY),
    Succession(KHOI, None, "dissolve", DAY),
)


def index(day: date | None, units: tuple[Unit, ...] = UNITS, steps: tuple[Succession, ...] = STEPS) -> UnitIndex:
    """The units of a day."""
    return UnitIndex.of(units, day, successions=steps, former={SYT: ("Ty Y tế",)})


def names(found: list[Unit]) -> list[str]:
    """Their codes."""
    return [unit.code for unit in found]


@pytest.mark.parametrize(
    ("unit", "before", "after", "heir"),
    [
        (H_CL, ["H-CL"], ["X-CL", "X-BM"], None), (H_BS, ["L-BS"], ["LS"], P), (KHOI, ["KHOI"], [], None),
        (SYT, ["SYT"], ["SYT"], SYT),
    ],
)  # fmt: skip
def test_a_unit_is_itself_until_its_last_day_and_then_what_it_went_into(
    unit: int, before: list[str], after: list[str], heir: int | None
) -> None:
    """One, several, or nothing; one that was parted has no heir."""
    assert names(index(LAST).now(unit)) == before
    assert names(index(DAY).now(unit)) == after
    found = index(DAY).heir(unit)
    assert (found.id if found else None) == heir


def test_chains_are_followed_and_circles_end() -> None:
    """Chi Lăng was parted and its parts joined again: what it was is in one place. Wrong data holds nobody up."""
    units = (*UNITS[:3], *(Unit(u.id, u.code, u.kind, u.name, parent_id=P, valid_from=BEGUN, valid_to=YEAR_END) for u in UNITS[3:5]),
             *UNITS[5:], Unit(9, "X-NEW", "commune", "Xã Mới", parent_id=P, valid_from=LATER.isoformat()))  # fmt: skip
    steps = (*STEPS, Succession(X_CL, 9, "merge", LATER), Succession(X_BM, 9, "merge", LATER))
    assert names(index(LATER, units, steps).now(H_CL)) == ["X-NEW"]
    assert index(LATER, units, steps).heir(H_CL) == units[-1]
    assert names(index(DAY, units, steps).now(H_CL)) == ["X-CL", "X-BM"]
    circle = (Succession(H_CL, H_BS, "merge", DAY), Succession(H_BS, H_CL, "merge", DAY))
    assert index(DAY, UNITS, circle).now(H_CL) == []


def test_a_part_that_went_nowhere_leaves_no_heir() -> None:
    """One of two communes was dissolved later: the other has not become the whole district."""
    units = tuple(Unit(u.id, u.code, u.kind, u.name, parent_id=P, valid_to=YEAR_END) if u.id == X_BM else u for u in UNITS)  # fmt: skip
    there = index(LATER, units, (*STEPS, Succession(X_BM, None, "dissolve", LATER)))
    assert names(there.now(H_CL)) == ["X-CL"]
    assert there.heir(H_CL) is None


def test_below_a_unit_are_those_that_went_into_it() -> None:
    """And not those of which it has a part; who only reports is there where that line is asked for."""
    assert index(DAY).below(P) == {
        unit.id for unit in UNITS
    }  # The health centre too, of whose district nobody moved it.
    assert index(DAY).below(X_CL) == {X_CL}
    assert index(LAST).below(H_CL) == {H_CL, TTYT}
    assert index(LAST).below(SYT) == {SYT}
    assert index(LAST).below(SYT, ("counts", "reports")) == {SYT, TTYT}
    assert X_CL not in {unit.id for unit in index(LAST).children(P)}
    assert {unit.id for unit in index(DAY).not_in_force(P)} == {H_CL, H_BS, KHOI}


@pytest.mark.parametrize(
    ("typed", "day", "exact", "first"),
    [
        ("xã Chi Lăng", DAY, "X-CL", "X-CL"), ("xa chi lang", DAY, "X-CL", "X-CL"), ("Chi Lăng", DAY, None, "X-CL"),
        ("huyện Chi Lăng", DAY, None, "H-CL"), ("huyện Chi Lăng", LAST, "H-CL", "H-CL"), ("xã Chi Lăng", LAST, None, "X-CL"),
        ("h. Chi Lăng", DAY, None, "H-CL"), ("LĐLĐ huyện Bắc Sơn", DAY, None, "L-BS"), ("Ty Y tế", DAY, "SYT", "SYT"),
    ],
)  # fmt: skip
def test_a_commune_is_never_taken_for_the_district_of_its_name(
    typed: str, day: date, exact: str | None, first: str
) -> None:
    """What has ended, or not begun, is found and never picked; names of former days are found."""
    found = index(day).find(typed)
    assert (found.exact.code if found.exact else None) == exact
    assert found.candidates[0].code == first
    wrong = {"xã": "H-CL", "xa": "H-CL", "huyện": "X-CL", "h.": "X-CL"}.get(typed.split()[0])
    assert wrong not in names(list(found.candidates))


def test_current_units_come_first_and_former_ones_are_still_shown() -> None:
    """However many there are of today."""
    many = tuple(Unit(100 + n, f"T{n}", "school", f"Trường Chi Lăng {n}", parent_id=P) for n in range(20))
    found = index(DAY, (*UNITS, *many)).find("Chi Lăng").candidates
    assert found[0].code == "X-CL"
    assert found[-1].code == "H-CL"


def test_two_lines_lead_to_one_health_centre() -> None:
    """It counts for the district, and reports to the health sector: both rows are credited with it."""
    rows = rows_of(index(LAST), P, ("counts", "reports"))
    assert TTYT in rows[H_CL] and TTYT in rows[SYT]
    assert TTYT not in rows_of(index(LAST), P)[SYT]


def test_a_parted_unit_is_listed_under_its_old_name() -> None:
    """It is never divided; a merged one is listed under the one that took it over."""
    there = index(DAY)
    homes = {unit_id: home_of(unit_id, there) for unit_id in (H_CL, H_BS, KHOI, SYT)}
    assert {unit_id: (unit.id, followed) for unit_id, (unit, followed) in homes.items() if unit} == {
        H_CL: (H_CL, False),
        H_BS: (P, True),
        KHOI: (KHOI, False),
        SYT: (SYT, True),
    }


@st.composite
def reforms(draw: st.DrawFn) -> tuple[tuple[Unit, ...], tuple[Succession, ...], date]:
    """A tree, and some years of merges, splits and dissolutions, each into units that stand at that day."""
    count = draw(st.integers(2, 12))
    start = date(2020, 1, 1)
    made: dict[int, Unit] = {}
    for unit_id in range(1, count + 1):
        parent = draw(st.one_of(st.none(), st.integers(1, unit_id - 1))) if unit_id > 1 else None
        other = draw(st.one_of(st.none(), st.integers(1, count).filter(lambda x, me=unit_id: x != me)))  # type: ignore[misc]
        also = (("reports", other),) if other else ()
        made[unit_id] = Unit(unit_id, f"U{unit_id}", "unit", f"Đơn vị {unit_id}", parent_id=parent, also=also)
    steps: list[Succession] = []
    for month in range(draw(st.integers(0, 8))):
        day = start + timedelta(days=30 * (month + 1))
        alive = [unit for unit in made.values() if unit.valid_to is None]
        if len(alive) < 2:
            break
        old = draw(st.sampled_from(alive))
        others = [unit.id for unit in alive if unit.id != old.id]
        heirs = draw(st.lists(st.sampled_from(others), unique=True, max_size=3))
        kind = "dissolve" if not heirs else "merge" if len(heirs) == 1 else "split"
        steps += [Succession(old.id, heir, kind, day) for heir in heirs or [None]]  # type: ignore[arg-type, list-item]
        made[old.id] = replace(old, valid_to=(day - timedelta(days=1)).isoformat())
    on = start + timedelta(days=draw(st.integers(0, 300)))
    return tuple(made.values()), tuple(steps), on


@given(reforms())
def test_every_former_unit_leads_to_one_of_its_day_or_is_named_as_parted(
    reform: tuple[tuple[Unit, ...], tuple[Succession, ...], date],
) -> None:
    """Whatever was merged and parted: nothing is listed nowhere, and nothing under a unit that has ended without saying so."""
    units, steps, day = reform
    there = UnitIndex.of(units, day, successions=steps)
    for unit in units:
        home, followed = home_of(unit.id, there)
        assert home is not None
        assert there.in_force(home) if followed else home == there.units[unit.id]


@given(reforms())
def test_history_stays_as_it_was_seen_before_the_reform(
    reform: tuple[tuple[Unit, ...], tuple[Succession, ...], date],
) -> None:
    """What happens later changes no earlier day: the index of that day is the same without it."""
    units, steps, day = reform
    there = UnitIndex.of(units, day, successions=steps)
    then = [replace(one, valid_to=None) if one.valid_to and one.valid_to >= day.isoformat() else one for one in units]
    before = UnitIndex.of(then, day, successions=[step for step in steps if step.on_day <= day])
    for unit in units:
        assert [one.id for one in there.now(unit.id)] == [one.id for one in before.now(unit.id)]
        assert there.below(unit.id) == before.below(unit.id)
        assert all(there.in_force(one) for one in there.now(unit.id))

"""The board of a round: every person once in the total, an empty quota is not zero, nothing missing is negative."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.board import NOBODY, Board, Sight, Tally, as_of_today, expected, make_board, paired
from core.lineage import Succession
from core.units import Unit, UnitIndex

# A federation; a city, a district with a school in it, a sector.
INDEX = UnitIndex.of(
    [
        Unit(1, "LS", "federation", "Liên đoàn Lao động tỉnh"),
        Unit(2, "TP", "union", "LĐLĐ thành phố", parent_id=1),
        Unit(3, "CL", "union", "LĐLĐ huyện Chi Lăng", parent_id=1),
        Unit(4, "CL-TH", "school", "Trường Tiểu học Chi Lăng", parent_id=3),
        Unit(5, "YT", "sector_union", "Công đoàn ngành Y tế", parent_id=1),
    ]
)
ALL = Sight(INDEX)


def people(**facts: int) -> Tally:
    """So many certain, maybe ..."""
    return Tally(**facts)


def board(counted: dict[int | None, Tally], quotas: dict[int, int], sight: Sight = ALL) -> Board:
    """Shorthand."""
    return make_board(counted, quotas, sight)


def test_a_quota_within_the_one_it_went_into_is_no_quota_more() -> None:
    """Told by the units of today: the school that became part of its district was within its quota before."""
    ended = Unit(4, "CL-TH", "school", "Trường Tiểu học Chi Lăng", parent_id=3, valid_to="2025-06-30")
    units = [ended if unit.id == 4 else unit for unit in INDEX.units.values()]
    gone = [Succession(4, 3, "merge", date(2025, 7, 1))]
    assert as_of_today({3: 150, 4: 20}, UnitIndex.of(units, date(2026, 1, 1), successions=gone)) == {3: 150}


def test_a_unit_has_the_people_of_all_below_it() -> None:
    """Of the district: its own and its school's."""
    made = board({3: people(certain=2), 4: people(certain=3, maybe=1)}, {3: 10})
    (line,) = made.lines
    assert (line.people.certain, line.people.maybe, line.percent, line.missing) == (5, 1, 50, 5)


def test_a_quota_within_a_quota_is_no_quota_more() -> None:
    """The school's 4 are part of the district's 10; its people are in both lines and once in the total."""
    made = board({4: people(certain=3), 2: people(certain=1)}, {3: 10, 4: 4, 2: 6})
    assert {line.unit_id: line.people.certain for line in made.lines} == {2: 1, 3: 3, 4: 3}
    assert (made.total.quota, made.total.people.certain, made.total.missing) == (16, 4, 12)


def test_an_empty_quota_is_not_zero() -> None:
    """A unit of which nothing is asked has no line beside those with a quota, no percent and nothing missing; 0 is a quota."""
    made = board({5: people(certain=7)}, {2: 0, 3: 10})
    assert [line.unit_id for line in made.lines] == [2, 3]
    assert made.rest.people.certain == made.total.people.certain == 7
    zero = made.lines[0]
    assert (zero.quota, zero.percent, zero.missing) == (0, None, 0)
    assert (made.rest.quota, made.rest.missing) == (None, None)
    assert [line.unit_id for line in made.silent()] == [3], "nothing is asked of the city"


def test_without_quotas_the_units_below_the_top_have_a_line() -> None:
    """And those of whom nobody answered are named."""
    made = board({4: people(maybe=1)}, {})
    assert [line.unit_id for line in made.lines] == [2, 3, 5]
    assert [line.unit_id for line in made.silent()] == [2, 5]
    assert made.total.quota is None


def test_an_officer_sees_their_units_alone() -> None:
    """Nothing of the city, nothing of people without a unit."""
    counted = {2: people(certain=9), 3: people(certain=2), 4: people(certain=1), None: people(certain=5)}
    own = frozenset(INDEX.below(3))
    made = board(counted, {2: 20, 3: 10}, Sight(INDEX, own))
    assert [line.unit_id for line in made.lines] == [3]
    assert (made.total.people.certain, made.rest.people) == (3, NOBODY)


def test_people_of_no_known_unit_are_in_the_rest() -> None:
    """They come too."""
    made = board({None: people(certain=2, came=1, gave=1), 2: people(certain=1)}, {2: 5})
    assert made.rest.people == people(certain=2, came=1, gave=1)
    assert made.total.people.certain == 3


def test_a_share_is_rounded_down() -> None:
    """139 of 140 is not everything."""
    assert board({2: people(certain=139)}, {2: 140}).lines[0].percent == 99
    assert expected(99, 80) == 79


def test_the_last_come_first_among_those_behind() -> None:
    """Under 60 %: 10 before 50; who is at 60 is not among them."""
    made = board({2: people(certain=6), 3: people(certain=5), 5: people(certain=1)}, {2: 10, 3: 10, 5: 10})
    assert [line.unit_id for line in made.under(60)] == [5, 3]
    assert [line.unit_id for line in made.ranked()] == [2, 3, 5]


def test_two_rounds_stand_side_by_side() -> None:
    """A unit that was asked in one alone is there all the same."""
    first = board({2: people(gave=4, came=5)}, {2: 5})
    second = board({3: people(certain=2)}, {3: 5})
    rows = [(pair.unit_id, pair.before is None, pair.after is None) for pair in paired(first, second)]
    assert rows == [(3, True, False), (2, False, True)]


_TALLIES = st.builds(Tally, *[st.integers(0, 50)] * 5)
_UNITS = st.sampled_from([None, 1, 2, 3, 4, 5])


@given(st.dictionaries(_UNITS, _TALLIES), st.dictionaries(st.sampled_from([1, 2, 3, 4, 5]), st.integers(0, 200)))
def test_the_total_is_everybody_once(counted: dict[int | None, Tally], quotas: dict[int, int]) -> None:
    """Whoever has a quota, however they are nested."""
    made = board(counted, quotas)
    assert made.total.people == sum(counted.values(), NOBODY)
    assert (made.total.quota is None) == (not quotas)
    for line in made.lines:
        assert line.missing is None or 0 <= line.missing <= (line.quota or 0)
        assert line.percent is None or (line.percent >= 100) == (line.missing == 0)


@given(st.dictionaries(_UNITS, _TALLIES), st.sampled_from([1, 2, 3, 4, 5]))
def test_an_officer_counts_what_an_administrator_counts(counted: dict[int | None, Tally], unit: int) -> None:
    """The officer's total is the line of their unit on the board of all."""
    own = frozenset(INDEX.below(unit))
    mine = board(counted, {unit: 10}, Sight(INDEX, own)).total
    line = next(line for line in board(counted, {unit: 10, 2: 1}).lines if line.unit_id == unit)
    assert mine.people == line.people


def test_two_lines_are_credited_and_the_total_is_not_doubled() -> None:
    """The health centre counts in its district and reports to its sector: in both lines, once in the total."""
    index = UnitIndex.of(
        [*INDEX.units.values(), Unit(6, "CL-YT", "hospital", "TTYT", parent_id=3, also=(("reports", 5),))]
    )
    made = board({6: people(certain=4, came=4, gave=3), 5: people(certain=1)}, {3: 10, 5: 5, 6: 4}, Sight(index))
    lines = {line.unit_id: line for line in made.lines}
    assert (lines[3].people.certain, lines[3].reported) == (4, 0)
    assert (lines[5].people.certain, lines[5].reported) == (5, 4)
    assert (made.total.people.certain, made.total.people.gave) == (5, 3)
    assert made.total.quota == 15, "the centre's 4 are of the district's 10, and no part of what is asked of the sector"


def test_by_the_units_of_today_quotas_go_to_who_took_over() -> None:
    """Two districts became one commune; one that was parted in two keeps its own."""
    units = [
        Unit(n, f"U{n}", "commune", f"Xã {n}", parent_id=1, valid_to="2025-06-30" if n < 5 else None)
        for n in range(2, 8)
    ]
    became = [(2, 5, "merge"), (3, 5, "merge"), (4, 6, "split"), (4, 7, "split")]
    index = UnitIndex.of(
        [Unit(1, "LS", "federation", "Tỉnh"), *units],
        date(2026, 1, 1),
        successions=[Succession(old, new, kind, date(2025, 7, 1)) for old, new, kind in became],  # type: ignore[arg-type]
    )
    quotas = as_of_today({2: 10, 3: 20, 4: 7}, index)
    assert quotas == {5: 30, 4: 7}
    made = board({2: people(gave=3), 3: people(gave=1), 4: people(gave=2)}, quotas, Sight(index))
    assert {line.unit_id: line.people.gave for line in made.lines} == {4: 2, 5: 4}

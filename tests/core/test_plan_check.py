"""The plan checker: the right questions with the right figures, and none where nothing is to be asked."""

import random
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import load_calendar
from core.findings import Finding, Gap, On, Weekday
from core.lunar import LunarDay
from core.plan_check import check_plan, check_total
from core.rounds import Part, Round, RoundState, Slot
from core.units import Unit, UnitIndex
from tests.questions import questions

CALENDAR = load_calendar("")
DEMO = tomllib.loads((Path(__file__).parents[2] / "bot" / "demo" / "plan.toml").read_text("utf-8"))
IDS = {unit["code"]: number for number, unit in enumerate(DEMO["units"], 1)}
UNITS = UnitIndex.of(
    Unit(IDS[u["code"]], u["code"], u["kind"], u["name"], tuple(u.get("aliases", ())), IDS.get(u.get("parent", "")))
    for u in DEMO["units"]
)


def a_round(number: int, held_on: date, **facts: Any) -> Round:
    """A round of a plan, open, in the morning."""
    usual: dict[str, Any] = {
        "code": f"R-{number}-{held_on}", "name": f"Đợt {number}", "occasion": "", "tentative": False, "opens": "07:00",
        "closes": "11:30", "place": f"Hội trường số {number}", "place_address": "", "lat": None, "lon": None, "target": 200,
        "deadline_on": None, "state": RoundState.OPEN,
    }  # fmt: skip
    return Round(id=0, number=number, held_on=held_on, **{**usual, **facts})


def lai_chau() -> list[Round]:
    """The 18 rounds of the plan for 2021, from the demonstration."""
    return [
        a_round(
            entry["number"],
            entry["held_on"],
            code=entry["code"],
            place=entry["place"],
            place_or=tuple(entry.get("place_or", ())),
            target=entry["target"],
            deadline_on=entry["deadline_on"],
            units=frozenset(IDS[code] for code in entry["units"]),
        )
        for entry in DEMO["rounds"]
    ]


def check(rounds: Sequence[Round], today: date = date(2020, 12, 1), **facts: Any) -> list[Finding]:
    """Findings with the country's calendar and the demonstration's units; each can be said in every language."""
    usual: dict[str, Any] = {"calendar": CALENDAR, "today": today, "units": UNITS, "interval_days": 84}
    found = check_plan(rounds, **{**usual, **facts})
    assert all(questions(finding) for finding in found)
    return found


def codes(findings: Sequence[Finding]) -> list[str]:
    """What is asked, in order."""
    return [finding.code for finding in findings]


def only(findings: Sequence[Finding], code: str) -> Finding:
    """The one finding of these, which is of that code."""
    assert codes(findings) == [code]
    return findings[0]


def test_the_lai_chau_plan_raises_exactly_its_questions() -> None:
    """Four rounds that share people, one target, one year, one place, and two deadlines on holidays; no other."""
    assert [(finding.code, finding.rounds) for finding in check(lai_chau())] == [
        ("interval", (9, 4, 5, 6, 7, 8)),
        ("interval", (10, 9)),
        ("interval", (11, 9)),
        ("interval", (12, 9)),
        ("target_or_total", (9,)),
        ("other_year", (1,)),
        ("deadline_holiday", (7,)),
        ("place_names", (10, 17)),
        ("deadline_holiday", (13,)),
    ]


def test_the_flagship_day_is_too_close_to_five_rounds() -> None:
    """Rounds 4 and 9 are 82 days apart; 1.060 planned donors of rounds 4 to 8 cannot give on that day."""
    finding = check(lai_chau())[0]
    assert finding.params == {
        "number": 9,
        "date": date(2021, 6, 9),
        "earlier": (Gap(4, 82), Gap(5, 63), Gap(6, 47), Gap(7, 33), Gap(8, 19)),
        "interval": 84,
        "donors": 1060,
        "free_on": date(2021, 8, 13),
    }
    assert finding.grave


def test_after_the_flagship_day_three_rounds_come_too_soon() -> None:
    """9, 23 and 79 days later; its donors may give again from 01/9/2021."""
    found = check(lai_chau())[1:4]
    assert [finding.params["earlier"] for finding in found] == [(Gap(9, 9),), (Gap(9, 23),), (Gap(9, 79),)]
    assert {finding.params["free_on"] for finding in found} == {date(2021, 9, 1)}


def test_the_target_of_the_flagship_day_is_far_above_the_others() -> None:
    """3.950 is 15,8 times 250; were it the target of the year, 640 would be left."""
    finding = check(lai_chau())[4]
    assert finding.params == {
        "number": 9, "date": date(2021, 6, 9), "target": 3950, "next": 250, "times": 15.8, "rest": 640,
    }  # fmt: skip


def test_the_first_round_lies_in_the_year_before() -> None:
    """25/12/2020 in a plan of 2021."""
    year = next(f for f in check(lai_chau()) if f.code == "other_year")
    assert year.params == {"year": "2021", "listed": (On(1, date(2020, 12, 25)),)}


def test_one_district_has_two_names_for_one_house() -> None:
    """TTYT and BVĐK huyện Tam Đường."""
    places = next(f for f in check(lai_chau()) if f.code == "place_names")
    assert places.params == {
        "a": "TTYT huyện Tam Đường", "b": "BVĐK huyện Tam Đường", "rounds_a": (10,), "rounds_b": (17,),
    }  # fmt: skip


def test_the_printed_total_of_the_plan_is_compared() -> None:
    """7.260 is the sum; where the paper prints another figure, both are said."""
    assert "total" not in codes(check(lai_chau(), total=7260))
    finding = check(lai_chau(), total=3950)[0]
    assert (finding.code, finding.params) == ("total", {"total": 3950, "sum": 7260, "difference": 3310})


def test_an_old_plan_asks_about_its_past_once() -> None:
    """All 18 rounds in one question, and all others as before."""
    found = check(lai_chau(), today=date(2026, 11, 24))
    past = next(f for f in found if f.code == "past")
    assert past.rounds == tuple(range(1, 19))
    assert sorted(codes(found)) == sorted([*codes(check(lai_chau())), "past"])


LANG_SON = [180, 180, 170, 100, 70, *[None] * 9]


def test_the_lang_son_plan_is_clean() -> None:
    """18/3/2023, a Saturday, 700 people, five units; then districts of 150 each in their own units."""
    town = frozenset(IDS[code] for code in ("LS-TP", "LS-CAOLOC", "LS-VC", "LS-GD", "LS-YT"))
    rounds = [a_round(1, date(2023, 3, 18), target=700, units=town, deadline_on=date(2023, 2, 27), place="Nhà đa năng")]
    for days, district in enumerate(("LOCBINH", "DINHLAP", "CHILANG", "HUULUNG"), 1):
        day = date(2023, 4, 10) + timedelta(days=days)
        invited = frozenset({IDS[f"LS-{district}"]})
        rounds.append(a_round(1 + days, day, target=150, units=invited, place=f"TTYT huyện {district}"))
    assert check(rounds, today=date(2023, 2, 1)) == []


@pytest.mark.parametrize(
    ("total", "parts"), [(700, LANG_SON), (40, [4, 4, 4, 2, 4, 3, 1, 3, 5, 2, 2, 2, 2, 2]), (750, LANG_SON)]
)
def test_totals_that_add_up_are_not_asked_about(total: int, parts: list[int | None]) -> None:
    """Of the quota table of Lạng Sơn; lines that are still open may fill up what is missing."""
    assert check_total(total, parts) is None


@pytest.mark.parametrize(("total", "parts"), [(690, LANG_SON), (20, [10, 11]), (22, [10, 11])])
def test_totals_that_do_not_add_up_are(total: int, parts: list[int | None]) -> None:
    """Too small in any case, too large where nothing is open."""
    finding = check_total(total, parts)
    assert finding and finding.code == "total"


def test_the_ha_nam_deadline_is_a_saturday_in_the_tet_break() -> None:
    """01/02/2025 is mùng 4; the next working day is Monday, 03/02. The round itself, a Thursday, is fine."""
    finding = only(
        check([a_round(1, date(2025, 3, 27), deadline_on=date(2025, 2, 1))], today=date(2024, 12, 9)), "deadline_tet"
    )
    assert finding.params == {
        "number": 1,
        "deadline": date(2025, 2, 1),
        "deadline_weekday": Weekday(5),
        "moved": date(2025, 2, 3),
        "moved_weekday": Weekday(0),
        "holiday": {"vi": "Tết Ất Tỵ 2025", "en": "Lunar New Year (Tết) 2025"},
        "lunar": LunarDay(2025, 1, 4),
    }


@pytest.mark.parametrize(
    ("deadline", "held_on", "code"),
    [
        (date(2026, 11, 21), date(2026, 11, 27), "deadline_weekend"),
        (date(2026, 9, 1), date(2026, 9, 11), "deadline_holiday"),
        (date(2026, 11, 27), date(2026, 11, 27), "deadline_late"),
        (date(2026, 11, 28), date(2026, 11, 27), "deadline_late"),
    ],
)
def test_deadlines_are_working_days_before_the_round(deadline: date, held_on: date, code: str) -> None:
    """On a day off, on the day itself or after it: asked."""
    only(check([a_round(1, held_on, deadline_on=deadline)], today=date(2026, 8, 1)), code)


def test_a_deadline_of_last_year_is_asked_about_before_anybody_is_invited() -> None:
    """A slip in the year of a draft; of a round that is open the deadline passes in its time."""
    draft = a_round(1, date(2027, 3, 26), deadline_on=date(2026, 3, 20), state=RoundState.DRAFT)
    today = date(2026, 11, 24)
    finding = only(check([draft], today=today), "deadline_past")
    assert finding.grave and finding.params == {"number": 1, "deadline": date(2026, 3, 20), "today": today}
    assert check([replace(draft, state=RoundState.OPEN)], today=today) == []
    assert check([draft], today=date(2026, 3, 20)) == []


def test_a_deadline_right_before_the_round_moves_backwards() -> None:
    """Sunday before a Monday's round: the working day before is Friday."""
    finding = only(check([a_round(1, date(2026, 11, 30), deadline_on=date(2026, 11, 29))]), "deadline_weekend")
    assert finding.params["moved"] == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("held_on", "code"),
    [
        (date(2026, 9, 2), "on_holiday"),
        (date(2026, 4, 26), "on_holiday"),  # giỗ Tổ, 10/3 lunar
        (date(2026, 11, 24), "on_announced_holiday"),
        (date(2026, 2, 16), "in_tet"),
        (date(2026, 2, 22), "in_tet"),  # the Sunday that ends the break
    ],
)
def test_a_round_on_a_holiday_is_asked_about(held_on: date, code: str) -> None:
    """Fixed and lunar days, the break of Tết with its weekends."""
    assert only(check([a_round(1, held_on)]), code).params["date"] == held_on


@pytest.mark.parametrize("held_on", [date(2026, 2, 23), date(2026, 8, 22), date(2026, 11, 22), date(2025, 11, 24)])
def test_other_days_are_not(held_on: date) -> None:
    """After Tết, a Saturday that is worked, a Sunday, 24/11 before it was announced."""
    assert check([a_round(1, held_on)]) == []


@pytest.mark.parametrize(("gap", "asked"), [(84, False), (83, True), (0, True)])
def test_the_interval_is_counted_to_the_day(gap: int, asked: bool) -> None:
    """84 days later is fine, a day less is not; two places on one day share their people too."""
    rounds = [a_round(1, date(2026, 3, 2)), a_round(2, date(2026, 3, 2) + timedelta(days=gap))]
    assert codes(check(rounds)) == (["interval"] if asked else [])


PEOPLE = (
    (["LC-MUONGTE"], ["LC-SINHO"], False),
    (["LC-MUONGTE"], ["LC-MUONGTE-YT"], True),
    (["LC-MUONGTE-YT"], ["LC"], True),
    (["LC-KHOI", "LC-SINHO"], ["LC-DL"], True),
    (["LC"], ["LS"], False),
    ([], ["LS-YT-BV"], True),
    ([], [], True),
)


@pytest.mark.parametrize(("one", "other", "same"), PEOPLE)
@pytest.mark.parametrize("first", [0, 1])
def test_the_same_people_are_those_whose_units_overlap(
    one: list[str], other: list[str], same: bool, first: int
) -> None:
    """A unit stands for all below it; no unit at all is everybody."""
    invited = [frozenset(IDS[code] for code in codes_) for codes_ in (one, other)]
    rounds = [
        a_round(1, date(2026, 3, 2), units=invited[first], target=None),
        a_round(2, date(2026, 4, 6), units=invited[1 - first], target=None),
    ]
    assert codes(check(rounds)) == (["interval_uncounted"] if same else [])


def test_an_interval_of_another_rule_set_counts() -> None:
    """Plasma again after 14 days: no question."""
    rounds = [a_round(1, date(2026, 3, 2)), a_round(2, date(2026, 3, 16))]
    assert check(rounds, interval_days=14) == []


def test_a_cancelled_round_raises_nothing_and_a_done_one_still_counts() -> None:
    """Whoever gave at a round that is done needs the interval."""
    first = a_round(1, date(2026, 3, 2), opens="11:00", closes="07:00")
    second = a_round(2, date(2026, 4, 6))
    assert check([replace(first, state=RoundState.CANCELLED), second]) == []
    assert codes(check([replace(first, state=RoundState.DONE), second], today=date(2026, 3, 9))) == ["interval"]
    assert check([replace(first, state=RoundState.DONE), replace(second, state=RoundState.DONE)]) == []


@pytest.mark.parametrize(
    ("targets", "odd"),
    [([200, 250, 2500], [3]), ([200, 250, 2499], []), ([150, 700], []), ([100, 3000, 4000, 120, 150, 90], [2, 3]),
     ([200, 200, 200, 10], []), ([None, 5000], []), ([0, 5000], []), ([50], [])],
)  # fmt: skip
def test_targets_far_above_the_others_are_asked_about(targets: list[int | None], odd: list[int]) -> None:
    """Ten times the next largest; two slips do not hide each other, and a small target is not the others' fault."""
    rounds = [a_round(n, date(2026, 3, 2), target=t, units=frozenset({n})) for n, t in enumerate(targets, 1)]
    found = [f for f in check(rounds) if f.code.startswith("target")]
    assert sorted(f.rounds[0] for f in found) == odd


def test_hours_run_forwards() -> None:
    """Of the round and of its parts; an open end is no mistake."""
    parts = (Part("Lễ phát động", "09:00", "08:00"), Part("Hiến máu", "07:00"))
    found = check([a_round(1, date(2026, 3, 2), opens="11:30", closes="07:00", parts=parts)])
    assert [(f.code, f.params["opens"], f.params["closes"]) for f in found] == [
        ("hours", time(11, 30), time(7)),
        ("part_hours", time(9), time(8)),
    ]
    assert found[1].params["part"] == "Lễ phát động"


@pytest.mark.parametrize(("capacity", "asked"), [(50, False), (None, False), (60, True), (40, True)])
def test_slots_fill_the_capacity(capacity: int | None, asked: bool) -> None:
    """Where both are given, they say the same."""
    slots = (Slot("07:00", 20), Slot("09:00", 30))
    assert codes(check([a_round(1, date(2026, 3, 2), slots=slots, capacity=capacity)])) == ["slots"] * asked


def test_two_rounds_with_one_number() -> None:
    """Both days are said."""
    far = frozenset({IDS["LS"]})
    rounds = [
        a_round(5, date(2026, 3, 2), place="A", units=frozenset({IDS["LC"]})),
        a_round(5, date(2026, 4, 6), place="B", units=far),
    ]
    assert only(check(rounds), "same_number").params == {"number": 5, "dates": (date(2026, 3, 2), date(2026, 4, 6))}


def test_one_round_written_down_twice_is_one_question() -> None:
    """Same day and place, however it is spelt; that its people are the same goes without saying."""
    rounds = [
        a_round(5, date(2026, 3, 2), place="TTYT huyện Sìn Hồ"),
        a_round(6, date(2026, 3, 2), place="TTYT huyện Sìn Hồ"),
    ]
    assert only(check(rounds), "same_day_and_place").rounds == (5, 6)


SAME = (
    ("TTYT huyện Tam Đường", "BVĐK huyện Tam Đường"),
    ("TTYT huyện Sìn Hồ", "Trung tâm y tế huyện Sìn Hồ"),
    ("Hội trường UBND huyện Chi Lăng", "Hoi truong UBND huyen Chi Lang"),
    ("Trường Cao đẳng Cộng đồng", "Trường Cao đẳng Cộng đồng Lai Châu"),
    ("Nhà thi đấu thể thao huyện Tân Uyên", "Nhà thi đấu thể thao Tân Uyên"),
    ("TTYT Tam Đường", "Bệnh viện Đa khoa huyện Tam Đường"),
    ("NVH xã Mường Than", "Nhà văn hóa xã Mường Than"),
    ("UBND TX Phú Thọ", "Hội trường UBND thị xã Phú Thọ"),
    ("NTĐ Hoa Ban", "Nhà thi đấu Hoa Ban"),
    ("SVĐ huyện Mường Tè", "Sân vận động Mường Tè"),
    ("TTVH tỉnh", "Trung tâm Văn hóa tỉnh"),
    ("Trường CĐSP Lai Châu", "Trường Cao đẳng Sư phạm Lai Châu"),
    ("THPT Nguyễn Du", "Trường THPT Nguyễn Du"),
)
DIFFERENT = (
    ("TTYT huyện Tân Uyên", "TTYT huyện Than Uyên"),
    ("BVĐK tỉnh Lai Châu", "TTYT thành phố Lai Châu"),
    ("TTYT huyện Nậm Nhùn", "Hội trường Trung tâm Hành chính huyện Nậm Nhùn"),
    ("Trung tâm Y tế huyện Mường Tè", "Trung Tâm y tế huyện Mường Tè"),
    ("Trường THPT số 1", "Trường THPT số 11"),
    ("Nhà văn hóa", "Nhà văn hóa xã Mường Than"),
    ("UBND xã A", "UBND xã B"),
    ("Trường THPT Nguyễn Du", "Trường THCS Nguyễn Du"),
)


@pytest.mark.parametrize(("a", "b", "asked"), [(*pair, True) for pair in SAME] + [(*pair, False) for pair in DIFFERENT])
def test_one_place_under_two_names_is_asked_about(a: str, b: str, asked: bool) -> None:
    """Shortened, without marks, without the level, with another label; neighbours and a difference of case are not."""
    rounds = [a_round(1, date(2026, 3, 2), place=a), a_round(2, date(2026, 9, 7), place=b)]
    assert codes(check(rounds)) == ["place_names"] * asked


def test_an_alternative_place_is_looked_at_too() -> None:
    """The B of "A hoặc B" may be another round's place."""
    rounds = [
        a_round(1, date(2026, 3, 2), place="Nhà khách", place_or=("BVĐK huyện Tam Đường",)),
        a_round(2, date(2026, 9, 7), place="TTYT huyện Tam Đường"),
    ]
    assert only(check(rounds), "place_names").params["rounds_a"] == (1,)


def test_one_place_with_two_addresses_is_asked_about() -> None:
    """Spelling aside; where one has none, nothing is asked."""
    addresses = ("Số 1 đường Lê Lợi", "So 1 duong Le Loi", "", "Số 9 đường Trần Phú")
    rounds = [
        a_round(n, date(2026, 1, 5) + timedelta(days=90 * n), place="Nhà khách", place_address=address)
        for n, address in enumerate(addresses, 1)
    ]
    rounds[3] = replace(rounds[3], held_on=date(2026, 12, 28))
    finding = only(check(rounds), "place_addresses")
    assert (finding.params["a"], finding.params["b"], finding.rounds) == (addresses[0], addresses[3], (1, 4))


def test_a_clean_year_raises_nothing() -> None:
    """Rounds of districts and schools, each for its own people, working days, deadlines a week before, slots that fill up."""
    districts = [unit["code"] for unit in DEMO["units"] if unit.get("parent") == "LC"][:12]
    rounds = [
        a_round(
            n, date(2026, 3, 3) + timedelta(weeks=n * 2), target=150 + n * 10, units=frozenset({IDS[code]}),
            deadline_on=date(2026, 2, 23) + timedelta(weeks=n * 2), place=f"Hội trường {code}", capacity=60,
            slots=(Slot("07:00", 30), Slot("09:00", 30)), parts=(Part("Lễ", "07:00", "07:30"),),
        )
        for n, code in enumerate(districts, 1)
    ]  # fmt: skip
    assert check(rounds, today=date(2026, 1, 5), total=sum(r.target or 0 for r in rounds), year=2026) == []


def test_no_rounds_raise_nothing() -> None:
    """Not even with a total to compare."""
    assert check([]) == [] and codes(check([], total=5)) == ["total"]


hours = st.sampled_from(["", "07:00", "11:30", "23:59", "00:00"])
days = st.dates(date(2020, 1, 1), date(2032, 12, 31)) | st.dates()
plans = st.lists(
    st.builds(
        a_round,
        st.integers(0, 12),
        days,
        target=st.none() | st.integers(0, 5000),
        opens=hours,
        closes=hours,
        place=st.sampled_from([place for pair in SAME for place in pair]) | st.text(max_size=12),
        place_or=st.lists(st.text(max_size=8), max_size=2).map(tuple),
        place_address=st.text(max_size=5),
        deadline_on=st.none() | days,
        state=st.sampled_from(RoundState),
        units=st.frozensets(st.integers(1, len(IDS) + 2), max_size=3),
        capacity=st.none() | st.integers(1, 99),
        slots=st.lists(st.builds(Slot, st.just("07:00"), st.integers(1, 50)), max_size=2).map(tuple),
    ),
    max_size=12,
    unique_by=lambda round_: round_.code,
)


@given(plans, st.integers(0, 2**32), st.none() | st.integers(0, 9999))
def test_no_plan_breaks_the_checker_and_its_order_does_not_matter(
    rounds: list[Round], seed: int, total: int | None
) -> None:
    """Whatever a file brings, shuffled or not: the same questions, each about rounds of the plan."""
    found = check(rounds, today=date(2026, 1, 1), total=total)
    shuffled = random.Random(seed).sample(rounds, len(rounds))
    assert check(shuffled, today=date(2026, 1, 1), total=total) == found
    assert {number for finding in found for number in finding.rounds} <= {round_.number for round_ in rounds}

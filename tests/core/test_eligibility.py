"""The vectors of the domain note, by their numbers, in both rule sets; and what holds of every verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.ages import Birth
from core.blood import Abo, Rh
from core.dates import PartialDate
from core.eligibility import Answer, Facts, after_check, eligible_on, judge, judge_facts
from core.people import Component, Donor, Sex
from tests.core.rules import DAY, HCMC, SETS, STRICT, TT26

OK, NO, STAFF = Answer.OK, Answer.NO, Answer.STAFF
F, M = Sex.FEMALE, Sex.MALE
BOTH = ("tt26", "hcmc")


def day(text: str) -> date:
    """A day as the note writes it: "03/11/2024"."""
    d, m, y = (int(part) for part in text.split("/"))
    return date(y, m, d)


def born(text: str) -> Birth:
    """Somebody's birth, known to the day."""
    return Birth("date", day(text), day(text).year)


def whole(**facts: Any) -> Facts:
    """Facts of who wants to give whole blood."""
    return Facts(**facts)


def machine(weight_hg: int, **facts: Any) -> Facts:
    """Facts of who wants to give plasma by machine."""
    return Facts(kind=Component.PLASMA, weight_hg=weight_hg, **facts)


def gave(text: str, kind: Component = Component.WHOLE) -> Facts:
    """Facts of a last donation."""
    return Facts(last=day(text), last_kind=kind)


def since(**days: str) -> Facts:
    """Facts of deferrals: row=day."""
    return Facts(since={row: day(text) for row, text in days.items()})


# (id, facts, day of the round, answer, next day); both rule sets.
VECTORS = [
    ("A1", Facts(birth=born("22/11/2008")), "22/11/2026", OK, None),
    ("A2", Facts(birth=born("23/11/2008")), "22/11/2026", NO, "23/11/2026"),
    ("A3-leap-birth", Facts(birth=born("29/2/2008")), "28/2/2026", NO, "01/3/2026"),
    ("A3-leap-birth-next", Facts(birth=born("29/2/2008")), "01/3/2026", OK, None),
    ("A4", Facts(birth=born("22/11/1966")), "22/11/2026", OK, None),
    ("A5", Facts(birth=born("21/11/1966")), "22/11/2026", STAFF, None),
    ("A5-last-day-of-that-year", Facts(birth=born("23/11/1965")), "22/11/2026", STAFF, None),
    ("A6", Facts(birth=born("22/11/1965")), "22/11/2026", NO, None),
    ("A7", Facts(birth=Birth("year", None, 2008)), "22/11/2026", STAFF, None),
    ("A7-certainly-young", Facts(birth=Birth("year", None, 2009)), "22/11/2026", NO, None),
    ("B1", Facts(sex=F, weight_hg=419), "22/11/2026", NO, None),
    ("B4-F", Facts(sex=F, weight_hg=450), "22/11/2026", OK, None),
    ("B4-M", Facts(sex=M, weight_hg=450), "22/11/2026", OK, None),
    ("B5", Facts(sex=M, weight_hg=449), "22/11/2026", NO, None),
    ("B7", Facts(sex=M, weight_hg=500), "22/11/2026", OK, None),
    ("B-volume", Facts(sex=M, weight_hg=450, volume_ml=450), "22/11/2026", NO, None),
    ("B8-49.9-machine", machine(499), "22/11/2026", NO, None),
    ("B9-59.9", machine(599), "22/11/2026", OK, None),
    ("B9-too-much", machine(599, volume_ml=501), "22/11/2026", NO, None),
    ("B9-60.0", machine(600, volume_ml=650), "22/11/2026", OK, None),
    ("C1", whole(measured={"haemoglobin": 119}), "22/11/2026", NO, None),
    ("C2", whole(measured={"haemoglobin": 120}, volume_ml=250), "22/11/2026", OK, None),
    ("C3", whole(measured={"haemoglobin": 124}, volume_ml=450), "22/11/2026", NO, None),
    ("C4", whole(measured={"haemoglobin": 125}, volume_ml=450), "22/11/2026", OK, None),
    ("C-hb-plasma", machine(600, measured={"haemoglobin": 120}, volume_ml=600), "22/11/2026", OK, None),
    ("C5-100/60", whole(measured={"systolic": 100, "diastolic": 60}), "22/11/2026", OK, None),
    ("C5-159/99", whole(measured={"systolic": 159, "diastolic": 99}), "22/11/2026", OK, None),
    ("C6-99/60", whole(measured={"systolic": 99, "diastolic": 60}), "22/11/2026", NO, None),
    ("C6-160/90", whole(measured={"systolic": 160, "diastolic": 90}), "22/11/2026", NO, None),
    ("C6-120/59", whole(measured={"systolic": 120, "diastolic": 59}), "22/11/2026", NO, None),
    ("C6-120/100", whole(measured={"systolic": 120, "diastolic": 100}), "22/11/2026", NO, None),
    ("C7-60", whole(measured={"pulse": 60}), "22/11/2026", OK, None),
    ("C7-90", whole(measured={"pulse": 90}), "22/11/2026", OK, None),
    ("C7-59", whole(measured={"pulse": 59}), "22/11/2026", NO, None),
    ("C7-91", whole(measured={"pulse": 91}), "22/11/2026", NO, None),
    ("C-protein", machine(600, measured={"protein": 59}, measured_on={"protein": DAY}), "22/11/2026", NO, None),
    (
        "C-protein-old",
        machine(600, measured={"protein": 60}, measured_on={"protein": day("21/10/2026")}),
        "22/11/2026",
        STAFF,
        None,
    ),
    (
        "C-protein-fresh",
        machine(600, measured={"protein": 60}, measured_on={"protein": day("22/10/2026")}),
        "22/11/2026",
        OK,
        None,
    ),
    ("C-platelets", Facts(kind=Component.PLATELETS, measured={"platelets": 149}), "22/11/2026", NO, None),
    ("C-platelets-ok", Facts(kind=Component.STEM_CELLS, measured={"platelets": 150}), "22/11/2026", OK, None),
    ("D1", gave("03/11/2024"), "25/1/2025", NO, "26/1/2025"),
    ("D2", gave("03/11/2024"), "26/1/2025", OK, None),
    ("D3-red-cells", gave("03/11/2024", Component.RED_CELLS), "25/1/2025", NO, "26/1/2025"),
    ("D4", gave("25/12/2024"), "19/3/2025", OK, None),
    ("D4-83", gave("25/12/2024"), "18/3/2025", NO, "19/3/2025"),
    ("D5", gave("22/11/2026"), "22/11/2026", NO, "14/2/2027"),
    ("D6", gave("22/11/2026", Component.PLATELETS), "05/12/2026", NO, "06/12/2026"),
    ("D7", gave("22/11/2026", Component.PLATELETS), "06/12/2026", OK, None),
    ("D8-plasma-after-whole", Facts(kind=Component.PLASMA, last=day("22/11/2026")), "06/12/2026", NO, "14/2/2027"),
    ("D11", Facts(last=PartialDate(2026, 9)), "22/11/2026", STAFF, "23/12/2026"),
    ("D11-the-day", Facts(last=PartialDate(2026, 9)), "23/12/2026", OK, None),
    ("D-year-alone", Facts(last=PartialDate(2026)), "22/11/2026", STAFF, "25/3/2027"),
    ("D-kind-forgotten", Facts(last=day("01/11/2026"), last_kind=None), "22/11/2026", STAFF, "24/1/2027"),
    ("D-kind-forgotten-long-ago", Facts(last=day("01/3/2026"), last_kind=None), "22/11/2026", OK, None),
    ("E2", since(tattoo="23/5/2026"), "22/11/2026", NO, "23/11/2026"),
    ("E1", since(tattoo="22/5/2026"), "22/11/2026", OK, None),
    ("E3-31-August", since(piercing="31/8/2026"), "28/2/2027", NO, "01/3/2027"),
    ("E4", since(surgery="29/2/2024"), "28/2/2025", NO, "01/3/2025"),
    ("E5", since(birth="22/11/2025"), "22/11/2026", OK, None),
    ("E5-eve", since(birth="22/11/2025"), "21/11/2026", NO, "22/11/2026"),
    ("E6", Facts(conditions=frozenset({"pregnant"})), "22/11/2026", NO, None),
    ("E7", since(mmr_vaccine="22/11/2026"), "22/11/2026", NO, "20/12/2026"),
    ("E8-flu", since(flu_vaccine="22/11/2026"), "22/11/2026", NO, "29/11/2026"),
    ("E8-covid", since(covid_vaccine="22/11/2026"), "22/11/2026", NO, "29/11/2026"),
    ("E9", since(rabies_vaccine="22/11/2025"), "21/11/2026", NO, "22/11/2026"),
    ("E10", since(cold="20/11/2026"), "27/11/2026", OK, None),
    ("E10-eve", since(cold="20/11/2026"), "26/11/2026", NO, "27/11/2026"),
    ("E12", since(aspirin="15/11/2026"), "22/11/2026", OK, None),
    ("E12-eve", since(aspirin="15/11/2026"), "21/11/2026", NO, "22/11/2026"),
    ("E13-finasteride", since(finasteride="30/11/2026"), "27/2/2027", NO, "01/3/2027"),
    ("E14", Facts(conditions=frozenset({"risk"})), "22/11/2026", NO, None),
    ("E15-disease", Facts(conditions=frozenset({"nothing_we_know"})), "22/11/2026", STAFF, None),
    ("E15-medicine", since(nothing_we_know="15/11/2020"), "22/11/2026", STAFF, None),
    ("E-month-only", Facts(since={"tattoo": PartialDate(2026, 6)}), "22/11/2026", STAFF, "30/12/2026"),
    ("E-no-day", Facts(since={"tattoo": None}), "22/11/2026", STAFF, None),
    ("E-skipped", Facts(unknown=frozenset({"vaccine"})), "22/11/2026", STAFF, None),
    ("E-breast-feeding", Facts(conditions=frozenset({"breast_feeding"})), "22/11/2026", STAFF, None),
    ("F1", Facts(special_work=True, work_in_hours=5), "22/11/2026", OK, None),
    ("F2", gave("19/3/2021"), "09/6/2021", NO, "11/6/2021"),
]
# Where the rule sets differ: (id, rules, facts, day, answer, next day).
DIFFERENT = [
    ("B2", "tt26", Facts(sex=F, weight_hg=420), OK, None),
    ("B2", "hcmc", Facts(sex=F, weight_hg=420), NO, None),
    ("B3", "tt26", Facts(sex=F, weight_hg=449), OK, None),
    ("B3", "hcmc", Facts(sex=F, weight_hg=449), NO, None),
    ("B10", "tt26", Facts(sex=F, weight_hg=430), OK, None),
    ("B10", "hcmc", Facts(sex=F, weight_hg=430), NO, None),
    ("B-sex-not-known", "tt26", Facts(weight_hg=430), STAFF, None),
    ("B-sex-not-known", "hcmc", Facts(weight_hg=430), NO, None),
    ("B10-350", "tt26", Facts(sex=F, weight_hg=430, volume_ml=350), NO, None),
    ("C3-350", "tt26", Facts(measured={"haemoglobin": 124}, volume_ml=350), OK, None),
    ("C3-350", "hcmc", Facts(measured={"haemoglobin": 124}, volume_ml=350), NO, None),
    ("E11-covid", "tt26", since(covid="12/11/2026"), STAFF, "10/12/2026"),
    ("E11-covid", "hcmc", since(covid="12/11/2026"), NO, "26/11/2026"),
    ("E11-covid-long-ago", "tt26", since(covid="25/10/2026"), OK, None),
    ("E11-covid-14", "hcmc", since(covid="08/11/2026"), OK, None),
]


@pytest.mark.parametrize("rules", BOTH)
@pytest.mark.parametrize(("facts", "on", "answer", "next_on"), [pytest.param(*v[1:], id=v[0]) for v in VECTORS])
def test_vector(rules: str, facts: Facts, on: str, answer: Answer, next_on: str | None) -> None:
    """The same in both rule sets."""
    verdict = judge_facts(SETS[rules], facts, day(on))
    assert (verdict.answer, verdict.next_on) == (answer, day(next_on) if next_on else None)
    assert (verdict.grounds == ()) is (answer is OK)
    assert verdict.source


@pytest.mark.parametrize(
    ("rules", "facts", "answer", "next_on"), [pytest.param(*v[1:], id=f"{v[0]}-{v[1]}") for v in DIFFERENT]
)
def test_vector_where_rule_sets_differ(rules: str, facts: Facts, answer: Answer, next_on: str | None) -> None:
    """Each facility by its own rows."""
    verdict = judge_facts(SETS[rules], facts, DAY)
    assert (verdict.answer, verdict.next_on) == (answer, day(next_on) if next_on else None)


@pytest.mark.parametrize(
    ("facts", "most", "bags"),
    [
        pytest.param(Facts(sex=F, weight_hg=420), 250, (250,), id="B2"),
        pytest.param(Facts(sex=F, weight_hg=449), 250, (250,), id="B3"),
        pytest.param(Facts(sex=F, weight_hg=450), 405, (250, 350), id="B4-F"),
        pytest.param(Facts(sex=M, weight_hg=450), 405, (250, 350), id="B4-M"),
        pytest.param(Facts(sex=M, weight_hg=499), 449, (250, 350), id="B6"),
        pytest.param(Facts(sex=M, weight_hg=500), 450, (250, 350, 450), id="B7"),
        pytest.param(machine(500), 500, (), id="B7-machine"),
        pytest.param(Facts(sex=M, weight_hg=900), 500, (250, 350, 450), id="B-500-at-most"),
        pytest.param(machine(599), 500, (), id="B9-59.9"),
        pytest.param(machine(600), 650, (), id="B9-60.0"),
        pytest.param(Facts(sex=M, weight_hg=600, measured={"haemoglobin": 124}), 350, (250, 350), id="C3-any-volume"),
        pytest.param(Facts(measured={"haemoglobin": 124}, volume_ml=450), 350, (250, 350), id="C3"),
        pytest.param(Facts(sex=M, weight_hg=449), None, (), id="B5"),
        pytest.param(Facts(), None, (), id="not-weighed"),
    ],
)
def test_volume(facts: Facts, most: int | None, bags: tuple[int, ...]) -> None:
    """Whole millilitres, rounded down, and the bags up to them."""
    verdict = judge_facts(TT26, facts, DAY)
    assert (verdict.max_ml, verdict.bags_ml) == (most, bags)


def test_haemoglobin_in_ho_chi_minh_city_leaves_the_small_bag() -> None:
    """There 125 g/l is asked from 350 ml on, not above it."""
    assert judge_facts(HCMC, Facts(sex=M, weight_hg=600, measured={"haemoglobin": 124}), DAY).bags_ml == (250,)


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        pytest.param(since(tattoo="22/5/2026"), "23/11/2026", id="E1"),
        pytest.param(since(surgery="29/2/2024"), "01/3/2025", id="E4"),
        pytest.param(since(cold="20/11/2026"), "28/11/2026", id="E10"),
        pytest.param(since(mmr_vaccine="22/11/2026"), "21/12/2026", id="E7"),
    ],
)
def test_strict_reading(facts: Facts, first: str) -> None:
    """The day after the anniversary; a term that ends with the month ends there in both readings."""
    eve = day(first) - timedelta(days=1)
    assert judge_facts(STRICT, facts, eve).next_on == day(first)
    assert judge_facts(STRICT, facts, day(first)).answer is OK


def test_intervals_know_no_strict_reading() -> None:
    """They are differences of dates: 84 days are 84 days."""
    assert judge_facts(STRICT, gave("03/11/2024"), day("26/1/2025")).answer is OK


@pytest.mark.parametrize(("hours", "warned"), [(5, True), (11, True), (12, False), (20, False), (None, True)])
def test_special_work_warns(hours: int | None, *, warned: bool) -> None:
    """F1: not a refusal; another day or a later shift is the person's to choose."""
    verdict = judge_facts(TT26, Facts(special_work=True, work_in_hours=hours), DAY)
    assert verdict.answer is OK
    assert [ground.rule for ground in verdict.warnings] == (["work"] if warned else [])


def test_work_that_is_not_special_needs_no_warning() -> None:
    """F1, the other side."""
    assert judge_facts(TT26, Facts(work_in_hours=2), DAY).warnings == ()


@pytest.mark.parametrize(
    ("given", "on", "answer", "next_on"),
    [
        pytest.param(
            ["16/11/2026", "18/11/2026", "20/11/2026"], "22/11/2026", NO, "23/11/2026", id="a-fourth-in-7-days"
        ),
        pytest.param(["16/11/2026", "18/11/2026", "20/11/2026"], "23/11/2026", OK, None, id="the-first-is-7-days-ago"),
        pytest.param(["18/11/2026", "20/11/2026"], "22/11/2026", OK, None, id="a-third"),
        pytest.param(["20/11/2026", "21/11/2026", "22/11/2026"], "22/11/2026", NO, "27/11/2026", id="three-at-once"),
    ],
)
def test_granulocytes_three_times_in_seven_days(given: list[str], on: str, answer: Answer, next_on: str | None) -> None:
    """Article 6(3), where all donations are known."""
    days = tuple(map(day, given))
    facts = Facts(kind=Component.GRANULOCYTES, given=days, last=days[-1], last_kind=Component.GRANULOCYTES)
    verdict = judge_facts(TT26, facts, day(on))
    assert (verdict.answer, verdict.next_on) == (answer, day(next_on) if next_on else None)


@pytest.mark.parametrize(
    ("given", "answer"), [(["20/11/2026", "21/11/2026"], OK), (["19/11/2026", "20/11/2026", "21/11/2026"], NO)]
)
def test_after_granulocytes_their_count_decides_whatever_is_given_next(given: list[str], answer: Answer) -> None:
    """Article 6(4): whole blood after the third time of a week waits as a fourth time would."""
    days = tuple(map(day, given))
    verdict = judge_facts(TT26, Facts(given=days, last=days[-1], last_kind=Component.GRANULOCYTES), DAY)
    assert (verdict.answer, verdict.next_on) == (answer, day("26/11/2026") if answer is NO else None)


def test_granulocytes_of_which_only_the_last_is_known() -> None:
    """How many there were in the week is not known: the staff looks, until the week is over."""
    facts = gave("20/11/2026", Component.GRANULOCYTES)
    assert (judge_facts(TT26, facts, DAY).answer, judge_facts(TT26, facts, DAY).next_on) == (STAFF, day("27/11/2026"))
    assert judge_facts(TT26, facts, day("27/11/2026")).answer is OK


def test_of_several_nos_the_latest_day_counts_and_all_are_listed() -> None:
    """A cold and a tattoo: the tattoo lasts longer."""
    facts = since(cold="20/11/2026", tattoo="01/10/2026", aspirin="21/11/2026")
    verdict = judge_facts(TT26, facts, DAY)
    assert (verdict.rule, verdict.next_on) == ("tattoo", day("01/4/2027"))
    assert [ground.rule for ground in verdict.grounds] == ["tattoo", "aspirin", "cold"]


def test_no_beats_staff() -> None:
    """What is certain is said, what is open is listed after it."""
    facts = Facts(since={"cold": day("20/11/2026")}, conditions=frozenset({"period"}))
    verdict = judge_facts(TT26, facts, DAY)
    assert (verdict.answer, verdict.rule, verdict.next_on) == (NO, "cold", day("27/11/2026"))
    assert [ground.answer for ground in verdict.grounds] == [NO, STAFF]


def test_an_undated_no_names_no_day() -> None:
    """Pregnant and tattooed: the tattoo's day would be a promise nobody can keep."""
    facts = Facts(since={"tattoo": day("20/11/2026")}, conditions=frozenset({"pregnant"}))
    verdict = judge_facts(TT26, facts, DAY)
    assert (verdict.answer, verdict.rule, verdict.next_on) == (NO, "pregnant", None)


def test_the_day_that_is_named_counts_what_is_open_too() -> None:
    """NO until 27/11 and "not before 23/12": 27/11 would be refused again."""
    facts = Facts(since={"cold": day("20/11/2026")}, last=PartialDate(2026, 9))
    assert judge_facts(TT26, facts, DAY).next_on == day("23/12/2026")


def test_rules_that_are_over_decide_nothing() -> None:
    """A round after the last day of the newest edition goes to the staff."""
    from dataclasses import replace

    over = replace(TT26, valid_to=day("31/12/2026"))
    assert judge_facts(over, Facts(), day("31/12/2026")).answer is OK
    assert (judge_facts(over, Facts(), day("01/1/2027")).answer, judge_facts(over, Facts(), day("01/1/2027")).rule) == (
        STAFF,
        "edition",
    )


def donor(**facts: Any) -> Donor:
    """A registration with these facts."""
    usual: dict[str, Any] = {"donations": 1, "last_donation": "2026-03-01", "birth": born("15/8/1992")}
    return Donor(
        full_name="Nguyễn Thị Ánh",
        unit_id=1,
        unit_text="",
        sex=F,
        abo=Abo.O,
        rh=Rh.UNKNOWN,
        phone="+84900000000",
        **usual | facts,
    )


@pytest.mark.parametrize(
    ("facts", "answer", "rule", "next_on"),
    [
        ({}, OK, "", None),
        ({"last_donation": "2026-09-15"}, NO, "whole_blood", "08/12/2026"),
        ({"last_donation": "2026-11-15", "last_kind": Component.PLASMA}, NO, "plasma_platelets", "29/11/2026"),
        ({"last_donation": "2026-09"}, STAFF, "whole_blood", "23/12/2026"),
        ({"last_donation": None}, STAFF, "last", None),
        ({"last_donation": None, "donations": 0}, OK, "", None),
        ({"deferred_until": date(2026, 11, 23)}, NO, "deferred", "23/11/2026"),
        ({"deferred_until": date(2026, 11, 22)}, OK, "", None),
        ({"stopped": True}, NO, "stopped", None),
        ({"ask_staff": True}, STAFF, "selfcheck", None),
        ({"birth": Birth("year", None, 1966)}, STAFF, "age", None),
        ({"birth": born("22/11/1965")}, NO, "age", None),
        ({"last_donation": "2026-09-15", "deferred_until": date(2027, 1, 1)}, NO, "deferred", "01/1/2027"),
    ],
)
def test_a_registered_donor(facts: dict[str, Any], answer: Answer, rule: str, next_on: str | None) -> None:
    """By age, last donation and what a self-check left, on the day of the round."""
    verdict = judge(TT26, donor(**facts), DAY)
    assert (verdict.answer, verdict.rule, verdict.next_on) == (answer, rule, day(next_on) if next_on else None)


@pytest.mark.parametrize(
    ("given", "days"), [(Component.WHOLE, 84), (Component.PLATELETS, 14), (Component.STEM_CELLS, 7)]
)
def test_days_between_two_donations(given: Component, days: int) -> None:
    """Of a row that counts donations within so many days, all of them: a plan is checked by the longest wait."""
    assert TT26.days_between(given, DAY) == days
    assert replace(TT26, intervals={}).days_between(given, DAY) == 0


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        ({"last_donation": "2026-09-15"}, "08/12/2026"),
        ({"last_donation": "2026-09"}, "23/12/2026"),
        ({"last_donation": "2026-09-15", "last_kind": Component.PLATELETS}, "29/9/2026"),
        ({"last_donation": "2026-09-15", "deferred_until": date(2027, 1, 1)}, "01/1/2027"),
        ({"last_donation": None, "deferred_until": date(2027, 1, 1)}, "01/1/2027"),
        ({"last_donation": None}, None),
        ({"last_donation": None, "donations": 0}, None),
        ({"last_donation": "2026-09-15", "stopped": True}, None),
    ],
)
def test_eligible_on(facts: dict[str, Any], first: str | None) -> None:
    """The first day that interval and deferral leave free."""
    assert eligible_on(TT26, donor(**facts)) == (day(first) if first else None)


@pytest.mark.parametrize(
    ("condition", "marks"),
    [("fever", (False, False)), ("cough", (False, False)), ("acute", (False, True)), ("pregnant", (True, False))],
)
def test_what_passes_by_itself_is_not_held_against_a_later_round(condition: str, marks: tuple[bool, bool]) -> None:
    """A fever of today is no word on a round in three weeks; of what is not over yet the staff will ask; what lasts stays as a mark."""
    verdict = judge_facts(TT26, Facts(conditions=frozenset({condition})), DAY)
    assert verdict.answer is NO
    left = after_check(TT26, donor(), verdict, answered=True)
    assert (left.stopped, left.ask_staff, left.deferred_until) == (*marks, None)

"""What holds of every verdict, whatever the facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.ages import Birth
from core.dates import PartialDate
from core.eligibility import Answer, Facts, judge_facts
from core.people import Component, Sex
from core.rule_sets import RuleSet, Term
from tests.core.rules import HCMC, STRICT, TT26

days = st.dates(date(2015, 1, 1), date(2027, 12, 31))
exact = days.map(lambda day: PartialDate(day.year, day.month, day.day))
partial = st.one_of(
    exact, days.map(lambda day: PartialDate(day.year, day.month)), days.map(lambda day: PartialDate(day.year))
)
rule_sets = st.sampled_from([TT26, HCMC, STRICT])
births = st.dates(date(1950, 1, 1), date(2012, 12, 31)).map(lambda day: Birth("date", day, day.year))


@st.composite
def people(draw: st.DrawFn, when: st.SearchStrategy[PartialDate] = partial) -> Facts:
    """Somebody with a birth, a last donation and a few deferrals, or without."""
    return Facts(
        birth=draw(st.none() | births),
        sex=draw(st.none() | st.sampled_from(Sex)),
        weight_hg=draw(st.none() | st.integers(350, 900)),
        last=draw(st.none() | when),
        last_kind=draw(st.none() | st.sampled_from(Component)),
        since=draw(st.dictionaries(st.sampled_from(sorted(TT26.deferrals)), st.none() | when, max_size=4)),
        conditions=draw(st.frozensets(st.sampled_from(sorted(TT26.conditions)), max_size=2)),
        unknown=draw(st.frozensets(st.sampled_from(["health", "weight"]), max_size=1)),
    )


@given(rule_sets, people(), days, st.integers(1, 400))
def test_waiting_never_makes_it_worse(rules: RuleSet, facts: Facts, day: date, more: int) -> None:
    """But for age, whoever may give today may give tomorrow, and no new ground appears."""
    facts = replace(facts, birth=None)
    later = judge_facts(rules, facts, day + timedelta(days=more))
    assert {ground.rule for ground in later.grounds} <= {
        ground.rule for ground in judge_facts(rules, facts, day).grounds
    }


@given(rule_sets, people(), days)
def test_the_day_that_is_named_is_free(rules: RuleSet, facts: Facts, day: date) -> None:
    """On it no dated ground stands any more; on the eve the one that decided still does."""
    verdict = judge_facts(rules, facts, day)
    if verdict.next_on is None:
        return
    assert verdict.next_on > day
    on_it = judge_facts(rules, facts, verdict.next_on)
    assert not [ground for ground in on_it.grounds if ground.next_on]
    assert on_it.answer is not Answer.NO or any(ground.rule == "age" for ground in on_it.grounds)
    assert judge_facts(rules, facts, verdict.next_on - timedelta(days=1)).answer is not Answer.OK


@given(rule_sets, people(), days)
def test_of_the_grounds_the_worst_decides(rules: RuleSet, facts: Facts, day: date) -> None:
    """NO beats STAFF beats OK; all that stands is listed, once."""
    verdict = judge_facts(rules, facts, day)
    answers = {ground.answer for ground in verdict.grounds}
    worst = next((a for a in (Answer.NO, Answer.STAFF) if a in answers), Answer.OK)
    assert verdict.answer is worst
    assert verdict.rule in {ground.rule for ground in verdict.grounds} | {""}
    assert len({ground.rule for ground in verdict.grounds}) == len(verdict.grounds)
    assert all(ground.source for ground in verdict.grounds)


@given(rule_sets, people(exact), days, st.data())
def test_knowing_less_never_makes_it_better(rules: RuleSet, facts: Facts, day: date, data: st.DataObject) -> None:
    """A day that is only known by its month never gives OK where one of its days would have given NO."""
    known = {name: when for name, when in facts.since.items() if when}
    blurred = {name: PartialDate(when.year, when.month) for name, when in known.items()}  # type: ignore[union-attr]
    last = facts.last
    assert last is None or isinstance(last, PartialDate)
    vague = replace(facts, since=blurred, last=last and PartialDate(last.year, last.month))
    if judge_facts(rules, replace(facts, since=known), day).answer is not Answer.OK:
        assert judge_facts(rules, vague, day).answer is not Answer.OK


@given(rule_sets, people(), days)
def test_what_is_not_known_is_never_ok(rules: RuleSet, facts: Facts, day: date) -> None:
    """A skipped question, a deferral without its day, a disease that no list has."""
    assert judge_facts(rules, replace(facts, unknown=frozenset({"health"})), day).answer is not Answer.OK
    assert judge_facts(rules, replace(facts, since={"tattoo": None}), day).answer is not Answer.OK
    assert judge_facts(rules, replace(facts, since={"unheard_of": day}), day).answer is not Answer.OK


@given(people(), days)
def test_the_strict_reading_is_never_the_milder_one(facts: Facts, day: date) -> None:
    """A day later, or the same day."""
    usual, strict = judge_facts(TT26, facts, day), judge_facts(STRICT, facts, day)
    if strict.answer is Answer.OK:
        assert usual.answer is Answer.OK
    if usual.next_on and strict.next_on:
        assert timedelta(0) <= strict.next_on - usual.next_on <= timedelta(days=1)


@given(days, st.integers(1, 24))
def test_months_keep_the_day_or_begin_the_next_month(day: date, months: int) -> None:
    """29, 30 and 31 do not stand in every month; then both readings name the first of the next one."""
    first = Term(months, "months").first_day(day)
    assert first.day == day.day or (first.day == 1 and day.day > 28)
    strict = Term(months, "months").first_day(day, end_inclusive=False)
    assert strict == (first if first.day != day.day else first + timedelta(days=1))


@given(days, days, st.sampled_from(Component))
def test_the_last_component_decides_whatever_is_given_next(last: date, day: date, kind: Component) -> None:
    """Article 6(4): what one wants to give changes nothing."""
    facts = [Facts(kind=wanted, last=last, last_kind=kind) for wanted in Component]
    assert len({judge_facts(TT26, one, day).answer for one in facts}) == 1

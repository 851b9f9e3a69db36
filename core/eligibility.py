"""May this person presumably give on that day? What the rules say of the facts there are; the examination at the point decides.

Source: Circular 26/2013/TT-BYT, articles 1(2), 4, 5, 6 and 8: persuading people to give is not governed by it, and who may is found by
the examination. So an answer here informs, and never stands in for the staff's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from core.ages import Age, Birth, judge_age
from core.dates import PartialDate
from core.people import Component, Donor, Sex
from core.rule_sets import Interval, Measure, RuleSet, Term

_COMPUTED = "1"  # To be moved where `eligible_on` makes something else of the same rules.
_JUDGED_ANEW = ("age", "last", "edition")
UNLISTED = "unlisted"  # A disease or medicine that no row names. Source: domain note, vector E15.


class Answer(StrEnum):
    """What can be said. STAFF: the bot does not decide."""

    OK = "ok"
    NO = "no"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Ground:
    """One rule that says NO or STAFF (or warns). `next_on`: the first day on which it does not; None where no day is known."""

    answer: Answer
    rule: str
    source: str
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all rules together say of a day. `rule` and `source` are of the ground that decides; all of them are in `grounds`.

    `next_on`: the first day on which no dated ground stands, None where one is undated or nothing stands. For STAFF: not before that day.
    `max_ml`: the largest volume, where weight or haemoglobin set one; `bags_ml`: the bags of whole blood up to it. `warnings`: what the
    person can arrange themselves.
    """

    answer: Answer
    rule: str = ""
    source: str = ""
    next_on: date | None = None
    grounds: tuple[Ground, ...] = ()
    warnings: tuple[Ground, ...] = ()
    max_ml: int | None = None
    bags_ml: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of somebody; whatever is not given is not judged.

    `kind`, `volume_ml`: what they want to give. `last`: the last donation as far as it is known; `last_kind` None: nobody remembers.
    `given`: every granulocyte and stem cell donation of the last weeks, where they are known. `measured`: by `Measure.what`, whole
    numbers in g/l, mmHg, beats a minute, 10⁹/l; `measured_on` where age matters. `since`: deferral row -> the day it counts from
    (None: not known). `conditions`: rows that hold. `unknown`: what was asked and not answered. `work_in_hours`: until special work
    begins again (None with `special_work`: not known).
    """

    birth: Birth | None = None
    sex: Sex | None = None
    kind: Component = Component.WHOLE
    weight_hg: int | None = None
    volume_ml: int | None = None
    measured: Mapping[str, int] = field(default_factory=dict)
    measured_on: Mapping[str, date] = field(default_factory=dict)
    last: PartialDate | date | None = None
    last_kind: Component | None = Component.WHOLE
    given: tuple[date, ...] = ()
    since: Mapping[str, PartialDate | date | None] = field(default_factory=dict)
    conditions: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    special_work: bool = False
    work_in_hours: int | None = None


def judge_facts(rules: RuleSet, facts: Facts, day: date) -> Verdict:
    """What the rules say of a donation on that day: NO beats STAFF beats OK, and of several NOs the latest day counts."""
    most = _most_ml(rules, facts)
    grounds = [
        *_edition(rules, day),
        *_age(rules, facts, day),
        *_weight(rules, facts),
        *_measures(rules, facts, day),
        *_interval(rules, facts, day),
        *_deferrals(rules, facts, day),
        *_conditions(rules, facts),
        *(Ground(Answer.STAFF, topic, rules.source) for topic in sorted(facts.unknown)),
    ]
    bags = tuple(bag for bag in rules.bags_ml if most is not None and bag <= most)
    return _together(
        rules,
        grounds,
        warnings=tuple(_work(rules, facts)),
        max_ml=most,
        bags_ml=bags if facts.kind is Component.WHOLE else (),
    )


def judge(rules: RuleSet, donor: Donor, day: date) -> Verdict:
    """What the rules say of a registered donor on that day: age, last donation, and what a self-check left behind."""
    said = judge_facts(rules, facts_of(donor), day)
    left = []
    if donor.stopped:
        left.append(Ground(Answer.NO, "stopped", rules.source))
    if donor.deferred_until and day < donor.deferred_until:
        left.append(Ground(Answer.NO, "deferred", rules.source, donor.deferred_until))
    if donor.ask_staff:
        left.append(Ground(Answer.STAFF, "selfcheck", rules.source))
    return _together(rules, [*said.grounds, *left])


def eligible_on(rules: RuleSet, donor: Donor) -> date | None:
    """The first day that interval and deferral leave free; None where neither is known, and for who does not go on.

    Of a month that is known without its day the last one counts.
    """
    if donor.stopped:
        return None
    days = [donor.deferred_until] if donor.deferred_until else []
    if found := after_last(rules, facts_of(donor)):
        days.append(found[2])
    return max(days, default=None)


def basis(rules: RuleSet) -> str:
    """All of the rules that `eligible_on` goes by: where this differs, days that were kept are computed anew."""
    waits = {kind: named[1].wait for kind in Component if (named := rules.after(kind))}
    return "; ".join([_COMPUTED, *(f"{kind} {wait.count} {wait.unit}" for kind, wait in waits.items())])


def after_check(rules: RuleSet, donor: Donor, verdict: Verdict, *, answered: bool) -> Donor:
    """The registration with what a self-check leaves: no answers, a date and two marks.

    `answered`: no question was skipped, so what an earlier check left is over; else it stays. Age and last donation are left out:
    they are judged anew each time; what passes by itself says nothing of a later day.
    """
    passing = {name for name, row in rules.conditions.items() if row.passes}
    ongoing = {
        name for name, row in rules.conditions.items() if row.ongoing
    }  # Over one day, and then it counts from there.
    left = [g for g in verdict.grounds if g.rule not in {*rules.intervals, *_JUDGED_ANEW, *passing}]
    undated = [g for g in left if g.next_on is None]
    before = replace(donor, deferred_until=None, stopped=False, ask_staff=False) if answered else donor
    return replace(
        donor,
        deferred_until=max(filter(None, (before.deferred_until, *(g.next_on for g in left))), default=None),
        stopped=before.stopped or any(g.answer is Answer.NO and g.rule not in ongoing for g in undated),
        ask_staff=before.ask_staff or any(g.answer is Answer.STAFF or g.rule in ongoing for g in undated),
    )


def facts_of(donor: Donor) -> Facts:
    """What a registration says of the person."""
    last = PartialDate.of_iso(donor.last_donation) if donor.last_donation else None
    forgotten = donor.donations > 0 and last is None
    return Facts(
        birth=donor.birth,
        sex=donor.sex,
        last=last,
        last_kind=donor.last_kind,
        unknown=frozenset({"last"} if forgotten else ()),
    )


def _together(rules: RuleSet, grounds: list[Ground], **more: object) -> Verdict:
    """One verdict of all grounds.

    An undated NO leaves no day to name. Days of other grounds count too, or the day that is named would be refused again.
    """
    if not grounds:
        return Verdict(Answer.OK, source=rules.source, **more)  # type: ignore[arg-type]
    answer = Answer.NO if any(g.answer is Answer.NO for g in grounds) else Answer.STAFF
    ordered = sorted(grounds, key=lambda g: (g.answer is not answer, g.next_on is not None, -_ordinal(g.next_on)))
    first = ordered[0]
    days = [g.next_on for g in grounds if g.next_on]
    endless = answer is Answer.NO and first.next_on is None
    if answer is Answer.STAFF and days:  # The day "not before" is worth more than a ground without one.
        first = next(g for g in ordered if g.next_on)
    next_on = None if endless or not days else max(days)
    return Verdict(answer, first.rule, first.source, next_on, tuple(ordered), **more)  # type: ignore[arg-type]


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else 0


def _edition(rules: RuleSet, day: date) -> Iterator[Ground]:
    """Rules that were not made for that day decide nothing."""
    if not rules.in_force(day):
        yield Ground(Answer.STAFF, "edition", rules.source)


def _age(rules: RuleSet, facts: Facts, day: date) -> Iterator[Ground]:
    if facts.birth is None:
        return
    judged = judge_age(facts.birth, day, rules.age)
    if judged.age in {Age.TOO_YOUNG, Age.TOO_OLD}:
        yield Ground(Answer.NO, "age", rules.age.source, judged.allowed_from)
    elif judged.age in {Age.STAFF, Age.NEED_DATE}:
        yield Ground(Answer.STAFF, "age", rules.age.source)


def _weight(rules: RuleSet, facts: Facts) -> Iterator[Ground]:
    if facts.weight_hg is None:
        return
    bands = [row for row in rules.weights.values() if row.apheresis is (facts.kind is not Component.WHOLE)]
    holding = [row for row in bands if row.holds(facts.weight_hg)]
    fitting = [row for row in holding if row.sex in {None, facts.sex}]
    if not fitting and holding and facts.sex is None:
        yield Ground(Answer.STAFF, "weight", holding[0].source)
    elif not fitting:
        yield Ground(Answer.NO, "weight", bands[0].source if bands else rules.source)
    elif facts.volume_ml is not None and facts.volume_ml > max(row.most_ml(facts.weight_hg) for row in fitting):
        yield Ground(Answer.NO, "volume", fitting[0].source)


def _most_ml(rules: RuleSet, facts: Facts) -> int | None:
    """The largest volume that weight and measures leave; None where neither sets one."""
    limits = [
        row.above_ml if row.above_ml is not None else (row.from_ml or 0) - 1
        for row in _concerned(rules, facts)
        if row.of_volume and not row.fits(facts.measured[row.what])
    ]
    if facts.weight_hg is not None:
        fitting = [
            row.most_ml(facts.weight_hg)
            for row in rules.weights.values()
            if row.apheresis is (facts.kind is not Component.WHOLE)
            and row.sex in {None, facts.sex}
            and row.holds(facts.weight_hg)
        ]
        limits += [max(fitting)] if fitting else []
    return min(limits, default=None)


def _concerned(rules: RuleSet, facts: Facts) -> list[Measure]:
    """The rows about what was measured and what is to be given."""
    return [row for row in rules.measures.values() if row.what in facts.measured and row.concerns(facts.kind)]


def _measures(rules: RuleSet, facts: Facts, day: date) -> Iterator[Ground]:
    for row in _concerned(rules, facts):
        if row.of_volume and (facts.volume_ml is None or not row.covers(facts.volume_ml)):
            continue
        if not row.fits(facts.measured[row.what]):
            yield Ground(Answer.NO, row.what, row.source)
        elif row.fresh and _is_stale(row.fresh, facts.measured_on.get(row.what), day):
            yield Ground(Answer.STAFF, row.what, row.source)


def _is_stale(fresh: Term, measured_on: date | None, day: date) -> bool:
    return measured_on is None or fresh.first_day(measured_on) < day


def _latest(when: PartialDate | date) -> date:
    """The last day it can mean."""
    return when.latest() if isinstance(when, PartialDate) else when


def _is_exact(when: PartialDate | date) -> bool:
    return not isinstance(when, PartialDate) or when.day is not None


def _interval(rules: RuleSet, facts: Facts, day: date) -> Iterator[Ground]:
    """The interval after what was given last. Source: article 6."""
    if facts.given and (full := _full_window(rules, facts, day)):
        yield full
    counted = bool(facts.given)  # Then the window above has said what there is to say of such donations.
    if (found := after_last(rules, facts, counted=counted)) and day < found[2]:
        name, row, first = found
        certain = facts.last is not None and _is_exact(facts.last) and facts.last_kind is not None and row.term
        yield Ground(Answer.NO if certain else Answer.STAFF, name, row.source, first)


def after_last(rules: RuleSet, facts: Facts, *, counted: bool = False) -> tuple[str, Interval, date] | None:
    """The interval that the last donation asks for: its name, its row and the first day after it. None without a donation.

    Of what is not known the latest counts: the last day of a month, the longest of all intervals. `counted`: rows that count
    donations are left out.
    """
    if facts.last is None:
        return None
    last = _latest(facts.last)
    kinds = list(Component) if facts.last_kind is None else [facts.last_kind]
    found = [(*named, named[1].wait.first_day(last)) for named in map(rules.after, kinds) if named]
    return max((row for row in found if row[1].term or not counted), key=lambda row: row[2], default=None)


def _full_window(rules: RuleSet, facts: Facts, day: date) -> Ground | None:
    """NO where so many donations lie within the days before that one more would be too many. Source: article 6(3)."""
    rows = [named for kind in (facts.last_kind, facts.kind) if kind and (named := rules.after(kind)) and named[1].times]
    if not rows:
        return None
    name, row = rows[0]
    assert row.times is not None
    recent = sorted(given for given in facts.given if given <= day < row.wait.first_day(given))
    if len(recent) < row.times:
        return None
    return Ground(Answer.NO, name, row.source, row.wait.first_day(recent[-row.times]))


def _deferrals(rules: RuleSet, facts: Facts, day: date) -> Iterator[Ground]:
    for name, since in facts.since.items():
        row = rules.deferrals.get(name)
        if row is None:
            yield Ground(Answer.STAFF, UNLISTED, rules.source)
        elif since is None:
            yield Ground(Answer.STAFF, name, row.source)
        else:
            first = row.term.first_day(_latest(since), end_inclusive=rules.deferral_end_inclusive)
            if day < first:
                staff = row.staff or not _is_exact(since)
                yield Ground(Answer.STAFF if staff else Answer.NO, name, row.source, first)


def _conditions(rules: RuleSet, facts: Facts) -> Iterator[Ground]:
    for name in sorted(facts.conditions):
        row = rules.conditions.get(name)
        if row is None:
            yield Ground(Answer.STAFF, UNLISTED, rules.source)
        else:
            yield Ground(Answer.STAFF if row.staff else Answer.NO, name, row.source)


def _work(rules: RuleSet, facts: Facts) -> Iterator[Ground]:
    """A warning, not a refusal: another day, or a later shift, is the person's to choose. Source: article 5(5)."""
    soon = facts.work_in_hours is None or facts.work_in_hours < rules.work.hours
    if facts.special_work and soon:
        yield Ground(Answer.OK, "work", rules.work.source)

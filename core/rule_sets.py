"""Rule sets: who may give what and when, as data. Every row names the text it comes from; a facility may have rows of its own."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from core.ages import AgeRule
from core.people import Component, Sex

Says = Mapping[str, str]  # language -> words


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time. Months are calendar months, weeks are 7 days."""

    count: int
    unit: Literal["days", "weeks", "months"]

    def first_day(self, since: date, *, end_inclusive: bool = True) -> date:
        """The first day after the term that began on `since`.

        `end_inclusive`: the anniversary itself is that day, as points practise it, else the day after, as the code counts. A month
        without such a day gives the first of the next month either way: there the term ends with the month.
        Source: Civil Code 2015, articles 147 and 148; domain note 1.4.
        """
        if self.unit != "months":
            end = since + timedelta(days=self.count * (7 if self.unit == "weeks" else 1))
            return end if end_inclusive else end + timedelta(days=1)
        year, month = divmod(since.year * 12 + since.month - 1 + self.count, 12)
        last = monthrange(year, month + 1)[1]
        if since.day > last:
            return date(year, month + 1, last) + timedelta(days=1)
        return date(year, month + 1, since.day) + timedelta(days=0 if end_inclusive else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightBand:
    """Who weighs this (tenths of a kilogram, `below_hg` not included) may give up to `max_ml`, and up to `ml_per_kg` a kilogram.

    `apheresis`: the band is of donations by machine, else of whole blood. `sex` None: both.
    """

    source: str
    from_hg: int
    max_ml: int
    below_hg: int | None = None
    ml_per_kg: int | None = None
    sex: Sex | None = None
    apheresis: bool = False

    def holds(self, weight_hg: int) -> bool:
        """True where the weight lies in the band."""
        return self.from_hg <= weight_hg and (self.below_hg is None or weight_hg < self.below_hg)

    def most_ml(self, weight_hg: int) -> int:
        """The largest volume, whole millilitres, rounded down. In integers: 41.9 * 9 is 377.09999… in floats."""
        return self.max_ml if self.ml_per_kg is None else min(self.max_ml, weight_hg * self.ml_per_kg // 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is measured at the point: at least `at_least`, at most `at_most`, less than `below`.

    `kinds`: for these donations alone (empty: all); `from_ml`, `above_ml`: for these volumes alone. `fresh`: how old it may be.
    """

    source: str
    what: str
    at_least: int | None = None
    at_most: int | None = None
    below: int | None = None
    kinds: frozenset[Component] = frozenset()
    from_ml: int | None = None
    above_ml: int | None = None
    fresh: Term | None = None

    @property
    def of_volume(self) -> bool:
        """True where the row asks for larger volumes only."""
        return self.from_ml is not None or self.above_ml is not None

    def concerns(self, kind: Component) -> bool:
        """True where the row is about such a donation."""
        return not self.kinds or kind in self.kinds

    def covers(self, volume_ml: int) -> bool:
        """True where the row is about this volume."""
        return (self.from_ml is None or volume_ml >= self.from_ml) and (
            self.above_ml is None or volume_ml > self.above_ml
        )

    def fits(self, value: int) -> bool:
        """True for a value within the limits."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
            and (self.below is None or value < self.below)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """How long to wait after having given one of `after`: a `term`, or no more than `times` within `within`."""

    source: str
    after: frozenset[Component]
    term: Term | None = None
    times: int | None = None
    within: Term | None = None

    @property
    def wait(self) -> Term:
        """The longest wait that it can ask for."""
        wait = self.term or self.within
        assert wait is not None
        return wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """What makes wait from a day on. `counted_from` says which day: done, cured, ended, taken, told.

    `staff`: there is no single rule, so within the term the point decides. `group` is the question that offers the row; `only`: one sex.
    """

    source: str
    term: Term
    says: Says
    group: str
    counted_from: str
    staff: bool = False
    only: Sex | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What makes unfit as long as it lasts; `staff`: the point decides. `stops`: nothing further is asked, nothing further is kept.

    `ongoing`: it is what holds while the day that rows are counted from (cured, taken …) has not come. `passes`: it is over by itself
    in days (a fever); of what passes nothing is kept, for it says nothing about a later round.
    """

    source: str
    says: Says
    group: str
    staff: bool = False
    stops: bool = False
    only: Sex | None = None
    ongoing: str = ""
    passes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRule:
    """Work that is dangerous for who has just given: not within so many hours after."""

    source: str
    hours: int
    says: Says


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """One edition of the rules of one facility. Rows are kept by name; see the files for what each means."""

    code: str
    name: str
    source: str
    valid_from: date
    valid_to: date | None
    deferral_end_inclusive: bool
    age: AgeRule
    work: WorkRule
    bags_ml: tuple[int, ...]
    weights: Mapping[str, WeightBand]
    measures: Mapping[str, Measure]
    intervals: Mapping[str, Interval]
    deferrals: Mapping[str, Deferral]
    conditions: Mapping[str, Condition]
    groups: Mapping[str, Says] = field(default_factory=dict)

    def in_force(self, day: date) -> bool:
        """True on the days for which the edition was made."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def ongoing(self, counted_from: str) -> str | None:
        """The condition that holds while that day has not come."""
        return next((name for name, row in self.conditions.items() if row.ongoing == counted_from), None)

    def rows(self, group: str, sex: Sex | None) -> dict[str, Deferral | Condition]:
        """The rows that a question offers to somebody; to everybody where the sex is not known."""
        rows: dict[str, Deferral | Condition] = {**self.deferrals, **self.conditions}
        return {
            name: row for name, row in rows.items() if row.group == group and (sex is None or row.only in {None, sex})
        }

    def after(self, given: Component) -> tuple[str, Interval] | None:
        """The interval that follows such a donation, with its name. Source: article 6(4): what was given last decides."""
        return next(((name, row) for name, row in self.intervals.items() if given in row.after), None)

    def days_between(self, given: Component, since: date) -> int:
        """Days to wait after such a donation on that day, the longest that its row can ask for; 0 where there is no row."""
        found = self.after(given)
        return (found[1].wait.first_day(since) - since).days if found else 0


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Every edition of every rule set; `usual` is the code of the one that counts where a round names none."""

    usual: str
    editions: tuple[RuleSet, ...]

    def has(self, code: str) -> bool:
        """True for a code that has rules, and for "" (the usual one)."""
        return not code or any(rules.code == code for rules in self.editions)

    def of(self, code: str, day: date) -> RuleSet:
        """The edition of that code for the day; "" and a code that no file has mean the usual one.

        Where none is in force on the day it is the nearest one, by which nobody is OK any more (see `judge_facts`).
        """
        wanted = code if self.has(code) and code else self.usual
        editions = sorted((r for r in self.editions if r.code == wanted), key=lambda r: r.valid_from)
        return next((r for r in reversed(editions) if r.valid_from <= day), editions[0])

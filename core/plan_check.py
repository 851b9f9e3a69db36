"""The plan checker: what an officer should look at before anyone is invited. It asks; it never corrects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from core import plan_days, plan_figures, plan_people, plan_places
from core.calendar import Calendar
from core.findings import Finding
from core.plan_facts import Plan
from core.plan_figures import check_total
from core.rounds import Round, RoundState
from core.units import UnitIndex

__all__ = ["check_plan", "check_total"]

_CHECKS: tuple[Callable[[Plan], Iterator[Finding]], ...] = (
    plan_places.numbers,
    plan_days.past,
    plan_days.years,
    plan_people.intervals,
    plan_figures.targets,
    plan_figures.totals,
    plan_days.hours,
    plan_days.holidays,
    plan_days.deadlines,
    plan_places.twins,
    plan_figures.slots,
    plan_places.places,
    plan_places.addresses,
)


def check_plan(
    rounds: Iterable[Round],
    *,
    calendar: Calendar,
    today: date,
    units: UnitIndex,
    interval_days: int,
    total: int | None = None,
    year: int | None = None,
) -> list[Finding]:
    """Everything to be asked about these rounds, grave things first; the order of the rounds does not matter.

    `interval_days`: between two donations of one person. `total`: the sum as the paper prints it. `year`: of the plan; None for the
    one in which most rounds are held.
    """
    kept = sorted(
        (r for r in rounds if r.state is not RoundState.CANCELLED), key=lambda r: (r.held_on, r.number, r.code)
    )
    plan = Plan(kept, calendar, today, units, interval_days, total, year)
    found = [finding for check in _CHECKS for finding in check(plan)]
    return sorted(found, key=lambda finding: (not finding.grave, min(finding.rounds, default=0)))

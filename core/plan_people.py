"""Whether a plan asks the same people twice within the time that they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from core.findings import Finding, Gap, Value
from core.place_names import place_key
from core.plan_facts import Plan
from core.rounds import Round, RoundState
from core.units import UnitIndex


def intervals(plan: Plan) -> Iterator[Finding]:
    """One question a later round, with all the earlier ones that its people may have given at."""
    circles = [(round_, _circle(round_, plan.units)) for round_ in plan.rounds]
    for place, (later, people) in enumerate(circles):
        near = [(r, circle) for r, circle in circles[:place] if _too_near(r, later, plan.interval_days)]
        earlier = [r for r, circle in near if _share(circle, people)]
        if earlier and later.state is not RoundState.DONE:
            yield _interval(later, earlier, plan.interval_days)


def _interval(later: Round, earlier: Sequence[Round], interval_days: int) -> Finding:
    donors = sum(round_.target or 0 for round_ in earlier)
    params: dict[str, Value] = {
        "number": later.number,
        "date": later.held_on,
        "earlier": tuple(Gap(r.number, (later.held_on - r.held_on).days) for r in earlier),
        "interval": interval_days,
        "free_on": _after(earlier[-1].held_on, interval_days),
    }
    if donors:
        params["donors"] = donors
    code = "interval" if donors else "interval_uncounted"
    return Finding(code, params, (later.number, *(r.number for r in earlier)), grave=True)


@dataclass(frozen=True, slots=True)
class _Circle:
    """Who is invited: the units themselves, and with all that are above them. Both empty: everybody."""

    units: frozenset[int]
    above: frozenset[int]


def _circle(round_: Round, units: UnitIndex) -> _Circle:
    above = frozenset(unit.id for id_ in round_.units for unit in units.path(id_))
    return _Circle(round_.units, above | round_.units)


def _share(a: _Circle, b: _Circle) -> bool:
    """True where somebody may belong to both: a unit of one lies in or below a unit of the other."""
    return not a.units or not b.units or not a.units.isdisjoint(b.above) or not b.units.isdisjoint(a.above)


def _too_near(earlier: Round, later: Round, interval_days: int) -> bool:
    """Closer than the interval; not one round that is written down twice, which has its own question."""
    days = (later.held_on - earlier.held_on).days
    return days < interval_days and (days > 0 or place_key(earlier.place) != place_key(later.place))


def _after(day: date, days: int) -> date:
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))

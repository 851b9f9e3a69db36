"""The plan checker: what an officer should look at before anyone is invited. It asks; it never corrects."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import combinations, pairwise
from typing import TypeVar

from core.calendar import Calendar
from core.findings import Finding, Gap, On, Value, Weekday
from core.lunar import lunar_day
from core.place_names import may_be_one_place, place_key, same_spelling
from core.rounds import Round, RoundState
from core.units import UnitIndex

Key = TypeVar("Key")

# A slip (a 0 too many, the target of the year in one round) makes a target ten times too large or more; the largest honest
# step in the papers we know is 4.7 times (700 in the town, 150 in a district).
FAR_ABOVE = 10


@dataclass(frozen=True, slots=True)
class _Plan:
    """Everything a check may look at. `rounds`: without cancelled ones, by day; `total` and `year` as the paper prints them."""

    rounds: Sequence[Round]
    calendar: Calendar
    today: date
    units: UnitIndex
    interval_days: int
    total: int | None
    year: int | None

    @property
    def ahead(self) -> list[Round]:
        """Rounds of which something may still be changed."""
        return [round_ for round_ in self.rounds if round_.state is not RoundState.DONE]


def check_plan(  # every fact has its name at the call
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
    plan = _Plan(kept, calendar, today, units, interval_days, total, year)
    found = [finding for check in _CHECKS for finding in check(plan)]
    return sorted(found, key=lambda finding: (not finding.grave, min(finding.rounds, default=0)))


def check_total(total: int, parts: Sequence[int | None]) -> Finding | None:
    """A printed total that is not the sum of its parts. Parts that are still open (None) may fill up what is missing."""
    given = sum(part or 0 for part in parts)
    if given == total or (given < total and None in parts):
        return None
    return Finding("total", {"total": total, "sum": given, "difference": abs(total - given)}, grave=True)


# People


def _intervals(plan: _Plan) -> Iterator[Finding]:
    """One question a later round, with all the earlier ones that its people may have given at."""
    circles = [(round_, _circle(round_, plan.units)) for round_ in plan.rounds]
    for place, (later, people) in enumerate(circles):
        since = later.held_on - timedelta(days=plan.interval_days)
        near = [(r, circle) for r, circle in circles[:place] if r.held_on > since and not _at_once(r, later)]
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
        "free_on": earlier[-1].held_on + timedelta(days=interval_days),
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


# Figures


def _targets(plan: _Plan) -> Iterator[Finding]:
    given = sorted((r for r in plan.rounds if r.target), key=lambda r: -(r.target or 0))
    steps = enumerate(pairwise(r.target or 0 for r in given), start=1)
    # Of a plan of which most is "far above", the small ones are odd.
    above = next((place for place, (high, low) in steps if high >= FAR_ABOVE * low and place * 2 <= len(given)), 0)
    for round_ in given[:above]:
        yield _target(round_, given[above].target or 0, sum(r.target or 0 for r in given))


def _target(round_: Round, next_largest: int, total: int) -> Finding:
    target = round_.target or 0
    rest = 2 * target - total  # what is left where this target is really that of the whole plan
    params: dict[str, Value] = {
        "number": round_.number,
        "date": round_.held_on,
        "target": target,
        "next": next_largest,
        "times": target / next_largest,
    }
    if rest > 0:
        return Finding("target_or_total", {**params, "rest": rest}, (round_.number,), grave=True)
    return Finding("target", params, (round_.number,), grave=True)


def _totals(plan: _Plan) -> Iterator[Finding]:
    if plan.total is not None and (finding := check_total(plan.total, [r.target for r in plan.rounds])):
        yield finding


def _slots(plan: _Plan) -> Iterator[Finding]:
    for round_ in plan.ahead:
        places = sum(slot.capacity for slot in round_.slots)
        if round_.slots and round_.capacity is not None and places != round_.capacity:
            params = {"number": round_.number, "slots": places, "capacity": round_.capacity}
            yield Finding("slots", params, (round_.number,))


# Days


def _past(plan: _Plan) -> Iterator[Finding]:
    """All of them in one question."""
    over = [r for r in plan.rounds if r.held_on < plan.today and r.state in {RoundState.DRAFT, RoundState.OPEN}]
    if over:
        numbers = tuple(r.number for r in over)
        yield Finding("past", {"today": plan.today, "listed": _listed(over)}, numbers, grave=True)


def _years(plan: _Plan) -> Iterator[Finding]:
    year = plan.year or _usual_year(plan.rounds)
    others = [r for r in plan.rounds if r.held_on.year != year]
    if year and others:
        yield Finding("other_year", {"year": f"{year}", "listed": _listed(others)}, tuple(r.number for r in others))


def _usual_year(rounds: Sequence[Round]) -> int | None:
    """The year of more than half of the rounds."""
    counted = Counter(r.held_on.year for r in rounds).most_common(1)
    return counted[0][0] if counted and counted[0][1] * 2 > len(rounds) else None


def _holidays(plan: _Plan) -> Iterator[Finding]:
    for round_ in plan.ahead:
        if names := _names(plan.calendar, round_.held_on):
            params: dict[str, Value] = {"number": round_.number, **_day("date", round_.held_on), "holiday": names}
            code = "on_holiday" if plan.calendar.is_settled(round_.held_on) else "on_announced_holiday"
            if plan.calendar.in_tet_break(round_.held_on):
                code, params["lunar"] = "in_tet", lunar_day(round_.held_on)
            yield Finding(code, params, (round_.number,))


def _deadlines(plan: _Plan) -> Iterator[Finding]:
    for round_ in plan.ahead:
        deadline = round_.deadline_on
        if deadline and deadline >= round_.held_on:
            params: dict[str, Value] = {"number": round_.number, "deadline": deadline, "date": round_.held_on}
            yield Finding("deadline_late", params, (round_.number,), grave=True)
        elif deadline and plan.calendar.is_day_off(deadline):
            yield _deadline_off(round_, deadline, plan.calendar)


def _deadline_off(round_: Round, deadline: date, calendar: Calendar) -> Finding:
    moved = calendar.next_working_day(deadline)
    if moved >= round_.held_on:
        moved = calendar.last_working_day(deadline)
    params: dict[str, Value] = {"number": round_.number, **_day("deadline", deadline), **_day("moved", moved)}
    names = _names(calendar, deadline)
    if names:
        params["holiday"] = names
    if calendar.in_tet_break(deadline):
        params["lunar"] = lunar_day(deadline)
        return Finding("deadline_tet", params, (round_.number,))
    return Finding("deadline_holiday" if names else "deadline_weekend", params, (round_.number,))


def _day(name: str, day: date) -> dict[str, Value]:
    return {name: day, f"{name}_weekday": Weekday(day.weekday())}


def _names(calendar: Calendar, day: date) -> dict[str, str]:
    """The holiday in every language that we speak; empty where there is none."""
    return {language: name for language in ("vi", "en") if (name := calendar.name_of(day, language))}


def _hours(plan: _Plan) -> Iterator[Finding]:
    for round_ in plan.ahead:
        spans = [("hours", "", round_.opens, round_.closes)]
        spans += [("part_hours", part.name, part.opens, part.closes) for part in round_.parts]
        for code, part, opens, closes in spans:
            if opens and closes and _time(closes) <= _time(opens):
                params: dict[str, Value] = {"number": round_.number, "opens": _time(opens), "closes": _time(closes)}
                yield Finding(code, params | ({"part": part} if part else {}), (round_.number,), grave=True)


def _time(text: str) -> time:
    return time.fromisoformat(text)


# Places and numbers


def _numbers(plan: _Plan) -> Iterator[Finding]:
    for number, rounds in _grouped(plan.rounds, lambda r: r.number).items():
        if len(rounds) > 1:
            params: dict[str, Value] = {"number": number, "dates": tuple(r.held_on for r in rounds)}
            yield Finding("same_number", params, (number,), grave=True)


def _twins(plan: _Plan) -> Iterator[Finding]:
    for rounds in _grouped(plan.rounds, lambda r: (r.held_on, place_key(r.place))).values():
        if len(rounds) > 1:
            numbers = tuple(r.number for r in rounds)
            params: dict[str, Value] = {"numbers": numbers, "date": rounds[0].held_on, "place": rounds[0].place}
            yield Finding("same_day_and_place", params, numbers, grave=True)


def _places(plan: _Plan) -> Iterator[Finding]:
    """Each pair of names that may mean one place, once."""
    used: dict[str, list[Round]] = defaultdict(list)
    for round_ in plan.rounds:
        for name in dict.fromkeys((round_.place, *round_.place_or)):
            used[name].append(round_)
    keys = {name: place_key(name) for name in used}
    for a, b in combinations(used, 2):
        if may_be_one_place(keys[a], keys[b]) and not same_spelling(a, b):
            first, second = (tuple(r.number for r in used[name]) for name in (a, b))
            params: dict[str, Value] = {"a": a, "b": b, "rounds_a": first, "rounds_b": second}
            yield Finding("place_names", params, first + second)


def _addresses(plan: _Plan) -> Iterator[Finding]:
    addressed = [r for r in plan.rounds if r.place_address]
    for rounds in _grouped(addressed, lambda r: place_key(r.place)).values():
        if others := [r for r in rounds if place_key(r.place_address) != place_key(rounds[0].place_address)]:
            a, b = rounds[0], others[0]
            params: dict[str, Value] = {"place": a.place, "a": a.place_address, "b": b.place_address}
            yield Finding(
                "place_addresses", {**params, "number_a": a.number, "number_b": b.number}, (a.number, b.number)
            )


def _grouped(rounds: Iterable[Round], key: Callable[[Round], Key]) -> dict[Key, list[Round]]:
    groups: dict[Key, list[Round]] = defaultdict(list)
    for round_ in rounds:
        groups[key(round_)].append(round_)
    return groups


def _listed(rounds: Iterable[Round]) -> tuple[Value, ...]:
    return tuple(On(round_.number, round_.held_on) for round_ in rounds)


def _at_once(a: Round, b: Round) -> bool:
    """Same day, same place: most likely one round twice, which has its own question."""
    return a.held_on == b.held_on and place_key(a.place) == place_key(b.place)


_CHECKS: tuple[Callable[[_Plan], Iterator[Finding]], ...] = (
    _numbers,
    _past,
    _years,
    _intervals,
    _targets,
    _totals,
    _hours,
    _holidays,
    _deadlines,
    _twins,
    _slots,
    _places,
    _addresses,
)

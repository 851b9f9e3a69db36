"""Whether the days and hours of a plan can be meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, time

from core.calendar import Calendar
from core.findings import Finding, Value, Weekday
from core.lunar import lunar_day
from core.plan_facts import Plan, listed
from core.rounds import Round, RoundState


def past(plan: Plan) -> Iterator[Finding]:
    """All of them in one question."""
    over = [r for r in plan.rounds if r.held_on < plan.today and r.state in {RoundState.DRAFT, RoundState.OPEN}]
    if over:
        numbers = tuple(r.number for r in over)
        yield Finding("past", {"today": plan.today, "listed": listed(over)}, numbers, grave=True)


def years(plan: Plan) -> Iterator[Finding]:
    """Those that are held in another year than the plan, in one question."""
    year = plan.year or _usual_year(plan.rounds)
    others = [r for r in plan.rounds if r.held_on.year != year]
    if year and others:
        yield Finding("other_year", {"year": f"{year}", "listed": listed(others)}, tuple(r.number for r in others))


def _usual_year(rounds: Sequence[Round]) -> int | None:
    """The year of more than half of the rounds."""
    counted = Counter(r.held_on.year for r in rounds).most_common(1)
    return counted[0][0] if counted and counted[0][1] * 2 > len(rounds) else None


def holidays(plan: Plan) -> Iterator[Finding]:
    """Each that is held on a holiday or in the Tết break."""
    for round_ in plan.ahead:
        if names := _names(plan.calendar, round_.held_on):
            params: dict[str, Value] = {"number": round_.number, **_day("date", round_.held_on), "holiday": names}
            code = "on_holiday" if plan.calendar.is_settled(round_.held_on) else "on_announced_holiday"
            if plan.calendar.in_tet_break(round_.held_on):
                code, params["lunar"] = "in_tet", lunar_day(round_.held_on)
            yield Finding(code, params, (round_.number,))


def deadlines(plan: Plan) -> Iterator[Finding]:
    """Each whose list deadline is not before its day, past already, or on a day off, with the working day that it may move to."""
    for round_ in plan.ahead:
        deadline = round_.deadline_on
        if deadline and deadline >= round_.held_on:
            params: dict[str, Value] = {"number": round_.number, "deadline": deadline, "date": round_.held_on}
            yield Finding("deadline_late", params, (round_.number,), grave=True)
        elif deadline and deadline < plan.today <= round_.held_on and round_.state is RoundState.DRAFT:
            # Of a round that is open already the deadline passes in its time; of a draft it is a slip, mostly in the year.
            yield Finding(
                "deadline_past",
                {"number": round_.number, "deadline": deadline, "today": plan.today},
                (round_.number,),
                grave=True,
            )
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


def hours(plan: Plan) -> Iterator[Finding]:
    """Each that closes before it opens, and each such part."""
    for round_ in plan.ahead:
        spans = [("hours", "", round_.opens, round_.closes)]
        spans += [("part_hours", part.name, part.opens, part.closes) for part in round_.parts]
        for code, part, opens, closes in spans:
            if opens and closes and _time(closes) <= _time(opens):
                params: dict[str, Value] = {"number": round_.number, "opens": _time(opens), "closes": _time(closes)}
                yield Finding(code, params | ({"part": part} if part else {}), (round_.number,), grave=True)


def _time(text: str) -> time:
    return time.fromisoformat(text)

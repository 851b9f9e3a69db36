"""Whether the figures of a plan agree with each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from core.findings import Finding, Value
from core.plan_facts import Plan
from core.rounds import Round

# A slip (a 0 too many, the target of the year in one round) makes a target ten times too large or more; the largest honest
# step in the papers we know is 4.7 times (700 in the town, 150 in a district).
FAR_ABOVE = 10


def check_total(total: int, parts: Sequence[int | None]) -> Finding | None:
    """A printed total that is not the sum of its parts. Parts that are still open (None) may fill up what is missing."""
    given = sum(part or 0 for part in parts)
    if given == total or (given < total and None in parts):
        return None
    return Finding("total", {"total": total, "sum": given, "difference": abs(total - given)}, grave=True)


def targets(plan: Plan) -> Iterator[Finding]:
    """Each target far above the next largest one."""
    given = sorted((r for r in plan.rounds if r.target), key=lambda r: -(r.target or 0))
    steps = enumerate(pairwise(r.target or 0 for r in given), start=1)
    # Of a plan of which most is "far above", the small ones are odd.
    above = next((place for place, (high, low) in steps if high >= FAR_ABOVE * low and place * 2 <= len(given)), 0)
    for round_ in given[:above]:
        yield _target(round_, given[above].target or 0, sum(r.target or 0 for r in given))


def _target(round_: Round, next_largest: int, total: int) -> Finding:
    target = round_.target or 0
    others = total - target
    rest = target - others  # what is left for this round where the figure is really that of the whole plan
    params: dict[str, Value] = {
        "number": round_.number,
        "date": round_.held_on,
        "target": target,
        "next": next_largest,
        "times": target / next_largest,
    }
    if 0 < rest <= others:
        return Finding("target_or_total", {**params, "rest": rest}, (round_.number,), grave=True)
    return Finding("target", params, (round_.number,), grave=True)


def totals(plan: Plan) -> Iterator[Finding]:
    """The printed total against the sum."""
    if plan.total is not None and (finding := check_total(plan.total, [r.target for r in plan.rounds])):
        yield finding


def slots(plan: Plan) -> Iterator[Finding]:
    """Each whose arrival slots do not take as many people as its capacity says."""
    for round_ in plan.ahead:
        places = sum(slot.capacity for slot in round_.slots)
        if round_.slots and round_.capacity is not None and places != round_.capacity:
            params = {"number": round_.number, "slots": places, "capacity": round_.capacity}
            yield Finding("slots", params, (round_.number,))

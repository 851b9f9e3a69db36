"""Whether rounds and places of a plan each have one name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from core.findings import Finding, Value
from core.place_names import may_be_one_place, place_key, same_spelling
from core.plan_facts import Plan, grouped
from core.rounds import Round


def numbers(plan: Plan) -> Iterator[Finding]:
    """Numbers that several rounds bear."""
    for number, rounds in grouped(plan.rounds, lambda r: r.number).items():
        if len(rounds) > 1:
            params: dict[str, Value] = {"number": number, "dates": tuple(r.held_on for r in rounds)}
            yield Finding("same_number", params, (number,), grave=True)


def twins(plan: Plan) -> Iterator[Finding]:
    """Rounds on the same day at the same place."""
    for rounds in grouped(plan.rounds, lambda r: (r.held_on, place_key(r.place))).values():
        if len(rounds) > 1:
            numbers = tuple(r.number for r in rounds)
            params: dict[str, Value] = {"numbers": numbers, "date": rounds[0].held_on, "place": rounds[0].place}
            yield Finding("same_day_and_place", params, numbers, grave=True)


def places(plan: Plan) -> Iterator[Finding]:
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
            yield Finding("place_names", params, tuple(dict.fromkeys(first + second)))


def addresses(plan: Plan) -> Iterator[Finding]:
    """Places with two addresses."""
    addressed = [r for r in plan.rounds if r.place_address]
    for rounds in grouped(addressed, lambda r: place_key(r.place)).values():
        if others := [r for r in rounds if place_key(r.place_address) != place_key(rounds[0].place_address)]:
            a, b = rounds[0], others[0]
            params: dict[str, Value] = {"place": a.place, "a": a.place_address, "b": b.place_address}
            yield Finding(
                "place_addresses", {**params, "number_a": a.number, "number_b": b.number}, (a.number, b.number)
            )

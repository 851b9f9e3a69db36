"""Changing a round: it is written, what changed stands in its log, and what those who joined must hear of is marked for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields, replace
from datetime import date
from typing import Any

from core.joins import JoinState
from core.rounds import Part, Round, RoundState, Slot
from storage import joins, outbox, rounds
from storage.database import Tx

Moved = Callable[[Any, Any], bool]
Difference = dict[str, list[Any]]

_UNCOMPARED = ("id", "code", "version")
_JOINABLE = (RoundState.OPEN, RoundState.CLOSED)  # People may hold a seat of such a round.


def _differs(before: object, after: object) -> bool:
    return before != after


def _loses_an_hour(before: tuple[Slot, ...], after: tuple[Slot, ...]) -> bool:
    """An hour that somebody may have chosen is gone; one more, or more room in one, moves nobody."""
    return not {slot.starts for slot in before} <= {slot.starts for slot in after}


# What those who joined must hear of. A target, a deadline or a leading unit is the officers' own affair.
_HEARD: dict[str, Moved] = {
    "name": _differs,
    "held_on": _differs,
    "tentative": _differs,
    "opens": _differs,
    "closes": _differs,
    "place": _differs,
    "place_address": _differs,
    "place_or": _differs,
    "parts": _differs,
    "slots": _loses_an_hour,
}
_ACTIONS = {
    RoundState.OPEN: "opened",
    RoundState.CLOSED: "closed",
    RoundState.DONE: "done",
    RoundState.CANCELLED: "cancelled",
}


def differences(before: Round, after: Round) -> Difference:
    """Field -> [before, after] as JSON values, for every field that is not the same; in the order of `Round`."""
    names = [f.name for f in fields(Round) if f.name not in _UNCOMPARED]
    return {
        name: [plain(getattr(before, name)), plain(getattr(after, name))]
        for name in names
        if getattr(before, name) != getattr(after, name)
    }


def with_values(round_: Round, values: dict[str, Any]) -> Round:
    """The round with these fields changed; `values` as `plain` gives them. The inverse of `differences`."""
    return replace(round_, **{name: _MADE[name](value) if name in _MADE else value for name, value in values.items()})


def is_news(before: Round, after: Round) -> bool:
    """True where those who joined must hear of it."""
    return _state_is_news(before, after) or _facts_are_news(before, after, differences(before, after))


async def apply(tx: Tx, before: Round | None, after: Round, *, by: str, at: int, reason: str = "") -> int:
    """Make a round (`before` None) or change it, with its log; its id. Where nothing differs, nothing is written.

    A change of state and a change of facts are a line each, so that "moved" and "closed" can be told apart. `version` and `id` of
    `after` are not looked at. `reason`: why the state changed, in the officer's words; kept in the line as "reason": [None, "…"].
    """
    if before is None:
        round_id = await rounds.write(tx, replace(after, version=1))
        await rounds.add_change(tx, _change(round_id, "created", {}, by=by, at=at), tell=False)
        return round_id
    changed = differences(before, after)
    if not changed:
        return before.id
    state = {name: pair for name, pair in changed.items() if name == "state"}
    facts = {name: pair for name, pair in changed.items() if name != "state"}
    if state and reason:
        state["reason"] = [None, reason]
    news = _state_is_news(before, after), _facts_are_news(before, after, facts)
    await rounds.write(tx, replace(after, code=before.code, version=before.version + any(news)))
    for action, detail, tell in (("edited", facts, news[1]), (_ACTIONS.get(after.state, "edited"), state, news[0])):
        if detail:
            await rounds.add_change(tx, _change(before.id, action, detail, by=by, at=at), tell=tell)
    if after.state is RoundState.CANCELLED:
        for offered in await joins.people_in(tx, before.id, (JoinState.OFFERED,)):
            await outbox.cancel_keys(tx, f"offer:{offered.join.id}:")
    if any(news):  # What waits to be said was true before.
        for kind in ("remind", "maybe"):
            await outbox.cancel_keys(tx, f"{kind}:{before.id}:")
    return before.id


async def split(tx: Tx, before: Round, rest: Round, other: Round, *, by: str, at: int) -> int:
    """Part a round in two: it keeps what `rest` says, and `other` is made of what goes over; its id.

    `other` begins a version ahead of all that its people know, so that whoever is moved to it is asked again.
    """
    await rounds.write(tx, replace(rest, code=before.code, version=before.version))
    kept = differences(before, rest)
    await rounds.add_change(tx, _change(before.id, "split", kept, by=by, at=at), tell=False)
    other_id = await rounds.write(tx, replace(other, version=before.version + 1))
    await rounds.add_change(tx, _change(other_id, "created", {}, by=by, at=at), tell=False)
    moved = {name: pair for name, pair in differences(before, other).items() if name in _HEARD}
    detail = moved | {"from": [before.code, other.code]}
    await rounds.add_change(tx, _change(other_id, "split", detail, by=by, at=at), tell=True)
    return other_id


def _state_is_news(before: Round, after: Round) -> bool:
    """Called off, or on again after all."""
    called_off = before.state in _JOINABLE and after.state is RoundState.CANCELLED
    return called_off or (before.state is RoundState.CANCELLED and after.state in _JOINABLE)


def _facts_are_news(before: Round, after: Round, changed: Difference) -> bool:
    """Something that those who joined go by, of a round that still takes place."""
    if before.state not in _JOINABLE or after.state not in _JOINABLE:
        return False
    return any(name in changed and moved(getattr(before, name), getattr(after, name)) for name, moved in _HEARD.items())


def _change(round_id: int, action: str, detail: Difference, *, by: str, at: int) -> rounds.Change:
    return rounds.Change(0, round_id, at, by, action, detail)


# What a field is made of that JSON cannot hold as it is.
_MADE: dict[str, Callable[[Any], Any]] = {
    "held_on": date.fromisoformat,
    "deadline_on": lambda day: date.fromisoformat(day) if day else None,
    "state": RoundState,
    "units": frozenset,
    "place_or": tuple,
    "leading": tuple,
    "executing": tuple,
    "parts": lambda parts: tuple(Part(**part) for part in parts),
    "slots": lambda slots: tuple(Slot(**slot) for slot in slots),
}


def plain(value: Any) -> Any:
    """A field as JSON holds it."""
    match value:
        case Part() | Slot():
            return asdict(value)
        case tuple():
            return [plain(one) for one in value]
        case frozenset():
            return sorted(value)
        case RoundState():
            return value.value
    return value.isoformat() if hasattr(value, "isoformat") else value

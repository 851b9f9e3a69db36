"""Changing a round: it is written, what changed stands in its log, and what those who joined must hear of is marked for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields, replace
from typing import Any

from core.rounds import Part, Round, RoundState, Slot
from storage import outbox, rounds
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
        name: [_plain(getattr(before, name)), _plain(getattr(after, name))]
        for name in names
        if getattr(before, name) != getattr(after, name)
    }


async def apply(tx: Tx, before: Round | None, after: Round, *, by: str, at: int) -> int:
    """Make a round (`before` None) or change it, with its log; its id. Where nothing differs, nothing is written.

    A change of state and a change of facts are a line each, so that "moved" and "closed" can be told apart. `version` and `id` of
    `after` are not looked at.
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
    news = _state_is_news(before, after), _facts_are_news(before, after, facts)
    await rounds.write(tx, replace(after, code=before.code, version=before.version + any(news)))
    for action, detail, tell in (("edited", facts, news[1]), (_ACTIONS.get(after.state, "edited"), state, news[0])):
        if detail:
            await rounds.add_change(tx, _change(before.id, action, detail, by=by, at=at), tell=tell)
    if any(news):  # What waits to be said was true before.
        for kind in ("remind", "maybe"):
            await outbox.cancel_keys(tx, f"{kind}:{before.id}:")
    return before.id


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


def _plain(value: Any) -> Any:
    """A field as JSON holds it."""
    match value:
        case Part() | Slot():
            return asdict(value)
        case tuple():
            return [_plain(one) for one in value]
        case frozenset():
            return sorted(value)
        case RoundState():
            return value.value
    return value.isoformat() if hasattr(value, "isoformat") else value

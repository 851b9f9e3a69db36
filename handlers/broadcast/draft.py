"""The broadcast in hand: what has been chosen so far, and whom that means now. Authority is looked up at every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from core.audience import Audience, Count
from core.authority import own_units
from core.broadcasts import Content
from core.rounds import Round, RoundState
from core.units import UnitIndex
from handlers.form import Answers
from handlers.turn import Turn
from storage import audiences, rounds

KEY: Final = "_cast"  # Under it the form keeps all that is chosen.
DONE: Final = "_done"
_BACK, _AHEAD = timedelta(days=60), timedelta(days=400)  # Thanks are said for weeks after a round.


@dataclass(frozen=True, slots=True)
class Draft:
    """`units`: ids chosen with all below them, none for all that the sender answers for. `people`: the number that was last shown.

    `seen`: names what was last shown as a preview. `start_at`: ms UTC, 0 at once.
    """

    units: tuple[int, ...] = ()
    round: str = ""
    answers: tuple[str, ...] = ()
    abo: tuple[str, ...] = ()
    rh: tuple[str, ...] = ()
    day: str = ""
    language: str = ""
    officers: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)
    editing: str = ""
    pin: bool = False
    join: bool = False
    picture: int | None = None
    start_at: int = 0
    night: bool = False
    people: int = -1
    seen: str = ""


def of(answers: Answers) -> Draft:
    """What stands in the form's answers."""
    facts: dict[str, Any] = dict(answers.get(KEY) or {})
    listed = {name: tuple(facts.get(name, ())) for name in ("units", "answers", "abo", "rh")}
    return Draft(**{**facts, **listed})


def put(answers: Answers, /, **changes: object) -> Draft:
    """Change what is chosen."""
    draft = replace(of(answers), **changes)  # type: ignore[arg-type]
    answers[KEY] = {
        name: value for name in draft.__slots__ if (value := getattr(draft, name)) not in ((), "", None, False)
    }
    return draft


async def round_of(turn: Turn, draft: Draft) -> Round | None:
    """The round in hand, where there is one that concerns the sender."""
    round_ = await rounds.by_code(turn.tx, draft.round) if draft.round else None
    return round_ if round_ and concerns(turn, round_, await turn.unit_index()) else None


def concerns(turn: Turn, round_: Round, index: UnitIndex) -> bool:
    """True for a round that invites everybody, or some of the units that the sender answers for."""
    own = own_units(turn.person, index)
    invited = index.below_all(round_.units)
    return round_.state is not RoundState.DRAFT and (own is None or not round_.units or bool(invited & own))


async def rounds_to_choose(turn: Turn) -> list[Round]:
    """Rounds that a message may be about, the next one first, those that are over last."""
    index = await turn.unit_index()
    found = await rounds.between(turn.tx, turn.today - _BACK, turn.today + _AHEAD)
    fitting = [round_ for round_ in found if concerns(turn, round_, index)]
    past = [round_ for round_ in fitting if round_.held_on < turn.today]
    return [round_ for round_ in fitting if round_.held_on >= turn.today] + past[::-1]


async def audience(turn: Turn, draft: Draft) -> Audience:
    """Whom this means now, within what the sender answers for now."""
    index, round_ = await turn.unit_index(), await round_of(turn, draft)
    own = own_units(turn.person, index)
    units = frozenset(index.below_all(draft.units)) if draft.units else own
    if units is not None and own is not None:
        units &= own
    answers = frozenset(draft.answers) if round_ and not draft.officers else frozenset()
    if round_ and round_.units and "none" in answers:  # Whoever was not invited has nothing to answer.
        invited = frozenset(index.below_all(round_.units))
        units = invited if units is None else units & invited
    if draft.officers:
        return Audience(units, language=draft.language, officers=True)
    day = date.fromisoformat(draft.day) if draft.day else None
    asked = round_.id if round_ and answers else None
    return Audience(units, asked, answers, frozenset(draft.abo), frozenset(draft.rh), day, draft.language)


async def count(turn: Turn, draft: Draft) -> Count:
    """How many people that is."""
    return await audiences.count(turn.tx, await audience(turn, draft), turn.today)


async def content(turn: Turn, draft: Draft) -> Content:
    """What would be sent."""
    index, round_ = await turn.unit_index(), await round_of(turn, draft)
    unit = index.get(turn.person.unit_id) if own_units(turn.person, index) is not None else None
    return Content(
        texts=dict(draft.texts),
        round_id=round_.id if round_ else None,
        pin=draft.pin and round_ is not None,
        join=draft.join and round_ is not None,
        picture=draft.picture,
        unit=unit.name if unit else "",
        night=draft.night,
        office=draft.officers,
    )

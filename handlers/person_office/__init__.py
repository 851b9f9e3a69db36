"""The office of people: officers find, add, correct, move, seat, withdraw one person; a desk adds who walks in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.authority import own_units
from core.people import Role
from core.unclear import Unclear
from handlers.form import Answers, Form, Question, open_form
from handlers.person_office import access, card, editing, erasing, find, moving, new, seats, twins
from handlers.turn import Action, Turn

_RECORD = re.compile(r"p[0-9]{1,15}")


def _stays(answers: Mapping[str, Any]) -> bool:
    """True until an answer leads out of these screens."""
    return access.LEAVE not in answers


def _screen(key: str, ask: Any, read: Any, *, back: str = "card", free: bool = False) -> Question:
    return Question(key, ask, read, when=_stays, back=back, free=free)


_SCREENS = (
    Question("find", find.ask_find, find.read_find, when=_stays, free=True),
    _screen("found", find.ask_found, find.read_found, back="find"),
    _screen("card", card.ask_card, card.read_card, back="find"),
    _screen("fields", editing.ask_fields, editing.read_fields),
    _screen("value", editing.ask_value, editing.read_value, back="fields", free=True),
    _screen("source", editing.ask_source, editing.read_source, back="value"),
    _screen("preview", editing.ask_preview, editing.read_preview, back="fields"),
    _screen("unit", moving.ask_unit, moving.read_unit),
    _screen("moving", moving.ask_moving, moving.read_moving),
    _screen("round", seats.ask_round, seats.read_round),
    _screen("place", seats.ask_place, seats.read_place, back="find"),
    _screen("adding", seats.ask_adding, seats.read_adding, back="place"),
    _screen("over", seats.ask_over, seats.read_over, back="place"),
    _screen("leave", seats.ask_leave, seats.read_leave),
    _screen("leaving", seats.ask_leaving, seats.read_leaving),
    _screen("erase", erasing.ask_erase, erasing.read_erase),
    _screen("alike", twins.ask_list, twins.read_list, back="find"),
    _screen("pair", twins.ask_pair, twins.read_pair, back="alike"),
    _screen("count", twins.ask_count, twins.read_count, back="pair"),
)


async def _finish(turn: Turn, answers: Answers) -> None:
    """Only what leads out of the screens ends here: somebody new, or back to a round."""
    turn.follow = answers[access.LEAVE]


# Private: names and numbers of others are nobody's business once the card is closed.
FORM = Form("person", _SCREENS, _finish, "person.closed", light=True, private=True, leave="rounds.leave")


async def person(turn: Turn, args: str) -> None:
    """Find somebody; "p12" a record, "to LS-11" for the list of a round, "new" from paper, "walkin" at a desk, or words to search."""
    word, _, rest = args.partition(" ")
    if word == "walkin" or not turn.person.may(Role.OFFICER):
        await new.open_walk_in(turn, rest if word == "walkin" else "")
    elif own_units(turn.person, await turn.unit_index()) == frozenset():
        await access.refused(turn)
        turn.say("person.no_unit", contact=turn.settings.contact)
    elif word == "new":
        await new.open_new(turn, rest)
    elif word == "to":
        await _to_round(turn, rest)
    elif _RECORD.fullmatch(word):
        await _show(turn, int(word[1:]), rest)
    else:
        await _search(turn, args)


async def _to_round(turn: Turn, code: str) -> None:
    round_ = await access.round_in_hand(turn, {access.ROUND: code})
    if round_ is None:
        turn.say("rounds.refused", contact=turn.settings.contact)
    else:
        await open_form(turn, FORM, {access.ROUND: round_.code, access.LISTING: True}, "find")


async def _show(turn: Turn, person_id: int, code: str) -> None:
    """A record, straight away; with the code of a round, for its list."""
    if await access.find(turn, person_id) is None:
        turn.say("person.gone", "/person", contact=turn.settings.contact)
        return
    round_ = await access.round_in_hand(turn, {access.ROUND: code}) if code else None
    answers = {access.WHO: person_id, **({access.ROUND: round_.code, access.LISTING: True} if round_ else {})}
    await open_form(turn, FORM, answers, "place" if round_ else "card")


async def _search(turn: Turn, typed: str) -> None:
    """The words after the command are looked for at once; without any, what to type is asked."""
    answers: Answers = {}
    step = "find"
    if typed:
        try:
            find.look_for(answers, await find.search(turn, typed))
            step = "found"
        except Unclear as unclear:
            turn.say(unclear.reason, **unclear.params)
    await open_form(turn, FORM, answers, step)


ACTIONS = (
    Action(
        ("person", "nguoi"),
        person,
        role=Role.HELPER,
        words=("tim nguoi", "them nguoi", "nguoi hien mau", "find a person", "people"),
        within=False,
    ),
)
FORMS = (FORM, new.FORM)

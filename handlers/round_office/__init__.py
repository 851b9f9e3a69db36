"""The office of rounds: admins, and officers within their units, list, make, change, open, close, cancel, copy and part them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.people import Role
from handlers.form import Answers, Form, Question, open_form
from handlers.round_office import access, card, edit, listing, log, new, split, states
from handlers.turn import Action, Turn
from storage import records


def _stays(answers: Mapping[str, Any]) -> bool:
    """True until an answer leads out of these screens."""
    return access.LEAVE not in answers


def _screen(key: str, ask: Any, read: Any, *, back: str = "card", free: bool = False) -> Question:
    return Question(key, ask, read, when=_stays, back=back, free=free)


_SCREENS = (
    Question("list", listing.ask_list, listing.read_list, when=_stays),
    _screen("filter", listing.ask_filter, listing.read_filter, back="list"),
    _screen("card", card.ask_card, card.read_card, back="list"),
    _screen("fields", edit.ask_fields, edit.read_fields),
    _screen("value", edit.ask_value, edit.read_value, back="fields", free=True),
    _screen("unit", edit.ask_unit, edit.read_unit, back="fields"),
    _screen("rules", edit.ask_rules, edit.read_rules, back="fields"),
    _screen("preview", edit.ask_preview, edit.read_preview, back="fields"),
    _screen("reason", states.ask_reason, states.read_reason, free=True),
    _screen("confirm", states.ask_confirm, states.read_confirm),
    _screen("moving", split.ask_moving, split.read_moving),
    _screen("split_day", split.ask_day, split.read_day, back="moving", free=True),
    _screen("split_place", split.ask_place, split.read_place, back="split_day", free=True),
    _screen("splitting", split.ask_splitting, split.read_splitting, back="split_place"),
    _screen("log", log.ask_log, log.read_log),
)


async def _finish(turn: Turn, answers: Answers) -> None:
    """Only what leads out of the screens ends here: a new round, or a copy."""
    turn.follow = answers[access.LEAVE]


FORM = Form("rounds", _SCREENS, _finish, "rounds.closed", light=True, leave="rounds.leave")


async def rounds(turn: Turn, args: str) -> None:
    """The list; the card of a round ("LS-2026-11"); a new round ("new"), or one after a pattern ("copy LS-2026-11")."""
    if turn.person.role is Role.OFFICER and turn.person.unit_id is None:
        await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="rounds")
        turn.say("rounds.no_unit", contact=turn.settings.contact)
        return
    word, _, code = args.partition(" ")
    if word == "new":
        await open_form(turn, new.FORM)
    elif not args:
        await open_form(turn, FORM, step="list")
    elif (found := await access.find(turn, code if word == "copy" else args)) is None:
        turn.say("rounds.refused", contact=turn.settings.contact)
    elif word == "copy":
        await open_form(turn, new.FORM, new.first_answers(found))
    else:
        await open_form(turn, FORM, {access.ROUND: found.code}, "card")


ACTIONS = (Action(("rounds", "dot"), rounds, role=Role.OFFICER, words=("quan ly dot", "manage rounds"), within=False),)
FORMS = (FORM, new.FORM)

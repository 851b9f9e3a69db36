"""The office of units: admins, and officers within theirs, look at the tree, add, correct, and carry reforms into it; and map what
donors typed.
"""

from __future__ import annotations

from typing import Any

from core.authority import own_units
from core.people import Role
from handlers.form import Answers, Form, Question, open_form
from handlers.turn import Action, Turn
from handlers.unit_office import access, card, fields, importing, pick, preview, reform, tree, unmapped
from storage import records, uploads


def _screen(key: str, ask: Any, read: Any, *, back: str = "card", free: bool = False) -> Question:
    return Question(key, ask, read, back=back, free=free)


_SCREENS = (
    Question("list", tree.ask_list, tree.read_list),
    _screen("card", card.ask_card, card.read_card, back="list"),
    _screen("fields", fields.ask_fields, fields.read_fields),
    _screen("value", fields.ask_value, fields.read_value, back="fields", free=True),
    _screen("kind", fields.ask_kind, reform.read_kind, back="list"),
    _screen("name", reform.ask_name, reform.read_name, back="list", free=True),
    _screen("unit", pick.ask_unit, pick.read_unit),
    _screen("day", reform.ask_day, reform.read_day, back="list", free=True),
    _screen("note", reform.ask_note, reform.read_note, back="day", free=True),
    _screen("preview", preview.ask_preview, preview.read_preview, back="day"),
    _screen("file", preview.ask_file, preview.read_file, back="list"),
)


async def _finish(_: Turn, __: Answers) -> None:
    """No answer leads to the end: every screen leads to another."""
    raise AssertionError


FORM = Form("units", _SCREENS, _finish, "units.closed", light=True, leave="rounds.leave")


async def units(turn: Turn, args: str) -> None:
    """The file that waits for a decision; else the tree, or the card of a unit ("SYT")."""
    index = await turn.unit_index()
    if own_units(turn.person, index) == frozenset():
        await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="units")
        turn.say("units.no_unit", contact=turn.settings.contact)
        return
    if not args and (upload := await uploads.undecided(turn.tx, turn.person.address, "units")):
        await importing.ROOM.report(turn, upload)
        return
    unit = index.by_code(args.strip()) if args else None
    if args and (unit is None or await access.find(turn, unit.id) is None):
        turn.say("units.refused", contact=turn.settings.contact)
    elif unit:
        await open_form(turn, FORM, {access.UNIT: unit.id}, "card")
    else:
        await open_form(turn, FORM, step="list")


ACTIONS = (
    Action(("units", "donvi"), units, role=Role.OFFICER, words=("don vi", "cay don vi", "units"), within=False),
    *unmapped.ACTIONS,
)
FORMS = (FORM, importing.FORM, unmapped.FORM)
FILES = importing.FILES

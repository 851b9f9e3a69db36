"""Quotas: what each unit is to bring, of a round and in a year; set by chat, or as the table by which they are given out."""

from __future__ import annotations

from typing import Any

from core.people import Role
from handlers import files
from handlers.form import Answers, Form, Question, open_form
from handlers.quotas import file, screens, subject
from handlers.turn import Action, Turn
from storage import uploads


def _screen(key: str, ask: Any, read: Any, *, back: str, free: bool = False) -> Question:
    return Question(key, ask, read, back=back, free=free)


_SCREENS = (
    Question("what", screens.ask_what, screens.read_what),
    _screen("kind", screens.ask_kind, screens.read_kind, back="what"),
    _screen("table", screens.ask_table, screens.read_table, back="what"),
    _screen("unit", screens.ask_unit, screens.read_unit, back="table"),
    _screen("target", screens.ask_target, screens.read_target_of, back="unit", free=True),
)


async def _nothing(_: Turn, __: Answers) -> None:
    """Every choice has taken effect already."""


FORM = Form("quotas", _SCREENS, _nothing, "quotas.closed", light=True, leave="rounds.leave")


async def quotas(turn: Turn, args: str) -> None:
    """A table that waits for a decision; the quotas of a round ("LS-2026-11"); else which."""
    if not await files.may(turn):
        return
    waiting = await uploads.undecided(turn.tx, turn.person.address, "quotas")
    if waiting:
        await file.report(turn, waiting)
    elif not args:
        await open_form(turn, FORM, step="what")
    elif round_ := await subject.find(turn, args.strip().upper()):
        await open_form(turn, FORM, {screens.WHAT: f"r {round_.code}"}, "table")
    else:
        turn.say("progress.refused", "/quotas", contact=turn.settings.contact)


ACTIONS = (
    Action(
        ("quotas", "chitieu"),
        quotas,
        role=Role.OFFICER,
        words=("chi tieu", "giao chi tieu", "quotas"),
        within=False,
    ),
)
FORMS = (FORM, file.FORM)
FILES = file.FILES

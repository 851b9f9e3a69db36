"""Messages to many: officers write to those within their units, see them before they go, and follow how far they have come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.authority import own_units
from core.people import Role
from handlers import files
from handlers.broadcast import desk, draft, people, photo, preview, sending, words
from handlers.form import Form, Question, ask, open_form
from handlers.turn import Action, Turn
from storage import records
from storage.uploads import Upload


def _stays(answers: Mapping[str, Any]) -> bool:
    """True until it is confirmed."""
    return draft.DONE not in answers


def _screen(key: str, ask: Any, read: Any, *, back: str = "who", free: bool = False) -> Question:
    return Question(key, ask, read, when=_stays, back=back, free=free)


_SCREENS = (
    Question("who", people.ask_who, people.read_who, when=_stays),
    _screen("units", people.ask_units, people.read_units),
    _screen("round", people.ask_round, people.read_round),
    _screen("answers", people.ask_answers, people.read_answers),
    _screen("blood", people.ask_blood, people.read_blood),
    _screen("day", people.ask_day, people.read_day, free=True),
    _screen("language", people.ask_language, people.read_language),
    _screen("ready", words.ask_ready, words.read_ready),
    _screen("text", words.ask_text, words.read_text, back="ready", free=True),
    _screen("preview", preview.ask_preview, preview.read_preview, back="ready"),
    _screen("when", sending.ask_when, sending.read_when, back="preview", free=True),
    _screen("again", sending.ask_again, sending.read_again, back="preview"),
    _screen("confirm", sending.ask_confirm, sending.read_confirm, back="preview"),
    _screen("number", sending.ask_number, sending.read_number, back="preview", free=True),
)

FORM = Form("broadcast", _SCREENS, sending.finish, "broadcast.cancelled", leave="broadcast.leave")


async def broadcast(turn: Turn, _: str) -> None:
    """Begin with whom it is for: all that the officer answers for, until it is narrowed."""
    if own_units(turn.person, await turn.unit_index()) == frozenset():
        await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="broadcast")
        turn.say("broadcast.no_unit", contact=turn.settings.contact)
        return
    await open_form(turn, FORM, step="who")


async def _photo(turn: Turn, upload: Upload) -> None:
    """A photo has come: it is in the message, which is shown again once it has words."""
    answers, open_ = await photo.take(turn, upload), turn.conversation
    before = turn.text("broadcast.photo_added")
    if open_ is None:
        turn.say("broadcast.photo_added")
        await open_form(turn, FORM, answers, "who")
        return
    step = "preview" if draft.of(answers).texts else open_.step
    turn.conversation = open_.changed(answers=answers, step=step)
    await ask(turn, FORM, before, moved=True)


ACTIONS = (
    Action(
        ("broadcast", "thongbao"),
        broadcast,
        role=Role.OFFICER,
        words=("gui thong bao", "soan thong bao", "broadcast"),
        within=False,
    ),
    *desk.ACTIONS,
)
FORMS = (FORM, desk.FORM)
FILES = {"picture": files.FileKind("/broadcast", FORM.name, _photo)}

"""Lists that offices already have: the form of the union filled in, read row by row, looked at, and saved all at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.authority import own_units
from core.dialogue import Button, Reply
from core.list_rows import to_look_at
from core.people import Role
from core.unclear import Unclear
from handlers import files
from handlers.form import Answers, Form, Question, open_form
from handlers.list_import import closing, looking, pairs, places
from handlers.list_import.current import hand_out
from handlers.list_import.flow import next_step
from handlers.list_import.report import report
from handlers.list_import.work import UPLOAD, Work, concerns, load
from handlers.turn import Action, Turn
from storage import records, rounds, uploads
from storage.uploads import Upload

_SHOWN = 3  # rounds whose list is one tap away


def _stays(answers: Mapping[str, Any]) -> bool:
    """True until the summary was agreed to."""
    return "confirm" not in answers


def _screen(key: str, ask: Any, read: Any, *, back: str = "", free: bool = False) -> Question:
    return Question(key, ask, read, when=_stays, back=back, free=free)


_SCREENS = (
    _screen("round", places.ask_round, places.read_round),
    _screen("unit", places.ask_unit, places.read_unit),
    _screen("text", places.ask_text, places.read_text),
    _screen("group", looking.ask_group, looking.read_group),
    _screen("look", looking.ask_look, looking.read_look),
    _screen("fix", looking.ask_fix, looking.read_fix, back="look"),
    _screen("value", looking.ask_value, looking.read_value, back="fix", free=True),
    _screen("twin", pairs.ask_twin, pairs.read_twin),
    _screen("gone", pairs.ask_gone, pairs.read_gone),
    _screen("full", pairs.ask_full, pairs.read_full),
    Question("confirm", closing.ask_confirm, closing.read_confirm),
)
# Private: the rows that were looked at are nobody's business once they are decided on. What was decided stays with the upload.
FORM = Form("list", _SCREENS, closing.finish, "list.paused", light=True, private=True, leave="list.leave")


async def _report(turn: Turn, upload: Upload) -> None:
    """Say what was read; then ask what is to be asked."""
    try:
        work = await load(turn, upload.id)
    except Unclear as unclear:
        await uploads.decide(turn.tx, turn.person.address)
        turn.conversation = None
        turn.say(unclear.reason, **unclear.params)
        return
    report(turn, work)
    await _open(turn, work)


async def _open(turn: Turn, work: Work) -> None:
    """The next open question of the list."""
    answers: Answers = {UPLOAD: work.upload.id}
    await uploads.note(turn.tx, work.upload.id, work.decided.to_json())
    await open_form(turn, FORM, answers, await next_step(turn, work))


async def list_(turn: Turn, args: str) -> None:
    """The list that waits for a decision; the list of a round ("LS-2026-11"); else the form to fill in, and how it goes."""
    if not await files.may(turn):
        return
    if args:
        await _current(turn, args)
    elif upload := await uploads.undecided(turn.tx, turn.person.address, "list"):
        await _resume(turn, upload)
    else:
        await _how(turn)


async def _resume(turn: Turn, upload: Upload) -> None:
    try:
        work = await load(turn, upload.id)
    except Unclear:
        await _report(turn, upload)
        return
    turn.say("list.resumed", name=upload.name, left=len(to_look_at(work.rows)), count=len(work.rows))
    await _open(turn, work)


async def _current(turn: Turn, code: str) -> None:
    """The list of a round; that there is none of this code, and that it is not the officer's, are one answer."""
    round_ = await rounds.by_code(turn.tx, code)
    index = await turn.unit_index()
    own = own_units(turn.person, index)
    if round_ and (own is None or concerns(own, index, turn.person, round_)):
        await hand_out(turn, round_)
        return
    await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="list")
    turn.say("rounds.refused", "/list", contact=turn.settings.contact)


async def _how(turn: Turn) -> None:
    """The form to fill in, and the lists that there are."""
    index = await turn.unit_index()
    own = own_units(turn.person, index)
    unit = index.get(turn.person.unit_id) if own is not None else None
    found = [
        r for r in await rounds.upcoming(turn.tx, turn.today) if own is None or concerns(own, index, turn.person, r)
    ]
    buttons = tuple(Button(turn.text("list.of_round", name=r.name), f"/list {r.code}") for r in found[:_SHOWN])
    turn.reply(Reply(turn.text("list.how"), buttons))
    turn.document("list-template.xlsx", turn.text("list.template"), unit=unit.name if unit else "")


ACTIONS = (
    Action(("list", "danhsach"), list_, role=Role.OFFICER, words=("danh sach", "nhap danh sach", "list"), within=False),
)
FORMS = (FORM,)
FILES = {"list": files.FileKind("/list", FORM.name, _report)}

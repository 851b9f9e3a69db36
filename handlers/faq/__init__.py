"""Questions and answers: everybody reads them, and nothing is kept of who does; whoever answers for everybody edits them."""

from __future__ import annotations

import re

from core.faq import Topic, may_edit
from core.people import Role
from handlers import faq_text
from handlers.faq import editing
from handlers.form import open_form
from handlers.turn import Action, Turn
from storage import records

_PAGE = 8


async def faq(turn: Turn, args: str) -> None:
    """The list; a topic by its key or number ("3"); the page that holds a number ("9–")."""
    topics = (await turn.house.faq.all(turn.tx)).shown
    wanted = args.strip()
    if topic := _topic(topics, wanted):
        turn.reply(faq_text.answer(turn.voice, topic))
        return
    found = re.fullmatch(r"(\d{1,4})\s?[–-].*", wanted)
    number = min((int(found[1]) - 1) // _PAGE, (len(topics) - 1) // _PAGE) if found else 0
    turn.reply(faq_text.page(turn.voice, topics, max(number, 0), _PAGE))
    if number == 0 and may_edit(turn.person, await turn.unit_index()):
        turn.say("faq.may_edit", "/editfaq")


def _topic(topics: tuple[Topic, ...], wanted: str) -> Topic | None:
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 5:
        return topics[int(wanted) - 1] if 1 <= int(wanted) <= len(topics) else None
    return next((topic for topic in topics if topic.key == wanted), None)


async def edit(turn: Turn, args: str) -> None:
    """The screens of editing, for whoever may; "new 17": a new topic out of the answered question 17."""
    if not may_edit(turn.person, await turn.unit_index()):
        await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="editfaq")
        turn.say("faq.refused", "/faq", contact=turn.settings.contact)
        return
    word, _, number = args.partition(" ")
    if word == "new" and (draft := await editing.from_question(turn, number)):
        await open_form(turn, editing.FORM, draft, "entry")
        return
    await open_form(turn, editing.FORM, step="list")


ACTIONS = (
    Action(("faq", "hoidap"), faq, words=("hoi dap", "cau hoi thuong gap", "faq", "questions and answers")),
    Action(
        ("editfaq", "suahoidap"), edit, role=Role.OFFICER, words=("sua hoi dap", "edit faq"), listed=False, within=False
    ),
)
FORMS = (editing.FORM,)

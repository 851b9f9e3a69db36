"""A donor's own question goes to the officers of their unit, and the answer comes back into the same chat."""

from __future__ import annotations

from core.people import Role
from handlers.form import open_form
from handlers.questions import asking, office
from handlers.questions.heard import heard as heard  # The engine hands over words that nothing else understands.
from handlers.turn import Action, Turn


async def ask(turn: Turn, args: str) -> None:
    """What is to be asked, then what is passed on and to whom, then it goes. Words that came along are heard like any others."""
    if args and await heard(turn, args):
        return
    if refused := await asking.refusal(turn):
        turn.say(refused, "/faq", contact=turn.settings.contact, most=asking.MOST_OPEN)
        return
    await open_form(turn, asking.FORM, step="words")


async def questions(turn: Turn, args: str) -> None:
    """Those that wait for the person's units, the oldest first; one by its number ("17")."""
    if args.strip():
        await open_form(turn, office.FORM, {office.NUMBER: args.strip()}, "card")
    else:
        await open_form(turn, office.FORM, step="list")


ACTIONS = (
    Action(
        ("ask", "hoi"),
        ask,
        words=("dat cau hoi", "gui cau hoi", "gui cau hoi cho can bo", "toi muon hoi", "hoi can bo", "ask a question"),
        within=False,
    ),
    Action(
        ("questions", "cauhoi"),
        questions,
        role=Role.OFFICER,
        words=("cau hoi cua nguoi hien mau", "cau hoi cho", "tra loi cau hoi", "open questions"),
        within=False,
    ),
)
FORMS = (asking.FORM, office.FORM)

"""The one door: every input comes in here and leaves as replies."""

from __future__ import annotations

from core.dialogue import Blocked, Command, Expired, Moved, Press, Reply, Start, Text
from core.people import Role
from core.vietnamese import fold
from handlers import basics, exports, privacy, profile, registration, rounds
from handlers.form import Form, advance, ask
from handlers.turn import Action, Turn
from storage import outbox, people, records


async def _help(turn: Turn, _: str) -> None:
    lines = [
        f"/{action.shown(turn.language)} – {turn.text(f'menu.{action.name}')}"
        for action in ACTIONS
        if action.listed and turn.person.role >= action.role
    ]
    turn.say(
        "help.text", commands="\n".join(lines), contact=turn.settings.contact, organisation=turn.settings.organisation
    )


async def _cancel(turn: Turn, _: str) -> None:
    if turn.conversation is None:
        turn.say("cancel.nothing", "/register", "/help")
        return
    cancelled = turn.text(_FORMS[turn.conversation.form].cancelled)
    turn.conversation = None
    turn.reply(Reply(cancelled, tidy=True))


_ROOMS = (registration, rounds, profile, exports, basics, privacy)
ACTIONS: tuple[Action, ...] = (
    *(action for room in _ROOMS for action in room.ACTIONS),
    Action(("help", "trogiup"), _help, words=("tro giup", "huong dan", "help", "?")),
    Action(("cancel", "huy"), _cancel, listed=False),
)
_FORMS: dict[str, Form] = {form.name: form for room in _ROOMS for form in room.FORMS}
_BY_NAME = {name: action for action in ACTIONS for name in action.names}
_BY_WORDS = {fold(words): action for action in ACTIONS for words in action.words}


def menu(role: Role) -> list[Action]:
    """What the menus of every channel list for a role, in order."""
    return [action for action in ACTIONS if action.listed and role >= action.role]


async def respond(turn: Turn) -> None:
    """Answer one input. What the person may see and what changes is all in `turn`."""
    match turn.inbound.input:
        case Blocked(blocked):
            await _blocked(turn, blocked=blocked)
        case Moved(address):
            await people.move(turn.tx, turn.person.address, address)
            await outbox.move(turn.tx, turn.person.address, address)
            turn.conversation = None
        case _ if not turn.inbound.private:
            if isinstance(turn.inbound.input, Command | Start):
                turn.say("group.private")
        case Start(payload):
            await _start(turn, payload)
        case Command(name, args):
            await _command(turn, name, args)
        case Press(token) if token.startswith("/"):
            name, _, args = token[1:].partition(" ")
            await _command(turn, name, args)
        case _ if turn.conversation is not None:
            await _in_form(turn)
        case Text(text):
            await _free_text(turn, text)
        case Press():
            turn.say("form.closed", "/register", "/help")
        case Expired():
            pass  # The question was answered before the outage ended: nothing is open, nothing to offer again.
        case _:
            turn.say("help.hint", "/register", "/next", "/help")


async def _blocked(turn: Turn, *, blocked: bool) -> None:
    await people.set_reachable(turn.tx, turn.person.address, reachable=not blocked)
    if blocked:
        await outbox.cancel(turn.tx, turn.person.address)


async def _start(turn: Turn, payload: str) -> None:
    if payload.startswith("u_"):
        if turn.conversation and turn.conversation.form != registration.FORM.name:
            turn.conversation = None
        await registration.register(turn, payload[2:])
        return
    if payload == "register":
        await _command(turn, "register", "")
        return
    if payload:
        turn.say("start.link_unknown")
    await _command(turn, "start", "")


async def _command(turn: Turn, name: str, args: str) -> None:
    action = _BY_NAME.get(name.lower())
    if action is None:
        turn.say("command.unknown", "/help", name=name[:32])
    elif turn.person.role < action.role:
        await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command=action.name)
        turn.say("command.refused", "/help", contact=turn.settings.contact)
    elif turn.conversation is not None and not action.within:
        # One form at a time: what was typed so far is worth more than a quick way into the next one.
        if turn.conversation.form != action.name:
            turn.say("command.busy", "/cancel", name=action.name)
    else:
        before = turn.conversation
        await action.handler(turn, args)
        if turn.conversation is not before:
            return
    if turn.conversation is not None:  # Whoever asked something in the middle of a form is back at the open question.
        await ask(turn, _FORMS[turn.conversation.form])


async def _in_form(turn: Turn) -> None:
    assert turn.conversation is not None
    form = _FORMS.get(turn.conversation.form)
    if form is None:  # A form of an older program.
        turn.conversation = None
        turn.say("form.closed", "/register", "/help")
        return
    if isinstance(turn.inbound.input, Text) and fold(turn.inbound.input.text) in _HELP_WORDS:
        await _command(turn, "help", "")
        return
    await advance(turn, form)


_HELP_WORDS = frozenset(("tro giup", "help", "?", "huong dan"))


async def _free_text(turn: Turn, text: str) -> None:
    action = _BY_WORDS.get(fold(text).strip("!?. "))
    if action is not None:
        await _command(turn, action.name, _language_named(text))
        return
    turn.say("help.hint", "/register", "/next", "/help")


def _language_named(text: str) -> str:
    return {"english": "en", "tieng anh": "en", "tieng viet": "vi", "vietnamese": "vi"}.get(fold(text), "")

"""The one door: every input comes in here and leaves as replies."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache

from core.dialogue import Blocked, Command, Contact, Expired, File, FileRead, Moved, Press, Reply, Start, Text
from core.links import CLUB, INVITE, RECORD, ROUND, UNIT
from core.people import Conversation, Role
from core.vietnamese import fold
from core.words import Words
from handlers import (
    after_round,
    audit_log,
    basics,
    broadcast,
    club,
    desk,
    eligible,
    exports,
    faq,
    files,
    joining,
    linking,
    list_import,
    person_office,
    plan_import,
    points,
    poster,
    privacy,
    progress,
    questions,
    quotas,
    registration,
    reminders,
    round_office,
    team,
    unit_moved,
    unit_office,
)
from handlers.answers import chooses
from handlers.form import CONTACT, Form, advance, ask, given_back
from handlers.joining_offers import lapse_offers
from handlers.turn import Action, Turn
from storage import outbox, people, records, uploads


async def _help(turn: Turn, _: str) -> None:
    shelves: dict[str, list[str]] = {shelf: [] for shelf in ("", *_SHELVES)}
    for action in ACTIONS:
        if action.listed and turn.person.may(action.role):
            line = f"/{action.shown(turn.language)} – {turn.text(f'menu.{action.name}')}"
            shelves[_shelf(action)].append(line)
    parts = ["\n".join(filter(None, (shelf and turn.text(shelf), *lines))) for shelf, lines in shelves.items() if lines]
    turn.say(
        "help.text", commands="\n\n".join(parts), contact=turn.settings.contact, organisation=turn.settings.organisation
    )


def _shelf(action: Action) -> str:
    """Under which title the help lists a command: what everybody may do, and what nobody placed, stands first without one."""
    if action.role is Role.DONOR:
        return ""
    return next((shelf for shelf, rooms in _SHELVES.items() if any(action in room.ACTIONS for room in rooms)), "")


async def _cancel(turn: Turn, _: str) -> None:
    if turn.conversation is None:
        turn.say("cancel.nothing", "/register", "/help")
        return
    left = turn.conversation
    turn.conversation = given_back(left)
    turn.reply(Reply(turn.text(_FORMS[left.form].cancelled), tidy=CONTACT in left.answers))
    if turn.conversation:
        await ask(turn, _FORMS[turn.conversation.form])


_ROOMS = (
    registration,
    joining,
    linking,
    eligible,
    reminders,
    after_round,
    club,
    faq,
    questions,
    unit_moved,
    desk,
    round_office,
    person_office,
    unit_office,
    poster,
    progress,
    list_import,
    quotas,
    points,
    broadcast,
    plan_import,
    exports,
    team,
    audit_log,
    basics,
    privacy,
)
# Two dozen commands in one row are read by nobody: those of officers, by what they are about.
_SHELVES = {
    "help.rounds": (desk, round_office, list_import, person_office, progress, quotas, points, plan_import, exports),
    "help.messages": (questions, faq, broadcast),
    "help.units": (club, unit_office, poster, team, audit_log),
}
_CANCEL_NAMES = ("cancel", "huy")
ACTIONS: tuple[Action, ...] = (
    *(action for room in _ROOMS for action in room.ACTIONS),
    Action(("help", "trogiup"), _help, words=("tro giup", "huong dan", "help", "?")),
    Action(_CANCEL_NAMES, _cancel, listed=False),
)
_FORMS: dict[str, Form] = {form.name: form for room in _ROOMS for form in room.FORMS}
_FILES: dict[str, files.FileKind] = {
    kind: of_kind
    for room in (plan_import, list_import, quotas, unit_office, broadcast)
    for kind, of_kind in room.FILES.items()
}
# Forms that another kind of file may take the place of: those of files, and those with which nothing that was typed is lost.
_FILE_OVER = frozenset(
    (*(of_kind.form for of_kind in _FILES.values()), *(name for name, form in _FORMS.items() if form.light))
) - {broadcast.FORM.name}
_FILE_FORMS = _FILE_OVER | {broadcast.FORM.name}
_BY_NAME = {name: action for action in ACTIONS for name in action.names}
_BY_WORDS = {fold(words): action for action in ACTIONS for words in action.words}


def menu(held: Collection[Role]) -> list[Action]:
    """What the menus of every channel list for who has these roles, in order."""
    may = {Role.DONOR, *held}
    return [action for action in ACTIONS if action.listed and any(role.includes(action.role) for role in may)]


async def respond(turn: Turn) -> None:
    """Answer one input. What the person may see and what changes is all in `turn`."""
    match turn.inbound.input:
        case Blocked(blocked):
            await _blocked(turn, blocked=blocked)
        case Moved(address):
            await people.move(turn.tx, turn.person.address, address)
            await outbox.move(turn.tx, turn.person.address, address)
            turn.conversation = None
        case FileRead(upload):
            await files.show(turn, upload, _FILES, over=_FILE_OVER)
        case _ if not turn.inbound.private:
            if isinstance(turn.inbound.input, Command | Start):
                turn.say("group.private")
        case _:
            await _private(turn)
            if turn.follow and turn.conversation is None:
                name, _, args = turn.follow[1:].partition(" ")
                await _command(turn, name, args)


async def _private(turn: Turn) -> None:
    if not turn.person.reachable:  # Whoever writes to us can be reached again, whatever a failed message said.
        await _blocked(turn, blocked=False)
    unknown = turn.conversation is not None and not _is_known(turn.conversation)
    if unknown or _is_passed_by(turn):
        turn.conversation = None
    match turn.inbound.input:
        case Start(payload):
            await _start(turn, payload)
        case Command(name, args):
            await _command(turn, name, args)
        case Press(token) if token.startswith("/"):
            name, _, args = token[1:].partition(" ")
            await _command(turn, name, args)
        case File() as file if turn.conversation is None or turn.conversation.form in _FILE_FORMS:
            await files.receive(turn, file)
        case _ if unknown:
            turn.say("form.closed", "/register", "/help")
        case _ if turn.conversation is not None:
            await _in_form(turn)
        case _:
            await _idle(turn)


def _is_passed_by(turn: Turn) -> bool:
    """Whether an offer is open that waits for a choice alone, and something else was said."""
    conversation = turn.conversation
    if conversation is None or not _FORMS[conversation.form].step(conversation.step).passing:
        return False
    match turn.inbound.input:
        case Command(name):
            return name not in _CANCEL_NAMES
        case Press(token):
            return token.startswith("/")
        case Text():
            return not chooses(turn, conversation)
        case Start() | File():
            return True
    return False


async def _idle(turn: Turn) -> None:
    """Nothing is open: words may name a command, a button was of a question that is over."""
    match turn.inbound.input:
        case Text(text):
            await _free_text(turn, text)
        case Press():
            turn.say("form.closed", "/register", "/help")
        case Contact() as card:
            await linking.by_card(turn, card)
        case Expired():
            return  # The question was answered before the outage ended: there is nothing to offer again.
        case _:
            turn.say("help.hint", "/register", "/next", "/help")


def _is_known(conversation: Conversation) -> bool:
    """Whether this program has the question; what an older one left open may ask for what is asked no more."""
    form = _FORMS.get(conversation.form)
    return form is not None and form.has(conversation.step)


async def _blocked(turn: Turn, *, blocked: bool) -> None:
    await people.set_reachable(turn.tx, turn.person.address, reachable=not blocked)
    turn.person = replace(turn.person, reachable=not blocked)
    if blocked:
        await outbox.cancel(turn.tx, turn.person.address)
        for draft in await lapse_offers(
            turn.tx, turn.house, turn.now
        ):  # A seat held for who reads nothing goes on at once.
            turn.tell(draft)


# What a link is for, by how its payload begins, and the command that takes the rest.
_PAYLOADS = {ROUND: "join", INVITE: "accept", CLUB: "club", RECORD: "link"}


async def _start(turn: Turn, payload: str) -> None:
    if payload.startswith(UNIT):
        if turn.conversation and turn.conversation.form != registration.FORM.name:
            turn.conversation = given_back(turn.conversation)
        await registration.register(turn, payload[2:])
        return
    if command := _PAYLOADS.get(payload[:2]):
        await _command(turn, command, payload[2:])
        return
    if payload == "register":
        await _command(turn, "register", "")
        return
    if payload:
        turn.say("start.link_unknown")
    await _command(turn, "start", "")


_REFUSALS = {
    Role.ADMIN: "command.refused",
    Role.OFFICER: "command.refused_officers",
    Role.HEAD: "command.refused_head",
    Role.HELPER: "command.refused_helper",
}


async def _command(turn: Turn, name: str, args: str) -> None:
    action = _BY_NAME.get(name.lower())
    if action is None:
        turn.say("command.unknown", "/help", name=name[:32])
    elif not turn.person.may(action.role):
        await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command=action.name)
        turn.say(_REFUSALS[action.role], "/help", contact=turn.settings.contact)
    elif turn.conversation is not None and not action.within and not _FORMS[turn.conversation.form].light:
        # One form at a time: what was typed so far is worth more than a quick way into the next one.
        if turn.conversation.form != action.name:
            turn.say("command.busy", "/cancel", name=action.shown(turn.language))
    else:
        before = turn.conversation
        await action.handler(turn, args)
        if not _same_question(before, turn.conversation):
            return
    if turn.conversation is not None:  # Whoever asked something in the middle of a form is back at the open question.
        await ask(turn, _FORMS[turn.conversation.form])


def _same_question(before: Conversation | None, after: Conversation | None) -> bool:
    """True where nothing else is asked than before (an answer may have been noted beside it)."""
    if before is None or after is None:
        return before is after
    return (before.form, before.step, before.version) == (after.form, after.step, after.version)


async def _in_form(turn: Turn) -> None:
    assert turn.conversation is not None
    form = _FORMS[turn.conversation.form]
    command = form.command or form.name
    if not turn.person.may(_BY_NAME[command].role):  # Taken away since the form was opened.
        turn.conversation = None
        await _command(turn, command, "")
        return
    if isinstance(turn.inbound.input, File):
        await uploads.refuse(turn.tx, turn.person.address, turn.inbound.input)
    if isinstance(turn.inbound.input, Text) and (meant := _meant_in_form(turn, fold(turn.inbound.input.text))):
        await _command(turn, meant, _LANGUAGES.get(fold(turn.inbound.input.text), ""))
        return
    await advance(turn, form)
    await _go_on(turn, left=form.name)


async def _go_on(turn: Turn, left: str) -> None:
    """Put the open question of the form that had been put aside for the one that was left."""
    if turn.conversation is not None and turn.conversation.form != left:
        await ask(turn, _FORMS[turn.conversation.form])


_HELP_WORDS = frozenset(("tro giup", "help", "?", "huong dan"))
_LANGUAGES = {"english": "en", "tieng anh": "en", "tieng viet": "vi", "vietnamese": "vi"}


@lru_cache(maxsize=4)
def _labels(words: Words) -> dict[str, str]:
    """What menu buttons read, in every language: where there are no buttons, people type it."""
    shown = [action.name for action in ACTIONS if words.has(f"menu.{action.name}")]
    return {fold(label): name for name in shown for label in words.everywhere(f"menu.{name}")}


def _meant_in_form(turn: Turn, said: str) -> str:
    """The command that these words name in the middle of a form, where nearly all words are answers; "" for none."""
    if said in _HELP_WORDS:
        return "help"
    if said in _LANGUAGES:
        return "language"
    # "Đơn vị" is a command of officers; to whom it is not open, it is a line of the card.
    action = _BY_NAME.get(_labels(turn.house.words).get(said, ""))
    return action.name if action and turn.person.may(action.role) else ""


async def _free_text(turn: Turn, text: str) -> None:
    said = fold(text).strip("!?. ")
    action = _BY_WORDS.get(said) or _BY_NAME.get(_labels(turn.house.words).get(said, ""))
    if action is not None:
        await _command(turn, action.name, _LANGUAGES.get(said, ""))
        return
    if not await questions.heard(turn, text):
        turn.say("help.hint", "/register", "/next", "/faq", "/help")

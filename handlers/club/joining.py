"""A donor and their clubs: joining by a link, with consent; seeing which; leaving at any time."""

from __future__ import annotations

from core.dialogue import Button, Reply
from core.unclear import Unclear
from core.units import Unit
from handlers.form import Answers, Finish, Form, Given, Prompt, Question, labelled, open_form
from handlers.turn import Turn, text_version
from storage import clubs, donors, records

REGISTER = "register"  # The form in which a club is remembered until there is somebody to ask.
REMEMBERED = "_club"
PURPOSE = "club"
_LEAVE = "club.leave_word"  # The word, of any language, that stands before the code of a club to be left.


def purpose(club: Unit) -> str:
    """What a consent to a club is kept under: one for each."""
    return f"{PURPOSE}:{club.code}"


async def _club(turn: Turn, code: str) -> Unit | None:
    unit = (await turn.unit_index()).by_code(code)
    return unit if unit and unit.kind == clubs.KIND else None


async def club(turn: Turn, args: str) -> None:
    """`args`: the code of a club to join, "leave CODE" to leave one; without, the person's clubs."""
    word, _, rest = args.partition(" ")
    if rest and word.lower() in turn.house.words.everywhere(_LEAVE):
        await _leave(turn, rest.strip())
    elif args:
        await _join(turn, args)
    else:
        await _mine(turn)


async def _mine(turn: Turn) -> None:
    index = await turn.unit_index()
    mine = [unit for unit_id in await clubs.of_person(turn.tx, turn.person.id) if (unit := index.get(unit_id))]
    if not mine:
        turn.say("club.none", contact=turn.settings.contact)
        return
    leave = turn.text(_LEAVE)
    lines = "\n".join(f"• {unit.name} – /{_name(turn)} {leave} {unit.code}" for unit in mine)
    buttons = tuple(Button(turn.text("club.leave", club=unit.name), f"/club {leave} {unit.code}") for unit in mine)
    turn.reply(Reply(turn.text("club.mine", clubs=lines), buttons))


def _name(turn: Turn) -> str:
    """The command as this person types it."""
    return "clb" if turn.language == "vi" else "club"


async def _join(turn: Turn, code: str) -> None:
    found = await _club(turn, code)
    if found is None:
        turn.say("club.unknown", contact=turn.settings.contact)
        return
    if found.id in await clubs.of_person(turn.tx, turn.person.id):
        turn.say("club.already", "/club", club=found.name)
    elif await donors.of_person(turn.tx, turn.person.id) is None:
        _register_first(turn, found)
    elif turn.conversation and turn.conversation.form != FORM.name:
        label = turn.text("club.join", club=found.name)
        turn.reply(Reply(turn.text("club.later", club=found.name), (Button(label, f"/club {found.code}"),)))
    else:
        await open_form(turn, FORM, {PURPOSE: found.code})


def _register_first(turn: Turn, found: Unit) -> None:
    """A stranger registers; the club is asked about when that is done."""
    turn.say("club.register_first", club=found.name)
    if turn.conversation is None:
        turn.follow = f"/register {PURPOSE}:{found.code}"
    elif turn.conversation.form == REGISTER:
        turn.conversation = turn.conversation.changed(answers={**turn.conversation.answers, REMEMBERED: found.code})


def _notice(turn: Turn, found: Unit) -> str:
    return turn.text("club.notice", club=found.name, contact=turn.settings.contact)


async def _ask(turn: Turn, answers: Answers) -> Prompt:
    found = await _club(turn, answers[PURPOSE])
    if found is None:
        return Prompt(turn.text("club.unknown", contact=turn.settings.contact), labelled(turn, no="form.decline"))
    return Prompt(_notice(turn, found), labelled(turn, yes="form.agree", no="form.decline"))


async def _read(turn: Turn, answers: Answers, given: Given) -> object:
    found = await _club(turn, answers[PURPOSE])
    if given.value == "no" or found is None:
        raise Finish(turn.text("club.declined"), "/next")
    if given.value != "yes":
        raise Unclear("unclear.consent")
    if await donors.of_person(turn.tx, turn.person.id) is None:  # Erased since the question was put.
        raise Finish(turn.text("club.register_first", club=found.name), "/register")
    consent = records.Consent(
        purpose(found), "given", text_version(_notice(turn, found)), turn.inbound.channel, turn.at
    )
    await records.add_consent(turn.tx, turn.person.address, consent)
    await clubs.join(turn.tx, found.id, await turn.know(), turn.at)
    raise Finish(turn.text("club.joined", club=found.name), "/club", "/next")


async def _leave(turn: Turn, code: str) -> None:
    found = await _club(turn, code)
    if found is None or turn.person.id is None or not await clubs.leave(turn.tx, found.id, turn.person.id):
        turn.say("club.not_in", "/club")
        return
    await withdraw(turn, found)
    turn.say("club.left", club=found.name)


async def withdraw(turn: Turn, found: Unit) -> None:
    """That the consent was taken back is kept like the consent."""
    consent = records.Consent(purpose(found), "withdrawn", "", turn.inbound.channel, turn.at)
    await records.add_consent(turn.tx, turn.person.address, consent)


async def _finish(_: Turn, __: Answers) -> None:
    """Every answer ends the form by itself."""


FORM = Form("club", (Question("sure", _ask, _read, nav=False),), _finish, "club.declined", light=True)

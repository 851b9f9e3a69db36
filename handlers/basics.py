"""Greeting and language."""

from __future__ import annotations

from core.dialogue import Button, Reply
from core.people import Role
from handlers.turn import Action, Turn
from storage import donors

_START = {
    Role.ADMIN: ("start.admin", ("/rounds", "/team", "/export", "/help")),
    Role.OFFICER: ("start.officer", ("/list", "/progress", "/broadcast", "/help")),
    Role.HEAD: ("start.head", ("/members", "/next", "/register", "/help")),
    Role.HELPER: ("start.helper", ("/desk", "/next", "/register", "/help")),
    Role.DONOR: ("start.welcome", ("/register", "/next", "/language", "/help")),
}


async def start(turn: Turn, _: str) -> None:
    """Who is talking, and what one can do here."""
    if turn.conversation is not None:
        turn.say("form.welcome_back")  # and the engine puts the open question again
        return
    donor = await donors.of_person(turn.tx, turn.person.id)
    if donor and turn.person.role is Role.DONOR:
        turn.say("start.again", "/next", "/profile", "/help", name=donor.full_name)
        return
    message, commands = _START[turn.person.role]
    turn.say(message, *commands, organisation=turn.settings.organisation, contact=turn.settings.contact)


async def language(turn: Turn, args: str) -> None:
    """Change the language, or offer those there are. An open form keeps its place."""
    words = turn.house.words
    wanted = args.strip().lower()
    if wanted in words.languages:
        await turn.know(wanted)
        turn.say("language.changed")
        return
    buttons = tuple(Button(words.say(code, "language.name"), f"/language {code}") for code in words.languages)
    turn.reply(Reply(turn.text("language.ask"), buttons))


ACTIONS = (
    Action(("start", "batdau"), start, words=("xin chao", "chao", "hello", "hi", "bat dau"), listed=False),
    Action(
        ("language", "ngonngu"),
        language,
        words=(
            "ngon ngu",
            "language",
            "doi ngon ngu",
            "change language",
            "english",
            "tieng anh",
            "tieng viet",
            "vietnamese",
        ),
    ),
)
FORMS = ()

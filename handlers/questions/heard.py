"""Words that are no command: an emergency, a button's label, a question that has an answer, or one for a person."""

from __future__ import annotations

import re

from core.faq_search import Found
from core.people import Role
from core.urgent_words import is_emergency
from core.vietnamese import bare, fold
from handlers import faq_text
from handlers.form import open_form
from handlers.questions import asking, office
from handlers.turn import Turn

_THANKS = frozenset(
    (
        *(
            "cam on",
            "cam on ban",
            "cam on nhieu",
            "cam on ban nhieu",
            "ok cam on",
            "cam on anh",
            "cam on chi",
            "cam on em",
        ),
        *("ok", "oke", "okay", "vang", "thanks", "thank you", "thank you very much", "tks"),
    )
)
_NUMBER = re.compile(r"(?:cau|question) (?:so )?(\d{1,4})")
_NUMBERS = re.compile(r"(?:cau|questions?) (\d{1,4}) ?- ?\d{1,4}")
_ANSWER = re.compile(r"(?:tra loi cau|answer question) (\d{1,14})")
_WORDS_OF_A_QUESTION = 3  # Fewer, without a question mark, are no question: "abc", "xem thử".


async def heard(turn: Turn, text: str) -> bool:
    """Answer what was typed while nothing was open; False where there is nothing to make of it."""
    if is_emergency(text):
        turn.say("ask.emergency_idle", "/ask", contact=turn.settings.contact)
        return True
    said = bare(text)
    if said in _THANKS:
        turn.say("ask.welcome", "/next", "/faq")
        return True
    if found := _NUMBERS.fullmatch(said) or _NUMBER.fullmatch(said):
        turn.follow = f"/faq {found[1]}{'–' if _NUMBERS.fullmatch(said) else ''}"
        return True
    if (found := _ANSWER.fullmatch(said)) and turn.person.may(Role.OFFICER):
        await open_form(turn, office.FORM, {office.NUMBER: found[1]}, "card")
        return True
    return await _searched(turn, text)


async def _searched(turn: Turn, text: str) -> bool:
    faq = await turn.house.faq.all(turn.tx)
    found = faq.find(text)
    topic = faq.topic(found.certain) if found.certain else None
    if topic is not None:
        turn.reply(faq_text.answer(turn.voice, topic))
        return True
    if not found.near and not _is_question(text):
        return False
    if not found.near and await asking.refusal(turn):  # Nobody is offered what cannot be had.
        return False
    await asking.offer(turn, text, Found(None, found.near))
    return True


def _is_question(text: str) -> bool:
    said = fold(text)
    return (
        said.endswith("?")
        or len([word for word in said.split() if any(c.isalpha() for c in word)]) >= _WORDS_OF_A_QUESTION
    )

"""Asking: the topics that may be meant, the words, what of the person is passed on and to whom, and sending by pressing "send"."""

from __future__ import annotations

from core.dialogue import Choice
from core.faq_search import Found
from core.unclear import Unclear
from core.urgent_words import is_emergency
from core.vietnamese import nfc
from handlers import faq_text, question_desk
from handlers.form import Answers, Finish, Form, Given, GoTo, Prompt, Question, labelled, open_form
from handlers.question_desk import Desk
from handlers.turn import Turn, text_version
from storage import questions, records

MOST_OPEN = (
    3  # Who waits for three answers asks the fourth in person: officers answer on their telephones, beside their work.
)
_MOST, _LEAST = 600, 6  # Characters: what fits on one screen with its answer, and what can be a question at all.
_PURPOSE = "question"
_WORDS, _NEAR = "words", "_near"


async def refusal(turn: Turn) -> str:
    """Why nothing can be asked now, as a sentence id; "" where it can."""
    if len(await questions.open_of(turn.tx, turn.person.address)) >= MOST_OPEN:
        return "ask.too_many"
    return "" if await _desk(turn) else "ask.nobody"


async def _desk(turn: Turn) -> Desk | None:
    return await question_desk.of_asker(turn.tx, turn.house, await turn.unit_index(), turn.person.address)


async def offer(turn: Turn, text: str, found: Found) -> None:
    """Topics that may be meant, and the way to a person. The words wait in the open question, so that nobody types them again."""
    await open_form(turn, FORM, {"_words": _clean(text)[:_MOST], _NEAR: list(found.near)}, "offer")


async def _ask_offer(turn: Turn, answers: Answers) -> Prompt:
    faq = await turn.house.faq.all(turn.tx)
    topics = [topic for key in answers[_NEAR] if (topic := faq.topic(key)) and topic.shown]
    choices = [Choice(f"t{topic.key}", topic.entry(turn.language).question) for topic in topics]
    message = "ask.offer" if topics else "ask.offer_none"
    return Prompt(turn.text(message), [*choices, *labelled(turn, send="ask.to_officer")])


async def _read_offer(turn: Turn, answers: Answers, given: Given) -> object:
    if given.value == "send":
        if refused := await refusal(turn):
            raise Finish(turn.text(refused, contact=turn.settings.contact, most=MOST_OPEN), "/faq")
        if len(answers["_words"]) < _LEAST:
            answers["offer"] = True
            raise GoTo("words")
        answers |= {_WORDS: answers["_words"], "offer": True}
        raise GoTo("send")
    topic = (await turn.house.faq.all(turn.tx)).topic((given.value or "")[1:])
    if topic is None:
        raise Unclear("unclear.choice")
    reply = faq_text.answer(turn.voice, topic)
    raise Finish(reply.text, *(button.token for button in reply.buttons))


async def _ask_words(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("ask.words", most=_MOST))


async def _read_words(turn: Turn, answers: Answers, given: Given) -> object:
    """The question; somebody in danger gets the number to call first."""
    words = _clean(given.text)
    if len(words) < _LEAST or not any(letter.isalpha() for letter in words):
        raise Unclear("unclear.ask_short")
    if len(words) > _MOST:
        raise Unclear("unclear.ask_long", most=_MOST, length=len(words))
    answers[_WORDS] = words
    raise GoTo("send", turn.text("ask.emergency", contact=turn.settings.contact) if is_emergency(words) else "")


def _clean(text: str) -> str:
    return "\n".join(filter(None, (nfc(line) for line in text.splitlines())))


async def _notice(turn: Turn, desk: Desk) -> str:
    """What is passed on, and to whom: what the person agrees to by pressing "send"."""
    registered = await question_desk.is_registered(turn.tx, turn.person.address)
    message = "ask.notice" if registered else "ask.notice_stranger"
    return turn.text(message, office=desk.name(turn.voice), days=questions.KEPT_DAYS)


async def _ask_send(turn: Turn, answers: Answers) -> Prompt:
    desk = await _desk(turn)
    if desk is None:
        return Prompt(turn.text("ask.nobody", contact=turn.settings.contact))
    text = turn.text("ask.preview", question=answers[_WORDS], notice=await _notice(turn, desk))
    return Prompt(text, labelled(turn, send="ask.send", again="ask.again"))


async def _read_send(turn: Turn, _: Answers, given: Given) -> object:
    if given.value == "again":
        raise GoTo("words")
    if given.value != "send":
        raise Unclear("unclear.ask_send")
    if refused := await refusal(turn):
        raise Finish(turn.text(refused, contact=turn.settings.contact, most=MOST_OPEN), "/faq")
    return True


async def _finish(turn: Turn, answers: Answers) -> None:
    """Kept, consented to, and told to those who answer."""
    desk = await _desk(turn)
    assert desk is not None
    await turn.know()
    await _consent(turn, await _notice(turn, desk))
    question = await questions.ask(turn.tx, turn.person.address, answers[_WORDS], unit_id=desk.unit_id, at=turn.at)
    scene = question_desk.Scene(turn.tx, turn.house, await turn.unit_index(), turn.now)
    for draft in await question_desk.told(scene, question, desk, question_desk.ASKED):
        turn.tell(draft)
    asleep = turn.settings.timetable.is_quiet(turn.now)
    message = "ask.sent_at_night" if asleep else "ask.sent"
    turn.say(message, "/faq", "/next", office=desk.name(turn.voice), contact=turn.settings.contact)


async def _consent(turn: Turn, notice: str) -> None:
    """The words that were agreed to, once for each that differ."""
    version = text_version(notice)
    given = [c for c in await records.consents(turn.tx, turn.person.address) if c.purpose == _PURPOSE]
    if not given or (given[-1].answer, given[-1].text_version) != ("given", version):
        consent = records.Consent(_PURPOSE, "given", version, turn.inbound.channel, turn.at)
        await records.add_consent(turn.tx, turn.person.address, consent)


FORM = Form(
    "ask",
    (
        Question("offer", _ask_offer, _read_offer, when=lambda answers: _NEAR in answers, passing=True),
        Question("words", _ask_words, _read_words, free=True),
        Question("send", _ask_send, _read_send, back="words"),
    ),
    _finish,
    "ask.cancelled",
    private=True,
)

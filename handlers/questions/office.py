"""The office of questions: what waits for the person's units, the oldest first; answered, closed, passed on, by whoever is first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from core.authority import own_units
from core.dates import show_date
from core.dialogue import Choice, Reply
from core.faq import may_edit
from core.people import Role
from core.unclear import Unclear
from core.vietnamese import nfc
from handlers import question_desk
from handlers.form import Answers, AskAgain, Form, Given, GoTo, Prompt, labelled
from handlers.form import Question as Screen
from handlers.turn import Turn
from storage import people, questions, records
from storage.outbox import Draft
from storage.questions import ANSWERED, CLOSED, OPEN, End, Question

NUMBER = "_number"  # The answer that holds which question is in hand.
_LEAVE, _VIEW, _TEXT = "_leave", "_view", "_text"
_PAGE = 5
_BRIEF = 60  # Characters of a question in the list.
_MOST, _LEAST = 1500, 2  # Characters of an answer.
_REASONS = ("questions.reason.phone", "questions.reason.double", "questions.reason.other")

AskOne = Callable[[Turn, Answers, Question], Awaitable[Prompt]]
ReadOne = Callable[[Turn, Answers, Given, Question], Awaitable[object]]


def _asks(ask: AskOne) -> Callable[[Turn, Answers], Awaitable[Prompt]]:
    """A screen about the question in hand; where it is gone or not the person's, that stands in its place."""

    async def asked(turn: Turn, answers: Answers) -> Prompt:
        question = await question_desk.find(turn, answers.get(NUMBER, ""))
        return await ask(turn, answers, question) if question else Prompt(turn.text("questions.gone"))

    return asked


def _reads(read: ReadOne, *, open_only: bool = True) -> Callable[[Turn, Answers, Given], Awaitable[object]]:
    """An answer about the question in hand: back to the list where it is gone, to its card where somebody was faster."""

    async def answered(turn: Turn, answers: Answers, given: Given) -> object:
        question = await question_desk.find(turn, answers.get(NUMBER, ""))
        if question is None:
            raise GoTo("list", turn.text("questions.gone"))
        if open_only and question.state != OPEN:
            raise GoTo("card", turn.text("questions.faster"))
        return await read(turn, answers, given, question)

    return answered


async def _mine(turn: Turn) -> list[Question]:
    own = own_units(turn.person, await turn.unit_index())
    return [question for question in await questions.waiting(turn.tx) if own is None or question.unit_id in own]


async def _ask_list(turn: Turn, answers: Answers) -> Prompt:
    waiting = await _mine(turn)
    view = min(answers.get(_VIEW, 0), max(0, (len(waiting) - 1) // _PAGE))
    there = waiting[view * _PAGE : (view + 1) * _PAGE]
    index = await turn.unit_index()
    lines = []
    for question in there:
        who = await question_desk.asker(turn.tx, turn.voice, index, question.address)
        lines.append(
            turn.text("questions.line", id=question.id, who=who, since=_since(turn, question), brief=_brief(question))
        )
    choices = [_choice(turn, question) for question in there]
    ways = {"more": "unit.more"} if (view + 1) * _PAGE < len(waiting) else {}
    ways |= {"fewer": "unit.fewer"} if view else {}
    title = turn.text("questions.list" if there else "questions.list_empty", count=len(waiting))
    return Prompt("\n".join([title, *lines]), [*choices, *labelled(turn, **ways)])


def _choice(turn: Turn, question: Question) -> Choice:
    """Also by the label of the button that announced it, which may be typed here."""
    label = turn.text("questions.label", id=question.id)
    return Choice(f"q{question.id}", label, (str(question.id), turn.text("questions.answer_it", id=question.id)))


def _since(turn: Turn, question: Question) -> str:
    """Since when it waits; late ones stand out."""
    asked = question_desk.day_of(turn.house, question.asked_at)
    since = turn.text("questions.since", date=show_date(asked))
    late = question_desk.is_late(turn.house, question.asked_at, turn.now)
    return f"{since} {turn.text('questions.is_late', days=question_desk.LATE_DAYS)}" if late else since


def _brief(question: Question) -> str:
    words = nfc(question.words)
    return words if len(words) <= _BRIEF else f"{words[:_BRIEF].rstrip()}…"


async def _read_list(_: Turn, answers: Answers, given: Given) -> object:
    match given.value:
        case None:
            raise Unclear("unclear.choice")
        case "more" | "fewer" as way:
            answers[_VIEW] = answers.get(_VIEW, 0) + (1 if way == "more" else -1)
            raise AskAgain
        case value:
            answers[NUMBER] = value[1:]
            raise GoTo("card")


@_asks
async def _ask_card(turn: Turn, _: Answers, question: Question) -> Prompt:
    """The whole question, who asks, since when; of one that has ended, who said what."""
    index = await turn.unit_index()
    who = await question_desk.asker(turn.tx, turn.voice, index, question.address)
    text = turn.text(
        "questions.card",
        id=question.id,
        who=who,
        since=_since(turn, question) if question.state == OPEN else _day(turn, question.asked_at),
        question=question.words or turn.text("questions.erased"),
    )
    if question.state == OPEN:
        up = await question_desk.above(turn.tx, turn.house, index, question)
        ways = {"answer": "questions.do.answer", "close": "questions.do.close"}
        return Prompt(text, labelled(turn, **ways, **({"pass": "questions.do.pass"} if up else {})))
    draft = question.state == ANSWERED and bool(question.words) and may_edit(turn.person, index)
    ways = {"faq": "questions.do.faq"} if draft else {}
    return Prompt(f"{text}\n\n{await _ended(turn, question)}", labelled(turn, **ways, list="questions.do.list"))


def _day(turn: Turn, at: int) -> str:
    return turn.text("questions.since", date=show_date(question_desk.day_of(turn.house, at)))


async def _ended(turn: Turn, question: Question) -> str:
    """By whom (role and unit, never a name), when, and with which words."""
    assert question.answered_at is not None
    unit = (await turn.unit_index()).get(question.office_id)
    by = turn.text("questions.by_officer", unit=unit.name) if unit else turn.text("questions.by_admin")
    message = "questions.ended_answered" if question.state == ANSWERED else "questions.ended_closed"
    words = question.answer or turn.text("questions.erased")
    return turn.text(
        message, by=by, date=show_date(question_desk.day_of(turn.house, question.answered_at)), answer=words
    )


async def _read_card(turn: Turn, answers: Answers, given: Given) -> object:
    if given.value == "list" or await question_desk.find(turn, answers.get(NUMBER, "")) is None:
        raise GoTo("list")
    if given.value == "faq":
        answers[_LEAVE] = f"/editfaq new {answers[NUMBER]}"
        return True
    return await _read_open_card(turn, answers, given)


async def _do(_: Turn, answers: Answers, given: Given, __: Question) -> object:
    ways = {"answer": "answer", "close": "reason", "pass": "passing"}
    if given.value not in ways:
        raise Unclear("unclear.choice")
    answers.pop(_TEXT, None)
    raise GoTo(ways[given.value])


_read_open_card = _reads(_do)


@_asks
async def _ask_answer(turn: Turn, _: Answers, question: Question) -> Prompt:
    return Prompt(turn.text("questions.answer_ask", question=question.words, most=_MOST))


@_reads
async def _read_answer(_: Turn, answers: Answers, given: Given, __: Question) -> object:
    answers[_TEXT] = _plain(given.text)
    raise GoTo("preview")


def _plain(text: str) -> str:
    words = "\n".join(filter(None, (nfc(line) for line in text.splitlines())))
    if len(words) < _LEAST:
        raise Unclear("unclear.answer_short")
    if len(words) > _MOST:
        raise Unclear("unclear.ask_long", most=_MOST, length=len(words))
    return words


async def _as_asker_reads(turn: Turn, question: Question, words: str) -> tuple[str, str]:
    """(language, text): the question, from which office, and the answer."""
    asker = (await people.load(turn.tx, [question.address])).get(question.address)
    voice = turn.house.voice(asker.language if asker else turn.house.words.default)
    unit = (await turn.unit_index()).get(_office(turn, question))
    office = unit.name if unit else voice.organisation
    return voice.language, voice.text("questions.answered_you", question=question.words, office=office, answer=words)


def _office(turn: Turn, question: Question) -> int | None:
    """In whose name the person answers: the unit that has the question; an administrator's answer is the house's."""
    return None if turn.person.may(Role.ADMIN) else question.unit_id


@_asks
async def _ask_preview(turn: Turn, answers: Answers, question: Question) -> Prompt:
    _, text = await _as_asker_reads(turn, question, answers[_TEXT])
    return Prompt(
        turn.text("questions.preview", text=text), labelled(turn, send="questions.do.send", again="ask.again")
    )


@_reads
async def _read_preview(turn: Turn, answers: Answers, given: Given, question: Question) -> object:
    if given.value == "again":
        raise GoTo("answer")
    if given.value != "send":
        raise Unclear("unclear.choice")
    words = answers[_TEXT]
    language, text = await _as_asker_reads(turn, question, words)
    raise await _end(
        turn, question, End(ANSWERED, words, turn.person.address, _office(turn, question)), (language, text)
    )


async def _end(turn: Turn, question: Question, how: End, said: tuple[str, str]) -> GoTo:
    """The first one ends it; whoever asked hears it at once, by day or night: they wait for it."""
    if not await questions.end(turn.tx, question.id, how, turn.at):
        return GoTo("card", turn.text("questions.faster"))
    language, text = said
    reply = Reply(text, turn.house.voice(language).menu(("/ask", "/faq")))
    turn.tell(Draft(f"answer:{question.id}", question.address, reply))
    await _audit(turn, "answered" if how.state == ANSWERED else "unanswered", question)
    asker = (await people.load(turn.tx, [question.address])).get(question.address)
    reached = asker is not None and asker.reachable
    message = f"questions.became.{how.state}" if reached else "questions.became.unreached"
    return GoTo("card" if how.state == ANSWERED else "list", turn.text(message, id=question.id))


async def _audit(turn: Turn, change: str, question: Question, **detail: object) -> None:
    unit = (await turn.unit_index()).get(question.unit_id)
    of_unit = {"unit": unit.code} if unit else {}
    await records.add_audit(
        turn.tx, turn.person.address, "question", at=turn.at, change=change, question=question.id, **of_unit, **detail
    )


@_asks
async def _ask_reason(turn: Turn, _: Answers, question: Question) -> Prompt:
    """Why it is closed without an answer: the person reads it."""
    reasons = {reason: reason for reason in _REASONS}
    return Prompt(turn.text("questions.reason_ask", question=question.words), labelled(turn, **reasons))


@_reads
async def _read_reason(turn: Turn, _: Answers, given: Given, question: Question) -> object:
    asker = (await people.load(turn.tx, [question.address])).get(question.address)
    voice = turn.house.voice(asker.language if asker else turn.house.words.default)
    reason = voice.text(given.value) if given.value else _plain(given.text)
    text = voice.text("questions.closed_you", question=question.words, reason=reason, contact=voice.contact)
    how = End(CLOSED, reason, turn.person.address, _office(turn, question))
    raise await _end(turn, question, how, (voice.language, text))


@_asks
async def _ask_passing(turn: Turn, _: Answers, question: Question) -> Prompt:
    up = await question_desk.above(turn.tx, turn.house, await turn.unit_index(), question)
    if up is None:
        return Prompt(turn.text("questions.nobody_above"))
    return Prompt(turn.text("questions.pass_ask", office=up.name(turn.voice)), labelled(turn, yes="questions.do.pass"))


@_reads
async def _read_passing(turn: Turn, _: Answers, given: Given, question: Question) -> object:
    if given.value != "yes":
        raise Unclear("unclear.choice")
    index = await turn.unit_index()
    up = await question_desk.above(turn.tx, turn.house, index, question)
    if up is None or not await questions.pass_on(turn.tx, question, up.unit_id):
        raise GoTo("card", turn.text("questions.faster"))
    scene = question_desk.Scene(turn.tx, turn.house, index, turn.now)
    for draft in await question_desk.told(scene, question, up, question_desk.PASSED_ON):
        turn.tell(draft)
    await _audit(turn, "passed", question)
    raise GoTo("list", turn.text("questions.became.passed", id=question.id, office=up.name(turn.voice)))


async def _finish(turn: Turn, answers: Answers) -> None:
    """Only what leads out of these screens ends here: an answer for everybody."""
    turn.follow = answers[_LEAVE]


def _stays(answers: Mapping[str, Any]) -> bool:
    return _LEAVE not in answers


FORM = Form(
    "questions",
    (
        Screen("list", _ask_list, _read_list, when=_stays),
        Screen("card", _ask_card, _read_card, when=_stays, back="list"),
        Screen("answer", _ask_answer, _read_answer, when=_stays, back="card", free=True),
        Screen("preview", _ask_preview, _read_preview, when=_stays, back="answer"),
        Screen("reason", _ask_reason, _read_reason, when=_stays, back="card", free=True),
        Screen("passing", _ask_passing, _read_passing, when=_stays, back="card"),
    ),
    _finish,
    "questions.left",
    light=True,
    leave="rounds.leave",
)

"""Editing the questions and answers: words, source and day in each language, order, hiding, new topics, and back to what came along."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from typing import Any

from core.dates import PartialDate, read_month_or_date, show_partial
from core.dialogue import Choice
from core.faq import ANSWER, QUESTION, SOURCE, Entry, Topic, may_edit
from core.unclear import Unclear
from core.vietnamese import nfc
from handlers import faq_text, question_desk
from handlers.form import Answers, AskAgain, Finish, Form, Given, GoTo, Prompt, Question, labelled
from handlers.turn import Turn
from storage import faq as store
from storage import records

_PAGE = 6  # With the ways to turn the page and to add one, nine.
_TOPIC, _LANGUAGE, _DRAFT, _BEFORE, _FIELD, _VIEW = "_topic", "_language", "_draft", "_before", "_field", "_view"
_ASKED = "_asked"  # The draft holds a donor's own words.
_FIELDS = {"question": QUESTION, "answer": ANSWER, "source": SOURCE, "source_on": 10}
_EDITS = {
    "question": "faq.edit.question",
    "answer": "faq.edit.answer",
    "source": "faq.edit.source",
    "source_on": "faq.edit.source_on",
}
_EMPTY = Entry("", "", "", "")

AskTopic = Callable[[Turn, Answers, Topic], Awaitable[Prompt]]
ReadTopic = Callable[[Turn, Answers, Given, Topic], Awaitable[object]]


async def _may(turn: Turn) -> bool:
    """Asked of the tables at every step."""
    return may_edit(turn.person, await turn.unit_index())


def _asks(ask: Callable[[Turn, Answers], Awaitable[Prompt]]) -> Callable[[Turn, Answers], Awaitable[Prompt]]:
    async def asked(turn: Turn, answers: Answers) -> Prompt:
        if not await _may(turn):
            return Prompt(turn.text("faq.refused", contact=turn.settings.contact))
        return await ask(turn, answers)

    return asked


def _reads(
    read: Callable[[Turn, Answers, Given], Awaitable[object]],
) -> Callable[[Turn, Answers, Given], Awaitable[object]]:
    async def answered(turn: Turn, answers: Answers, given: Given) -> object:
        if not await _may(turn):
            await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="editfaq")
            raise Finish(turn.text("faq.refused", contact=turn.settings.contact), "/faq")
        return await read(turn, answers, given)

    return answered


async def _topic(turn: Turn, answers: Answers) -> Topic | None:
    return (await turn.house.faq.all(turn.tx)).topic(answers.get(_TOPIC, ""))


def _of_topic_asked(ask: AskTopic) -> Callable[[Turn, Answers], Awaitable[Prompt]]:
    async def asked(turn: Turn, answers: Answers) -> Prompt:
        topic = await _topic(turn, answers)
        return await ask(turn, answers, topic) if topic else Prompt(turn.text("faq.gone"))

    return _asks(asked)


def _of_topic_read(read: ReadTopic) -> Callable[[Turn, Answers, Given], Awaitable[object]]:
    async def answered(turn: Turn, answers: Answers, given: Given) -> object:
        topic = await _topic(turn, answers)
        if topic is None:
            raise GoTo("list", turn.text("faq.gone"))
        return await read(turn, answers, given, topic)

    return _reads(answered)


async def _audit(turn: Turn, change: str, topic: str, **detail: object) -> None:
    await records.add_audit(turn.tx, turn.person.address, "faq", at=turn.at, change=change, topic=topic, **detail)


# The list.


@_asks
async def _ask_list(turn: Turn, answers: Answers) -> Prompt:
    topics = (await turn.house.faq.all(turn.tx)).topics
    view = min(answers.get(_VIEW, 0), max(0, (len(topics) - 1) // _PAGE))
    there = topics[view * _PAGE : (view + 1) * _PAGE]
    choices = [Choice(f"t{topic.key}", _marked(turn, topic), (topic.entry(turn.language).question,)) for topic in there]
    ways = {"more": "unit.more"} if (view + 1) * _PAGE < len(topics) else {}
    ways |= {"fewer": "unit.fewer"} if view else {}
    return Prompt(turn.text("faq.edit_list", count=len(topics)), [*choices, *labelled(turn, **ways, new="faq.do.new")])


def _marked(turn: Turn, topic: Topic) -> str:
    """The question, and what an officer must see at a glance."""
    marks = [turn.text("faq.mark.hidden")] if not topic.shown else []
    marks += [turn.text("faq.mark.changed")] if topic.changed else []
    return " ".join([topic.entry(turn.language).question, *marks])


@_reads
async def _read_list(turn: Turn, answers: Answers, given: Given) -> object:
    match given.value:
        case None:
            raise Unclear("unclear.choice")
        case "more" | "fewer" as way:
            answers[_VIEW] = answers.get(_VIEW, 0) + (1 if way == "more" else -1)
            raise AskAgain
        case "new":
            _begin(answers, "", turn.language, None)
            answers[_FIELD] = "question"
            raise GoTo("value")
        case value:
            answers[_TOPIC] = value[1:]
            raise GoTo("card")


# One topic.


@_of_topic_asked
async def _ask_card(turn: Turn, _: Answers, topic: Topic) -> Prompt:
    """As everybody sees it, and what can be done with it."""
    state = " ".join(
        (
            turn.text("faq.state.shown" if topic.shown else "faq.state.hidden"),
            turn.text("faq.state.changed" if topic.changed else "faq.state.shipped"),
        )
    )
    return Prompt(
        f"{state}\n\n{faq_text.shown(turn.voice, topic.entry(turn.language))}", labelled(turn, **_ways(turn, topic))
    )


def _ways(turn: Turn, topic: Topic) -> dict[str, str]:
    ours = any(topic.key == shipped.key for shipped in turn.house.faq.shipped.topics)
    ways = {"vi": "faq.do.vi", "en": "faq.do.en", "hide": "faq.do.hide" if topic.shown else "faq.do.show"}
    ways |= {"up": "faq.do.up", "down": "faq.do.down"}
    if not ours:
        return ways | {"restore": "faq.do.delete"}
    return ways | ({"restore": "faq.do.restore"} if topic.changed else {})


@_of_topic_read
async def _read_card(turn: Turn, answers: Answers, given: Given, topic: Topic) -> object:
    match given.value:
        case "vi" | "en" as language:
            _begin(answers, topic.key, language, topic.entries.get(language))
            raise GoTo("entry")
        case "hide" | "up" | "down" as how:
            raise GoTo("card", await _placed(turn, topic, how))
        case "restore":
            raise GoTo("restore")
        case _:
            raise Unclear("unclear.choice")


async def _placed(turn: Turn, topic: Topic, how: str) -> str:
    """Hide or show it, or move it by one place; what became of it."""
    topics = list((await turn.house.faq.all(turn.tx)).topics)
    here = topics.index(topic)
    if how == "hide":
        topics[here] = replace(topic, shown=not topic.shown)
    else:
        there = here + (1 if how == "down" else -1)
        if not 0 <= there < len(topics):
            return turn.text("faq.at_the_end")
        topics[here], topics[there] = topics[there], topics[here]
    await store.keep_order(turn.tx, topics)
    change = ("hidden" if topic.shown else "shown") if how == "hide" else "ordered"
    await _audit(turn, change, topic.key)
    place = next(place for place, one in enumerate(topics, 1) if one.key == topic.key)
    return turn.text(f"faq.became.{change}", place=place)


@_of_topic_asked
async def _ask_restore(turn: Turn, _: Answers, topic: Topic) -> Prompt:
    """What would stand there again, or that it would be gone."""
    shipped = next((one for one in turn.house.faq.shipped.topics if one.key == topic.key), None)
    if shipped is None:
        text = turn.text("faq.delete_ask", question=topic.entry(turn.language).question)
        return Prompt(text, labelled(turn, yes="faq.do.delete"))
    text = f"{turn.text('faq.restore_ask')}\n\n{faq_text.shown(turn.voice, shipped.entry(turn.language))}"
    return Prompt(text, labelled(turn, yes="faq.do.restore"))


@_of_topic_read
async def _read_restore(turn: Turn, _: Answers, given: Given, topic: Topic) -> object:
    if given.value != "yes":
        raise Unclear("unclear.choice")
    await store.restore(turn.tx, topic.key)
    await _audit(turn, "restored", topic.key)
    back = await _topic(turn, {_TOPIC: topic.key})
    raise GoTo("card" if back else "list", turn.text("faq.became.restored" if back else "faq.became.deleted"))


# Its words in one language.


def _begin(answers: Answers, key: str, language: str, entry: Entry | None) -> None:
    """A draft: of what is there, or empty."""
    answers |= {
        _TOPIC: key,
        _LANGUAGE: language,
        _DRAFT: asdict(entry or _EMPTY),
        _BEFORE: asdict(entry) if entry else None,
    }


async def from_question(turn: Turn, number: str) -> Answers | None:
    """A draft of a new topic out of an answered question; None where it is not the person's, or has no words any more."""
    question = await question_desk.find(turn, number)
    if question is None or question.state != "answered" or not question.words:
        return None
    answers: Answers = {}
    today = PartialDate(turn.today.year, turn.today.month, turn.today.day).iso()
    draft = Entry(question.words[:QUESTION], question.answer[:ANSWER], turn.settings.organisation[:SOURCE], today)
    _begin(answers, "", turn.language, None)
    answers |= {_DRAFT: asdict(draft), _ASKED: True}
    return answers


def _draft(answers: Answers) -> Entry:
    return Entry(**answers[_DRAFT])


@_asks
async def _ask_entry(turn: Turn, answers: Answers) -> Prompt:
    """The draft exactly as people will see it; each part can be changed, and then it is saved."""
    draft = _draft(answers)
    name = turn.house.words.say(answers[_LANGUAGE], "language.name")
    missing = [field for field in _FIELDS if not getattr(draft, field)]
    shown = faq_text.shown(
        turn.house.voice(answers[_LANGUAGE]), replace(draft, source_on=draft.source_on or str(turn.today))
    )
    ways = {} if missing else {"save": "form.save"}
    ways |= _EDITS
    ways |= {"verify": "faq.edit.checked" if draft.verify else "faq.edit.verify"}
    lead = turn.text("faq.preview", name=name)
    if answers.get(_ASKED):
        lead = f"{turn.text('faq.of_a_donor')}\n\n{lead}"
    return Prompt(f"{lead}\n\n{shown}", labelled(turn, **ways))


@_reads
async def _read_entry(turn: Turn, answers: Answers, given: Given) -> object:
    match given.value:
        case "save":
            raise await _save(turn, answers)
        case "verify":
            answers[_DRAFT] = {**answers[_DRAFT], "verify": not answers[_DRAFT]["verify"]}
            raise AskAgain
        case name if name in _FIELDS:
            answers[_FIELD] = name
            raise GoTo("value")
        case _:
            raise Unclear("unclear.choice")


async def _save(turn: Turn, answers: Answers) -> GoTo:
    """Written, unless somebody else has changed the same words meanwhile: then theirs are looked at first."""
    faq = await turn.house.faq.all(turn.tx)
    key, language, draft = answers[_TOPIC], answers[_LANGUAGE], _draft(answers)
    topic = faq.topic(key) if key else None
    now = topic.entries.get(language) if topic else None
    if (asdict(now) if now else None) != answers[_BEFORE]:
        answers[_BEFORE] = asdict(now) if now else None
        theirs = faq_text.shown(turn.house.voice(language), now) if now else "–"
        return GoTo("entry", turn.text("faq.changed_meanwhile", theirs=theirs))
    if not key:
        taken = {int(one.key[3:]) for one in faq.topics if one.key.startswith("own")}
        key = answers[_TOPIC] = f"own{max(taken, default=0) + 1}"
        await store.keep_order(turn.tx, [*faq.topics, Topic(key, {})])
    await store.write(turn.tx, (key, language), draft, by=turn.person.address, at=turn.at)
    await _audit(turn, "edited", key, language=language)
    return GoTo("card", turn.text("faq.became.saved"))


@_asks
async def _ask_value(turn: Turn, answers: Answers) -> Prompt:
    name = answers[_FIELD]
    now = getattr(_draft(answers), name)
    shown = show_partial(PartialDate.of_iso(now)) if name == "source_on" and now else now
    return Prompt(turn.text(f"faq.ask.{name}", now=shown or "–", most=_FIELDS[name], slots="{contact}"))


@_reads
async def _read_value(turn: Turn, answers: Answers, given: Given) -> object:
    """The words, then what is still missing, then the whole."""
    name = answers[_FIELD]
    value = _day(turn, given.text) if name == "source_on" else _plain(given.text, _FIELDS[name])
    answers[_DRAFT] = {**answers[_DRAFT], name: value}
    missing = next((field for field in _FIELDS if not answers[_DRAFT][field]), None)
    if missing:
        answers[_FIELD] = missing
        raise GoTo("value")
    raise GoTo("entry")


def _plain(text: str, most: int) -> str:
    """Words in lines, as they are: nothing in them is read as markup. Raises Unclear for none, or too many."""
    lines = "\n".join(filter(None, (nfc(line) for line in text.splitlines())))
    if not lines:
        raise Unclear("unclear.faq_empty")
    if len(lines) > most:
        raise Unclear("unclear.faq_long", most=most, length=len(lines))
    return lines


def _day(turn: Turn, text: str) -> str:
    return read_month_or_date(text, turn.today).iso()


async def _finish(_: Turn, __: Answers) -> None:
    """No answer ends these screens: whoever is done leaves."""


def _screen(key: str, ask: Any, read: Any, *, back: str = "list", free: bool = False) -> Question:
    return Question(key, ask, read, back=back, free=free)


FORM = Form(
    "editfaq",
    (
        Question("list", _ask_list, _read_list),
        _screen("card", _ask_card, _read_card),
        _screen("restore", _ask_restore, _read_restore, back="card"),
        _screen("entry", _ask_entry, _read_entry, back="list"),
        _screen("value", _ask_value, _read_value, back="entry", free=True),
    ),
    _finish,
    "faq.closed",
    leave="rounds.leave",
)

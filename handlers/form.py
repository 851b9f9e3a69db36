"""A form is a table of questions; this module asks them. What is answered lives in the conversation row alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.dialogue import Button, Choice, Reply
from core.people import Conversation
from core.unclear import Unclear
from handlers.answers import BACK as BACK  # A form's words, wherever they are made.
from handlers.answers import CANCEL as CANCEL
from handlers.answers import NAV, given_by, token_prefix
from handlers.answers import Given as Given
from handlers.turn import Turn, choices_text

Answers = dict[str, Any]
REVIEW = "review"
_SINCE = "_since"  # When a private form was opened, ms UTC.
CONTACT = "_contact"  # The form has put a button for the contact card under the message box: whoever ends it tidies up.
_DAY_MS = 86_400_000
_PRIVATE_MS = 12 * 3_600_000
_LONG_AGO_MS = 12 * 3_600_000  # After half a day people have forgotten the question: they are welcomed back.


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question as it is put now."""

    text: str
    choices: Sequence[Choice] = ()
    contact: str = ""


class AskAgain(Exception):
    """The answer led to another view of the same question (a page, a branch, a search)."""


class GoTo(Exception):
    """The answer leads to the question of this key."""

    def __init__(self, step: str, before: str = "") -> None:
        """`step` is a key of the form; `before` a line that goes in front of its question."""
        super().__init__(step)
        self.step, self.before = step, before


class Finish(Exception):
    """The form ends here, nothing of it is kept; the sentence is the last word."""

    def __init__(self, text: str, *commands: str) -> None:
        """`commands` become buttons."""
        super().__init__(text)
        self.text, self.commands = text, commands


Ask = Callable[[Turn, Answers], Awaitable[Prompt]]
Read = Callable[[Turn, Answers, Given], Awaitable[object]]
Show = Callable[[Turn, Any], Awaitable[str]]


def _always(_: Mapping[str, Any]) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    `read` returns a JSON value, or raises Unclear, AskAgain, GoTo or Finish. `show`: the value in words for the card; None where
    the card leaves it out. `when`: asked only if true of the answers so far. `nav`: back and cancel are offered (a question without
    may offer its own; `read` then gets BACK). `free`: any words or figures may be an answer, so a bare number chooses nothing, and
    a single word for back and cancel counts only with its diacritics (folded, "huỷ" is the name Huy). `back`: the key that back
    leads to, where it is not the question before. `passing`: it waits for a choice alone; whatever else is typed closes it and is
    taken as if nothing were open.
    """

    key: str
    ask: Ask
    read: Read
    show: Show | None = None
    when: Callable[[Mapping[str, Any]], bool] = _always
    free: bool = False
    nav: bool = True
    back: str = ""
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """Questions in order and what happens at the end. `card` adds a last question that shows every answer.

    `command`: the one that the form belongs to, and whose role it needs; "" where it has the form's own name. `light`: nothing that was
    typed is lost with it, so that another form may take its place. `private`: its answers are nobody's business once it has ended: it is
    closed after half a day, and then the web chat's log loses what was said meanwhile. `leave`: what the button that ends it says:
    where rounds are cancelled, "cancel" would be two things.
    """

    name: str
    questions: tuple[Question, ...]
    finish: Callable[[Turn, Answers], Awaitable[None]]
    cancelled: str
    card: str = ""
    command: str = ""
    light: bool = False
    private: bool = False
    leave: str = "form.cancel"

    def due(self, answers: Answers) -> list[Question]:
        """The questions that these answers call for, in order."""
        return [q for q in self.questions if q.when is _always or q.when(answers)]

    def has(self, key: str) -> bool:
        """True for the key of a question, and for the card of a form that has one."""
        return (key == REVIEW and bool(self.card)) or any(question.key == key for question in self.questions)

    def step(self, key: str) -> Question:
        """The question of a key; the card of a form that has one."""
        if key == REVIEW:
            return Question(REVIEW, self._ask_card, self._read_card)
        return next(question for question in self.questions if question.key == key)

    def next_step(self, answers: Answers) -> str | None:
        """The first question without an answer, then the card, then None."""
        missing = (question.key for question in self.due(answers) if question.key not in answers)
        return next(missing, REVIEW if self.card and REVIEW not in answers else None)

    def step_before(self, key: str, answers: Answers) -> str | None:
        """Where "back" leads: from a line opened on the card, to the card; else to the question before."""
        if key != REVIEW and (back := self.step(key).back):
            return back
        if key != REVIEW and self.card and all(q.key in answers for q in self.due(answers)):
            return REVIEW
        keys = [question.key for question in self.due(answers) if question.show or question.key == key]
        position = len(keys) if key == REVIEW else keys.index(key)
        return keys[position - 1] if position else None

    def _on_card(self, answers: Answers) -> list[Question]:
        return [question for question in self.due(answers) if question.show and question.key in answers]

    async def _ask_card(self, turn: Turn, answers: Answers) -> Prompt:
        lines, choices = [], [_choice(turn, "save", "form.save")]
        for question in self._on_card(answers):
            assert question.show is not None
            label = turn.text(f"{self.name}.{question.key}.label")
            lines.append(f"• {label}: {await question.show(turn, answers[question.key])}")
            choices.append(Choice(question.key, turn.text("form.edit", label=label), (label,)))
        return Prompt("\n".join([turn.text(self.card), *lines]), choices)

    async def _read_card(self, _turn: Turn, _answers: Answers, given: Given) -> object:
        if given.value == "save":
            return True
        if given.value:
            raise GoTo(given.value)
        raise Unclear("unclear.card")


def _choice(turn: Turn, value: str, message: str) -> Choice:
    """A choice with its label, and by reference the words of every language that mean it (message + ".words")."""
    return Choice(value, turn.text(message), (f"@{message}.words",), nav=value in NAV)


def labelled(turn: Turn, **values: str) -> list[Choice]:
    """Choices value=message id, in order."""
    return [_choice(turn, value, message) for value, message in values.items()]


async def open_form(turn: Turn, form: Form, answers: Answers | None = None, step: str | None = None) -> None:
    """Begin (or begin again) and put the first question that has no answer."""
    given = {**(answers or {}), _SINCE: turn.at} if form.private else answers or {}
    # Versions of one chat must never repeat, also over conversations: an old button would answer a new question.
    version = max(turn.at, turn.conversation.version + 1 if turn.conversation else 0)
    turn.conversation = Conversation(
        address=turn.person.address,
        form=form.name,
        step=step or form.next_step(given) or REVIEW,
        answers=given,
        options=(),
        version=version,
        language=turn.language,
        updated_at=turn.at,
        expires_at=_expires(turn, form),
    )
    await ask(turn, form)


def _expires(turn: Turn, form: Form) -> int:
    return turn.at + (_PRIVATE_MS if form.private else turn.settings.form_days * _DAY_MS)


def ended_private(before: Conversation | None, after: Conversation | None) -> int | None:
    """When a private form was opened (ms UTC) that was open before and is not after; None where there is none."""
    since = _private_since(before)
    return None if since == _private_since(after) else since


def _private_since(conversation: Conversation | None) -> int | None:
    """Also of one that was put aside."""
    answers: Answers = conversation.answers if conversation else {}
    while _SINCE not in answers and isinstance(answers.get(_BELOW), dict):
        answers = answers[_BELOW]["answers"]
    since = answers.get(_SINCE)
    return since if isinstance(since, int) else None


_BELOW = "_below"


def put_aside(conversation: Conversation | None) -> Answers:
    """First answers of a form that is opened on top of this one, and gives it back when it ends without finishing."""
    return {_BELOW: asdict(conversation)} if conversation else {}


def given_back(conversation: Conversation) -> Conversation | None:
    """The form that was put aside for this one, with its place; its older buttons no longer count."""
    below = conversation.answers.get(_BELOW)
    if not isinstance(below, dict):
        return None
    options = tuple(tuple(option) for option in below["options"])
    return Conversation(**{**below, "options": options, "version": conversation.version + 1})


async def ask(turn: Turn, form: Form, before: str = "", *, moved: bool = False) -> None:
    """Put the open question. `before`: a line that goes in front of it; `moved`: older buttons no longer count."""
    conversation = _open(turn)
    question = form.step(conversation.step)
    prompt = await question.ask(turn, conversation.answers)
    choices = [*prompt.choices, *(_nav(turn, form, conversation) if question.nav else ())]
    asked = {**conversation.answers, CONTACT: True} if prompt.contact else conversation.answers
    turn.conversation = conversation = conversation.changed(
        answers=asked,
        options=choices_text(choices),
        version=conversation.version + moved,
        language=turn.language,
        updated_at=turn.at,
        expires_at=_expires(turn, form),
    )
    prefix = token_prefix(conversation)
    turn.reply(
        Reply(
            text="\n\n".join(filter(None, (before, prompt.text))),
            buttons=tuple(Button(choice.label, prefix + choice.value, choice.nav) for choice in choices),
            numbered=not question.free,
            contact=prompt.contact,
        )
    )


def _nav(turn: Turn, form: Form, conversation: Conversation) -> list[Choice]:
    back = form.step_before(conversation.step, conversation.answers)
    nav = [_choice(turn, BACK, "form.back")] if back else []
    return [*nav, _choice(turn, CANCEL, form.leave)]


async def advance(turn: Turn, form: Form) -> None:
    """Take what the person did as an answer to the open question, and go on from there."""
    # A turn that fails must leave the loaded conversation as it was, so its answers are changed in a copy.
    conversation = _open(turn).changed(answers=dict(_open(turn).answers))
    turn.conversation = conversation
    question = form.step(conversation.step)
    try:
        given = given_by(turn, conversation, free=question.free)
        if given.value == CANCEL:
            raise Finish(turn.text(form.cancelled))
        if given.value == BACK and question.nav:
            raise GoTo(form.step_before(question.key, conversation.answers) or question.key)
        value = await question.read(turn, conversation.answers, given)
    except Unclear as unclear:
        await ask(turn, form, _reason(turn, unclear, conversation))
    except AskAgain:
        await ask(turn, form, moved=True)
    except GoTo as way:
        await _go(turn, form, way)
    except Finish as end:
        turn.conversation = given_back(conversation)
        turn.reply(Reply(end.text, turn.menu(end.commands), tidy=CONTACT in conversation.answers))
    else:
        await _answered(turn, form, question, value)


async def _answered(turn: Turn, form: Form, question: Question, value: object) -> None:
    conversation = _open(turn)
    answers = {key: old for key, old in conversation.answers.items() if key != f"_{question.key}"} | {
        question.key: value
    }
    due = {q.key for q in form.due(answers)} | {REVIEW}
    answers = {key: answer for key, answer in answers.items() if key in due or key.startswith("_")}
    step = form.next_step(answers)
    if step is None:
        turn.conversation = None
        await form.finish(turn, answers)
        return
    turn.conversation = conversation.changed(answers=answers, step=step)
    noted = ""
    if question.show and step != REVIEW:
        label = turn.text(f"{form.name}.{question.key}.label")
        noted = turn.text("form.noted", label=label, value=await question.show(turn, value))
    await ask(turn, form, noted, moved=True)


async def _go(turn: Turn, form: Form, way: GoTo) -> None:
    conversation = _open(turn)
    answers = {key: value for key, value in conversation.answers.items() if key != f"_{way.step}"}
    turn.conversation = conversation.changed(step=way.step, answers=answers)
    await ask(turn, form, way.before, moved=True)


def _open(turn: Turn) -> Conversation:
    assert turn.conversation is not None
    return turn.conversation


def _reason(turn: Turn, unclear: Unclear, conversation: Conversation) -> str:
    if turn.at - conversation.updated_at > _LONG_AGO_MS:
        return turn.text("form.welcome_back")
    return turn.text(unclear.reason, **unclear.params)

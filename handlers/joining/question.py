"""The form: which round, whether they come, at what hour."""

from __future__ import annotations

from typing import Any

from core.dates import show_date, show_weekday
from core.dialogue import Choice
from core.joins import JoinState
from core.rounds import Round
from core.unclear import Unclear
from handlers import slot_choices
from handlers.form import Answers, AskAgain, Finish, Form, Given, GoTo, Prompt, Question, labelled, open_form
from handlers.joining import outcome, standing
from handlers.joining.standing import Guest
from handlers.turn import Turn
from storage import joins, rounds
from storage.joins import Wish

_PAGE = 8  # Choices that a telephone shows without scrolling.
_VIEW = "_round"  # The page of the list.
_SLOTTED = "_slotted"  # The round has hours to choose from.


async def open_at(turn: Turn, round_: Round, **given: Any) -> None:
    """Ask about this round; `given`: what is answered already ("answer")."""
    await open_form(turn, FORM, {"round": round_.code, _SLOTTED: bool(round_.slots), **given})


async def open_list(turn: Turn) -> None:
    """Let them choose a round."""
    await open_form(turn, FORM)


async def _guest(turn: Turn) -> Guest:
    """Who is asked. Whoever was erased in the meantime has no open form."""
    who = await standing.guest(turn)
    if who is None:
        raise Finish(turn.text("profile.none"), "/register")
    return who


async def _asked(turn: Turn, answers: Answers) -> Round:
    """The round that is asked about, as it stands now. Raises Finish where it is gone."""
    round_ = await rounds.by_code(turn.tx, answers["round"])
    if round_ is None:
        raise Finish(turn.text("join.unknown"), "/next")
    return round_


async def _ask_round(turn: Turn, answers: Answers) -> Prompt:
    who = await standing.guest(turn)
    fits = standing.fitting(turn, who) if who else []
    fits.sort(key=lambda round_: (round_.held_on, round_.number))
    page = int(answers.get(_VIEW) or 0)
    shown = fits[page * _PAGE : (page + 1) * _PAGE]
    choices = [Choice(round_.code, _line(turn, who, round_), (round_.name,)) for round_ in shown if who]
    turns = {}
    if (page + 1) * _PAGE < len(fits):
        turns[f"page{page + 1}"] = "unit.more"
    if page:
        turns[f"page{page - 1}"] = "unit.fewer"
    message = "join.which" if fits else "join.none_fits"
    return Prompt(turn.text(message, contact=turn.settings.contact), [*choices, *labelled(turn, **turns)])


def _line(turn: Turn, who: Guest, round_: Round) -> str:
    """A round on one line, with what the person answered."""
    join = who.join(round_)
    return turn.text(
        f"join.listed.{join.state}" if join else "join.listed",
        name=round_.name,
        weekday=show_weekday(round_.held_on, turn.language),
        date=show_date(round_.held_on),
    )


async def _read_round(turn: Turn, answers: Answers, given: Given) -> object:
    value = given.value or ""
    if value.startswith("page") and value[4:].isdecimal():
        answers[_VIEW] = int(value[4:])
        raise AskAgain
    round_ = await rounds.by_code(turn.tx, value)
    if round_ is None:
        raise Unclear("unclear.choice")
    who = await _guest(turn)
    if barrier := standing.barrier(turn, who, round_):
        raise Finish(turn.text(barrier.message, **barrier.params), *barrier.commands)
    answers[_SLOTTED] = bool(round_.slots)
    return round_.code


async def _ask_answer(turn: Turn, answers: Answers) -> Prompt:
    round_ = await rounds.by_code(turn.tx, answers["round"])
    who = await standing.guest(turn)
    if round_ is None or who is None:
        return Prompt(turn.text("join.unknown"))
    fits, mine = standing.fitting(turn, who), who.join(round_)
    first = bool(fits) and fits[0].id == round_.id
    full = (await joins.room(turn.tx, round_, but_for=turn.person.id)).full
    parts = [
        outcome.facts(turn, round_, "join.facts_next" if first else "join.facts"),
        # Who takes part is not asked; but an officer may have put them on the list since the question was put.
        turn.text("join.declined") if mine and not mine.active else "",
        standing.staff_note(turn, who, round_),
        turn.text("join.full") if full else "",
        turn.text("join.ask_more", contact=standing.contact(turn, round_)),
        turn.text("join.ask"),
    ]
    ways = {"certain": "join.wait" if full else "join.certain", "maybe": "join.maybe", "no": "join.no"}
    if any(other.id != round_.id for other in fits):
        ways["other"] = "join.other"
    return Prompt("\n\n".join(filter(None, parts)), labelled(turn, **ways))


async def _read_answer(turn: Turn, answers: Answers, given: Given) -> object:
    if given.value is None:
        raise Unclear("unclear.choice")
    if given.value == "other":
        raise GoTo("round")
    round_, who = await _asked(turn, answers), await _guest(turn)
    barrier = standing.barrier(turn, who, round_)
    if barrier and given.value != "no":  # It was closed, moved or filled with something else while they thought.
        raise Finish(turn.text(barrier.message, **barrier.params), *barrier.commands, "/others")
    answers[_SLOTTED] = bool(round_.slots)
    return given.value


async def _ask_slot(turn: Turn, answers: Answers) -> Prompt:
    round_ = await rounds.by_code(turn.tx, answers["round"])
    if round_ is None:
        return Prompt(turn.text("join.unknown"))
    return Prompt(turn.text("join.slot.ask"), await slot_choices.of_round(turn, round_, turn.person.id))


async def _read_slot(turn: Turn, answers: Answers, given: Given) -> object:
    if given.value is None:
        raise Unclear("unclear.choice")
    round_, who = await _asked(turn, answers), await _guest(turn)
    if barrier := standing.barrier(turn, who, round_):
        raise Finish(turn.text(barrier.message, **barrier.params), *barrier.commands, "/others")
    return given.value


async def _finish(turn: Turn, answers: Answers) -> None:
    who = await standing.guest(turn)
    round_ = await rounds.by_code(turn.tx, answers["round"])
    if who is None or round_ is None:
        turn.say("join.unknown", "/next")
        return
    slot = answers.get("slot")
    wish = Wish(JoinState(answers["answer"]), "" if slot in (None, slot_choices.ANY) else str(slot))
    await outcome.settle(turn, who, round_, wish)


FORM = Form(
    name="join",
    questions=(
        Question("round", _ask_round, _read_round),
        Question("answer", _ask_answer, _read_answer),
        Question(
            "slot",
            _ask_slot,
            _read_slot,
            when=lambda answers: answers.get("answer") == "certain" and bool(answers.get(_SLOTTED)),
            back="answer",
        ),
    ),
    finish=_finish,
    cancelled="join.later",
    light=True,
)

"""Which round a list is for, and which unit its people belong to: what the file does not say beyond doubt is asked once."""

from __future__ import annotations

from core.dates import show_date, show_weekday
from core.dialogue import Choice
from core.list_rows import LEFT_OUT
from core.unclear import Unclear
from core.units import Unit
from core.vietnamese import fold, nfc
from handlers import unit_question
from handlers.form import Answers, AskAgain, Given, Prompt, labelled
from handlers.list_import.flow import go_on
from handlers.list_import.work import Work, asks, offered_rounds, reads
from handlers.turn import Turn

_PAGE = 7  # With "no round" as many as a telephone shows without scrolling.
_NEAR = 3
_VIEW, _QUERY = "_rounds_page", "_unit_words"


@asks
async def ask_round(turn: Turn, answers: Answers, work: Work) -> Prompt:
    """The rounds that invite these units, and none at all: then people are only registered."""
    found = await offered_rounds(turn, work)
    page = int(answers.get(_VIEW) or 0)
    choices = []
    for round_ in found[page * _PAGE : (page + 1) * _PAGE]:
        day = f"{show_weekday(round_.held_on, turn.language)} {show_date(round_.held_on)}"
        choices.append(Choice(f"r{round_.code}", f"{round_.name} – {day}", (round_.name, round_.code)))
    turns = {f"page{page + 1}": "unit.more"} if (page + 1) * _PAGE < len(found) else {}
    turns |= {f"page{page - 1}": "unit.fewer"} if page else {}
    return Prompt(turn.text("list.round.ask"), [*choices, *labelled(turn, none="list.round.none", **turns)])


@reads
async def read_round(turn: Turn, answers: Answers, given: Given, work: Work) -> object:
    """The round, or none."""
    value = given.value or ""
    if value.startswith("page") and value[4:].isdecimal():
        answers[_VIEW] = int(value[4:])
        raise AskAgain
    if value == "none":
        work.decided.round = ""
    elif value.startswith("r") and value[1:] in {round_.code for round_ in await offered_rounds(turn, work)}:
        work.decided.round = value[1:]
    else:
        raise Unclear("unclear.choice")
    answers.pop(_VIEW, None)
    raise await go_on(turn, work)


def _choices(turn: Turn, work: Work, units: list[Unit]) -> list[Choice]:
    return [Choice(f"u{unit.id}", unit_question.describe(turn, work.index, unit), (unit.name,)) for unit in units]


def _found(work: Work, text: str) -> list[Unit]:
    """Units that the words may mean, of those that the officer answers for."""
    found = work.index.find(text, limit=_NEAR * 4)
    units = [found.exact] if found.exact else list(found.candidates)
    return [unit for unit in units if work.may(unit.id)][:_NEAR]


def _unit(work: Work, given: Given) -> Unit:
    """The unit of a button, or of words that mean just one. Raises Unclear."""
    unit_id = int(given.value[1:]) if given.value and given.value[1:].isdecimal() else 0
    unit = work.index.get(unit_id) if given.value else work.index.find(given.text, limit=0).exact
    if unit is None or not work.may(unit.id):
        raise Unclear("unclear.list_unit")
    return unit


@asks
async def ask_unit(turn: Turn, answers: Answers, work: Work) -> Prompt:
    """Whose people those are of whom no unit is said."""
    query = str(answers.get(_QUERY) or "")
    units = _found(work, query) if query else _mine(work)
    text = turn.text("list.unit.found" if query and units else "list.unit.ask", query=query)
    return Prompt(text, _choices(turn, work, units))


def _mine(work: Work) -> list[Unit]:
    """The topmost units that the officer answers for, where they are few."""
    if work.own is None:
        return []
    tops = [
        unit for unit_id in sorted(work.own) if (unit := work.index.get(unit_id)) and unit.parent_id not in work.own
    ]
    return tops[:_PAGE]


@reads
async def read_unit(turn: Turn, answers: Answers, given: Given, work: Work) -> object:
    """The unit, or words to look for it by."""
    try:
        work.decided.unit = _unit(work, given).id
    except Unclear:
        _search(answers, given, work)
    answers.pop(_QUERY, None)
    raise await go_on(turn, work)


def _search(answers: Answers, given: Given, work: Work) -> None:
    """Look for the words, where they find anything. Raises AskAgain or Unclear."""
    words = nfc(given.text)[:120]
    if given.value or not words or not _found(work, words):
        raise Unclear("unclear.list_unit")
    answers[_QUERY] = words
    raise AskAgain


@asks
async def ask_text(turn: Turn, answers: Answers, work: Work) -> Prompt:
    """What the file calls a unit and no unit is called: asked once, however many rows say it."""
    if not work.unclear:
        return Prompt(turn.text("list.text.none"), labelled(turn, go="list.go_on"))
    text = work.unclear[0]
    count = sum(fold(row.entry.facts.get("unit", "")) == fold(text) for row in work.rows)
    choices = _choices(turn, work, _found(work, str(answers.get(_QUERY) or text)))
    base = work.index.get(work.decided.unit)
    if base:
        choices = [choice for choice in choices if choice.value != f"u{base.id}"]
        choices.append(Choice("base", turn.text("list.text.base", unit=base.name)))
        if len(work.unclear) > 1:
            choices.append(Choice("all", turn.text("list.text.all", count=len(work.unclear), unit=base.name)))
    elsewhere = work.index.find(text, limit=0).exact
    message = "list.text.elsewhere" if elsewhere else "list.text.ask"
    asked = turn.text(message, text=text, count=count)
    if left := len(work.unclear) - 1:
        asked += " " + turn.text("list.text.left", count=left)
    return Prompt(asked, [*choices, *labelled(turn, out="list.text.out")])


@reads
async def read_text(turn: Turn, answers: Answers, given: Given, work: Work) -> object:
    """A unit, the unit of the list, or none: then its rows are left out."""
    decided, base = work.decided, work.decided.unit
    if not work.unclear:
        raise await go_on(turn, work)
    key = fold(work.unclear[0])
    if given.value == "out":
        decided.units[key] = LEFT_OUT
    elif given.value == "base" and base:
        decided.units |= {key: base, f"in:{key}": base}
    elif given.value == "all" and base:
        for text in map(fold, work.unclear):
            decided.units |= {text: base, f"in:{text}": base}
    else:
        try:
            unit = _unit(work, given)
        except Unclear:
            _search(answers, given, work)
            raise
        decided.units[key] = unit.id
        if unit not in _found(work, work.unclear[0]):  # Another name for it is no part of it.
            decided.units[f"in:{key}"] = unit.id
    answers.pop(_QUERY, None)
    raise await go_on(turn, work)

"""Rows that a person has to look at: what many of them share is asked once, the others one after the other."""

from __future__ import annotations

from typing import Any

from core.dialogue import Choice
from core.list_cells import TYPED
from core.list_facts import Doubt, Occasion, Said
from core.list_rows import Row, in_group, next_group, to_look_at
from core.unclear import Unclear
from core.vietnamese import nfc
from handlers.form import Answers, AskAgain, Given, GoTo, Prompt, labelled
from handlers.list_import import say
from handlers.list_import.flow import go_on
from handlers.list_import.work import Work, asks, reads
from handlers.turn import Turn

_EXAMPLES = 3
_PLACE, _FIELD = "_row", "_field"
_KEPT = ("name", "sex")
_MENDED = ("name", "sex", "birth", "donations", "phone")


@asks
async def ask_group(turn: Turn, _: Answers, work: Work) -> Prompt:
    """What many rows share, with a few examples."""
    message = next_group(work.rows, work.decided)
    if not message:
        return Prompt(turn.text("list.text.none"), labelled(turn, go="list.go_on"))
    rows = in_group(work.rows, message)
    lines = [f"• {_example(turn, work, row, message)}" for row in rows[:_EXAMPLES]]
    asked = turn.text(f"{message}_all", count=len(rows))
    return Prompt("\n".join([asked, *lines]), labelled(turn, all=f"{message}_yes", each="list.each"))


def _example(turn: Turn, work: Work, row: Row, message: str) -> str:
    doubt = next(doubt for doubt in row.doubts if doubt.message == message)
    place = say.where(turn.voice, row, sheets=say.has_sheets(work.rows))
    if "typed" in doubt.params:
        return f"{place}: {doubt.params['typed']} → {row.facts.get('name', '')}"
    return f"{place}: {row.facts.get('name', '?')}"


@reads
async def read_group(turn: Turn, _: Answers, given: Given, work: Work) -> object:
    """Yes for all of them, or one by one."""
    message = next_group(work.rows, work.decided)
    if message and given.value not in ("all", "each"):
        raise Unclear("unclear.choice")
    if message:
        work.decided.groups[message] = str(given.value)
    raise await go_on(turn, work)


@asks
async def ask_look(turn: Turn, answers: Answers, work: Work) -> Prompt:
    """One row: what was read, why it is asked about, and what can be done."""
    open_ones = to_look_at(work.rows)
    if not open_ones:
        return Prompt(turn.text("list.text.none"), labelled(turn, go="list.go_on"))
    row = open_ones[0]
    answers[_PLACE] = row.place
    looked_at = len(work.decided.rows.keys() - {str(other.place) for other in open_ones})
    place = say.where(turn.voice, row, sheets=say.has_sheets(work.rows))
    head = turn.text("list.look", number=looked_at + 1, total=looked_at + len(open_ones), where=place)
    lines = [f"• {say.reason(turn.voice, doubt)}" for doubt in row.doubts]
    return Prompt(
        "\n".join([head, say.person(turn.voice, row, work), "", *lines]), _ways(turn, row, open_ones, work.people.year)
    )


def _ways(turn: Turn, row: Row, open_ones: list[Row], year: int) -> list[Choice]:
    """What the row may mean, each once; then what can be done with any row."""
    meant: dict[str, Choice] = {}
    for at, doubt in enumerate(row.doubts):
        for number, value in enumerate(doubt.choices):
            if doubt.field in _KEPT and value == row.facts.get(doubt.field):
                continue  # That is what keeping it means.
            label = say.choice(turn.voice, doubt.field, value, year)
            meant.setdefault(label, Choice(f"c{at}_{number}", label))
    ways = {} if row.grave else {"keep": "list.keep"}
    ways |= {"fix": "list.fix", "skip": "list.skip"}
    if len(open_ones) > 1:
        ways |= {} if all(other.grave for other in open_ones) else {"keep_all": "list.keep_all"}
        ways |= {"skip_all": "list.skip_all"}
    return [*meant.values(), *labelled(turn, **ways)]


@reads
async def read_look(turn: Turn, answers: Answers, given: Given, work: Work) -> object:
    """One of its meanings, take it as it is, mend it, leave it out; words are the fact that is asked about."""
    open_ones = to_look_at(work.rows)
    row = next((row for row in open_ones if row.place == answers.get(_PLACE)), None)
    if row is None:
        raise await go_on(turn, work)
    match given.value:
        case "keep" if not row.grave:
            work.decided.done(row.place)
        case "skip":
            work.decided.skip(row.place)
        case "keep_all":
            for other in open_ones:
                (work.decided.skip if other.grave else work.decided.done)(other.place)
        case "skip_all":
            for other in open_ones:
                work.decided.skip(other.place)
        case "fix":
            raise GoTo("fix")
        case None:
            _mend_typed(turn, work, row, given.text)
        case value:
            _choose(work, row, value)
    raise await go_on(turn, work)


def _choose(work: Work, row: Row, value: str) -> None:
    """One of the meanings that a doubt offers."""
    at, _, number = value[1:].partition("_")
    if not (value.startswith("c") and at.isdecimal() and number.isdecimal()):
        raise Unclear("unclear.choice")
    doubt = row.doubts[int(at)]
    work.decided.mend(row.place, doubt.field, doubt.choices[int(number)])


def _mend_typed(turn: Turn, work: Work, row: Row, text: str) -> None:
    """What was typed, as the first of the facts asked about that it can be. Raises Unclear with the first one's reason."""
    refused: list[Unclear] = []
    for name in dict.fromkeys(doubt.field for doubt in row.doubts if doubt.field in TYPED):
        try:
            value = _value(turn, work, name, text)
        except Unclear as unclear:
            refused.append(unclear)
            continue
        work.decided.mend(row.place, name, value)
        return
    raise refused[0] if len(refused) == 1 else Unclear("unclear.list_row")


def _value(turn: Turn, work: Work, name: str, text: str) -> Any:
    """A fact as it was typed. Raises Unclear with the reason that a form would give."""
    said: Said = TYPED[name](nfc(text), Occasion(turn.today, work.people.year))
    if said.value is None:
        raise _unclear(said.doubts[0]) if said.doubts else Unclear("unclear.list_row")
    return said.value


def _unclear(doubt: Doubt) -> Unclear:
    if "reason" in doubt.params:
        return Unclear(doubt.params["reason"], **doubt.params["reason_params"])
    return Unclear("unclear.list_row")


def _row(answers: Answers, work: Work) -> Row | None:
    return next((row for row in work.rows if row.place == answers.get(_PLACE)), None)


@asks
async def ask_fix(turn: Turn, answers: Answers, work: Work) -> Prompt:
    """Which fact is to be mended."""
    row = _row(answers, work)
    if row is None:
        return Prompt(turn.text("list.text.none"))
    choices = [Choice(name, turn.text(f"list.field.{name}")) for name in _MENDED]
    return Prompt(turn.text("list.fix_what", who=say.person(turn.voice, row, work)), choices)


@reads
async def read_fix(_: Turn, answers: Answers, given: Given, work: Work) -> object:
    """The fact; then its value is asked for."""
    if given.value not in _MENDED or _row(answers, work) is None:
        raise Unclear("unclear.choice")
    answers[_FIELD] = given.value
    raise GoTo("value")


@asks
async def ask_value(turn: Turn, answers: Answers, work: Work) -> Prompt:
    """The value of the fact, in the officer's words."""
    name, row = answers.get(_FIELD), _row(answers, work)
    if name not in _MENDED or row is None:
        return Prompt(turn.text("list.text.none"))
    choices = labelled(turn, M="sex.M", F="sex.F") if name == "sex" else []
    return Prompt(
        turn.text("list.value", field=turn.text(f"list.field.{name}"), who=row.facts.get("name", "?")), choices
    )


@reads
async def read_value(turn: Turn, answers: Answers, given: Given, work: Work) -> object:
    """The row as it was mended, to be looked at where something else is still open."""
    name, row = answers.get(_FIELD), _row(answers, work)
    if name not in _MENDED or row is None:
        raise AskAgain
    value = given.value if name == "sex" and given.value in ("M", "F") else _value(turn, work, name, given.text)
    work.decided.mend(row.place, name, value)
    raise await go_on(turn, work)

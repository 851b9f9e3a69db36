"""A new round, from nothing or after the pattern of another: a few questions, a card, and a draft that only its managers see."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from core.authority import may_invite
from core.dialogue import Choice
from core.rounds import Round, RoundState
from handlers import round_changes
from handlers.form import Answers, Form, Given, Prompt, Question, labelled
from handlers.round_office import access, fields, units
from handlers.turn import Turn
from storage import records, rounds

COPY = "_copy"  # The answer that holds the code of the pattern.
_KEPT = ("hours", "place", "target")  # What a copy has already.
_BLANK = Round(
    id=0,
    code="",
    number=1,
    name="",
    occasion="",
    held_on=date.min,
    tentative=False,
    opens="",
    closes="",
    place="",
    place_address="",
    lat=None,
    lon=None,
    target=None,
    deadline_on=None,
    state=RoundState.DRAFT,
)


def first_answers(pattern: Round) -> Answers:
    """What a copy need not be asked for."""
    kept = {key: fields.values_of(pattern, fields.BY_KEY[key].columns) for key in _KEPT}
    return {
        COPY: pattern.code,
        **kept,
        units.KEY: {"units": sorted(pattern.units)},
        units.PICKED: sorted(pattern.units),
    }


async def next_number(turn: Turn, year: int) -> int:
    """One more than the highest of the year."""
    plan = await rounds.between(turn.tx, date(year, 1, 1), date(year, 12, 31))
    return max((round_.number for round_ in plan), default=0) + 1


async def free_code(turn: Turn, number: int, year: int) -> str:
    """A code that no round has yet, for links and files."""
    code, tries = f"DOT-{year}-{number:02}", 1
    while await rounds.by_code(turn.tx, code):
        tries += 1
        code = f"DOT-{year}-{number:02}-{tries}"
    return code


def usual_name(turn: Turn, number: int, day: date) -> str:
    """How rounds are called where nobody gives them a name."""
    return turn.text("rounds.usual_name", number=number, year=day.year)


async def _ask(turn: Turn, answers: Answers, *, key: str) -> Prompt:
    row = fields.BY_KEY[key]
    choices = labelled(turn, empty="rounds.skip") if row.empty is not None else await _suggested(turn, answers, key)
    return Prompt(turn.text(f"rounds.ask.{key}"), choices)


async def _suggested(turn: Turn, answers: Answers, key: str) -> list[Choice]:
    """What is likely, to be taken with one tap."""
    if key == "number":
        number = str(await next_number(turn, turn.today.year))
        return [Choice(f"={number}", number)]
    if key == "name":
        day = date.fromisoformat(answers["day"]["held_on"])
        name = usual_name(turn, answers["number"]["number"], day)
        return [Choice(f"={name}", name)]
    return []


async def _read(turn: Turn, _: Answers, given: Given, *, key: str) -> dict[str, Any]:
    row = fields.BY_KEY[key]
    if given.value == "empty" and row.empty is not None:
        return row.empty
    assert row.read is not None
    return row.read(given.value[1:] if given.value else given.text, turn.today)


async def _read_units(turn: Turn, answers: Answers, given: Given) -> dict[str, Any]:
    return {"units": sorted(await units.read(turn, answers, given))}


async def _show(turn: Turn, values: dict[str, Any], *, key: str) -> str:
    return await fields.BY_KEY[key].show(turn, values) or turn.text("rounds.none_yet")


def _question(key: str) -> Question:
    return Question(key, partial(_ask, key=key), partial(_read, key=key), partial(_show, key=key), free=True)


async def _finish(turn: Turn, answers: Answers) -> None:
    """The draft is written, and its card opened."""
    pattern = await access.find(turn, answers[COPY]) if COPY in answers else _BLANK
    values = {column: value for key in (*_FACTS, units.KEY) for column, value in answers[key].items()}
    if pattern is None or not may_invite(turn.person, frozenset(values["units"]), await turn.unit_index()):
        if pattern is not None:  # Else that is on record already.
            await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="rounds")
        turn.say("rounds.refused", contact=turn.settings.contact)
        return
    made = round_changes.with_values(pattern, {**values, **_due(pattern, values), "state": "draft"})
    code = await free_code(turn, made.number, made.held_on.year)
    round_ = round_changes.with_values(made, {"code": code})
    await round_changes.apply(turn.tx, None, round_, by=turn.person.address, at=turn.at)
    await access.audit(turn, "round", round_, change="created")
    turn.say("rounds.created", name=round_.name)
    turn.follow = f"/rounds {code}"


def _due(pattern: Round, values: dict[str, Any]) -> dict[str, Any]:
    """The list is due as many days before the copy as before its pattern."""
    if pattern.deadline_on is None:
        return {}
    day = date.fromisoformat(values["held_on"]) - (pattern.held_on - pattern.deadline_on)
    return {"deadline_on": day.isoformat()}


_FACTS = ("number", "day", "name", "hours", "place", "target")
FORM = Form(
    name="newround",
    questions=(
        *map(_question, _FACTS),
        Question(units.KEY, units.ask, _read_units, partial(_show, key="units")),
    ),
    finish=_finish,
    cancelled="rounds.new_cancelled",
    card="rounds.new_card",
    command="rounds",
)

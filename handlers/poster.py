"""The poster of one's unit, with the QR that leads into the chat."""

from __future__ import annotations

from core.authority import own_units
from core.people import Role
from core.unclear import Unclear
from core.units import Unit
from handlers import poster_files, unit_question
from handlers.form import Answers, AskAgain, Finish, Form, Given, Prompt, Question, open_form
from handlers.turn import Action, Turn
from storage import records


async def _mine(turn: Turn, unit_id: int | None) -> Unit | None:
    """The unit, where one answers for it; a try at another one goes on record."""
    index = await turn.unit_index()
    unit, own = index.get(unit_id), own_units(turn.person, index)
    if unit is None or own is None or unit.id in own:
        return unit
    await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="poster")
    return None


async def poster(turn: Turn, args: str) -> None:
    """Of the unit with this code; of the only one; else which one is asked."""
    index = await turn.unit_index()
    own = own_units(turn.person, index)
    if args:
        named = index.by_code(args)
        _send(turn, await _mine(turn, named.id if named else None))
    elif own is not None and len(own) <= 1:
        _send(turn, await _mine(turn, next(iter(own), None)))
    else:
        await open_form(turn, FORM)


def _send(turn: Turn, unit: Unit | None) -> None:
    if unit is None:
        turn.say("poster.refused", contact=turn.settings.contact)
    else:
        poster_files.send(turn, unit)


async def _ask(turn: Turn, answers: Answers) -> Prompt:
    """One's own units, by a few letters or down the tree."""
    prompt = await unit_question.ask(turn, answers)
    own = own_units(turn.person, await turn.unit_index())
    choices = [choice for choice in prompt.choices if _offers(choice.value, own)]
    return Prompt(prompt.text if unit_question.SCRATCH in answers else turn.text("poster.which"), choices)


def _offers(value: str, own: frozenset[int] | None) -> bool:
    number = value.removeprefix("in").removeprefix("u")
    return value != "own" and (own is None or not number.isdigit() or int(number) in own)


async def _read(turn: Turn, answers: Answers, given: Given) -> object:
    if given.value == "in" and own_units(turn.person, await turn.unit_index()) is not None:
        answers[unit_question.SCRATCH] = {"in": turn.person.unit_id}  # From the top of what is theirs.
        raise AskAgain
    chosen = await unit_question.read(turn, answers, given)
    if not isinstance(chosen, dict) or "id" not in chosen:
        raise Unclear("unclear.unit")
    if await _mine(turn, chosen["id"]) is None:
        raise Finish(turn.text("poster.refused", contact=turn.settings.contact))
    return chosen


async def _finish(turn: Turn, answers: Answers) -> None:
    _send(turn, await _mine(turn, answers["unit"].get("id")))


FORM = Form("poster", (Question("unit", _ask, _read),), _finish, "poster.stopped", light=True)
ACTIONS = (
    Action(("poster", "apphich"), poster, role=Role.OFFICER, words=("ap phich", "to roi", "poster"), within=False),
)
FORMS = (FORM,)

"""A person goes to another unit: what past rounds counted for the old one stays there, rounds ahead follow."""

from __future__ import annotations

from core.authority import own_units
from core.names import mask_name
from core.unclear import Unclear
from handlers import donor_facts, pages, unit_question
from handlers.form import Answers, Finish, Given, GoTo, Prompt
from handlers.person_office import access, telling_them
from handlers.person_office.access import Known
from handlers.turn import Turn
from storage import donors, joins

_UNIT = "_to_unit"


@access.asks
async def ask_unit(turn: Turn, answers: Answers, known: Known) -> Prompt:
    """Any unit, by a few letters or down the tree; nobody's own words."""
    prompt = await unit_question.ask(turn, answers)
    choices = [choice for choice in prompt.choices if choice.value != "own"]
    if unit_question.SCRATCH in answers:
        return Prompt(prompt.text, choices)
    now = await donor_facts.unit_name(turn, known.donor)
    return Prompt(turn.text("person.move", who=mask_name(known.donor.full_name), unit=now), choices)


@access.reads
async def read_unit(turn: Turn, answers: Answers, given: Given, _: Known) -> object:
    """The unit, to be looked at once more."""
    chosen = await unit_question.read(turn, answers, given)
    if not isinstance(chosen, dict) or "id" not in chosen:
        raise Unclear("unclear.unit")
    answers[_UNIT] = chosen["id"]
    raise GoTo("moving")


@access.asks
async def ask_moving(turn: Turn, answers: Answers, known: Known) -> Prompt:
    """From where to where, and that a record may leave the officer's sight."""
    index = await turn.unit_index()
    unit = index.get(answers[_UNIT])
    if unit is None:
        return Prompt(access.refusal(turn))
    before = await donor_facts.unit_name(turn, known.donor)
    lines = [turn.text("person.moving", who=mask_name(known.donor.full_name), before=before, after=unit.name)]
    own = own_units(turn.person, index)
    lines += [turn.text("person.moving_out")] if own is not None and unit.id not in own else []
    lines += [] if known.paper else [turn.text("person.will_be_told")]
    return Prompt("\n".join(lines), pages.offered(turn, yes="person.do.move"))


@access.reads
async def read_moving(turn: Turn, answers: Answers, given: Given, known: Known) -> object:
    """Moved; the person, and the officers of a unit of others, are told."""
    if given.value != "yes":
        raise Unclear("unclear.person_confirm")
    index = await turn.unit_index()
    unit = index.get(answers.pop(_UNIT))
    if unit is None or unit.id == known.donor.unit_id:
        raise GoTo("card", turn.text("person.same_unit"))
    await access.audit(turn, "moved", known, to=unit.code)
    await donors.set_unit(turn.tx, known.id, unit.id, turn.at)
    await joins.follow_unit(turn.tx, known.id, turn.today)
    await telling_them.moved(turn, known, unit)
    facts = {"who": mask_name(known.donor.full_name), "unit": unit.name}
    own = own_units(turn.person, index)
    if own is None or unit.id in own:
        raise GoTo("card", turn.text("person.moved", **facts))
    told = await telling_them.newcomer(turn, known, unit)
    raise Finish(turn.text("person.moved_out" if told else "person.moved_nobody", **facts), "/person")

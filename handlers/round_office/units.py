"""Whom a round invites: units one by one, by a few letters or down the tree, within what the person answers for."""

from __future__ import annotations

from core.authority import own_units
from core.dialogue import Choice
from core.unclear import Unclear
from core.units import Unit, UnitIndex
from handlers import unit_question
from handlers.form import Answers, AskAgain, Given, Prompt, labelled
from handlers.turn import Turn

KEY = "unit"  # The key of every question that asks so: the unit question keeps its view under it.
PICKED = "_picked"  # The answer that holds the ids chosen so far.
_PAGE, _VIEW = 4, "_picked_page"  # With done, browse, everybody and the two ways to turn the page, nine choices.
_MOST = 30  # More units than one card can name.


def begin(answers: Answers, units: frozenset[int]) -> None:
    """Ask again from these units on."""
    answers[PICKED] = sorted(units)
    for view in (unit_question.SCRATCH, _VIEW):
        answers.pop(view, None)


async def ask(turn: Turn, answers: Answers) -> Prompt:
    """The units chosen so far, or the search for one more."""
    index = await turn.unit_index()
    if unit_question.SCRATCH in answers:
        return await _search(turn, answers, index)
    picked = [unit for unit_id in answers.setdefault(PICKED, []) if (unit := index.get(unit_id))]
    names = "\n".join(f"• {unit.name}" for unit in picked)
    text = turn.text("rounds.units_ask") if picked else turn.text("rounds.units_first")
    choices = labelled(turn, **({"done": "rounds.units_done"} if picked else {}), **{"in": "unit.browse"})
    choices += labelled(turn, all="rounds.everybody") if own_units(turn.person, index) is None else []
    return Prompt("\n".join(filter(None, (text, names))), [*choices, *_drops(turn, answers, picked)])


def _drops(turn: Turn, answers: Answers, picked: list[Unit]) -> list[Choice]:
    """A page of the units that may be taken out again."""
    page = min(answers.get(_VIEW, 0), max(0, len(picked) - 1) // _PAGE)
    shown = picked[page * _PAGE : (page + 1) * _PAGE]
    ways = {"more": "unit.more"} if (page + 1) * _PAGE < len(picked) else {}
    ways |= {"fewer": "unit.fewer"} if page else {}
    drops = [Choice(f"x{unit.id}", turn.text("rounds.units_drop", name=unit.name), (unit.name,)) for unit in shown]
    return [*drops, *labelled(turn, **ways)]


async def _search(turn: Turn, answers: Answers, index: UnitIndex) -> Prompt:
    """The unit question, without what the person does not answer for and without words of one's own."""
    prompt = await unit_question.ask(turn, answers)
    own = own_units(turn.person, index)
    choices = [choice for choice in prompt.choices if _may(choice.value, own)]
    return Prompt(prompt.text, [*choices, *labelled(turn, picked="rounds.units_back")])


def _may(value: str, own: frozenset[int] | None) -> bool:
    if value == "own":
        return False
    number = value.removeprefix("in").removeprefix("u")
    return own is None or not number.isdigit() or int(number) in own


async def read(turn: Turn, answers: Answers, given: Given) -> list[int]:
    """The ids of the invited units once they are complete ([] for everybody); AskAgain until then."""
    index = await turn.unit_index()
    picked = answers.setdefault(PICKED, [])
    match given.value:
        case "done" if picked:
            return list(picked)
        case "all" if own_units(turn.person, index) is None:
            return []
        case "picked":
            answers.pop(unit_question.SCRATCH)
            raise AskAgain
        case str(value) if value.startswith("x"):
            picked.remove(int(value[1:]))
            raise AskAgain
        case "more" | "fewer" as way:
            answers[_VIEW] = max(0, answers.get(_VIEW, 0) + (1 if way == "more" else -1))
            raise AskAgain
        case "in":  # From the top of what is theirs.
            answers[unit_question.SCRATCH] = {"in": turn.person.unit_id if own_units(turn.person, index) else None}
            raise AskAgain
    await _add(turn, answers, given)
    raise AskAgain


async def _add(turn: Turn, answers: Answers, given: Given) -> None:
    """One unit more. Raises AskAgain while it is looked for, Unclear for one that is not the person's to invite."""
    index = await turn.unit_index()
    chosen = await unit_question.read(turn, answers, given)
    unit_id = chosen.get("id") if isinstance(chosen, dict) else None
    if unit_id is None:
        raise Unclear("unclear.unit")
    own = own_units(turn.person, index)
    if own is not None and unit_id not in own:
        raise Unclear("unclear.rounds_unit", name=index.units[unit_id].name)
    picked = answers[PICKED]
    if len(picked) >= _MOST:
        raise Unclear("unclear.rounds_rows", highest=_MOST)
    answers[PICKED] = [*(one for one in picked if one != unit_id), unit_id]
    answers.pop(unit_question.SCRATCH, None)

"""Which other units a change is about: one, or several one by one, within what the person answers for; or the name of a new one."""

from __future__ import annotations

from core.authority import own_units
from core.dialogue import Choice
from core.unclear import Unclear
from core.units import Unit, UnitIndex
from handlers import unit_question
from handlers.form import Answers, AskAgain, Given, GoTo, Prompt, labelled
from handlers.turn import Turn
from handlers.unit_office import access, reform
from handlers.unit_office.reform import Way

_MOST = 30  # units of one change: the 13 unions of a province are one paper
_FEWEST_PARTS = 2
_SEVERAL = ("also", "parts")
_MAY_BE_NEW = ("parts", "into")


@access.asks
async def ask_unit(turn: Turn, answers: Answers, unit: Unit) -> Prompt:
    """What has been chosen so far, and the ways to choose; or the search that is open."""
    index, way = await turn.unit_index(), reform.way_of(answers)
    if unit_question.SCRATCH in answers:
        prompt = await unit_question.ask(turn, answers)
        own = own_units(turn.person, index)
        choices = [choice for choice in prompt.choices if _may(choice.value, own)]
        return Prompt(prompt.text, [*choices, *labelled(turn, picked="rounds.units_back")])
    lines = [turn.text(f"units.ask.{way.asked}", name=unit.name), *(f"• {name}" for name in _chosen(index, way, unit))]
    return Prompt("\n".join(lines), [*_drops(turn, index, way, unit), *_ways(turn, index, way)])


def _may(value: str, own: frozenset[int] | None) -> bool:
    if value == "own":
        return False
    number = value.removeprefix("in").removeprefix("u")
    return own is None or not number.isdigit() or int(number) in own


def _chosen(index: UnitIndex, way: Way, unit: Unit) -> list[str]:
    if way.asked == "also":
        return [unit.name, *(index.units[one].name for one in way.also if one in index.units)]
    if way.asked == "parts":
        return [one if isinstance(one, str) else index.units[one].name for one in way.parts]
    return []


def _drops(turn: Turn, index: UnitIndex, way: Way, unit: Unit) -> list[Choice]:
    """Sectors that the unit reports to, to be left."""
    if way.asked != "sector":
        return []
    sectors = [index.units[above] for line, above in unit.also if line == "reports" and above in index.units]
    return [Choice(f"x{one.id}", turn.text("units.report_no_more", name=one.name)) for one in sectors]


def _ways(turn: Turn, index: UnitIndex, way: Way) -> list[Choice]:
    done = way.asked == "also" or (way.asked == "parts" and len(way.parts) >= _FEWEST_PARTS)
    ways = {"done": "rounds.units_done"} if done else {}
    ways |= {"again": "units.start_again"} if way.asked in _SEVERAL and _some(way) else {}
    ways |= {"new": "units.a_new_one"} if way.asked in _MAY_BE_NEW else {}
    if own_units(turn.person, index) is None:
        return labelled(turn, **ways, **{"in": "unit.browse"})
    tops = [Choice(f"in{top.id}", f"{top.name} ›", (top.name,)) for top in access.tops(turn.person, index)[:6]]
    return [*labelled(turn, **ways), *tops]


def _some(way: Way) -> bool:
    return bool(way.also if way.asked == "also" else way.parts)


@access.reads
async def read_unit(turn: Turn, answers: Answers, given: Given, unit: Unit) -> object:
    """One unit, or several until they are said to be all."""
    way = reform.way_of(answers)
    match given.value:
        case "done" if way.asked in _SEVERAL:
            raise reform.go_on(answers, way)
        case "again":
            way.also, way.parts = [], []
            reform.keep(answers, way)
            raise AskAgain
        case "new":
            raise GoTo("name")
        case "picked":
            answers.pop(unit_question.SCRATCH)
            raise AskAgain
        case str(value) if value.startswith("x"):
            way.drop = int(value[1:])
            raise reform.go_on(answers, way)
    chosen = await unit_question.read(turn, answers, given)
    answers.pop(unit_question.SCRATCH, None)
    await _take(turn, answers, unit, chosen)
    raise AskAgain


async def _take(turn: Turn, answers: Answers, unit: Unit, chosen: object) -> None:
    """Put one unit where it belongs. Raises GoTo where that is all, Unclear for one that cannot be meant."""
    index, way = await turn.unit_index(), reform.way_of(answers)
    other = index.get(chosen.get("id")) if isinstance(chosen, dict) else None
    if other is None:
        raise Unclear("unclear.unit")
    if not access.may_see(turn.person, other, index):
        raise Unclear("unclear.units_not_yours", name=other.name)
    if other.id == unit.id:
        raise Unclear("units.why_not.itself")
    if way.asked not in _SEVERAL:
        way.into = other.id
        raise reform.go_on(answers, way)
    if way.asked == "also" and not access.may_reform(turn.person, other, index):
        raise Unclear("unclear.units_not_yours", name=other.name)
    some: list[int] | list[int | str] = way.also if way.asked == "also" else way.parts
    if other.id not in some:
        some.append(other.id)
    del some[_MOST:]
    reform.keep(answers, way)

"""Walking the tree: a page of units below one, or those that a few letters may mean, each to be opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.authority import own_units
from core.dialogue import Choice
from core.unclear import Unclear
from core.units import Unit, UnitIndex
from handlers import unit_question
from handlers.form import Answers, AskAgain, Given, GoTo, Prompt, labelled
from handlers.turn import Turn
from handlers.unit_office import access, reform

VIEW = "view"  # {"in": id or None, "page": n, "query": words, "over": True for those not in force}
_PAGE = 6  # With turning the page, up, former ones and a file no screen has more than ten choices.


def _view(answers: Answers) -> dict[str, Any]:
    view: dict[str, Any] = answers.get(VIEW) or {}
    return view


def _listed(turn: Turn, index: UnitIndex, view: dict[str, Any]) -> list[Unit]:
    if view.get("query"):
        found = index.find(view["query"], limit=20)
        return [unit for unit in found.candidates if access.may_see(turn.person, unit, index)]
    here = view.get("in")
    if view.get("over"):
        over = index.not_in_force(here)
        return [unit for unit in over if access.may_see(turn.person, unit, index)]
    return access.tops(turn.person, index) if here is None else list(index.children(here))


async def ask_list(turn: Turn, answers: Answers) -> Prompt:
    """A page of units, with their kind where a search may have found several of one name."""
    index, view = await turn.unit_index(), _view(answers)
    found = _listed(turn, index, view)
    page = view.get("page", 0)
    shown = found[page * _PAGE : (page + 1) * _PAGE]
    title = _title(turn, index, view, found)
    choices = _choices(turn, index, shown)
    return Prompt(title, [*choices, *labelled(turn, **_ways(turn, index, view, len(found)))])


def _choices(turn: Turn, index: UnitIndex, shown: Sequence[Unit]) -> list[Choice]:
    names = [unit.name for unit in shown]
    return [
        Choice(
            f"u{unit.id}",
            unit_question.describe(turn, index, unit)
            if names.count(unit.name) > 1 or not index.in_force(unit)
            else unit.name + (" ›" if index.children(unit.id) else ""),
            (unit.code, unit.name),
        )
        for unit in shown
    ]


def _title(turn: Turn, index: UnitIndex, view: dict[str, Any], found: Sequence[Unit]) -> str:
    if view.get("query"):
        return turn.text("units.found" if found else "units.none", query=view["query"])
    here = index.get(view.get("in"))
    if view.get("over"):
        return turn.text("units.over" if found else "units.over_none", count=len(found))
    return turn.text("units.below", name=here.name, count=len(found)) if here else turn.text("units.top")


def _ways(turn: Turn, index: UnitIndex, view: dict[str, Any], count: int) -> dict[str, str]:
    page, here = view.get("page", 0), view.get("in")
    ways = {"more": "unit.more"} if (page + 1) * _PAGE < count else {}
    ways |= {"fewer": "unit.fewer"} if page else {}
    if view.get("query") or view.get("over"):
        return ways | {"all": "units.back_to_list"}
    admin = own_units(turn.person, index) is None
    ways |= {"over": "units.show_over"} if index.not_in_force(here) and (admin or here is not None) else {}
    ways |= {"new": "units.new"} if admin or here is not None else {}
    return ways | {"file": "units.file"}


async def read_list(turn: Turn, answers: Answers, given: Given) -> object:
    """A unit to open, another page, a search, a new unit, or the file."""
    index, view = await turn.unit_index(), _view(answers)
    match given.value:
        case None:
            return _searched(turn, answers, index, given.text)
        case "more" | "fewer" as way:
            answers[VIEW] = {**view, "page": view.get("page", 0) + (1 if way == "more" else -1)}
        case "all":
            answers[VIEW] = {"in": view.get("in")}
        case "over":
            answers[VIEW] = {"in": view.get("in"), "over": True}
        case "file":
            raise GoTo("file")
        case "new":
            raise reform.begin(answers, "add", view.get("in"))
        case value:
            answers[access.UNIT] = int(value[1:])
            raise GoTo("card")
    raise AskAgain


def _searched(turn: Turn, answers: Answers, index: UnitIndex, text: str) -> object:
    """Straight to the card of the one that is meant."""
    unit = index.by_code(text.strip()) or index.find(text).exact
    if unit and access.may_see(turn.person, unit, index):
        answers[access.UNIT] = unit.id
        raise GoTo("card")
    if not any(letter.isalnum() for letter in text):
        raise Unclear("unclear.unit")
    answers[VIEW] = {"in": _view(answers).get("in"), "query": text[:80]}
    raise AskAgain

"""Asking for a unit: a few letters, or taps down the tree, or the donor's own words for an officer to map."""

from __future__ import annotations

from typing import Any, Final

from core.dialogue import Choice
from core.unclear import Unclear
from core.units import Unit, UnitIndex
from core.vietnamese import nfc
from handlers.form import Answers, AskAgain, Given, Prompt, labelled
from handlers.turn import Turn

SCRATCH: Final = "_unit"
_PAGE = 8  # Choices a screen of a phone shows without scrolling, with the two for turning pages.
_LONGEST = 120  # The longest official unit name of the 2025 dataset has 96 characters.


def describe(turn: Turn, index: UnitIndex, unit: Unit) -> str:
    """Name, kind and parent, so that units of the same name can be told apart."""
    kind = turn.text(f"unit.kind.{unit.kind}") if turn.house.words.has(f"unit.kind.{unit.kind}") else unit.kind
    parent = index.get(unit.parent_id)
    return (
        turn.text("unit.described", name=unit.name, kind=kind, parent=parent.name)
        if parent
        else f"{unit.name} ({kind})"
    )


async def show(turn: Turn, value: dict[str, Any]) -> str:
    """The chosen unit in words."""
    unit = (await turn.unit_index()).get(value.get("id"))
    return unit.name if unit else turn.text("unit.unmapped", text=value.get("text", ""))


async def ask(turn: Turn, answers: Answers) -> Prompt:
    """The question in the view that the donor has come to: plain, search results, a branch of the tree, or own words."""
    index = await turn.unit_index()
    view = answers.get(SCRATCH) or {}
    if "own" in view or not index.units:
        return Prompt(turn.text("unit.ask_own"))
    if "in" in view:
        return _branch(turn, index, view["in"], view.get("page", 0))
    if "query" in view:
        found = index.find(view["query"]).candidates
        message = "unit.found" if found else "unit.none"
        choices = [Choice(f"u{unit.id}", describe(turn, index, unit), (unit.name,)) for unit in found]
        ways = labelled(turn, **{"in": "unit.browse", "own": "unit.own"})
        return Prompt(turn.text(message, query=view["query"]), [*choices, *ways])
    return Prompt(turn.text("unit.ask"), labelled(turn, **{"in": "unit.browse", "own": "unit.own"}))


def _branch(turn: Turn, index: UnitIndex, unit_id: int | None, page: int) -> Prompt:
    """One branch of the tree. A unit with others below opens first, and can itself be chosen there."""
    here = index.get(unit_id)
    children = index.children(unit_id)
    shown = children[page * _PAGE : (page + 1) * _PAGE]
    choices = [Choice(f"u{here.id}", turn.text("unit.this", name=here.name), (here.name,))] if here else []
    choices += [
        Choice(f"in{unit.id}", f"{unit.name} ›") if index.children(unit.id) else Choice(f"u{unit.id}", unit.name)
        for unit in shown
    ]
    turns = {}
    if (page + 1) * _PAGE < len(children):
        turns[f"page{page + 1}"] = "unit.more"
    if page:
        turns[f"page{page - 1}"] = "unit.fewer"
    if here:
        turns[f"in{here.parent_id or ''}"] = "unit.up"
    turns["own"] = "unit.own"
    title = turn.text("unit.branch", name=here.name) if here else turn.text("unit.roots")
    return Prompt(title, [*choices, *labelled(turn, **turns)])


async def read(turn: Turn, answers: Answers, given: Given) -> object:
    """{"id": …} of a unit, or {"text": …} in the donor's words; AskAgain after a search or a step in the tree."""
    index = await turn.unit_index()
    view = answers.get(SCRATCH) or {}
    if given.value is not None:
        return _chosen(answers, view, given.value)
    text = nfc(given.text)
    if not any(letter.isalpha() for letter in text):
        raise Unclear("unclear.unit")
    if len(text) > _LONGEST:
        raise Unclear("unclear.long", highest=_LONGEST)
    if "own" in view or not index.units:
        return {"text": text}
    found = index.find(text)
    if found.exact:
        return {"id": found.exact.id}
    answers[SCRATCH] = {"query": text}
    raise AskAgain


def _chosen(answers: Answers, view: dict[str, Any], value: str) -> object:
    """What a button of this question means: u<id> a unit, in<id> a branch, page<n> a page, own the donor's own words."""
    if value.startswith("u"):
        return {"id": int(value[1:])}
    if value == "own":
        answers[SCRATCH] = {"own": True}
    elif value.startswith("page"):
        answers[SCRATCH] = {**view, "page": int(value[4:])}
    else:
        answers[SCRATCH] = {"in": int(value[2:]) if value[2:] else None}
    raise AskAgain

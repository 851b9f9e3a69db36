"""Asking for a unit: a few letters, or taps down the tree, or the donor's own words for an officer to map."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from core.dates import show_date
from core.dialogue import Choice
from core.unclear import Unclear
from core.units import Unit, UnitIndex
from core.vietnamese import nfc
from handlers.form import Answers, AskAgain, Given, Prompt, labelled
from handlers.turn import Turn
from storage import unit_texts

SCRATCH: Final = "_unit"
_PAGE = 8  # Choices a screen of a phone shows without scrolling, with the two for turning pages.
_LONGEST = 120  # The longest official unit name of the 2025 dataset has 96 characters.


def kind_of(turn: Turn, kind: str) -> str:
    """A kind of unit in words; one that nobody foresaw as it is."""
    return turn.text(f"unit.kind.{kind}") if turn.house.words.has(f"unit.kind.{kind}") else kind


def describe(turn: Turn, index: UnitIndex, unit: Unit) -> str:
    """Name, kind and parent, so that units of the same name can be told apart, and until when, or from when on, where it is not now."""
    kind, parent = kind_of(turn, unit.kind), index.get(unit.parent_id)
    said = (
        turn.text("unit.described", name=unit.name, kind=kind, parent=parent.name)
        if parent
        else f"{unit.name} ({kind})"
    )
    return f"{said} {span(turn, index, unit)}".rstrip()


def span(turn: Turn, index: UnitIndex, unit: Unit) -> str:
    """As "(đến 30/6/2025)" of a unit that has ended, "(từ 01/7/2025)" of one that is to come; "" of all others."""
    if index.ended(unit):
        return turn.text("unit.until", date=show_date(date.fromisoformat(unit.valid_to or "")))
    return (
        "" if index.begun(unit) else turn.text("unit.from", date=show_date(date.fromisoformat(unit.valid_from or "")))
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
    if ended := index.get(view.get("ended")):
        return _ended(turn, index, ended)
    if "in" in view:
        return _branch(turn, index, view["in"], view.get("page", 0))
    if "query" in view:
        found = [unit for unit in index.find(view["query"]).candidates if index.begun(unit)]
        message = "unit.found" if found else "unit.none"
        choices = [Choice(f"u{unit.id}", describe(turn, index, unit), (unit.name,)) for unit in found]
        ways = labelled(turn, **{"in": "unit.browse", "own": "unit.own"})
        return Prompt(turn.text(message, query=view["query"]), [*choices, *ways])
    return Prompt(turn.text("unit.ask"), labelled(turn, **{"in": "unit.browse", "own": "unit.own"}))


def _ended(turn: Turn, index: UnitIndex, unit: Unit) -> Prompt:
    """A unit that is no more was chosen: what it went into is offered; nothing is chosen for anybody."""
    now = index.now(unit.id)
    message = "unit.ended" if now else "unit.ended_all"
    day = show_date(date.fromisoformat(unit.valid_to or ""))
    choices = [Choice(f"u{heir.id}", describe(turn, index, heir), (heir.name,)) for heir in now[:_PAGE]]
    ways = labelled(turn, **{"in": "unit.browse", "own": "unit.own"})
    return Prompt(turn.text(message, name=unit.name, date=day), [*choices, *ways])


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


async def read(turn: Turn, answers: Answers, given: Given, *, former: bool = False) -> object:
    """{"id": …} of a unit, or {"text": …} in the donor's words; AskAgain after a search or a step in the tree.

    `former`: one that has ended may be chosen, too; otherwise what it went into is offered in its place.
    """
    index = await turn.unit_index()
    view = answers.get(SCRATCH) or {}
    if given.value is not None:
        chosen = _chosen(answers, view, given.value)
        return chosen if former else _of_today(answers, index, chosen)
    text = nfc(given.text)
    if not any(letter.isalpha() for letter in text):
        raise Unclear("unclear.unit")
    if len(text) > _LONGEST:
        raise Unclear("unclear.long", highest=_LONGEST)
    found = index.by_code(text) or index.find(text, limit=0).exact
    known = found.id if found else await unit_texts.unit_of(turn.tx, text)
    if known is not None:
        return {"id": known} if former else _of_today(answers, index, {"id": known})
    if "own" in view or not index.units:
        return {"text": text}
    answers[SCRATCH] = {"query": text}
    raise AskAgain


def _of_today(answers: Answers, index: UnitIndex, chosen: dict[str, int]) -> dict[str, int]:
    """The unit, where it is one of today; else AskAgain, with what became of it."""
    unit = index.get(chosen["id"])
    if unit and index.ended(unit):
        answers[SCRATCH] = {"ended": unit.id}
        raise AskAgain
    return chosen


def _chosen(answers: Answers, view: dict[str, Any], value: str) -> dict[str, int]:
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

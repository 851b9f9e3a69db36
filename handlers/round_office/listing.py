"""The rounds that a person manages: a page of them, by state, each to be opened; and the way to a new one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from core.dates import show_date
from core.dialogue import Choice
from core.joins import Counts
from core.rounds import Round, RoundState
from core.unclear import Unclear
from handlers.form import Answers, AskAgain, Given, GoTo, Prompt, labelled
from handlers.round_office import access, fields
from handlers.turn import Turn
from storage import joins

PAGE = 5  # With the ways to turn the page, to filter and to begin a new one no screen has more than nine choices.
VIEW = "view"


def _is_in(state: RoundState, round_: Round, _: date) -> bool:
    return round_.state is state


# What the list may be narrowed to, in the order of the menu.
FILTERS: dict[str, Callable[[Round, date], bool]] = {
    "coming": lambda round_, today: round_.held_on >= today,
    "past": lambda round_, today: round_.held_on < today,
    **{state.value: partial(_is_in, state) for state in RoundState},
}


def _view(answers: Answers) -> dict[str, Any]:
    view: dict[str, Any] = answers.get(VIEW) or {"filter": "coming", "page": 0}
    return view


async def _shown(turn: Turn, view: dict[str, Any]) -> list[Round]:
    """The rounds of a view; of what is over, the newest first."""
    found = [round_ for round_ in await access.all_mine(turn) if FILTERS[view["filter"]](round_, turn.today)]
    return found[::-1] if view["filter"] == "past" else found


async def ask_list(turn: Turn, answers: Answers) -> Prompt:
    """A page of the list."""
    view = _view(answers)
    found = await _shown(turn, view)
    page = found[view["page"] * PAGE : (view["page"] + 1) * PAGE]
    counts = {round_.id: await joins.counts(turn.tx, round_.id) for round_ in page}
    lines = [await _line(turn, round_, counts[round_.id]) for round_ in page]
    kind = turn.text(f"rounds.filter.{view['filter']}")
    title = turn.text("rounds.list" if lines else "rounds.list_empty", kind=kind, count=len(found))
    choices = [Choice(f"r{round_.code}", _label(turn, round_), (round_.code,)) for round_ in page]
    return Prompt("\n".join([title, *lines]), [*choices, *labelled(turn, **_ways(view, len(found)))])


def _ways(view: dict[str, Any], count: int) -> dict[str, str]:
    ways = {}
    if (view["page"] + 1) * PAGE < count:
        ways["more"] = "unit.more"
    if view["page"]:
        ways["fewer"] = "unit.fewer"
    return {**ways, "filter": "rounds.filter", "new": "rounds.new"}


def _label(turn: Turn, round_: Round) -> str:
    return turn.text("rounds.label", name=round_.name, date=show_date(round_.held_on))


async def _line(turn: Turn, round_: Round, counts: Counts) -> str:
    return turn.text(
        "rounds.line",
        number=round_.number,
        name=round_.name,
        day=await fields.BY_KEY["day"].show(turn, fields.values_of(round_, ("held_on", "tentative"))),
        state=turn.text(f"rounds.state.{round_.state.value}"),
        target="–" if round_.target is None else turn.voice.figure(round_.target),
        certain=counts.seated,
        maybe=counts.maybe,
        waiting=counts.waiting,
    )


async def read_list(_: Turn, answers: Answers, given: Given) -> object:
    """A round to open, another page, the filter, or a new round."""
    view = _view(answers)
    match given.value:
        case None:
            raise Unclear("unclear.rounds_list")
        case "new":
            answers[access.LEAVE] = "/rounds new"
            return True
        case "filter":
            raise GoTo("filter")
        case "more" | "fewer" as way:
            answers[VIEW] = {**view, "page": view["page"] + (1 if way == "more" else -1)}
            raise AskAgain
        case value:
            answers[access.ROUND] = value[1:]
            raise GoTo("card")


async def ask_filter(turn: Turn, _: Answers) -> Prompt:
    """Which rounds to list."""
    choices = [Choice(name, turn.text(f"rounds.filter.{name}")) for name in FILTERS]
    return Prompt(turn.text("rounds.filter_ask"), choices)


async def read_filter(_: Turn, answers: Answers, given: Given) -> object:
    """Back to the list, narrowed."""
    if given.value is None:
        raise Unclear("unclear.choice")
    answers[VIEW] = {"filter": given.value, "page": 0}
    raise GoTo("list")

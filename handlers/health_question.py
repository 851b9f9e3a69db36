"""The one question of the self-check that lists what may defer: choose what applies, say since when, until nothing is left.

Its lists are the rows of the rule set, so whoever adds a row adds an answer. Nothing that was chosen is said again.
"""

from __future__ import annotations

from typing import Any, Final

from core.dates import PartialDate, read_month_or_date
from core.dialogue import Choice
from core.eligibility import UNLISTED
from core.people import Sex
from core.unclear import Unclear
from handlers.form import BACK, CANCEL, Answers, AskAgain, Given, GoTo, Prompt, labelled
from handlers.turn import Turn

KEY: Final = "health"
_BEFORE = "weight"  # The question before this one.
_SCRATCH: Final = f"_{KEY}"
_GROUP, _ROW_OF = "g:", "r:"  # What rules call their rows may not be taken for "none" or "skip".
_NAV = {BACK: "form.back", CANCEL: "form.cancel"}


async def ask(turn: Turn, answers: Answers) -> Prompt:
    """The groups, the rows of one, or since when: the view that the person has come to."""
    state = _state(answers)
    if row := _row(turn, state):
        return _ask_since(turn, row)
    if group := state.get("group"):
        return _ask_row(turn, answers, group)
    found = bool(state["since"] or state["conditions"])
    rules = turn.rules
    sex = _sex(answers)
    choices = [
        *labelled(turn, none="eligible.no_more" if found else "eligible.none"),
        *(
            Choice(_GROUP + name, says.get(turn.language, says["vi"]))
            for name, says in rules.groups.items()
            if rules.rows(name, sex)
        ),
        *labelled(turn, other="eligible.other", skip="eligible.skip", **_NAV),
    ]
    return Prompt(turn.text("eligible.more" if found else "eligible.health"), choices)


def _ask_row(turn: Turn, answers: Answers, group: str) -> Prompt:
    rows = turn.rules.rows(group, _sex(answers))
    choices = [Choice(_ROW_OF + name, row.says.get(turn.language, row.says["vi"])) for name, row in rows.items()]
    return Prompt(turn.text("eligible.which"), [*choices, *labelled(turn, other="eligible.other", **_NAV)])


def _ask_since(turn: Turn, row: str) -> Prompt:
    counted_from = turn.rules.deferrals[row].counted_from
    still = turn.rules.ongoing(counted_from)
    choices = labelled(turn, unknown="last.unknown")
    if still:
        says = turn.rules.conditions[still].says
        choices.append(Choice("still", says.get(turn.language, says["vi"])))
    return Prompt(turn.text(f"eligible.since.{counted_from}"), [*choices, *labelled(turn, **_NAV)])


async def read(turn: Turn, answers: Answers, given: Given) -> object:
    """What defers, once nothing more does: {"since": {row: ISO or ""}, "conditions": [row], "skipped": bool}."""
    state = answers[_SCRATCH] = _state(answers)
    if not _row(turn, state):
        state.pop("row", None)
    if given.value == BACK:
        if "group" not in state:
            raise GoTo(_BEFORE)
        state.pop("row" if "row" in state else "group")
    elif row := _row(turn, state):
        _since(turn, state, row, given)
    elif given.value in {"none", "skip"}:
        return {key: state[key] for key in ("since", "conditions")} | {"skipped": given.value == "skip"}
    elif given.value == "other":
        state["conditions"] = sorted({*state["conditions"], UNLISTED})
        state.pop("group", None)
    elif given.value is None:
        raise Unclear("unclear.choice")
    elif given.value.startswith(_GROUP):
        state["group"] = given.value.removeprefix(_GROUP)
    else:
        _choose(turn, state, given.value.removeprefix(_ROW_OF))
    raise AskAgain


def _choose(turn: Turn, state: dict[str, Any], name: str) -> None:
    """Take a row: of a deferral it is asked since when, a condition is all there is to say."""
    if name in turn.rules.deferrals:
        state["row"] = name
        return
    state["conditions"] = sorted({*state["conditions"], name})
    state.pop("group", None)


def _row(turn: Turn, state: dict[str, Any]) -> str:
    """The open row; "" for none, and for one that the rules do not have any more."""
    row = str(state.get("row", ""))
    return row if row in turn.rules.deferrals else ""


def _since(turn: Turn, state: dict[str, Any], row: str, given: Given) -> None:
    """Take the day that the row counts from, and go back to the groups."""
    if given.value == "still":
        still = turn.rules.ongoing(turn.rules.deferrals[row].counted_from)
        state["conditions"] = sorted({*state["conditions"], still})
    else:
        state["since"][row] = "" if given.value == "unknown" else _day(turn, given).iso()
    for view in ("row", "group"):
        state.pop(view, None)


def _day(turn: Turn, given: Given) -> PartialDate:
    day = read_month_or_date(given.text, turn.today)
    if day.day and day.latest() > turn.today:
        raise Unclear("unclear.last.future")
    return day


def _state(answers: Answers) -> dict[str, Any]:
    """A copy of what was chosen so far: a turn that fails must leave the loaded answers as they were."""
    state = answers.get(_SCRATCH) or {"since": {}, "conditions": []}
    return {**state, "since": dict(state["since"]), "conditions": list(state["conditions"])}


def _sex(answers: Answers) -> Sex | None:
    return Sex(answers["sex"]) if answers.get("sex") in set(Sex) else None


def since_of(answer: dict[str, Any]) -> dict[str, PartialDate | None]:
    """The days of an answer: row -> as far as it is known."""
    return {row: PartialDate.of_iso(text) if text else None for row, text in answer["since"].items()}

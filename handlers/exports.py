"""The official lists as files, for administrators."""

from __future__ import annotations

from typing import Any

from core.people import Role
from core.unclear import Unclear
from handlers import unit_question
from handlers.form import Answers, Form, Given, Prompt, Question, labelled, open_form
from handlers.turn import Action, Turn
from storage import donors, records


async def _ask_units(turn: Turn, answers: Answers) -> Prompt:
    if unit_question.SCRATCH in answers:
        prompt = await unit_question.ask(turn, answers)
        # A list is of units that are known; a donor's own words for theirs have no place here.
        return Prompt(prompt.text, [choice for choice in prompt.choices if choice.value != "own"])
    return Prompt(turn.text("export.unit.ask"), labelled(turn, all="export.all", **{"in": "unit.browse"}))


async def _read_units(turn: Turn, answers: Answers, given: Given) -> object:
    if given.value == "all":
        return {"all": True}
    chosen = await unit_question.read(turn, answers, given)
    if isinstance(chosen, dict) and "id" not in chosen:
        raise Unclear("unclear.export_unit")
    return chosen


async def _show_units(turn: Turn, value: dict[str, Any]) -> str:
    return turn.text("export.all") if value.get("all") else await unit_question.show(turn, value)


async def _ask_format(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("export.format.ask"), labelled(turn, xlsx="export.xlsx", csv="export.csv"))


async def _read_format(_: Turn, __: Answers, given: Given) -> object:
    if given.value is None:
        raise Unclear("unclear.choice")
    return given.value


async def _finish(turn: Turn, answers: Answers) -> None:
    unit_id = answers["unit"].get("id")
    index = await turn.unit_index()
    unit_ids = sorted(index.below(unit_id)) if unit_id is not None else None
    rows = await donors.count(turn.tx, unit_ids)
    format_ = answers["format"]
    unit = index.get(unit_id)
    await records.add_audit(
        turn.tx,
        turn.person.address,
        "export",
        at=turn.at,
        list="registration",
        unit=unit.code if unit else "all",
        format=format_,
        rows=rows,
    )
    if not rows:
        turn.say("export.empty", "/export")
        return
    turn.say("export.working", rows=rows)
    turn.document(
        f"registration.{format_}",
        turn.text("export.ready", rows=rows),
        units=unit_ids,
        unit=unit.name if unit else "",
        rows=rows,
    )


FORM = Form(
    name="export",
    questions=(
        Question("unit", _ask_units, _read_units, _show_units),
        Question("format", _ask_format, _read_format),
    ),
    finish=_finish,
    cancelled="export.cancelled",
)


async def export(turn: Turn, _: str) -> None:
    """Ask which units and which format."""
    await open_form(turn, FORM)


ACTIONS = (Action(("export", "xuat"), export, role=Role.ADMIN, words=("xuat danh sach", "export"), within=False),)
FORMS = (FORM,)

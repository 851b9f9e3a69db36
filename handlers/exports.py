"""The official lists as files, for administrators."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.dates import show_date, show_weekday
from core.dialogue import Choice
from core.people import Role
from core.rounds import Round, RoundState
from core.unclear import Unclear
from handlers import unit_question
from handlers.form import Answers, AskAgain, Form, Given, Prompt, Question, labelled, open_form
from handlers.turn import Action, Turn
from storage import donors, joins, records, rounds, units

_REFORMED = "_reformed"  # Whether units have changed since the round.
_VIEW = "_round"  # The page of the rounds.
_PAGE = 7  # With "everybody" as many choices as a telephone shows without scrolling.
_BACK = timedelta(days=90)  # A list is corrected and reported for weeks after its round.
_AHEAD = timedelta(days=730)


async def _listed(turn: Turn) -> list[Round]:
    """Rounds that have a list, the next one first, those that are over last."""
    found = await rounds.between(turn.tx, turn.today - _BACK, turn.today + _AHEAD)
    with_list = [r for r in found if r.state not in (RoundState.DRAFT, RoundState.CANCELLED)]
    past = [r for r in with_list if r.held_on < turn.today]
    return [r for r in with_list if r.held_on >= turn.today] + past[::-1]


async def _ask_round(turn: Turn, answers: Answers) -> Prompt:
    listed = await _listed(turn)
    page = int(answers.get(_VIEW) or 0)
    shown = listed[page * _PAGE : (page + 1) * _PAGE]
    choices = [Choice(round_.code, _line(turn, round_), (round_.name, round_.code)) for round_ in shown]
    turns = {}
    if (page + 1) * _PAGE < len(listed):
        turns[f"page{page + 1}"] = "unit.more"
    if page:
        turns[f"page{page - 1}"] = "unit.fewer"
    ways = labelled(turn, **{"": "export.everybody"}, **turns)
    return Prompt(turn.text("export.round.ask"), [*choices, *ways])


def _line(turn: Turn, round_: Round) -> str:
    weekday = show_weekday(round_.held_on, turn.language)
    return turn.text("join.listed", name=round_.name, weekday=weekday, date=show_date(round_.held_on))


async def _read_round(turn: Turn, answers: Answers, given: Given) -> object:
    if given.value is None:
        raise Unclear("unclear.choice")
    if given.value.startswith("page") and given.value[4:].isdecimal():
        answers[_VIEW] = int(given.value[4:])
        raise AskAgain
    round_ = await rounds.by_code(turn.tx, given.value) if given.value else None
    if given.value and round_ is None:
        raise Unclear("unclear.choice")
    answers[_REFORMED] = await _reformed(turn, round_)
    return given.value


async def _reformed(turn: Turn, round_: Round | None) -> bool:
    """True where units were merged, parted or dissolved between the round and today: then it is asked by which ones the list goes."""
    if round_ is None:
        return False
    steps = await units.successions(turn.tx)
    return any(round_.held_on < step.on_day <= turn.today for step in steps)


async def _ask_by(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("export.by.ask"), labelled(turn, then="export.by_then", now="export.by_now"))


async def _show_by(turn: Turn, value: str) -> str:
    return turn.text("export.by_now" if value == "now" else "export.by_then")


async def _show_round(turn: Turn, value: str) -> str:
    round_ = await rounds.by_code(turn.tx, value) if value else None
    return _line(turn, round_) if round_ else turn.text("export.everybody")


async def _ask_units(turn: Turn, answers: Answers) -> Prompt:
    if unit_question.SCRATCH in answers:
        prompt = await unit_question.ask(turn, answers)
        # A list is of units that are known; a donor's own words for theirs have no place here.
        return Prompt(prompt.text, [choice for choice in prompt.choices if choice.value != "own"])
    return Prompt(turn.text("export.unit.ask"), labelled(turn, all="export.all", **{"in": "unit.browse"}))


async def _read_units(turn: Turn, answers: Answers, given: Given) -> object:
    if given.value == "all":
        return {"all": True}
    chosen = await unit_question.read(turn, answers, given, former=True)
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
    round_ = await rounds.by_code(turn.tx, answers["round"]) if answers["round"] else None
    now = answers.get("by", "now") == "now" or round_ is None or round_.held_on > turn.today
    index = await turn.house.units.index(turn.tx, turn.today if now or round_ is None else round_.held_on)
    unit_ids = sorted(index.below(unit_id)) if unit_id is not None else None
    rows = await donors.count(turn.tx, unit_ids, round_id=round_.id if round_ else None)
    format_ = answers["format"]
    unit = index.get(unit_id)
    await records.add_audit(
        turn.tx,
        turn.person.address,
        "export",
        at=turn.at,
        list="registration",
        unit=unit.code if unit else "all",
        round=round_.code if round_ else "",
        format=format_,
        rows=rows,
    )
    if not rows:
        turn.say("export.empty", "/export")
        return
    turn.say("export.working", rows=rows)
    turn.document(
        f"registration.{format_}",
        await _ready(turn, round_, unit_ids, rows),
        units=unit_ids,
        unit=unit.name if unit else "",
        round=round_.code if round_ else "",
        rows=rows,
        units_now=now,
    )


async def _ready(turn: Turn, round_: Round | None, unit_ids: list[int] | None, rows: int) -> str:
    """What goes with the file. Of a round's list also how many are not certain, and who is not on it."""
    if round_ is None:
        return turn.text("export.ready", rows=rows)
    counts = await joins.counts(turn.tx, round_.id, unit_ids)
    waiting = counts.waiting + counts.offered
    return turn.text(
        "export.ready_round",
        rows=rows,
        name=round_.name,
        maybe=turn.text("export.maybe_among", count=counts.maybe) if counts.maybe else "",
        waiting=f" {turn.text('export.waiting', count=waiting)}" if waiting else "",
    )


FORM = Form(
    name="export",
    questions=(
        Question("round", _ask_round, _read_round, _show_round),
        Question("unit", _ask_units, _read_units, _show_units),
        Question("by", _ask_by, _read_format, _show_by, when=lambda answers: bool(answers.get(_REFORMED))),
        Question("format", _ask_format, _read_format),
    ),
    finish=_finish,
    cancelled="export.cancelled",
)


async def export(turn: Turn, args: str) -> None:
    """Ask which round, which units and which format; `args` may name the round."""
    named = await rounds.by_code(turn.tx, args) if args else None
    if named or not await _listed(turn):
        reformed = await _reformed(turn, named)
        await open_form(turn, FORM, {"round": named.code if named else "", _REFORMED: reformed})
    else:
        await open_form(turn, FORM)


ACTIONS = (Action(("export", "xuat"), export, role=Role.ADMIN, words=("xuat danh sach", "export"), within=False),)
FORMS = (FORM,)

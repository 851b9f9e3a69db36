"""Changing a round: a field is chosen, asked for, shown before and after, and written once that is agreed to."""

from __future__ import annotations

from typing import Any

from core.dialogue import Choice
from core.rounds import Round
from core.unclear import Unclear
from core.vietnamese import fold
from handlers import round_changes
from handlers.form import Answers, AskAgain, Given, GoTo, Prompt, labelled
from handlers.round_office import access, checks, fields, people, units
from handlers.turn import Turn

_PAGE = 7  # With the two ways to turn the page, nine.
_VIEW, _FIELD, _BEFORE, _AFTER = "_fields", "field", "before", "after"


@access.asks
async def ask_fields(turn: Turn, answers: Answers, round_: Round) -> Prompt:
    """Which field to change."""
    page = answers.get(_VIEW, 0)
    shown = fields.FIELDS[page * _PAGE : (page + 1) * _PAGE]
    choices = [Choice(row.key, turn.text(f"rounds.field.{row.key}")) for row in shown]
    ways = {"more": "unit.more"} if (page + 1) * _PAGE < len(fields.FIELDS) else {}
    ways |= {"fewer": "unit.fewer"} if page else {}
    return Prompt(turn.text("rounds.fields_ask", name=round_.name), [*choices, *labelled(turn, **ways)])


@access.reads
async def read_fields(turn: Turn, answers: Answers, given: Given, round_: Round) -> object:
    """The field, also where it stands on another page."""
    if given.value in {"more", "fewer"}:
        answers[_VIEW] = answers.get(_VIEW, 0) + (1 if given.value == "more" else -1)
        raise AskAgain
    row = fields.BY_KEY.get(given.value or _named(turn, given.text))
    if row is None:
        raise Unclear("unclear.rounds_field")
    answers[_FIELD] = row.key
    if row.step == units.KEY:
        units.begin(answers, round_.units)
    raise GoTo(row.step)


def _named(turn: Turn, text: str) -> str:
    return next((row.key for row in fields.FIELDS if fold(turn.text(f"rounds.field.{row.key}")) == fold(text)), "")


@access.asks
async def ask_value(turn: Turn, answers: Answers, round_: Round) -> Prompt:
    """What the field shall be, with an example; what it is now stands in front."""
    row = fields.BY_KEY[answers[_FIELD]]
    now = await row.show(turn, fields.values_of(round_, row.columns))
    lines = [turn.text("rounds.now", label=turn.text(f"rounds.field.{row.key}"), value=now or "–")]
    return Prompt("\n".join([*lines, turn.text(f"rounds.ask.{row.key}")]), _offered(turn, row))


def _offered(turn: Turn, row: fields.Field) -> list[Choice]:
    """What may be tapped instead of typed."""
    empty = {"empty": "rounds.empty"} if row.empty is not None else {}
    return labelled(turn, **{message: message for message in row.choices}, **empty)


@access.reads
async def read_value(turn: Turn, answers: Answers, given: Given, round_: Round) -> object:
    """What was typed, as columns, to be looked at before it is kept."""
    row = fields.BY_KEY[answers[_FIELD]]
    if given.value == "empty" and row.empty is not None:
        values = row.empty
    elif given.value:
        values = row.choices[given.value]
    else:
        assert row.read is not None
        values = row.read(given.text, turn.today)
    if values.get("place") == round_.place:  # The same house stays where it is.
        values = {column: values[column] for column in ("place", "place_or")}
    raise preview(answers, round_, values)


@access.asks
async def ask_unit(turn: Turn, answers: Answers, _: Round) -> Prompt:
    """Which units the round invites."""
    return await units.ask(turn, answers)


@access.reads
async def read_unit(turn: Turn, answers: Answers, given: Given, round_: Round) -> object:
    """The units, once they are complete."""
    raise preview(answers, round_, {"units": sorted(await units.read(turn, answers, given))})


@access.asks
async def ask_rules(turn: Turn, _: Answers, round_: Round) -> Prompt:
    """Which facility's rules hold."""
    now = await fields.BY_KEY["rules"].show(turn, {"rule_set": round_.rule_set})
    codes = [Choice(f"={code}", code) for code in sorted({rules.code for rules in turn.house.rules.editions})]
    return Prompt(turn.text("rounds.rules_ask", now=now), [*labelled(turn, **{"=": "rounds.rules_usual"}), *codes])


@access.reads
async def read_rules(_: Turn, answers: Answers, given: Given, round_: Round) -> object:
    """The code of a rule set; "" for the usual one."""
    if given.value is None:
        raise Unclear("unclear.choice")
    raise preview(answers, round_, {"rule_set": given.value[1:]})


def preview(answers: Answers, round_: Round, values: dict[str, Any]) -> GoTo:
    """To the question that shows the difference; what was there is kept, so that nobody's change is overwritten unseen."""
    answers[_BEFORE] = fields.values_of(round_, tuple(values))
    answers[_AFTER] = values
    if round_changes.with_values(round_, values) == round_:
        return GoTo("card")
    return GoTo("preview")


@access.asks
async def ask_preview(turn: Turn, answers: Answers, round_: Round) -> Prompt:
    """The difference, how many will be told, and what the plan checker says of the round as it would be."""
    after = round_changes.with_values(round_, answers[_AFTER])
    changed = round_changes.differences(round_, after)
    lines = [turn.text("rounds.preview", name=round_.name), *await difference(turn, changed)]
    lines += [await people.told(turn, round_, after), *await people.stays(turn, round_, after)]
    lines += [await checks.questions(turn, after)]
    return Prompt("\n".join(filter(None, lines)), labelled(turn, save="form.save"))


async def difference(turn: Turn, changed: round_changes.Difference) -> list[str]:
    """A bullet for each field that changes, before and after."""
    lines = []
    for row in fields.FIELDS:
        mine = {column: pair for column, pair in changed.items() if column in row.columns}
        if not mine or (row.key == "place" and not {"place", "place_or"} & mine.keys()):
            continue
        before, after = ({column: pair[side] for column, pair in mine.items()} for side in (0, 1))
        shown = [await row.show(turn, side) or "–" for side in (before, after)]
        label = turn.text(f"rounds.field.{row.key}")
        lines.append(turn.text("rounds.difference", label=label, before=shown[0], after=shown[1]))
    return lines


@access.reads
async def read_preview(turn: Turn, answers: Answers, given: Given, round_: Round) -> object:
    """Written, unless somebody else has changed the same meanwhile: then the new difference is shown first."""
    if given.value != "save":
        raise Unclear("unclear.rounds_confirm")
    values = answers[_AFTER]
    if fields.values_of(round_, tuple(values)) != answers[_BEFORE]:
        answers[_BEFORE] = fields.values_of(round_, tuple(values))
        raise GoTo("preview", turn.text("rounds.changed_meanwhile"))
    raise GoTo("card", await save(turn, round_, values))


async def save(turn: Turn, round_: Round, values: dict[str, Any]) -> str:
    """Write the change; the line that says what became of it."""
    after = round_changes.with_values(round_, values)
    told = await people.told(turn, round_, after)
    await round_changes.apply(turn.tx, round_, after, by=turn.person.address, at=turn.at)
    await access.audit(turn, "round", round_, change="edited", fields=sorted(values))
    await people.offer(turn, round_.id)
    return f"{turn.text('rounds.saved')} {told}".strip()

"""Parting a round in two: some of the invited units go to another day or place, and whoever joined from them goes along."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from core.dialogue import Choice
from core.rounds import Round
from core.unclear import Unclear
from core.units import Unit, UnitIndex
from core.vietnamese import fold
from handlers import round_changes
from handlers.form import Answers, AskAgain, Given, GoTo, Prompt, labelled
from handlers.round_office import access, card, checks, edit, fields, new, people, states
from handlers.turn import Turn
from storage import joins, outbox

_PAGE = 6  # With done and the two ways to turn the page, nine.
_VIEW, _MOVING, _DAY, _PLACE = "_moving", "moving", "day", "place"


def partable(round_: Round, index: UnitIndex) -> list[Unit]:
    """The units among which a round can be parted: those it invites; of a single one (or of everybody), those below."""
    ids = sorted(round_.units) or [unit.id for unit in index.children(None)]
    seen: set[int] = set()
    while len(ids) == 1 and ids[0] not in seen:
        seen.add(ids[0])
        ids = [unit.id for unit in index.children(ids[0])]
    units = [index.units[unit_id] for unit_id in ids if unit_id in index.units]
    return sorted(units, key=lambda unit: fold(unit.name)) if len(units) > 1 else []


@access.asks
async def ask_moving(turn: Turn, answers: Answers, round_: Round) -> Prompt:
    """Which units go over; a tap marks one, another takes the mark away."""
    found = partable(round_, await turn.unit_index())
    if not found:
        return Prompt(turn.text("rounds.split_single"))
    page, marked = answers.get(_VIEW, 0), answers.get(_MOVING, [])
    shown = found[page * _PAGE : (page + 1) * _PAGE]
    choices = [Choice(f"u{u.id}", f"{'☑' if u.id in marked else '☐'} {u.name}", (u.name,)) for u in shown]
    ways = {"more": "unit.more"} if (page + 1) * _PAGE < len(found) else {}
    ways |= {"fewer": "unit.fewer"} if page else {}
    ways |= {"done": "rounds.split_done"} if 0 < len(marked) < len(found) else {}
    names = "; ".join(unit.name for unit in found if unit.id in marked)
    text = turn.text("rounds.split_marked", names=names) if marked else turn.text("rounds.split_ask", name=round_.name)
    return Prompt(text, [*choices, *labelled(turn, **ways)])


@access.reads
async def read_moving(_: Turn, answers: Answers, given: Given, __: Round) -> object:
    """A mark, a page, or on to the day."""
    match given.value:
        case None:
            raise Unclear("unclear.rounds_split")
        case "done":
            raise GoTo("split_day")
        case "more" | "fewer" as way:
            answers[_VIEW] = answers.get(_VIEW, 0) + (1 if way == "more" else -1)
        case value:
            unit_id, marked = int(value[1:]), answers.get(_MOVING, [])
            answers[_MOVING] = [u for u in marked if u != unit_id] if unit_id in marked else [*marked, unit_id]
    raise AskAgain


@access.asks
async def ask_day(turn: Turn, _: Answers, round_: Round) -> Prompt:
    """When those who go over give."""
    now = await fields.BY_KEY["day"].show(turn, fields.values_of(round_, ("held_on", "tentative")))
    text = f"{turn.text('rounds.split_for')} {turn.text('rounds.ask.day')}"
    return Prompt(text, [Choice("same", turn.text("rounds.split_same", value=now))])


@access.reads
async def read_day(turn: Turn, answers: Answers, given: Given, round_: Round) -> object:
    """The day."""
    read = fields.BY_KEY["day"].read
    assert read is not None
    same = fields.values_of(round_, ("held_on", "tentative"))
    answers[_DAY] = same if given.value == "same" else read(given.text, turn.today)
    raise GoTo("split_place")


@access.asks
async def ask_place(turn: Turn, _: Answers, round_: Round) -> Prompt:
    """Where those who go over give."""
    now = await fields.BY_KEY["place"].show(turn, fields.values_of(round_, ("place", "place_or")))
    text = f"{turn.text('rounds.split_for')} {turn.text('rounds.ask.place')}"
    return Prompt(text, [Choice("same", turn.text("rounds.split_same", value=now))])


@access.reads
async def read_place(turn: Turn, answers: Answers, given: Given, round_: Round) -> object:
    """The place. What happens in which hall is another matter at another place."""
    row = fields.BY_KEY["place"]
    assert row.read is not None
    same = fields.values_of(round_, (*row.columns, "parts"))
    answers[_PLACE] = same if given.value == "same" else {**row.read(given.text, turn.today), "parts": []}
    if answers[_DAY]["held_on"] == round_.held_on.isoformat() and answers[_PLACE]["place"] == round_.place:
        raise Unclear("unclear.rounds_split_same")
    raise GoTo("splitting")


async def _halves(turn: Turn, answers: Answers, round_: Round) -> tuple[Round, Round] | None:
    """What stays and what goes over; None where the invited units are not what they were."""
    found = {unit.id for unit in partable(round_, await turn.unit_index())}
    moving = frozenset(answers[_MOVING])
    if not moving or not moving < found:
        return None
    values: dict[str, Any] = {**answers[_DAY], **answers[_PLACE]}
    day = date.fromisoformat(values["held_on"])
    number = await new.next_number(turn, day.year)
    values |= {"number": number, "name": new.usual_name(turn, number, day)}
    if round_.deadline_on:
        values["deadline_on"] = (day - (round_.held_on - round_.deadline_on)).isoformat()
    other = round_changes.with_values(round_, values)
    code = await new.free_code(turn, number, day.year)
    return replace(round_, units=frozenset(found - moving)), replace(other, code=code, units=moving)


async def _people(turn: Turn, round_: Round, other: Round) -> list[int]:
    """Those of the units that go over who have joined."""
    index = await turn.unit_index()
    return await joins.active_of_units(turn.tx, round_.id, sorted(index.below_all(other.units)))


async def _lost(turn: Turn, round_: Round, *halves: Round) -> str:
    """Whoever belongs to a unit above the parts is invited by none of them."""
    count = await states.invited(turn, round_)
    for half in halves:
        count -= await states.invited(turn, half)
    return turn.text("rounds.split_lost", count=count) if count > 0 else ""


@access.asks
async def ask_splitting(turn: Turn, answers: Answers, round_: Round) -> Prompt:
    """Both rounds as they would be, and who is moved."""
    halves = await _halves(turn, answers, round_)
    if halves is None:
        return Prompt(turn.text("rounds.changed_meanwhile"))
    rest, other = halves
    show = fields.BY_KEY["units"].show
    stay, go = [await show(turn, {"units": sorted(half.units)}) for half in halves]
    lines = [
        turn.text("rounds.split_preview", name=rest.name, stay=stay, new=other.name, go=go),
        *await edit.difference(turn, round_changes.differences(replace(round_, units=other.units), other)),
        turn.text("rounds.split_people", count=len(await _people(turn, round_, other))),
        await _lost(turn, round_, rest, other),
        await checks.questions(turn, other, rest),
    ]
    return Prompt("\n".join(filter(None, lines)), labelled(turn, yes="rounds.do.split"))


@access.reads
async def read_splitting(turn: Turn, answers: Answers, given: Given, round_: Round) -> object:
    """Both rounds are written, and the people moved with their answers."""
    if given.value != "yes":
        raise Unclear("unclear.rounds_confirm")
    halves = await _halves(turn, answers, round_)
    if halves is None or round_.state not in card.JOINABLE:
        raise GoTo("card", turn.text("rounds.changed_meanwhile"))
    rest, other = halves
    moved = await _people(turn, round_, other)
    other_id = await round_changes.split(turn.tx, round_, rest, other, by=turn.person.address, at=turn.at)
    await joins.move(turn.tx, round_, replace(other, id=other_id), moved)
    for person_id in moved:  # What waits to be said was true before.
        for kind in ("remind", "maybe"):
            await outbox.cancel_keys(turn.tx, f"{kind}:{round_.id}:{person_id}:")
    for round_id in (round_.id, other_id):
        await people.offer(turn, round_id)
    await access.audit(turn, "round", round_, change="split", other=other.code, people=len(moved))
    answers[access.ROUND] = other.code
    raise GoTo("card", turn.text("rounds.split_became", name=other.name, count=len(moved)))

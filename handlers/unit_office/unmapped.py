"""What donors typed for a unit that they did not find: grouped, each with proposals, mapped with one tap or let be; and donors of a
unit that was parted, who have not said yet where they belong.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from core.authority import own_units
from core.dialogue import Choice
from core.people import Role
from core.unclear import Unclear
from core.units import Unit, UnitIndex
from core.vietnamese import fold
from handlers import unit_question
from handlers.form import Answers, AskAgain, Finish, Form, Given, GoTo, Prompt, Question, labelled, open_form
from handlers.turn import Action, Turn
from handlers.unit_office import access
from storage import records, reforms, unit_moves, unit_texts

_PAGE = 6
_PAGE_KEY, _GROUP = "page", "group"
_PROPOSALS = 4
_LOOKED_AT = 100  # A search among the units of a district takes a thousandth of a second.


@dataclass(frozen=True, slots=True)
class Group:
    """Donors who are to be mapped together. `key`: the folded text, or "#<id>" of the unit that was parted."""

    key: str
    text: str
    count: int

    @property
    def parted(self) -> bool:
        """True for donors of a unit that is no more."""
        return self.key.startswith("#")


async def groups(turn: Turn) -> list[Group]:
    """All that wait, of most donors first. An officer sees those of which a proposal lies within their units; what nothing can be
    proposed for is an administrator's affair.
    """
    index = await turn.unit_index()
    own = own_units(turn.person, index)
    found = [Group(one.key, one.text, one.count) for one in await unit_texts.waiting(turn.tx)]
    found += [
        Group(f"#{unit.id}", unit.name, count)
        for unit_id, count in await unit_moves.left_behind(turn.tx, turn.today)
        if (unit := index.get(unit_id))
    ]
    found.sort(key=lambda group: -group.count)
    if own is None:
        return found
    theirs = UnitIndex.of(unit for unit in index.units.values() if unit.id in own)
    return list(islice((group for group in found if _concerns(index, theirs, group)), _LOOKED_AT))


def _concerns(index: UnitIndex, theirs: UnitIndex, group: Group) -> bool:
    """True where the words may mean a unit of these, or a part of what was parted is one."""
    if group.parted:
        return any(unit.id in theirs.units for unit in index.now(int(group.key[1:])))
    return bool(theirs.find(group.text, limit=1).candidates)


def proposals(among: UnitIndex, index: UnitIndex, group: Group) -> list[Unit]:
    """Units of today that the words may mean, looked for `among` these; of what ended, what it went into."""
    if group.parted:
        return index.now(int(group.key[1:]))
    found: dict[int, Unit] = {}
    for unit in among.find(group.text, limit=_PROPOSALS).candidates:
        found |= {one.id: one for one in index.now(unit.id)}
    return list(found.values())[:_PROPOSALS]


async def _group(turn: Turn, answers: Answers) -> Group | None:
    return next((group for group in await groups(turn) if group.key == answers.get(_GROUP)), None)


async def _ask_texts(turn: Turn, answers: Answers) -> Prompt:
    waiting = await groups(turn)
    page = min(answers.get(_PAGE_KEY, 0), max(0, len(waiting) - 1) // _PAGE)
    shown = waiting[page * _PAGE : (page + 1) * _PAGE]
    title = turn.text(
        "unmapped.list" if waiting else "unmapped.none",
        count=len(waiting),
        people=turn.voice.figure(sum(group.count for group in waiting)),
    )
    ways = {"more": "unit.more"} if (page + 1) * _PAGE < len(waiting) else {}
    ways |= {"fewer": "unit.fewer"} if page else {}
    return Prompt(title, [*(Choice(f"={one.key}", _label(turn, one)) for one in shown), *labelled(turn, **ways)])


def _label(turn: Turn, group: Group) -> str:
    message = "unmapped.parted" if group.parted else "unmapped.text"
    return turn.text(message, text=group.text[:60], count=group.count)


async def _read_texts(_: Turn, answers: Answers, given: Given) -> object:
    if given.value in {"more", "fewer"}:
        answers[_PAGE_KEY] = max(0, answers.get(_PAGE_KEY, 0) + (1 if given.value == "more" else -1))
        raise AskAgain
    if given.value is None:
        raise Unclear("unclear.choice")
    answers[_GROUP] = given.value[1:]
    raise GoTo("unit")


async def _ask_unit(turn: Turn, answers: Answers) -> Prompt:
    index, group = await turn.unit_index(), await _group(turn, answers)
    if group is None:
        return Prompt(turn.text("unmapped.gone"))
    own = own_units(turn.person, index)
    if unit_question.SCRATCH in answers:
        prompt = await unit_question.ask(turn, answers)
        choices = [one for one in prompt.choices if _may(one.value, own)]
        return Prompt(prompt.text, [*choices, *labelled(turn, picked="rounds.units_back")])
    mine = index if own is None else UnitIndex.of(unit for unit in index.units.values() if unit.id in own)
    choices = [
        Choice(f"u{unit.id}", unit_question.describe(turn, index, unit), (unit.name,))
        for unit in proposals(mine, index, group)
        if own is None or unit.id in own
    ]
    ways = {"in": "unit.browse"} if own is None else {}
    ways |= {} if group.parted else {"let_be": "unmapped.let_be"}
    message = "unmapped.ask_parted" if group.parted else "unmapped.ask"
    text = turn.text(message, text=group.text, count=turn.voice.figure(group.count))
    return Prompt(text, [*choices, *labelled(turn, **ways)])


def _may(value: str, own: frozenset[int] | None) -> bool:
    if value == "own":
        return False
    number = value.removeprefix("in").removeprefix("u")
    return own is None or not number.isdigit() or int(number) in own


async def _read_unit(turn: Turn, answers: Answers, given: Given) -> object:
    """Which unit it is. Raises GoTo once that is decided."""
    group = await _group(turn, answers)
    if group is None:
        raise GoTo("texts", turn.text("unmapped.gone"))
    if given.value == "let_be":
        await _decide(turn, group, None)
        raise GoTo("texts", turn.text("unmapped.left", text=group.text))
    if given.value == "picked":
        answers.pop(unit_question.SCRATCH)
        raise AskAgain
    chosen = await unit_question.read(turn, answers, given)
    index = await turn.unit_index()
    unit = index.get(chosen.get("id")) if isinstance(chosen, dict) else None
    if unit is None:
        raise Unclear("unclear.unit")
    if not access.may_see(turn.person, unit, index):
        await access.audit(turn, "refused", unit, command="unmapped")
        raise Unclear("unclear.units_not_yours", name=unit.name)
    answers.pop(unit_question.SCRATCH, None)
    moved = await _decide(turn, group, unit)
    said = turn.text("unmapped.done", text=group.text, name=unit.name, count=turn.voice.figure(moved))
    if group.parted or fold(group.text) in {fold(name) for name in (unit.name, *unit.aliases)}:
        raise GoTo("texts", said)
    answers["alias"] = {"unit": unit.id, "text": group.text}
    raise GoTo("also", said)


async def _decide(turn: Turn, group: Group, unit: Unit | None) -> int:
    """Map the donors of a group; how many they were."""
    if group.parted:
        assert unit
        moved = await unit_moves.move_people(turn.tx, int(group.key[1:]), unit.id)
    else:
        by, at = turn.person.address, turn.at
        moved = await unit_texts.decide(turn.tx, group.key, unit.id if unit else None, by=by, at=at)
    await access.audit(turn, "unmapped", unit, change="mapped" if unit else "let_be", rows=moved)
    return moved


async def _ask_alias(turn: Turn, answers: Answers) -> Prompt:
    about: dict[str, Any] = answers["alias"]
    unit = (await turn.unit_index()).get(about["unit"])
    text = turn.text("unmapped.alias_ask", text=about["text"], name=unit.name if unit else "–")
    return Prompt(text, labelled(turn, yes="unmapped.alias_yes", no="unmapped.alias_no"))


async def _read_alias(turn: Turn, answers: Answers, given: Given) -> object:
    """From then on everybody finds the unit by these words."""
    about: dict[str, Any] = answers["alias"]
    unit = await access.find(turn, about["unit"])
    if given.value is None:
        raise Unclear("unclear.choice")
    if given.value == "yes" and unit:
        await reforms.edit(turn.tx, unit.id, aliases=[*unit.aliases, about["text"]])
        await access.audit(turn, "unit", unit, change="edit", field="aliases")
        turn.house.units.refresh()
    raise GoTo("texts")


async def _finish(_: Turn, __: Answers) -> None:
    """No answer leads to the end: every screen leads to another."""
    raise Finish("")


FORM = Form(
    "unmapped",
    (
        Question("texts", _ask_texts, _read_texts),
        Question("unit", _ask_unit, _read_unit, back="texts"),
        Question("also", _ask_alias, _read_alias, back="texts"),
    ),
    _finish,
    "unmapped.closed",
    light=True,
    leave="rounds.leave",
)


async def unmapped(turn: Turn, _: str) -> None:
    """The queue."""
    if own_units(turn.person, await turn.unit_index()) == frozenset():
        await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="unmapped")
        turn.say("units.no_unit", contact=turn.settings.contact)
        return
    await open_form(turn, FORM, step="texts")


ACTIONS = (
    Action(
        ("unmapped", "donvikhac"),
        unmapped,
        role=Role.OFFICER,
        words=("don vi chua xep", "unmapped units"),
        within=False,
    ),
)

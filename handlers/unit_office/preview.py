"""What a change would do, before it is done: whom it touches, what moves along, what stays; and then doing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from core.authority import own_units
from core.dates import show_date
from core.reforms import why_not_end, why_not_move
from core.unclear import Unclear
from core.unit_codes import proposed_code
from core.units import REPORTS, Unit, UnitIndex
from handlers.form import Answers, Given, GoTo, Prompt, labelled
from handlers.turn import Turn
from handlers.unit_office import access, reform, tree
from handlers.unit_office.reform import Way
from storage import reforms, unit_moves, units
from storage.reforms import NewUnit, When

_ENDS = ("merge", "split", "dissolve")
_SHOWN = 6  # Names of a line; more are counted.


def _ending(index: UnitIndex, way: Way, unit: Unit) -> list[Unit]:
    """The units that the change ends."""
    if way.do not in _ENDS:
        return []
    return [unit, *(index.units[one] for one in way.also if way.do == "merge" and one in index.units)]


def _heirs(index: UnitIndex, way: Way) -> list[Unit | str]:
    """What comes in their place: units, or names of new ones."""
    said = [way.into] if way.do == "merge" else way.parts if way.do == "split" else []
    return [
        one if isinstance(one, str) else index.units[one] for one in said if isinstance(one, str) or one in index.units
    ]


async def problem(turn: Turn, index: UnitIndex, way: Way, unit: Unit) -> str:
    """Why the change cannot be, or must not; "" where it can. Looked at before it is shown and again before it is done."""
    day = way.on or turn.today
    if way.do in _ENDS:
        ending = _ending(index, way, unit)
        if not all(access.may_reform(turn.person, one, index) for one in ending):
            return "not_yours"
        heirs = [one for one in _heirs(index, way) if isinstance(one, Unit)]
        if not all(access.may_see(turn.person, one, index) for one in heirs):
            return "not_yours"
        if way.into is not None and isinstance(way.into, int) and way.into in {one.id for one in ending}:
            return why_not_end(ending, heirs, day) if way.also else "itself"
        return why_not_end(ending, heirs, day)
    if way.do in ("move", "reports") and way.drop is None:
        parent = index.get(way.into) if isinstance(way.into, int) else None
        if parent is None or not access.may_see(turn.person, parent, index):
            return "not_yours"
        if way.do == "move" and not access.may_reform(turn.person, unit, index):
            return "not_yours"
        # A move that is to come may close a circle with this one.
        days = await units.changes_from(turn.tx, day) if way.do == "move" else [day]
        reasons = [why_not_move(await units.index_of(turn.tx, one), unit, parent) for one in days]
        return next(filter(None, reasons), "")
    return ""


async def ask_preview(turn: Turn, answers: Answers) -> Prompt:
    """The change in a sentence, then a line for each thing that it touches."""
    index, way = await turn.unit_index(), reform.way_of(answers)
    unit = await access.find(turn, answers.get(access.UNIT)) if access.UNIT in answers else None
    if way.do == "add":
        above = index.get(way.below)
        text = turn.text("units.preview.add", name=way.name, parent=above.name if above else "–", day=_day(turn, way))
        return Prompt(text, labelled(turn, yes="units.confirm"))
    if unit is None:
        return Prompt(access.refusal(turn))
    if why := await problem(turn, index, way, unit):
        return Prompt(turn.text(f"units.why_not.{why}"))
    lines = [_sentence(turn, index, way, unit), *await _touched(turn, index, way, unit)]
    if way.note:
        lines.append(turn.text("units.touch.note", note=way.note))
    return Prompt("\n".join(filter(None, lines)), labelled(turn, yes="units.confirm"))


def _day(turn: Turn, way: Way) -> str:
    return turn.text("units.from_day", date=show_date(way.on)) if way.on else turn.text("units.from_ever")


def _names(turn: Turn, units: Sequence[Unit | str]) -> str:
    names = [one if isinstance(one, str) else one.name for one in units]
    more = len(names) - _SHOWN
    return "; ".join(names[:_SHOWN]) + (f" {turn.text('units.more_names', count=more)}" if more > 0 else "")


def _sentence(turn: Turn, index: UnitIndex, way: Way, unit: Unit) -> str:
    heirs = _heirs(index, way)
    other = index.get(way.into) if isinstance(way.into, int) else None
    left = index.get(way.drop)
    key = "report_no_more" if left else way.do
    return turn.text(
        f"units.preview.{key}",
        name=_names(turn, _ending(index, way, unit) or [unit]),
        new=way.name,
        into=_names(turn, heirs) if heirs else other.name if other else left.name if left else "",
        day=_day(turn, way),
    )


async def _touched(turn: Turn, index: UnitIndex, way: Way, unit: Unit) -> list[str]:
    """A line for each thing that the change touches: people, roles, rounds to come, units below."""
    ending = _ending(index, way, unit)
    if not ending:
        return []
    figure = turn.voice.figure
    found = await unit_moves.touched(turn.tx, [one.id for one in ending], way.on or turn.today)
    going = {one.id for one in ending} | ({way.into} if isinstance(way.into, int) else set())
    children = [child for one in ending for child in index.children(one.id) if child.id not in going]
    up = any(above.id == way.into for one in ending for above in index.path(one.id))
    lines = [
        (found.donors, turn.text(f"units.touch.donors.{way.do}", count=figure(found.donors))),
        (found.officers, turn.text(f"units.touch.officers.{way.do}", count=figure(found.officers))),
        (len(found.quotas), turn.text(f"units.touch.quotas.{way.do}", rounds=", ".join(found.quotas))),
        (
            len(found.invited),
            turn.text(f"units.touch.invited.{'up' if up else way.do}", rounds=", ".join(found.invited)),
        ),
        (len(children), turn.text(f"units.touch.children.{way.do}", count=len(children), names=_names(turn, children))),
        (found.officers and _rises(index, way, ending), turn.text("units.touch.rises")),
        ((way.on or turn.today) > turn.today, turn.text("units.touch.later", date=show_date(way.on or turn.today))),
    ]
    return [f"• {text}" for there, text in lines if there] + [turn.text("units.touch.history")]


def _rises(index: UnitIndex, way: Way, ending: Sequence[Unit]) -> bool:
    """True where those who answered for a part would answer for more than all parts together."""
    if way.do != "merge" or not isinstance(way.into, int):
        return False
    return bool(index.below(way.into) - index.below_all(one.id for one in ending) - {way.into})


async def read_preview(turn: Turn, answers: Answers, given: Given) -> object:
    """Done once, and only what was shown can be done."""
    if given.value != "yes":
        raise Unclear("unclear.rounds_confirm")
    index, way = await turn.unit_index(), reform.way_of(answers)
    if way.do == "add":
        raise await _add(turn, answers, index, way)
    unit = await access.find(turn, answers.get(access.UNIT))
    if unit is None:
        raise GoTo("list", access.refusal(turn))
    if why := await problem(turn, index, way, unit):
        raise GoTo("card", turn.text(f"units.why_not.{why}"))
    said = await _apply(turn, index, way, unit)
    turn.house.units.refresh()
    raise GoTo("card", said)


async def _add(turn: Turn, answers: Answers, index: UnitIndex, way: Way) -> GoTo:
    above = index.get(way.below)
    allowed = access.may_see(turn.person, above, index) if above else own_units(turn.person, index) is None
    if not allowed:
        await access.audit(turn, "refused", above, command="units")
        return GoTo("list", access.refusal(turn))
    new = NewUnit("", way.kind, way.name, valid_from=way.on)
    unit_id, code = await _make(turn, new, above.id if above else None)
    await access.audit(turn, "unit", above, change="add", units=[code])
    turn.house.units.refresh()
    answers[access.UNIT] = unit_id
    return GoTo("card", turn.text("units.added", name=way.name, code=code))


async def _make(turn: Turn, new: NewUnit, parent_id: int | None) -> tuple[int, str]:
    """A new unit with a code that nobody has; (id, code)."""
    code = proposed_code(new.name, await reforms.codes(turn.tx))
    return await reforms.add(turn.tx, replace(new, code=code), parent_id), code


async def _apply(turn: Turn, index: UnitIndex, way: Way, unit: Unit) -> str:
    """Write the change; the line that says so."""
    day = way.on or turn.today
    ending = _ending(index, way, unit)
    heirs = [await _heir(turn, one, unit, day) for one in _heirs(index, way)]
    codes = [one.code for one in ending if one.id != unit.id] + [code for _, code in heirs]
    match way.do:
        case "rename":
            await reforms.rename(turn.tx, unit.id, way.name, day)
        case "move":
            assert isinstance(way.into, int)
            await reforms.move(turn.tx, unit.id, way.into, way.on)
        case "reports" if way.drop is not None:
            await reforms.report_no_more(turn.tx, unit.id, way.drop, day)
        case "reports":
            assert isinstance(way.into, int)
            await reforms.report_to(turn.tx, unit.id, way.into, way.on)
        case "merge":
            await reforms.merge(turn.tx, [one.id for one in ending], heirs[0][0], When(day, way.note))
        case "split":
            await reforms.split(turn.tx, unit.id, [heir for heir, _ in heirs], When(day, way.note))
        case "dissolve":
            await reforms.dissolve(turn.tx, unit.id, When(day, way.note))
    await access.audit(turn, "unit", unit, change=way.do, units=codes, day=day.isoformat())
    return turn.text("units.done")


async def _heir(turn: Turn, one: Unit | str, old: Unit, day: date) -> tuple[int, str]:
    """(id, code) of a unit that comes in the place of an old one; a new one is of its kind and belongs where it did."""
    if isinstance(one, Unit):
        return one.id, one.code
    unit_id, code = await _make(turn, NewUnit("", old.kind, one, valid_from=day), old.parent_id)
    for line, above in old.also:
        if line == REPORTS:
            await reforms.report_to(turn.tx, unit_id, above, day)
    return unit_id, code


async def ask_file(turn: Turn, _: Answers) -> Prompt:
    """The tree as a file, and how one comes back."""
    return Prompt(turn.text("units.file_ask"), labelled(turn, export="units.file_export"))


async def read_file(turn: Turn, answers: Answers, given: Given) -> object:
    """Handed out, of what the person answers for."""
    if given.value != "export":
        raise Unclear("unclear.choice")
    index = await turn.unit_index()
    own = own_units(turn.person, index)
    rows = len(index.units) if own is None else len(own)
    await access.audit(turn, "export", None, list="units", rows=rows)
    turn.document(
        "unit-tree.xlsx", turn.text("units.file_ready", rows=rows), units=None if own is None else sorted(own)
    )
    answers[tree.VIEW] = {}
    raise GoTo("list")

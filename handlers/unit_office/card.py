"""The card of a unit: names, kind, whom it belongs to and since when, what it came of, how many people; and what can be done with it."""

from __future__ import annotations

from datetime import date, timedelta

from core.dates import show_date
from core.unclear import Unclear
from core.units import Unit, UnitIndex
from handlers import poster_files, unit_question
from handlers.form import Answers, Given, GoTo, Prompt, labelled
from handlers.turn import Turn
from handlers.unit_office import access, reform, tree
from storage import donors, reforms


@access.asks
async def ask_card(turn: Turn, _: Answers, unit: Unit) -> Prompt:
    """The facts, and what the person may do with the unit."""
    index = await turn.unit_index()
    return Prompt(await facts(turn, index, unit), labelled(turn, **_ways(turn, index, unit)))


def _ways(turn: Turn, index: UnitIndex, unit: Unit) -> dict[str, str]:
    ways = {"below": "units.do.below"} if index.children(unit.id) or index.not_in_force(unit.id) else {}
    ways |= {"edit": "units.do.edit"}
    if index.ended(unit):
        return ways
    ways |= {"add": "units.do.add", "rename": "units.do.rename", "reports": "units.do.reports"}
    ways |= {"poster": "units.do.poster"}
    if unit.valid_to is None and access.may_reform(turn.person, unit, index):
        ways |= {"move": "units.do.move", "merge": "units.do.merge"}
        ways |= {"split": "units.do.split", "dissolve": "units.do.dissolve"}
    return ways


async def facts(turn: Turn, index: UnitIndex, unit: Unit) -> str:
    """The name and code, then a bullet for all that there is to say."""
    past = await reforms.history(turn.tx, unit.id)
    lines = [turn.text("units.card", name=unit.name, code=unit.code)]
    lines += [
        f"• {turn.text(f'units.fact.{name}', value=value)}"
        for name, value in (
            ("kind", unit_question.kind_of(turn, unit.kind)),
            ("short", unit.short_name),
            ("aliases", "; ".join(unit.aliases)),
            *_names(turn, past),
            *((link.line, f"{_name(index, link.parent_id)} {_span(turn, link)}".strip()) for link in past.links),
            ("from", show_date(date.fromisoformat(unit.valid_from)) if unit.valid_from else ""),
            ("to", show_date(date.fromisoformat(unit.valid_to)) if unit.valid_to else ""),
            *((f"{one.kind}d_of", _change(turn, index, one)) for one in past.before),
            *((f"{one.kind}d_into", _change(turn, index, one)) for one in past.after),
            ("children", str(len(index.children(unit.id))) if index.children(unit.id) else ""),
        )
        if value
    ]
    return "\n".join([*lines, await _people(turn, index, unit)])


async def _people(turn: Turn, index: UnitIndex, unit: Unit) -> str:
    here = await donors.count(turn.tx, [unit.id])
    below = await donors.count(turn.tx, sorted(index.below(unit.id)))
    figure = turn.voice.figure
    return f"• {turn.text('units.fact.donors', here=figure(here), below=figure(below))}"


def _names(turn: Turn, past: reforms.History) -> list[tuple[str, str]]:
    """Names that the unit had, and those that it is to get."""
    said = []
    following = [*(name for name, _ in past.names[1:]), past.newest]
    for (name, last), new in zip(past.names, following, strict=False):
        day = date.fromisoformat(last)
        if day < turn.today:
            said.append(("renamed", f"{name} {turn.text('unit.until', date=show_date(day))}"))
        else:
            begins = turn.text("unit.from", date=show_date(day + timedelta(days=1)))
            said.append(("to_be_named", f"{new} {begins}"))
    return said


def _name(index: UnitIndex, unit_id: int | None) -> str:
    unit = index.get(unit_id)
    return unit.name if unit else "–"


def _span(turn: Turn, link: reforms.Link) -> str:
    """Since when and until when, where that is known."""
    since = show_date(date.fromisoformat(link.valid_from)) if link.valid_from else ""
    until = show_date(date.fromisoformat(link.valid_to)) if link.valid_to else ""
    if since and until:
        return turn.text("unit.between", first=since, last=until)
    if since:
        return turn.text("unit.from", date=since)
    return turn.text("unit.until", date=until) if until else ""


def _change(turn: Turn, index: UnitIndex, one: reforms.Change) -> str:
    day = turn.text("unit.from", date=show_date(one.on_day))
    other = f"{_name(index, one.other_id)} " if one.other_id is not None else ""
    return f"{other}{day}" + (f". {one.note}" if one.note else "")


@access.reads
async def read_card(turn: Turn, answers: Answers, given: Given, unit: Unit) -> object:
    """What to do with the unit. A way that is not offered is not taken."""
    if given.value is None:
        raise Unclear("unclear.units_card")
    if given.value == "below":
        answers[tree.VIEW] = {"in": unit.id}
        raise GoTo("list")
    if given.value == "edit":
        raise GoTo("fields")
    if given.value not in _ways(
        turn, await turn.unit_index(), unit
    ):  # Somebody else has changed it since it was shown.
        raise GoTo("card", turn.text("units.moved_on"))
    if given.value == "poster":
        poster_files.send(turn, unit)
        raise GoTo("card")
    raise reform.begin(answers, given.value, unit.id)

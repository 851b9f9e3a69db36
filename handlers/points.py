"""Emulation points of units for a year: the rule in words, a table, and the same as a file."""

from __future__ import annotations

import re

from core.authority import own_units
from core.dialogue import Button, Reply
from core.emulation import Points, Year, points_of
from core.people import Role
from core.units import Unit
from handlers import board_text, files
from handlers.turn import Action, Turn
from storage import emulation, records

_MOST = 20  # Units in one message; all of them are in the file.
_YEAR = re.compile(r"20[0-9]{2}")


async def points(turn: Turn, args: str) -> None:
    """The points of a year ("2025"; this one if it is not said) of the units below one's own, or below another one ("2025 LS-YT")."""
    if not await files.may(turn):
        return
    words = args.split()
    year = next((int(word) for word in words if _YEAR.fullmatch(word)), turn.today.year)
    code = next((word for word in words if not _YEAR.fullmatch(word)), "")
    root = await _root(turn, code)
    if root is None:
        turn.say("points.refused", "/points", contact=turn.settings.contact)
        return
    await _show(turn, year, root)


async def _root(turn: Turn, code: str) -> Unit | None:
    """The unit whose units are compared, where the person answers for it; a refusal is kept."""
    index = await turn.unit_index()
    if not code:
        top = index.children(None) if turn.person.role is Role.ADMIN else ()
        return index.get(turn.person.unit_id) or (top[0] if top else None)
    unit, own = index.by_code(code), own_units(turn.person, index)
    if unit is None or own is None or unit.id in own:
        return unit
    await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="points", unit=unit.code)
    return None


async def _show(turn: Turn, year: int, root: Unit) -> None:
    rule = turn.settings.emulation
    index = await turn.house.units.index(turn.tx, emulation.day_of(year, turn.today))
    figures = await emulation.of_year(turn.tx, year, index, turn.settings.zone)
    rows, total = emulation.table(figures, root.id)
    ranked = sorted(rows.items(), key=lambda row: -points_of(rule, row[1]).total)
    lines = [_line(turn, index.label(index.units[unit_id]), of, points_of(rule, of)) for unit_id, of in ranked[:_MOST]]
    if len(ranked) > _MOST:
        lines.append(turn.text("progress.more_in_file", count=len(ranked) - _MOST))
    head = turn.text("points.head", year=year, unit=root.name)
    rule_ = board_text.rule_of_points(turn.voice, rule)
    end = turn.text("points.total", donations=turn.voice.figure(total.donations), year=year - 1, unit=root.code)
    turn.reply(Reply("\n".join([head, rule_, *(lines or [turn.text("points.nobody")]), end]), _years(turn, year, root)))
    turn.document("points.xlsx", turn.text("points.file"), year=year, unit=root.id, rule=rule.to_json())


def _years(turn: Turn, year: int, root: Unit) -> tuple[Button, ...]:
    """The year before, and the one after where it has begun."""
    years = [year - 1, *([year + 1] if year < turn.today.year else [])]
    return tuple(Button(turn.text("points.year", year=one), f"/points {one} {root.code}") for one in years)


def _line(turn: Turn, name: str, of: Year, points_: Points) -> str:
    voice = turn.voice
    parts = [
        turn.text("points.of_quota", percent=of.percent, points=board_text.decimal(voice, points_.quota))
        if of.percent is not None
        else turn.text("points.no_quota"),
        turn.text(
            "points.of_donations",
            donations=voice.figure(of.donations),
            points=board_text.decimal(voice, points_.donations),
        ),
        turn.text("points.of_lists", lists=of.lists, due=of.lists_due, points=board_text.decimal(voice, points_.lists))
        if of.lists_due
        else "",
    ]
    total = board_text.decimal(voice, points_.total)
    return turn.text("points.line", name=name, total=total, parts=" · ".join(filter(None, parts)))


ACTIONS = (
    Action(
        ("points", "thidua"),
        points,
        role=Role.OFFICER,
        words=("diem thi dua", "thi dua", "emulation points"),
    ),
)
FORMS = ()

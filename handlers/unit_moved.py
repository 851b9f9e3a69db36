"""Donors of a unit that was parted are asked once where they belong now; a tap answers it at any time."""

from __future__ import annotations

from datetime import date, datetime

from core.dates import show_date
from core.dialogue import Button, Reply
from core.units import Unit, UnitIndex
from handlers.turn import Action, House, Turn
from storage import donors, unit_moves
from storage.database import Tx
from storage.outbox import Draft, Lane

_MOST = 8  # Buttons a phone shows without scrolling; whoever belongs to a ninth part finds it in their profile.


async def questions(tx: Tx, house: House, now: datetime, *, after: int, limit: int) -> tuple[list[Draft], int | None]:
    """What the next donors are asked, and the last of them; None where there are no more. Each is asked once of each unit."""
    timetable = house.settings.timetable
    today = timetable.day(now)
    index = await house.units.index(tx, today)
    found = await unit_moves.to_be_asked(tx, today, after=after, limit=limit)
    said_at = timetable.awake(now)
    not_before = int(said_at.timestamp() * 1000) if said_at > now else 0
    drafts = [
        Draft(
            f"unit:{unit.id}:{person_id}", address, _question(house, index, unit, language), Lane.REMINDER, not_before
        )
        for person_id, unit_id, address, language in found
        if (unit := index.get(unit_id)) and index.now(unit_id)
    ]
    return drafts, found[-1][0] if len(found) == limit else None


def _question(house: House, index: UnitIndex, unit: Unit, language: str) -> Reply:
    voice = house.voice(language)
    parts = index.now(unit.id)
    day = show_date(date.fromisoformat(unit.valid_to or ""))
    command = ACTIONS[0].shown(language)  # What is a button on one channel is typed on another.
    lines = "\n".join(f"• {one.name}: /{command} {one.code}" for one in parts)
    text = voice.text("unit.parted_ask", name=unit.name, date=day, parts=lines)
    buttons = tuple(Button(one.name, f"/mine {one.code}") for one in parts[:_MOST])
    return Reply(text, (*buttons, *voice.menu(("/profile",))))


async def mine(turn: Turn, code: str) -> None:
    """The donor says which part of their old unit they belong to. To any other unit they go by their profile."""
    index = await turn.unit_index()
    donor = await donors.of_person(turn.tx, turn.person.id)
    unit = index.by_code(code)
    if donor is None or donor.unit_id is None or turn.person.id is None:
        turn.say("profile.none", "/register")
    elif unit and unit.id == donor.unit_id:
        turn.say("unit.parted_done", "/profile", name=unit.name)
    elif unit is None or unit not in index.now(donor.unit_id):
        turn.say("unit.parted_other", "/profile")
    else:
        await unit_moves.move_people(turn.tx, donor.unit_id, unit.id, turn.person.id)
        turn.say("unit.parted_done", "/profile", name=unit.name)


ACTIONS = (Action(("mine", "donvitoi"), mine, listed=False),)
FORMS = ()

"""Somebody else's number: masked wherever it stands, whole for one person at a time, and then on record."""

from __future__ import annotations

from core.people import Donor
from core.phones import show_phone
from handlers.turn import Turn
from storage import people, records


async def open_phone(turn: Turn, person_id: int, donor: Donor) -> str:
    """The whole number as it is read aloud. That the reader may see it is the caller's to look up; that they did goes on record here.

    Raises LookupError where the person is no more.
    """
    whose = await people.by_id(turn.tx, person_id)
    if whose is None:
        raise LookupError(f"no person {person_id}")
    unit = (await turn.unit_index()).get(donor.unit_id)
    code = unit.code if unit else ""
    await records.add_opening(turn.tx, turn.person.address, whose.address, unit=code, at=turn.at)
    return show_phone(donor.phone)

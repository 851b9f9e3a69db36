"""Which units a person has in hand. Looked up in the tables at every step: a button, or a role of yesterday, gives nothing."""

from __future__ import annotations

from core.authority import own_units
from core.people import Person, Role
from core.unclear import Unclear
from core.units import Unit, UnitIndex
from handlers.form import Answers
from handlers.in_hand import screens_about
from handlers.turn import Turn
from storage import records

UNIT = "at"  # The answer that holds the id of the unit in hand.


def tops(person: Person, index: UnitIndex) -> list[Unit]:
    """Where the person's tree begins: the roots of an admin, the units that an officer was given, none of them below another."""
    if own_units(person, index) is None:
        return list(index.children(None))
    given = [unit for unit_id in person.units_as(Role.OFFICER) if (unit := index.get(unit_id))]
    return [unit for unit in given if not any(unit.id in index.below(o.id) for o in given if o.id != unit.id)]


def may_see(person: Person, unit: Unit, index: UnitIndex) -> bool:
    """True for an admin, and for who answers for the unit."""
    own = own_units(person, index)
    return own is None or unit.id in own


def may_reform(person: Person, unit: Unit, index: UnitIndex) -> bool:
    """True where the person may move, merge, part or dissolve the unit: what an officer was given is changed by those above."""
    return may_see(person, unit, index) and (
        own_units(person, index) is None or unit.id not in person.units_as(Role.OFFICER)
    )


async def find(turn: Turn, unit_id: int | None) -> Unit | None:
    """The unit of an id, where it is the person's; who may not is not told whether there is one, and it is kept."""
    index = await turn.unit_index()
    unit = index.get(unit_id)
    if unit and may_see(turn.person, unit, index):
        return unit
    if unit:
        await audit(turn, "refused", unit, command="units")
    return None


def refusal(turn: Turn) -> str:
    """What is said where the unit is not the person's."""
    return turn.text("units.refused", contact=turn.settings.contact)


async def audit(turn: Turn, action: str, unit: Unit | None, **detail: object) -> None:
    """Keep who did what to which unit: codes, days and counts alone."""
    code = {"unit": unit.code} if unit else {}
    await records.add_audit(turn.tx, turn.person.address, action, at=turn.at, **code, **detail)


async def _in_hand(turn: Turn, answers: Answers) -> Unit:
    if (unit := await find(turn, answers.get(UNIT))) is None:
        raise Unclear("units.refused", contact=turn.settings.contact)
    return unit


asks, reads = screens_about(_in_hand, "/units")

"""Who may manage which rounds. Authority comes from the tables; a button gives none."""

from __future__ import annotations

from core.people import Person, Role
from core.units import UnitIndex


def own_units(person: Person, index: UnitIndex) -> frozenset[int] | None:
    """Ids of the units that the person answers for; None for all. An officer whose unit is not known yet answers for none."""
    if person.role is Role.ADMIN:
        return None
    return frozenset(index.below_all(person.units_as(Role.OFFICER)))


def may_invite(person: Person, units: frozenset[int], index: UnitIndex) -> bool:
    """True where the person may have, make and change a round that invites these units (none: everybody, an admin's affair)."""
    own = own_units(person, index)
    return own is None or (bool(units) and units <= own)

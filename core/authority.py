"""Who may manage which rounds. Authority comes from the tables; a button gives none."""

from __future__ import annotations

from datetime import date, timedelta

from core.people import Person, Role
from core.rounds import Round
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


DESK_DAYS = timedelta(days=1)  # A desk is set up the day before, and its list is put in order the day after.


def may_serve(person: Person, round_: Round, today: date, index: UnitIndex) -> bool:
    """True where the person may work at the round's desk now: see its list, look up a ticket, add who walks in.

    Who manages the round may at any time, a desk helper of it from the day before to the day after.
    """
    if may_invite(person, round_.units, index):
        return True
    return is_helper(person, round_) and abs(round_.held_on - today) <= DESK_DAYS


def is_helper(person: Person, round_: Round) -> bool:
    """True where the table names the person for this round's desk, on whatever day."""
    return any(grant.role is Role.HELPER and grant.round_id == round_.id for grant in person.grants)


def follows(round_: Round, own: frozenset[int] | None, index: UnitIndex) -> bool:
    """True where a round concerns who answers for these units: it invites one of them, or one that they are below."""
    if own is None or (own and not round_.units) or own & round_.units:
        return True
    return any(round_.invites([unit.id for unit in index.path(unit_id)]) for unit_id in own)


def asked_by(person: Person, index: UnitIndex) -> frozenset[int] | None:
    """Ids of the units whose quotas the person sets: those below their own, for their own are set above them; None for all."""
    if person.role is Role.ADMIN:
        return None
    own = person.units_as(Role.OFFICER)
    return frozenset().union(*(index.below(unit_id) - {unit_id} for unit_id in own))

"""Invitations to a role: who may give and end which, how long one is good, and how often somebody may guess."""

from __future__ import annotations

from collections.abc import Collection

from core.authority import may_invite, own_units
from core.people import Grant, Person, Role
from core.units import UnitIndex

LIFE_MS = 48 * 3_600_000
# A code has 8.5e11 values: at five guesses an hour an address finds one of a thousand open codes in some 20,000 years.
WRONG_AT_MOST = 5
WRONG_WITHIN_MS = 3_600_000

# The roles that an officer gives: their own, and those below it.
GIVEN_BY_OFFICERS = (Role.OFFICER, Role.HEAD, Role.HELPER)


def may_give(person: Person, grant: Grant, invited: Collection[int], index: UnitIndex) -> bool:
    """True where the person may appoint somebody to this: an admin to anything, an officer within their own units and rounds.

    `invited`: the units of the grant's round; of a grant without one, empty.
    """
    own = own_units(person, index)
    if own is None:
        return True
    if grant.role is Role.HELPER:
        return may_invite(person, frozenset(invited), index)
    return grant.role in GIVEN_BY_OFFICERS and grant.unit_id in own


def may_end(person: Person, grant: Grant, invited: Collection[int], index: UnitIndex) -> bool:
    """True where the person may take this role from somebody else: an admin any, an officer what is below them.

    Officers of one and the same unit do not remove each other. `invited`: see `may_give`.
    """
    if own_units(person, index) is None or grant.role is not Role.OFFICER:
        return may_give(person, grant, invited, index)
    heads = {mine.unit_id for mine in person.grants if mine.role is Role.OFFICER and mine.unit_id is not None}
    return any(grant.unit_id in index.below(head) - {head} for head in heads)

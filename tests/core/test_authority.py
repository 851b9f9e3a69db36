"""Who may manage which rounds: all of an admin's, an officer's own units and those below, nothing else."""

import pytest

from core.authority import may_invite, own_units
from core.people import Grant, Person, Role
from core.units import Unit, UnitIndex

ROOT, HEALTH, CLINIC, SCHOOLS = 1, 2, 3, 4
INDEX = UnitIndex.of(
    (
        Unit(ROOT, "R", "federation", "Liên đoàn"),
        Unit(HEALTH, "H", "sector_union", "Y tế", parent_id=ROOT),
        Unit(CLINIC, "C", "hospital", "Bệnh viện", parent_id=HEALTH),
        Unit(SCHOOLS, "S", "sector_union", "Giáo dục", parent_id=ROOT),
    )
)
ADMIN = Person("web:1", "vi", Role.ADMIN)
OFFICER = Person("web:2", "vi", Role.OFFICER, grants=(Grant(Role.OFFICER, HEALTH),))
NEW_OFFICER = Person("web:3", "vi", Role.OFFICER)
DONOR = Person("web:4", "vi", Role.HEAD, grants=(Grant(Role.HEAD, HEALTH),))


@pytest.mark.parametrize(
    ("person", "units", "may"),
    [
        (ADMIN, set(), True), (ADMIN, {SCHOOLS}, True),
        (OFFICER, {HEALTH}, True), (OFFICER, {CLINIC}, True), (OFFICER, {HEALTH, CLINIC}, True),
        (OFFICER, {SCHOOLS}, False), (OFFICER, {ROOT}, False), (OFFICER, {CLINIC, SCHOOLS}, False), (OFFICER, set(), False),
        (NEW_OFFICER, {HEALTH}, False), (NEW_OFFICER, set(), False),
        (DONOR, {HEALTH}, False), (DONOR, set(), False),
    ],
)  # fmt: skip
def test_a_round_is_managed_by_who_answers_for_all_it_invites(person: Person, units: set[int], may: bool) -> None:
    """Everybody is the admins' affair; a unit left in a donor's record gives a donor nothing."""
    assert may_invite(person, frozenset(units), INDEX) is may


def test_an_officer_answers_for_the_unit_and_all_below() -> None:
    """And an admin for all."""
    assert own_units(OFFICER, INDEX) == {HEALTH, CLINIC}
    assert own_units(NEW_OFFICER, INDEX) == own_units(DONOR, INDEX) == frozenset()
    assert own_units(ADMIN, INDEX) is None

"""Who may appoint whom, who may remove whom, and when a desk is open to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.authority import may_serve
from core.invites import may_end, may_give
from core.people import Grant, Person, Role
from core.rounds import Round, RoundState
from core.units import Unit, UnitIndex

# 1 above 2 and 4; 2 above 3.
INDEX = UnitIndex.of(
    [Unit(1, "LS", "federation", "LS"), Unit(2, "YT", "union", "YT", parent_id=1), Unit(3, "SYT", "agency", "SYT", parent_id=2),
     Unit(4, "GD", "union", "GD", parent_id=1)]
)  # fmt: skip
HELD = date(2026, 12, 4)
ROUND = Round(
    id=7, code="2026-12", number=12, name="Đợt 12", occasion="", held_on=HELD, tentative=False, opens="", closes="", place="Nhà khách",
    place_address="", lat=None, lon=None, target=None, deadline_on=None, state=RoundState.OPEN, units=frozenset((2,)),
)  # fmt: skip


def somebody(*grants: Grant) -> Person:
    """Who has these roles."""
    return Person("web:1", "vi", max((grant.role for grant in grants), default=Role.DONOR), 1, grants=grants)


WHO = {
    "admin": somebody(Grant(Role.ADMIN)),
    "officer of 2": somebody(Grant(Role.OFFICER, 2)),
    "officer of none": somebody(Grant(Role.OFFICER)),
    "head of 3": somebody(Grant(Role.HEAD, 3)),
    "helper": somebody(Grant(Role.HELPER, round_id=7)),
    "donor": somebody(),
}
# Grant, the units of its round, who may give it, who may end it.
CASES = [
    (Grant(Role.ADMIN), (), {"admin"}, {"admin"}),
    (Grant(Role.OFFICER), (), {"admin"}, {"admin"}),
    (Grant(Role.OFFICER, 1), (), {"admin"}, {"admin"}),
    (Grant(Role.OFFICER, 2), (), {"admin", "officer of 2"}, {"admin"}),
    (Grant(Role.OFFICER, 3), (), {"admin", "officer of 2"}, {"admin", "officer of 2"}),
    (Grant(Role.HEAD, 3), (), {"admin", "officer of 2"}, {"admin", "officer of 2"}),
    (Grant(Role.HEAD, 4), (), {"admin"}, {"admin"}),
    (Grant(Role.HELPER, round_id=7), (3,), {"admin", "officer of 2"}, {"admin", "officer of 2"}),
    (Grant(Role.HELPER, round_id=7), (3, 4), {"admin"}, {"admin"}),
    (Grant(Role.HELPER, round_id=7), (), {"admin"}, {"admin"}),
]


@pytest.mark.parametrize(("grant", "invited", "give", "end"), CASES)
def test_who_gives_and_who_ends_what(grant: Grant, invited: tuple[int, ...], give: set[str], end: set[str]) -> None:
    """An admin everything; an officer within their units, never more than they have, and no peer is removed."""
    assert {name for name, person in WHO.items() if may_give(person, grant, invited, INDEX)} == give
    assert {name for name, person in WHO.items() if may_end(person, grant, invited, INDEX)} == end


@pytest.mark.parametrize(("days", "open_"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_desk_is_open_to_its_helpers_around_its_day(days: int, open_: bool) -> None:
    """From the day before to the day after, and of this round alone; to those who manage the round at any time."""
    today = HELD + timedelta(days=days)
    assert may_serve(WHO["helper"], ROUND, today, INDEX) is open_
    assert not may_serve(WHO["helper"], replace(ROUND, id=8), today, INDEX)
    assert may_serve(WHO["officer of 2"], ROUND, today, INDEX) and may_serve(WHO["admin"], ROUND, today, INDEX)
    assert not any(may_serve(WHO[name], ROUND, today, INDEX) for name in ("donor", "head of 3", "officer of none"))

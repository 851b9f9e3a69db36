"""Whom one may appoint and remove. Looked up in the tables at every step: a button, or a role of yesterday, gives nothing."""

from __future__ import annotations

from core.authority import own_units
from core.invites import may_end, may_give
from core.people import Grant, Person, Role
from handlers.turn import Turn
from storage import records, roles, rounds
from storage.roles import Seat


async def units_of(turn: Turn, grant: Grant) -> frozenset[int]:
    """The units that the grant's round invites; of a grant without one, none."""
    round_ = await rounds.by_id(turn.tx, grant.round_id) if grant.round_id is not None else None
    return round_.units if round_ else frozenset()


async def gives(turn: Turn, person: Person, grant: Grant) -> bool:
    """True where this person may appoint somebody to this now."""
    return may_give(person, grant, await units_of(turn, grant), await turn.unit_index())


async def ends(turn: Turn, seat: Seat) -> bool:
    """True where the person may take this role away; one's own may always be given back."""
    if seat.address == turn.person.address:
        return True
    return may_end(turn.person, seat.grant, await units_of(turn, seat.grant), await turn.unit_index())


async def seats(turn: Turn) -> list[Seat]:
    """The roles in the units and rounds that the person answers for, and their own."""
    found = await roles.all_(turn.tx)
    index = await turn.unit_index()
    own = own_units(turn.person, index)
    if own is None:
        return found
    mine = {round_id for round_id in {seat.grant.round_id for seat in found} if round_id is not None}
    units = {round_id: await units_of(turn, Grant(Role.HELPER, round_id=round_id)) for round_id in mine}
    return [
        seat
        for seat in found
        if seat.address == turn.person.address or seat.grant.unit_id in own or _serves(seat, units, own)
    ]


def _serves(seat: Seat, units: dict[int, frozenset[int]], own: frozenset[int]) -> bool:
    invited = units.get(seat.grant.round_id or 0)
    return bool(invited) and invited is not None and invited <= own


async def find(turn: Turn, seat_id: int) -> Seat | None:
    """A role that the person may see; None also where there is none."""
    return next((seat for seat in await seats(turn) if seat.id == seat_id), None)


async def refuse(turn: Turn) -> str:
    """What is said to who may not; the try goes on record."""
    await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="team")
    return turn.text("team.refused", contact=turn.settings.contact)

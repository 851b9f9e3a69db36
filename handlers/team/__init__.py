"""The team: who may do what, appointed by an invitation and removed again, in the units and rounds that one answers for."""

from __future__ import annotations

from typing import Any

from core.authority import own_units
from core.people import Role
from handlers.form import Answers, Form, Question, open_form
from handlers.team import access, appoint, invitations, listing, seat
from handlers.team.accept import FORM as ACCEPT
from handlers.team.accept import accept
from handlers.turn import Action, Turn


def _screen(key: str, ask: Any, read: Any, back: str = "list") -> Question:
    return Question(key, ask, read, back=back)


async def _finish(_: Turn, __: Answers) -> None:
    """Every answer leads to another screen; closing ends the form."""


# Private: an invitation's code stands in the chat once, and the web chat's log does not keep it when the screens are closed.
FORM = Form(
    "team",
    (
        Question("list", listing.ask_list, listing.read_list),
        _screen("card", seat.ask_card, seat.read_card),
        _screen("ending", seat.ask_ending, seat.read_ending, "card"),
        _screen("role", appoint.ask_role, appoint.read_role),
        _screen("unit", appoint.ask_unit, appoint.read_unit, "role"),
        _screen("round", appoint.ask_round, appoint.read_round, "role"),
        _screen("check", appoint.ask_check, appoint.read_check, "role"),
        _screen("waiting", invitations.ask_waiting, invitations.read_waiting),
        _screen("withdrawing", invitations.ask_withdrawing, invitations.read_withdrawing, "waiting"),
    ),
    _finish,
    "team.closed",
    light=True,
    private=True,
    leave="rounds.leave",
)


async def team(turn: Turn, _: str) -> None:
    """The list of roles."""
    if own_units(turn.person, await turn.unit_index()) == frozenset():
        turn.say("rounds.no_unit", contact=turn.settings.contact)
        await access.refuse(turn)
        return
    await open_form(turn, FORM, step="list")


ACTIONS = (
    Action(
        ("team", "canbo"), team, role=Role.OFFICER, words=("can bo", "phan quyen", "bo nhiem", "team"), within=False
    ),
    Action(("accept", "nhan"), accept, words=("nhan loi moi",), listed=False, within=False),
)
FORMS = (FORM, ACCEPT)

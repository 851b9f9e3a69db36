"""Who has which role in the units and rounds that one answers for; a few letters of a unit's name narrow the list."""

from __future__ import annotations

from core.dialogue import Choice
from core.people import Role
from core.unclear import Unclear
from core.vietnamese import nfc
from handlers import pages, who_text
from handlers.form import Answers, AskAgain, Given, GoTo, Prompt
from handlers.team import access
from handlers.turn import Turn
from storage import invites
from storage.roles import Seat

_UNIT = "_unit"  # The unit that the list is narrowed to.


async def ask_list(turn: Turn, answers: Answers) -> Prompt:
    """A page of the roles."""
    found = await _narrowed(turn, answers)
    page = pages.shown(answers, found)
    names = await who_text.names_alone(turn, [seat.address for seat in page])
    seats = [Choice(f"s{seat.id}", await _label(turn, seat, names[seat.address])) for seat in page]
    waiting = await _waiting(turn)
    ways = {"new": "team.new", **({"waiting": "team.waiting"} if waiting else {})}
    ways |= {"all": "team.all"} if answers.get(_UNIT) else {}
    text = turn.text("team.list" if found else "team.list_empty", count=len(found), waiting=waiting)
    narrowed = (await turn.unit_index()).get(answers.get(_UNIT))
    parts = (text, turn.text("team.narrowed", unit=narrowed.name) if narrowed else "", _configured(turn))
    choices = [*pages.told_apart(seats), *pages.ways(turn, answers, len(found)), *pages.offered(turn, **ways)]
    return Prompt("\n\n".join(filter(None, parts)), choices)


async def _narrowed(turn: Turn, answers: Answers) -> list[Seat]:
    found = await access.seats(turn)
    unit_id = answers.get(_UNIT)
    if unit_id is None:
        return found
    below = (await turn.unit_index()).below(unit_id)
    return [seat for seat in found if seat.grant.unit_id in below]


async def _label(turn: Turn, seat: Seat, name: str) -> str:
    return turn.text("team.line", duty=await who_text.duty(turn, seat.grant), name=name)


async def _waiting(turn: Turn) -> int:
    return len(await invites.waiting(turn.tx, turn.at, made_by=made_by(turn)))


def made_by(turn: Turn) -> str | None:
    """Whose invitations the person sees: an admin everybody's, others their own."""
    return None if turn.person.role is Role.ADMIN else turn.person.address


def _configured(turn: Turn) -> str:
    """Administrators of the configuration: nobody can remove them here, and an admin should know that they are."""
    if turn.person.role is not Role.ADMIN or not turn.settings.admins:
        return ""
    channels = sorted(turn.voice.channel(address.partition(":")[0]) for address in turn.settings.admins)
    return turn.text("team.configured", count=len(channels), channels=", ".join(channels))


async def read_list(turn: Turn, answers: Answers, given: Given) -> object:
    """A role to look at, another page, a new appointment, or the letters of a unit."""
    pages.turn_page(answers, given.value)
    match given.value:
        case None:
            await _narrow(turn, answers, given.text)
        case "all":
            answers.pop(_UNIT, None)
            pages.begin(answers)
        case "new":
            raise GoTo("role")
        case "waiting":
            pages.begin(answers)
            raise GoTo("waiting")
        case value:
            answers["seat"] = int(value[1:])
            raise GoTo("card")
    raise AskAgain


async def _narrow(turn: Turn, answers: Answers, text: str) -> None:
    found = (await turn.unit_index()).find(nfc(text))
    unit = found.exact or next(iter(found.candidates), None)
    if unit is None:
        raise Unclear("unclear.team_list")
    answers[_UNIT] = unit.id
    pages.begin(answers)

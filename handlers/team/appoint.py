"""Appointing somebody: which role, for what, and then an invitation that one person can accept once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from core.authority import may_invite, own_units
from core.codes import new_code, show_handed
from core.dates import show_date
from core.dialogue import Choice, Reply
from core.invites import LIFE_MS
from core.links import INVITE
from core.people import Grant, Role
from core.rounds import Round, RoundState
from core.unclear import Unclear
from core.units import Unit
from core.vietnamese import nfc
from handlers import pages, who_text
from handlers.form import Answers, AskAgain, Given, GoTo, Prompt
from handlers.team import access
from handlers.turn import Turn
from storage import clubs, invites, records, rounds

_ROLE, _QUERY = "_role_chosen", "_query"
_FOR, _ROUND = "_for", "_round_id"
_YESTERDAY = timedelta(days=1)  # The desk's work ends with the day after the round.


async def ask_role(turn: Turn, _: Answers) -> Prompt:
    """What the person may give."""
    given = ("officer", "head", "helper", *(("admin",) if turn.person.role is Role.ADMIN else ()))
    return Prompt(turn.text("team.role_ask"), [Choice(name, turn.text(f"role.{name}")) for name in given])


async def read_role(_: Turn, answers: Answers, given: Given) -> object:
    """The role; next what it is for."""
    if given.value is None:
        raise Unclear("unclear.choice")
    answers[_ROLE] = given.value
    for key in (_QUERY, _FOR, _ROUND):
        answers.pop(key, None)
    pages.begin(answers)
    raise GoTo({"helper": "round", "admin": "check"}.get(given.value, "unit"))


async def _units(turn: Turn, answers: Answers) -> list[Unit]:
    """The units to choose from: of an officer their own, for a club head the clubs."""
    index = await turn.unit_index()
    own = own_units(turn.person, index)
    found = [unit for unit in index.units.values() if own is None or unit.id in own]
    if answers[_ROLE] == "head":
        found = [unit for unit in found if unit.kind == clubs.KIND]
    if query := answers.get(_QUERY):
        allowed = {unit.id for unit in found}
        found = [unit for unit in index.find(query, limit=20).candidates if unit.id in allowed]
    return found


async def ask_unit(turn: Turn, answers: Answers) -> Prompt:
    """For which unit, or which club."""
    found = await _units(turn, answers)
    index = await turn.unit_index()
    choices = [
        Choice(f"u{unit.id}", _label(turn, unit, index.get(unit.parent_id))) for unit in pages.shown(answers, found)
    ]
    if answers.get(_QUERY):
        message = "team.unit_found" if found else "team.unit_none"
    elif answers[_ROLE] == "head":
        message = "team.club_ask" if found else "team.club_none"
    else:
        message = "team.unit_ask" if found else "team.unit_none"
    ways = pages.offered(turn, **({"all": "team.all"} if answers.get(_QUERY) else {}))
    text = turn.text(message, query=answers.get(_QUERY, ""))
    return Prompt(text, [*pages.told_apart(choices), *pages.ways(turn, answers, len(found)), *ways])


def _label(turn: Turn, unit: Unit, parent: Unit | None) -> str:
    return turn.text("team.unit_of", unit=unit.name, parent=parent.name) if parent else unit.name


async def read_unit(_: Turn, answers: Answers, given: Given) -> object:
    """The unit, another page, or letters to look for."""
    pages.turn_page(answers, given.value)
    if given.value is None or given.value == "all":
        text = nfc(given.text) if given.value is None else ""
        if given.value is None and not any(letter.isalpha() for letter in text):
            raise Unclear("unclear.unit")
        answers[_QUERY] = text[:120]
        pages.begin(answers)
        raise AskAgain
    answers[_FOR] = int(given.value[1:])
    raise GoTo("check")


async def _rounds(turn: Turn) -> list[Round]:
    """Rounds that are not over and whose desk the person may fill."""
    index = await turn.unit_index()
    plan = await rounds.between(turn.tx, turn.today - _YESTERDAY, date.max)
    return [r for r in plan if r.state is not RoundState.CANCELLED and may_invite(turn.person, r.units, index)]


async def ask_round(turn: Turn, answers: Answers) -> Prompt:
    """For which round's desk."""
    found = await _rounds(turn)
    choices = [
        Choice(
            f"r{round_.id}", turn.text("rounds.label", name=round_.name, date=show_date(round_.held_on)), (round_.code,)
        )
        for round_ in pages.shown(answers, found)
    ]
    text = turn.text("team.round_ask" if found else "team.round_none")
    return Prompt(text, [*pages.told_apart(choices), *pages.ways(turn, answers, len(found))])


async def read_round(_: Turn, answers: Answers, given: Given) -> object:
    """The round, or another page."""
    pages.turn_page(answers, given.value)
    if given.value is None:
        raise Unclear("unclear.choice")
    answers[_ROUND] = int(given.value[1:])
    raise GoTo("check")


def _grant(answers: Answers) -> Grant:
    return Grant(Role[answers[_ROLE].upper()], answers.get(_FOR), answers.get(_ROUND))


async def ask_check(turn: Turn, answers: Answers) -> Prompt:
    """What the invitation will be for, and what it allows."""
    grant = _grant(answers)
    text = turn.text("team.check", duty=await who_text.duty(turn, grant), can=turn.text(f"role.can.{answers[_ROLE]}"))
    return Prompt(text, pages.offered(turn, make="team.make"))


async def read_check(turn: Turn, answers: Answers, given: Given) -> object:
    """The invitation is made, and shown this once, in a message that can be passed on as it is."""
    if given.value != "make":
        raise Unclear("unclear.choice")
    grant = _grant(answers)
    if not await access.gives(turn, turn.person, grant):
        raise GoTo("list", await access.refuse(turn))
    code = new_code()
    invite_id = await invites.make(turn.tx, code, grant, by=turn.person.address, at=turn.at)
    facts = await who_text.codes(turn, grant)
    await records.add_audit(turn.tx, turn.person.address, "invited", at=turn.at, invite=invite_id, **facts)
    turn.reply(Reply(await _letter(turn, grant, code)))
    pages.begin(answers)
    raise GoTo("list", turn.text("team.made"))


async def _letter(turn: Turn, grant: Grant, code: str) -> str:
    """What the invited person gets to read."""
    links = turn.house.links.to(f"{INVITE}{code}")
    until = datetime.fromtimestamp((turn.at + LIFE_MS) / 1000, UTC).astimezone(turn.settings.zone)
    head = turn.text("team.letter", organisation=turn.settings.organisation, duty=await who_text.duty(turn, grant))
    ways = [turn.text("team.letter_link", link=link) for link in links]
    ways.append(turn.text("team.letter_or_code" if links else "team.letter_code", code=show_handed(code)))
    end = turn.text("team.letter_until", time=f"{until:%H:%M}", date=show_date(until.date()))
    return "\n".join((head, *ways, end))

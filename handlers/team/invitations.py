"""Invitations that somebody may still accept: who made which, until when; each can be withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime

from core.dates import show_date
from core.dialogue import Choice
from core.unclear import Unclear
from handlers import pages, who_text
from handlers.form import Answers, Given, GoTo, Prompt
from handlers.team.listing import made_by
from handlers.turn import Turn
from storage import invites, records
from storage.invites import Invite


async def _waiting(turn: Turn) -> list[Invite]:
    return await invites.waiting(turn.tx, turn.at, made_by=made_by(turn))


async def ask_waiting(turn: Turn, answers: Answers) -> Prompt:
    """A page of them; the codes are nowhere to be read any more."""
    found = await _waiting(turn)
    page = pages.shown(answers, found)
    choices = [Choice(f"i{invite.id}", await _label(turn, invite)) for invite in page]
    text = turn.text("team.waiting_list" if found else "team.waiting_none")
    return Prompt(text, [*pages.told_apart(choices), *pages.ways(turn, answers, len(found))])


async def _label(turn: Turn, invite: Invite) -> str:
    until = datetime.fromtimestamp(invite.expires_at / 1000, UTC).astimezone(turn.settings.zone)
    when = turn.text("mydata.time", time=f"{until:%H:%M}", date=show_date(until.date()))
    return turn.text("team.waiting_line", duty=await who_text.duty(turn, invite.grant), until=when)


async def read_waiting(_: Turn, answers: Answers, given: Given) -> object:
    """One of them, or another page."""
    pages.turn_page(answers, given.value)
    if given.value is None:
        raise Unclear("unclear.choice")
    answers["invite"] = int(given.value[1:])
    raise GoTo("withdrawing")


async def ask_withdrawing(turn: Turn, answers: Answers) -> Prompt:
    """Which one, and by whom."""
    invite = next((one for one in await _waiting(turn) if one.id == answers["invite"]), None)
    if invite is None:
        return Prompt(turn.text("team.waiting_gone"))
    names = await who_text.names_of(turn, [invite.made_by])
    text = turn.text("team.waiting_card", invite=await _label(turn, invite), by=names[invite.made_by])
    return Prompt(text, pages.offered(turn, yes="team.withdraw"))


async def read_withdrawing(turn: Turn, answers: Answers, given: Given) -> object:
    """Nobody can accept it any more."""
    if given.value != "yes":
        raise Unclear("unclear.choice")
    invite = next((one for one in await _waiting(turn) if one.id == answers["invite"]), None)
    if invite is None or not await invites.end(turn.tx, invite.id, "withdrawn", by=turn.person.address, at=turn.at):
        raise GoTo("waiting", turn.text("team.waiting_gone"))
    facts = await who_text.codes(turn, invite.grant)
    await records.add_audit(turn.tx, turn.person.address, "invite_withdrawn", at=turn.at, invite=invite.id, **facts)
    raise GoTo("waiting", turn.text("team.withdrawn"))

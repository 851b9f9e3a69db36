"""Accepting an invitation: what it is for is shown, and only then, and only once, it counts."""

from __future__ import annotations

from datetime import UTC, datetime

from core.codes import read_handed
from core.dates import show_date
from core.invites import WRONG_AT_MOST, WRONG_WITHIN_MS
from core.people import Role
from core.unclear import Unclear
from handlers import pages, who_text
from handlers.form import Answers, Finish, Form, Given, Prompt, Question, open_form
from handlers.team import access, news
from handlers.turn import Turn
from storage import invites, records, roles
from storage.invites import Invite

COMMAND = "accept"
_START: dict[Role, tuple[str, ...]] = {
    Role.ADMIN: ("/team", "/rounds", "/help"),
    Role.OFFICER: ("/rounds", "/team", "/help"),
    Role.HEAD: ("/members", "/help"),
    Role.HELPER: ("/desk", "/help"),
}


async def accept(turn: Turn, args: str) -> None:
    """`args`: the code as it was typed, or as the link brought it; without one say how it goes."""
    if not args:
        turn.say("accept.how", contact=turn.settings.contact)
        return
    if wait := await _throttled(turn):
        turn.say("accept.throttled", time=wait, contact=turn.settings.contact)
        return
    invite = await invites.by_code(turn.tx, read_handed(args))
    if invite is None:
        await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command=COMMAND)
        turn.say("accept.unknown", contact=turn.settings.contact)
    elif refused := await _refused(turn, invite):
        turn.say(refused, contact=turn.settings.contact)
    else:
        await open_form(turn, FORM, {"invite": invite.id})


async def _throttled(turn: Turn) -> str:
    """Until when no code of this person is looked at, as a local hour; "" where one is. The wrong ones are counted in the log."""
    wrong = await records.refusals(turn.tx, turn.person.address, COMMAND, turn.at - WRONG_WITHIN_MS)
    if len(wrong) < WRONG_AT_MOST:
        return ""
    again = wrong[-WRONG_AT_MOST] + WRONG_WITHIN_MS
    return f"{datetime.fromtimestamp(again / 1000, UTC).astimezone(turn.settings.zone):%H:%M}"


async def _refused(turn: Turn, invite: Invite) -> str:
    """The sentence that says why this person cannot accept it now; "" where they can. None of them uses it up."""
    if over := invite.no_good(turn.at):
        return f"accept.{over}"
    if invite.made_by == turn.person.address:
        return "accept.own"
    maker = (await who_text.load(turn, [invite.made_by]))[invite.made_by]
    if not await access.gives(turn, maker, invite.grant):
        return "accept.void"
    if invite.grant in turn.person.grants or (invite.grant.role is turn.person.role is Role.ADMIN):
        return "accept.already"
    return ""


async def _ask(turn: Turn, answers: Answers) -> Prompt:
    invite = await invites.by_id(turn.tx, answers["invite"])
    refused = await _refused(turn, invite) if invite else "accept.unknown"
    if invite is None or refused:
        return Prompt(turn.text(refused, contact=turn.settings.contact), pages.offered(turn, no="accept.no"))
    names = await who_text.names_of(turn, [invite.made_by])
    until = datetime.fromtimestamp(invite.expires_at / 1000, UTC).astimezone(turn.settings.zone)
    text = turn.text(
        "accept.ask",
        organisation=turn.settings.organisation,
        duty=await who_text.duty(turn, invite.grant),
        by=names[invite.made_by],
        can=turn.text(f"role.can.{invite.grant.role.name.lower()}"),
        until=turn.text("mydata.time", time=f"{until:%H:%M}", date=show_date(until.date())),
    )
    return Prompt(text, pages.offered(turn, yes="accept.yes", no="accept.no"))


async def _read(turn: Turn, answers: Answers, given: Given) -> object:
    """Yes once more looks whether the invitation, and its maker's authority, still stand."""
    if given.value == "no":
        raise Finish(turn.text("accept.declined"))
    if given.value != "yes":
        raise Unclear("unclear.choice")
    invite = await invites.by_id(turn.tx, answers["invite"])
    refused = await _refused(turn, invite) if invite else "accept.unknown"
    if invite is None or refused:
        raise Finish(turn.text(refused, contact=turn.settings.contact), "/help")
    await _take(turn, invite)
    raise Finish(await _welcome(turn, invite), *_START[invite.grant.role])


async def _take(turn: Turn, invite: Invite) -> None:
    await turn.know()
    address, grant = turn.person.address, invite.grant
    await invites.end(turn.tx, invite.id, "used", by=address, at=turn.at)
    await roles.grant(turn.tx, address, grant, by=invite.made_by, at=turn.at)
    facts = await who_text.codes(turn, grant)
    person = await records.alias(turn.tx, address)
    await records.add_audit(turn.tx, invite.made_by, "appointed", at=turn.at, person=person, invite=invite.id, **facts)
    await news.changed(turn, address)
    await news.accepted(turn, invite)


async def _welcome(turn: Turn, invite: Invite) -> str:
    can = turn.text(f"role.can.{invite.grant.role.name.lower()}")
    return turn.text("accept.done", duty=await who_text.duty(turn, invite.grant), can=can)


async def _finish(_: Turn, __: Answers) -> None:
    """Every answer ends the form by itself."""


FORM = Form("accept", (Question("sure", _ask, _read, nav=False),), _finish, "accept.declined", light=True)

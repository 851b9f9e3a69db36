"""One role: whose, for what, since when, by whom; and its end."""

from __future__ import annotations

from datetime import UTC, datetime

from core.dates import show_date
from core.people import Role
from core.unclear import Unclear
from handlers import pages, who_text
from handlers.form import Answers, Finish, Given, GoTo, Prompt
from handlers.team import access, news
from handlers.turn import Turn
from storage import records, roles
from storage.roles import Seat


async def ask_card(turn: Turn, answers: Answers) -> Prompt:
    """What stands in the table."""
    seat = await access.find(turn, answers["seat"])
    if seat is None:
        return Prompt(turn.text("team.gone"))
    names = await who_text.names_of(turn, {seat.address, seat.granted_by})
    day = datetime.fromtimestamp(seat.granted_at / 1000, UTC).astimezone(turn.settings.zone).date()
    text = turn.text(
        "team.card",
        duty=await who_text.duty(turn, seat.grant),
        who=names[seat.address],
        date=show_date(day),
        by=names[seat.granted_by],
    )
    if not await access.ends(turn, seat):
        return Prompt(f"{text}\n\n{turn.text('team.not_yours_to_end')}")
    mine = seat.address == turn.person.address
    return Prompt(text, pages.offered(turn, end="team.resign" if mine else "team.end"))


async def read_card(_: Turn, __: Answers, given: Given) -> object:
    """The end of it, to be looked at once more."""
    if given.value is None:
        raise Unclear("unclear.choice")
    raise GoTo("ending")


async def ask_ending(turn: Turn, answers: Answers) -> Prompt:
    """What will be no more."""
    seat = await access.find(turn, answers["seat"])
    if seat is None:
        return Prompt(turn.text("team.gone"))
    mine = seat.address == turn.person.address
    message = "team.resign_ask" if mine else "team.end_ask"
    names = await who_text.names_alone(turn, [seat.address])
    text = turn.text(message, duty=await who_text.duty(turn, seat.grant), who=names[seat.address])
    return Prompt(text, pages.offered(turn, yes="team.end_yes"))


async def read_ending(turn: Turn, answers: Answers, given: Given) -> object:
    """Taken away, by who may; the person is told."""
    if given.value != "yes":
        raise Unclear("unclear.choice")
    seat = await access.find(turn, answers["seat"])
    if seat is None:
        raise GoTo("list", turn.text("team.gone"))
    if not await access.ends(turn, seat):
        raise GoTo("list", await access.refuse(turn))
    if await is_last_admin(turn, seat):
        raise GoTo("card", turn.text("team.last_admin"))
    await end(turn, seat)
    pages.begin(answers)
    duty = await who_text.duty(turn, seat.grant)
    if not turn.person.may(Role.OFFICER):
        raise Finish(turn.text("team.resigned", duty=duty), "/next", "/help")
    raise GoTo("list", turn.text("team.ended", duty=duty))


async def is_last_admin(turn: Turn, seat: Seat) -> bool:
    """True where nobody could appoint anybody any more."""
    if seat.grant.role is not Role.ADMIN or turn.settings.admins:
        return False
    return sum(other.grant.role is Role.ADMIN for other in await roles.all_(turn.tx)) == 1


async def end(turn: Turn, seat: Seat) -> None:
    """Take the role away, put it on record, tell its holder."""
    await roles.remove(turn.tx, seat.id)
    mine = seat.address == turn.person.address
    whose = {} if mine else {"person": await records.alias(turn.tx, seat.address)}
    facts = await who_text.codes(turn, seat.grant)
    await records.add_audit(
        turn.tx, turn.person.address, "resigned" if mine else "removed", at=turn.at, **whose, **facts
    )
    await news.changed(turn, seat.address)
    if not mine:
        await news.removed(turn, seat)

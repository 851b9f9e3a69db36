"""What an answer does, and what is said about it: the seat, the line, the ticket."""

from __future__ import annotations

from dataclasses import replace

from core.dialogue import Reply
from core.joins import Join, JoinState, late_from, spaced
from core.rounds import Round
from handlers import round_text
from handlers.joining.standing import Guest, contact, staff_note
from handlers.joining_offers import moment, offer_seats
from handlers.turn import Turn
from storage import joins, notices, outbox
from storage.joins import Wish


def facts(turn: Turn, round_: Round, message: str = "join.facts") -> str:
    """The round in words, without a question. A list deadline that is past says nothing to who may still join."""
    past = round_.deadline_on is not None and round_.deadline_on <= turn.today  # "trước ngày"
    return turn.text(message, **round_text.facts(turn.voice, replace(round_, deadline_on=None) if past else round_))


def to(command: str, round_: Round) -> str:
    """A command about a round, as a button holds it."""
    return f"{command} {round_.code}"


async def settle(turn: Turn, who: Guest, round_: Round, wish: Wish) -> None:
    """Write the answer down, let seats that came free go to the next, and say what became of it."""
    before = who.join(round_)
    assert turn.person.id is not None
    join = await joins.answer(turn.tx, round_, turn.person.id, wish, at=turn.at)
    if before is None or before.state is not join.state:
        # What waits to be said was true of the answer before.
        for kind in ("remind", "maybe"):
            await outbox.cancel_keys(turn.tx, f"{kind}:{round_.id}:{join.person_id}:")
        await outbox.cancel_keys(turn.tx, f"offer:{join.id}:")
    for draft in await offer_seats(turn.tx, turn.house, round_, turn.now):
        turn.tell(draft)
    # A seat in a line that had not moved yet may have come to this very person.
    join = await joins.of(turn.tx, round_.id, turn.person.id) or join
    await notices.heard_of(turn.tx, join.person_id)
    if before and before.state is join.state is JoinState.CERTAIN and before.slot:
        message = "join.hour_changed" if join.slot != before.slot else "join.hour_full"
        hour = turn.voice.hour(join.slot)
        turn.say(message, to("/ticket", round_), to("/leave", round_), hour=hour)
        return
    await _SAY[join.state](turn, who, round_, join)
    turn.follow = turn.follow or "/notices once"


async def _certain(turn: Turn, who: Guest, round_: Round, join: Join) -> None:
    await show_ticket(turn, who, round_, join, lead=turn.text("join.seated"))


async def show_ticket(turn: Turn, who: Guest, round_: Round, join: Join, *, lead: str) -> None:
    """The whole ticket: code, facts, how to prepare, the way out, the map, the picture, the calendar."""
    # What an officer decided about this person, and what the rules say, is of the answer as it stands now.
    who.answers[round_.id] = join
    parts = [
        lead,
        ticket_line(turn, join),
        facts(turn, round_),
        staff_note(turn, who, round_),
        turn.text("join.prepare"),
        turn.text("join.ask_more", contact=contact(turn, round_)),
    ]
    turn.reply(Reply("\n\n".join(filter(None, parts)), turn.menu([to("/leave", round_)])))
    put_place(turn, round_)
    turn.document(
        "ticket.png", turn.text("join.picture", ticket=spaced(join.code)), ticket=join.code, round=round_.code
    )
    put_calendar(turn, round_)


def ticket_line(turn: Turn, join: Join) -> str:
    """The code, and the person's own hour."""
    line = turn.text("join.ticket", ticket=spaced(join.code))
    return f"{line}\n{turn.text('join.slot.own', hour=turn.voice.hour(join.slot))}" if join.slot else line


def put_place(turn: Turn, round_: Round) -> None:
    """The map pin, where the place is known and settled."""
    if pin := round_text.pin(round_):
        turn.place(pin)


def put_calendar(turn: Turn, round_: Round) -> None:
    """The calendar file, where the hours are known."""
    if round_.opens:
        turn.document("round.ics", turn.text("next.calendar"), round=round_.code)


async def _waiting(turn: Turn, _: Guest, round_: Round, join: Join) -> None:
    turn.say(
        "join.waiting_hour" if join.slot else "join.waiting",
        to("/leave", round_),
        "/others",
        name=round_.name,
        hour=turn.voice.hour(join.slot) if join.slot else "",
        place=await joins.place(turn.tx, join),
        hours=turn.settings.offer_hours,
    )


async def _offered(turn: Turn, _: Guest, round_: Round, join: Join) -> None:
    turn.say("join.offered", to("/come", round_), to("/leave", round_), name=round_.name, until=until(turn, join))


def until(turn: Turn, join: Join) -> str:
    """Until when an offered seat is held, in words."""
    assert join.offer_until is not None
    at = turn.now.fromtimestamp(join.offer_until / 1000, turn.settings.zone)
    return moment(turn.voice, at)


async def _maybe(turn: Turn, _: Guest, round_: Round, __: Join) -> None:
    turn.say("join.maybe_noted", to("/come", round_), to("/leave", round_), name=round_.name)
    put_place(turn, round_)
    put_calendar(turn, round_)


async def _no(turn: Turn, _: Guest, round_: Round, __: Join) -> None:
    turn.say("join.no_noted", "/others", name=round_.name)


async def _left(turn: Turn, who: Guest, round_: Round, _: Join) -> None:
    before = who.join(round_)
    expected = before is not None and before.seated  # Nobody looks out for somebody who waited.
    late = expected and turn.now >= late_from(round_, turn.settings.zone, turn.settings.late_hours)
    message = "join.left_late" if late else "join.left"
    turn.say(message, to("/join", round_), "/others", name=round_.name, contact=contact(turn, round_))


_SAY = {
    JoinState.CERTAIN: _certain,
    JoinState.WAITING: _waiting,
    JoinState.OFFERED: _offered,
    JoinState.MAYBE: _maybe,
    JoinState.NO: _no,
    JoinState.LEFT: _left,
}


async def show_answer(turn: Turn, who: Guest, round_: Round) -> None:
    """The round as it stands, what the person answered to it, and the ways to change that."""
    join = who.join(round_)
    assert join is not None
    known = {
        "ticket": spaced(join.code),
        "place": await joins.place(turn.tx, join) if join.state is JoinState.WAITING else "",
        "until": until(turn, join) if join.state is JoinState.OFFERED else "",
    }
    mine = [turn.text(f"join.mine.{join.state}", **known)]
    if join.slot:
        mine.append(turn.text("join.slot.own", hour=turn.voice.hour(join.slot)))
    parts = [facts(turn, round_), "\n".join(mine), turn.text("join.ask_more", contact=contact(turn, round_))]
    ways = (*_WAYS[join.state], *(("/hour",) if round_.slots and join.state is JoinState.CERTAIN else ()))
    commands = [to(command, round_) for command in ways]
    turn.reply(Reply("\n\n".join(parts), turn.menu([*commands, "/others"])))


_WAYS = {
    JoinState.CERTAIN: ("/ticket", "/leave"),
    JoinState.OFFERED: ("/come", "/leave"),
    JoinState.WAITING: ("/leave",),
    JoinState.MAYBE: ("/come", "/leave"),
}

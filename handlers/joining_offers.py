"""Seats that came free: who is offered one, who lost theirs, and what they are told. Whatever frees or makes seats ends here."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.dates import show_date, show_weekday
from core.dialogue import Reply
from core.joins import Offer, offer_of, seats_move
from core.rounds import Round
from handlers.turn import House
from handlers.voice import Voice
from storage import joins, rounds
from storage.database import Tx
from storage.joins import Joined
from storage.outbox import Draft, Lane


async def offer_seats(tx: Tx, house: House, round_: Round, now: datetime) -> list[Draft]:
    """Give every free seat of the round to the next in its line; what they are to be told.

    To be called in the transaction in which somebody left, was erased, or a capacity was changed. Calling it twice adds nothing.
    """
    zone = house.settings.zone
    if not seats_move(round_, now, zone):
        return []
    offer = offer_of(round_, now, zone, hours=house.settings.offer_hours, quiet=house.settings.timetable.quiet)
    offered = await joins.promote(tx, round_, until=_ms(offer.until), at=_ms(now))
    return [_offered(house, round_, one, offer=offer, now=now) for one in offered]


async def lapse_offers(tx: Tx, house: House, now: datetime) -> list[Draft]:
    """Offers that were not answered in time go to the next; what those who lost and those who got one are to be told.

    Looks at every line as well, so that a seat which came free unnoticed (a plan was imported) finds its next one too.
    """
    drafts = []
    for lapsed in await joins.lapse(tx, _ms(now)):
        round_ = await rounds.by_id(tx, lapsed.join.round_id)
        if round_ and lapsed.reachable and seats_move(round_, now, house.settings.zone):
            drafts.append(_lapsed(house, round_, lapsed, now))
    today = now.astimezone(house.settings.zone).date()
    for round_id in await joins.waited_for(tx, today):
        if round_ := await rounds.by_id(tx, round_id):
            drafts += await offer_seats(tx, house, round_, now)
    return drafts


def _offered(house: House, round_: Round, one: Joined, *, offer: Offer, now: datetime) -> Draft:
    voice = house.voice(one.language)
    text = voice.text(
        "offer.text",
        **_facts(voice, round_),
        slot=voice.text("offer.slot", hour=voice.hour(one.join.slot)) if one.join.slot else "",
        until=moment(voice, offer.until),
    )
    buttons = voice.menu([f"/come {round_.code}", f"/leave {round_.code}"])
    return Draft(
        f"offer:{one.join.id}:{one.join.offer_until}",
        one.address,
        Reply(text, buttons),
        Lane.URGENT if house.settings.timetable.is_quiet(offer.tell_at) else Lane.REMINDER,
        not_before=_ms(offer.tell_at) if offer.tell_at > now else 0,
        expires_at=_ms(offer.until),
    )


def _lapsed(house: House, round_: Round, one: Joined, now: datetime) -> Draft:
    voice = house.voice(one.language)
    awake = house.settings.timetable.awake(now)
    return Draft(
        f"lapsed:{one.join.id}:{one.join.changed_at}",
        one.address,
        Reply(voice.text("offer.lapsed", **_facts(voice, round_)), voice.menu([f"/join {round_.code}"])),
        Lane.REMINDER,
        not_before=_ms(awake) if awake > now else 0,
        expires_at=_ms(max(awake, now) + timedelta(days=1)),
    )


def _facts(voice: Voice, round_: Round) -> dict[str, str]:
    return {
        "name": round_.name,
        "weekday": show_weekday(round_.held_on, voice.language),
        "date": show_date(round_.held_on),
    }


def moment(voice: Voice, at: datetime) -> str:
    """An hour of a day, local."""
    local = at.astimezone(voice.zone)
    return voice.text("offer.moment", hour=voice.hour(f"{local:%H:%M}"), date=show_date(local.date()))


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)

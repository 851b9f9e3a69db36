"""What others hear of it when an officer changes something: the person themselves, and the officers of a unit that they come to."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from core.blood import Abo
from core.dates import show_date
from core.dialogue import Reply
from core.joins import Join
from core.people import Donor
from core.rounds import Round
from core.units import Unit
from handlers import telling
from handlers.person_office.access import Known
from handlers.turn import Turn
from handlers.voice import Voice
from storage import people, roles
from storage.outbox import Draft, Lane


def _fact(voice: Voice, field: str, donor: Donor) -> str:
    """A fact that officers may correct of others, as the person reads it."""
    if field == "count":
        return voice.text("count.shown", count=donor.donations) if donor.donations else voice.text("count.never")
    return voice.text("donor.group.unknown") if donor.abo is Abo.UNKNOWN else f"{donor.abo} Rh{donor.rh}"


async def changed(turn: Turn, known: Known, field: str, facts: tuple[Donor, Donor]) -> bool:
    """Whoever registered themselves reads what was changed, and where to change it back. False for who reads nothing."""
    voice = None if known.paper else await telling.reader(turn, known.person.address)
    if voice is None:
        return False
    before, after = (_fact(voice, field, donor) for donor in facts)
    label = voice.text(f"register.{field}.label")
    text = voice.text("person.told_changed", organisation=voice.organisation, label=label, before=before, after=after)
    _tell(turn, known, Reply(text, voice.menu(("/profile",))))
    return True


async def moved(turn: Turn, known: Known, unit: Unit) -> bool:
    """They read which unit they belong to now."""
    voice = None if known.paper else await telling.reader(turn, known.person.address)
    if voice is None:
        return False
    text = voice.text("person.told_moved", organisation=voice.organisation, unit=unit.name)
    _tell(turn, known, Reply(text, voice.menu(("/profile",))))
    return True


def _tell(turn: Turn, known: Known, reply: Reply) -> None:
    telling.tell(turn, f"person:{known.id}:{turn.at}", known.person.address, reply)


async def newcomer(turn: Turn, known: Known, unit: Unit) -> int:
    """The nearest officers up the line of the unit read that somebody has come to them; how many they are."""
    index = await turn.unit_index()
    for above in index.path(unit.id):
        addresses = [one for one in await roles.officers(turn.tx, above.id) if one != turn.person.address]
        if addresses:
            for address in addresses:
                if voice := await telling.reader(turn, address):
                    text = voice.text("person.told_newcomer", unit=unit.name)
                    button = voice.menu((f"/person p{known.id}",))
                    telling.tell(turn, f"person:{known.id}:{turn.at}:{address}", address, Reply(text, button))
            return len(addresses)
    return 0


async def taken_off(turn: Turn, round_: Round, join: Join) -> bool:
    """Whoever was taken off a list reads it, with the way back."""
    person = await people.by_id(turn.tx, join.person_id)
    if person is None or not person.reachable:
        return False
    voice = turn.house.voice(person.language)
    facts = {"name": round_.name, "date": show_date(round_.held_on), "contact": round_.contact or voice.contact}
    text = voice.text("person.told_left", organisation=voice.organisation, **facts)
    ways = voice.menu((f"/join {round_.code}",))
    turn.tell(_until_it_is_over(turn, round_, Draft(f"left:{join.id}:{turn.at}", person.address, Reply(text, ways))))
    return True


def _until_it_is_over(turn: Turn, round_: Round, draft: Draft) -> Draft:
    """Said when people are awake, as long as it is of use."""
    awake, zone = turn.settings.timetable.awake(turn.now), turn.settings.zone
    span = round_.span(zone)
    over = span[1] if span else datetime.combine(round_.held_on + timedelta(days=1), time(), zone)
    return Draft(
        draft.key,
        draft.address,
        draft.reply,
        lane=Lane.REMINDER,
        not_before=int(awake.timestamp() * 1000) if awake > turn.now else 0,
        expires_at=int(over.timestamp() * 1000),
    )

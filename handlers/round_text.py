"""A round in words: the same facts wherever a round is shown, in a chat, a reminder or a change notice."""

from __future__ import annotations

from core.dates import show_date, show_weekday
from core.dialogue import Place
from core.rounds import Part, Round
from handlers.voice import Voice


def facts(voice: Voice, round_: Round) -> dict[str, str]:
    """`name`, `weekday`, `date`, `contact` and `details`, a bullet a line; lines that have nothing to say are left out."""
    lines = [
        round_.occasion,
        _hours(voice, round_),
        places(voice, round_),
        *(_part(voice, part) for part in round_.parts),
        voice.text("next.deadline", date=show_date(round_.deadline_on)) if round_.deadline_on else "",
        voice.text("next.tentative") if round_.tentative else "",
    ]
    return {
        "name": round_.name,
        "weekday": show_weekday(round_.held_on, voice.language),
        "date": show_date(round_.held_on),
        "details": "\n".join(f"• {line}" for line in lines if line),
        "contact": round_.contact or voice.contact,
    }


def places(voice: Voice, round_: Round) -> str:
    """Where: one place, or those that are still possible."""
    place = ", ".join(filter(None, (round_.place, round_.place_address)))
    if not round_.place_or:
        return place
    return voice.text("round.place_or", places=f" {voice.text('round.or')} ".join((place, *round_.place_or)))


def pin(round_: Round) -> Place | None:
    """The place on a map, where it is known and settled."""
    if round_.lat is None or round_.lon is None or round_.place_or:
        return None
    return Place(round_.place, round_.place_address or round_.place, round_.lat, round_.lon)


def _hours(voice: Voice, round_: Round) -> str:
    if not round_.opens:
        return voice.text("next.hours_unknown")
    if not round_.closes:
        return voice.text("next.hours_open", opens=voice.hour(round_.opens))
    return voice.text("next.hours", opens=voice.hour(round_.opens), closes=voice.hour(round_.closes))


def _part(voice: Voice, part: Part) -> str:
    hours = "–".join(filter(None, (part.opens, part.closes)))
    return voice.text("round.part", name=part.name, facts=", ".join(filter(None, (hours, part.place, part.note))))

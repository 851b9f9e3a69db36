"""Whoever is put on the list of a round by somebody else hears of it, and how to leave again."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from core.dates import show_date
from core.dialogue import Reply
from core.joins import Join
from core.rounds import Round
from handlers import round_text
from handlers.turn import Turn
from storage import people
from storage.outbox import Draft, Lane


async def added(turn: Turn, round_: Round, join: Join) -> bool:
    """Tell the person, not at night. False for who reads nothing."""
    person = await people.by_id(turn.tx, join.person_id)
    if person is None or not person.reachable:
        return False
    voice, zone = turn.house.voice(person.language), turn.settings.zone
    text = voice.text("rounds.added_you", organisation=voice.organisation, **round_text.facts(voice, round_))
    if join.slot:
        text += "\n\n" + voice.text("join.slot.own", hour=voice.hour(join.slot))
    if join.not_yet:
        text += "\n\n" + voice.text("rounds.added_not_yet", date=show_date(join.not_yet))
    awake = turn.settings.timetable.awake(turn.now)
    ends = round_.span(zone)
    over = ends[1] if ends else datetime.combine(round_.held_on + timedelta(days=1), time(), zone)
    turn.tell(
        Draft(
            f"added:{join.id}:{turn.at}",
            person.address,
            Reply(text, voice.menu((f"/ticket {round_.code}", f"/leave {round_.code}"))),
            lane=Lane.REMINDER,
            not_before=int(awake.timestamp() * 1000) if awake > turn.now else 0,
            expires_at=int(over.timestamp() * 1000),
        )
    )
    return True

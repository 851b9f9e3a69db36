"""Saying something to somebody else: in their language, not at night, and not to who cannot be reached."""

from __future__ import annotations

from core.dialogue import Reply
from handlers.turn import Turn
from handlers.voice import Voice
from storage import people
from storage.outbox import Draft, Lane


async def reader(turn: Turn, address: str) -> Voice | None:
    """How we speak to them; None where they cannot be reached."""
    known = (await people.load(turn.tx, [address])).get(address)
    if known is not None and not known.reachable:
        return None
    return turn.house.voice(known.language if known else turn.language)


def tell(turn: Turn, key: str, address: str, reply: Reply) -> None:
    """Whenever people are awake next; once, whatever is repeated (`key`, see `Draft`)."""
    awake = turn.settings.timetable.awake(turn.now)
    later = int(awake.timestamp() * 1000) if awake > turn.now else 0
    turn.tell(Draft(key, address, reply, lane=Lane.REMINDER, not_before=later))

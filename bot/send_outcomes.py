"""What becomes of a message that could not be sent. The table: docs/delivery.md."""

from __future__ import annotations

from typing import Final

from bot.channel import ChatMoved, SendError, Throttled, Unauthorised, Unreachable
from storage.outbox import RESENDS, Outcome, Outgoing

RESEND_AFTER_S: Final = (1, 5, 30)  # Half a minute of 502 must not use up the few copies that a message may cost.


def outcome_of(row: Outgoing, error: SendError, now: int) -> Outcome:
    """The next state of the row; `now` in ms UTC."""
    name = type(error).__name__
    match error:
        case Throttled(retry_after_s=seconds):
            return Outcome(row.id, "pending", now + int(seconds * 1000), row.attempts, error=name)
        case Unreachable(maybe_sent=False) | Unauthorised():
            return Outcome(row.id, "pending", attempts=row.attempts)
        case Unreachable():
            return _perhaps_sent(row, now, name)
        case ChatMoved():
            return Outcome(row.id, "pending", attempts=row.attempts, error=name)
    return Outcome(row.id, "failed", attempts=row.attempts, error=name)


def _perhaps_sent(row: Outgoing, now: int, error: str) -> Outcome:
    """Nobody can know whether it arrived: by kind it is held, or sent again a few times."""
    tries = row.attempts + 1
    if row.on_unknown == "hold":
        return Outcome(row.id, "held", attempts=tries, error=error)
    if row.attempts >= RESENDS:
        return Outcome(row.id, "failed", attempts=tries, error=error)
    return Outcome(row.id, "pending", now + RESEND_AFTER_S[row.attempts] * 1000, tries, error=error)

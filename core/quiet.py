"""The quiet hours: when nobody is written to of our own accord."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Quiet:
    """From `begins` to `ends`, local; may reach over midnight. Both alike: no quiet hours."""

    begins: time = time(21)
    ends: time = time(7)

    def covers(self, at: datetime) -> bool:
        """True in the quiet hours. `at` is local."""
        clock = at.time()
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends

    def after(self, at: datetime) -> datetime:
        """The moment itself, or the end of the quiet hours that it falls into. `at` is local."""
        if not self.covers(at):
            return at
        end = datetime.combine(at.date(), self.ends, at.tzinfo)
        return end if end > at else end + timedelta(days=1)

    def before(self, at: datetime) -> datetime:
        """The moment itself, or the beginning of the quiet hours that it falls into. `at` is local."""
        if not self.covers(at):
            return at
        begin = datetime.combine(at.date(), self.begins, at.tzinfo)
        return begin if begin <= at else begin - timedelta(days=1)

"""How fast may be sent: an even pace for a channel, a small burst and then a slow drip for a chat."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable


class Pace:
    """Slots at an even distance, and no second that holds more than the rate, wherever it begins.

    (A bucket that lets 30 go at once and 30 more in the first second met 343 refusals in 900 sends.) Who comes late for a slot makes up
    for it at the next one, within the second: a busy machine, always some milliseconds late, keeps the rate all the same.
    """

    _LATE = 4  # Slots; who comes later was not late but had nothing to say.

    def __init__(self, per_second: float, now: Callable[[], float]) -> None:
        """`per_second` 0: no limit. `now`: monotonic seconds."""
        self._gap = 1 / per_second if per_second else 0.0
        self._now = now
        self._next = 0.0
        self._taken = deque[float](maxlen=max(1, int(per_second)))
        self._span = (self._taken.maxlen or 1) * self._gap
        self._halted_until = 0.0

    def wait_s(self) -> float:
        """Seconds until the next slot."""
        full = len(self._taken) == self._taken.maxlen and bool(self._gap)
        window = self._taken[0] + self._span if full else 0.0
        return max(self.halted_s(), max(self._next, window) - self._now())

    def halted_s(self) -> float:
        """Seconds until anything may go at all."""
        return max(0.0, self._halted_until - self._now())

    def take(self) -> None:
        """Use a slot. What goes without waiting for one uses it up all the same, but is owed for a second at most."""
        now = self._now()
        self._taken.append(now)
        # After a rest nothing is made up for, or it would end with two at once.
        since = max(self._next, now - self._gap) if now - self._next <= self._LATE * self._gap else now
        self._next = min(since + self._gap, now + max(1.0, self._gap))

    def departed(self, count: int) -> None:
        """The last so many slots are used only now: a commit lies between taking one and sending, and the platform counts what is sent."""
        now = self._now()
        for _ in range(min(count, len(self._taken))):
            self._taken.pop()
        self._taken.extend([now] * count)

    def halt(self, seconds: float) -> None:
        """Nothing before this many seconds have passed."""
        self._halted_until = max(self._halted_until, self._now() + seconds)


class ChatPace:
    """A bucket a chat: `burst` messages at once, then `per_second`."""

    def __init__(self, burst: int, per_second: float, now: Callable[[], float]) -> None:
        """`burst` 0: no limit."""
        self._burst = burst
        self._rate = per_second
        self._now = now
        self._spent: dict[str, tuple[float, float]] = {}
        self._halted: dict[str, float] = {}

    def resting(self) -> dict[str, float]:
        """Chats that may not get a message yet, and the seconds until they may."""
        now = self._now()
        waits = {chat: until - now for chat, until in self._halted.items()}
        for chat in list(self._spent):
            waits[chat] = max(waits.get(chat, 0.0), (self._level(chat) - self._burst + 1) / self._rate)
        self._halted = {chat: until for chat, until in self._halted.items() if until > now}
        return {chat: wait for chat, wait in waits.items() if wait > 0}

    def take(self, chat: str) -> None:
        """A message goes to the chat."""
        if self._burst and self._rate:
            self._spent[chat] = (self._level(chat) + 1, self._now())

    def halt(self, chat: str, seconds: float) -> None:
        """Nothing to this chat before this many seconds have passed."""
        self._halted[chat] = self._now() + seconds

    def _level(self, chat: str) -> float:
        """Messages still in the bucket; an empty one is forgotten."""
        spent, since = self._spent.get(chat, (0.0, 0.0))
        level = max(0.0, spent - (self._now() - since) * self._rate)
        if not level:
            self._spent.pop(chat, None)
        return level

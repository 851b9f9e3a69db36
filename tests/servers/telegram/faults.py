"""Everything that goes wrong between a bot and Telegram, on order: faults of single calls, and flood limits."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.servers.telegram.errors import flood

# before: nothing was done; after: the call took effect and only its answer is lost.
KINDS = {
    "flood": "429, with `retry_after` unless that is None",
    "bad_gateway": "502 with an HTML page, nothing done",
    "not_ok": "status 200 with ok: false, nothing done",
    "error": "500 Internal Server Error, nothing done",
    "truncated": "status 200 with half the JSON, the call took effect",
    "cut": "the connection ends in the middle of the body, the call took effect",
    "delay": "the answer comes `seconds` later, the call took effect at once",
    "hang": "no answer ever, nothing done",
    "hang_after": "no answer ever, the call took effect",
    "reset": "TCP reset, nothing done",
    "reset_after": "TCP reset, the call took effect",
    "bad_gateway_after": "502 with an HTML page, the call took effect",
    "error_after": "500 Internal Server Error, the call took effect",
}
AFTER = frozenset(("truncated", "cut", "delay", "hang_after", "reset_after", "bad_gateway_after", "error_after"))


@dataclass(slots=True)
class Fault:
    """One kind of trouble for the next `times` calls of a method ("*" for any) to a chat (None for any)."""

    kind: str
    method: str = "*"
    times: int = 1
    chat_id: int | None = None
    retry_after: int | None = 1
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind}; known: {', '.join(KINDS)}")

    def meets(self, method: str, chat_id: int | None) -> bool:
        """Whether this fault strikes the call."""
        return self.times > 0 and self.method in ("*", method) and self.chat_id in (None, chat_id)


class Faults:
    """Ordered faults, first in first out."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Order a fault; setting its `times` to 0 calls it off."""
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Call everything off."""
        self._waiting.clear()

    def strike(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault that this call meets, used up by one."""
        if not self._waiting:
            return None
        fault = next((fault for fault in self._waiting if fault.meets(method, chat_id)), None)
        if fault:
            fault.times -= 1
            self._waiting = [fault for fault in self._waiting if fault.times > 0]
        return fault


@dataclass(slots=True)
class Bucket:
    """Tokens that refill with time; `halt_until` is set by a refusal, as Telegram's penalty is."""

    tokens: float
    at: float
    halt_until: float = 0.0


@dataclass(slots=True)
class FloodLimits:
    """Source: Telegram bot FAQ: one message a second per chat with short bursts, 30 a second overall. Off when None."""

    now: Callable[[], float]
    per_chat_s: float | None = None
    per_chat_burst: int = 3
    overall_s: float | None = None
    penalty_s: int = 1
    refusals: int = 0
    ignored: int = 0
    _buckets: dict[int | None, Bucket] = field(default_factory=dict)

    def admit(self, chat_id: int | None) -> None:
        """Count one sending call. Raises ApiError 429; `ignored` counts calls made before an earlier 429 ran out."""
        if self.overall_s is not None:
            self._take(None, self.overall_s, self.overall_s)
        if self.per_chat_s is not None and chat_id is not None:
            self._take(chat_id, self.per_chat_s, self.per_chat_burst)

    def _take(self, key: int | None, rate_s: float, burst: float) -> None:
        now = self.now()
        bucket = self._buckets.setdefault(key, Bucket(burst, now))
        bucket.tokens = min(burst, bucket.tokens + (now - bucket.at) * rate_s)
        bucket.at = now
        if now < bucket.halt_until:
            self.ignored += 1
        elif bucket.tokens >= 1:
            bucket.tokens -= 1
            return
        else:
            bucket.halt_until = now + self.penalty_s
        self.refusals += 1
        raise flood(max(1, round(bucket.halt_until - now)))

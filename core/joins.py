"""Who takes part in a round: answers, seats, the waiting list, and how long an offered seat is held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.quiet import Quiet
from core.rounds import Round, RoundState
from core.vietnamese import fold

# Figures and letters that nobody takes for one another, printed or read out over the telephone: no 0 and O, no 1, I and L.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 6  # 31 ** 6 = 887 million: among a million tickets, one guess in 900 finds somebody's name on no paper.
QR_PREFIX = "GH:"


class JoinState(StrEnum):
    """What somebody answered, and what came of it. `OFFERED`: a seat came free and is held until they have answered."""

    CERTAIN = "certain"
    WAITING = "waiting"
    OFFERED = "offered"
    MAYBE = "maybe"
    NO = "no"
    LEFT = "left"


SEATED = (JoinState.CERTAIN, JoinState.OFFERED)
ACTIVE = (*SEATED, JoinState.WAITING, JoinState.MAYBE)


@dataclass(frozen=True, slots=True)
class Join:
    """One person's answer to one round. `slot`: "HH:MM", "" for any. `version`: of the round, as the person knew it.

    `not_yet`: from when they may presumably give, where an officer put them on the list before that day.
    `queued_at`: their place in the line, of the earliest first. Times in milliseconds UTC.
    """

    id: int
    round_id: int
    person_id: int
    state: JoinState
    slot: str
    code: str
    version: int
    not_yet: date | None
    outcome: str | None
    joined_at: int
    changed_at: int
    queued_at: int | None
    offer_until: int | None

    @property
    def seated(self) -> bool:
        """True where a seat is taken by it."""
        return self.state in SEATED

    @property
    def active(self) -> bool:
        """True for who comes, may come, or waits to."""
        return self.state in ACTIVE


@dataclass(frozen=True, slots=True)
class Counts:
    """People of a round by what they answered; "maybe" is in no sum."""

    certain: int = 0
    waiting: int = 0
    offered: int = 0
    maybe: int = 0
    no: int = 0
    left: int = 0

    @property
    def seated(self) -> int:
        """Seats that are taken."""
        return self.certain + self.offered


@dataclass
class Room:
    """Free seats: in all (None: no limit), and of each slot. Negative where a capacity was lowered below what was taken."""

    total: int | None
    slots: dict[str, int] = field(default_factory=dict)

    def fits(self, slot: str) -> bool:
        """True where a seat is free for this slot; for "" or a slot that is no more, anywhere."""
        return (self.total is None or self.total > 0) and self.slot_for(slot) is not None

    def slot_for(self, slot: str) -> str | None:
        """The slot that somebody who asked for this one would get, for any the emptiest; None where there is none left."""
        if not self.slots:
            return ""
        if slot in self.slots:
            return slot if self.slots[slot] > 0 else None
        emptiest = max(self.slots, key=lambda starts: self.slots[starts])  # Of equals the earliest.
        return emptiest if self.slots[emptiest] > 0 else None

    def take(self, slot: str) -> None:
        """One seat less."""
        if self.total is not None:
            self.total -= 1
        if slot in self.slots:
            self.slots[slot] -= 1

    @property
    def full(self) -> bool:
        """True where nobody fits any more, whatever they asked for."""
        return not self.fits("")

    @property
    def limited(self) -> bool:
        """True where seats can run out."""
        return self.total is not None or bool(self.slots)


def room_of(round_: Round, taken: Mapping[str, int]) -> Room:
    """What is left of a round. `taken`: slot -> seats taken in it.

    Who joined before there were hours, or in one that is no more, sits somewhere all the same: together the hours hold no more than
    their sum.
    """
    hours = [sum(slot.capacity for slot in round_.slots)] if round_.slots else []
    most = min((*hours, *((round_.capacity,) if round_.capacity is not None else ())), default=None)
    total = None if most is None else most - sum(taken.values())
    return Room(total, {slot.starts: slot.capacity - taken.get(slot.starts, 0) for slot in round_.slots})


def seats_move(round_: Round, now: datetime, zone: ZoneInfo) -> bool:
    """True while a seat that comes free goes to the next: until the round is over, also once its registration is closed."""
    return round_.state in (RoundState.OPEN, RoundState.CLOSED) and not round_.is_over(now, zone)


@dataclass(frozen=True, slots=True)
class Offer:
    """When somebody is told that a seat is theirs, and until when it is held. Aware."""

    tell_at: datetime
    until: datetime


_AWAKE = timedelta(hours=1)  # Whoever is told at the end of the quiet hours has at least so long.
_SHORTEST = timedelta(hours=2)  # Less time to answer is given only where the round itself leaves no more.


def offer_of(round_: Round, now: datetime, zone: ZoneInfo, *, hours: int, quiet: Quiet) -> Offer:
    """How long a seat that came free is held: so many hours, less where the list goes out or the round begins before.

    The time runs from when the person is told, not from a night in which nobody reads, and does not end in one where it
    can end before or after it.
    """
    tell_at = quiet.after(now.astimezone(zone))
    begin, end = _held(round_, zone)
    if tell_at + _SHORTEST > begin:  # The round is upon us: whoever comes in time still has the seat.
        return Offer(min(tell_at, end), end)
    limits = [begin]
    if round_.deadline_on:
        # "Before the 27th" ends with the 26th. Source: Civil Code 2015 art. 147-148
        limits.append(datetime.combine(round_.deadline_on, time(0), zone))
    limit = min(moment for moment in limits if tell_at + _SHORTEST <= moment)
    until = min(tell_at + timedelta(hours=hours), limit)
    earlier = quiet.before(until)  # The hour in which the night begins is an evening's still.
    if earlier != until:
        later = quiet.after(until) + _AWAKE
        until = later if later <= limit else earlier if earlier >= tell_at + _SHORTEST else until
    return Offer(tell_at, until)


def _held(round_: Round, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Begin and end, where the hours are not known its day."""
    begin, end = round_.span(zone) or (None, None)
    midnight = datetime.combine(round_.held_on, time(0), zone)
    return begin or midnight, end or midnight + timedelta(days=1)


def late_from(round_: Round, zone: ZoneInfo, hours: int) -> datetime:
    """From when on leaving is late: the desk has its list by then, and whoever stays away had better call."""
    return _held(round_, zone)[0] - timedelta(hours=hours)


def read_code(text: str) -> str:
    """A ticket's code as it was typed, read out or scanned: "gh:abc 234" is ABC234; "" where it can be none."""
    said = fold(text).upper().removeprefix(QR_PREFIX).replace(" ", "").replace("-", "")
    return said if len(said) == CODE_LENGTH and not set(said) - set(ALPHABET) else ""


def spaced(code: str) -> str:
    """A ticket's code as it is easy to read out: "ABC 234"."""
    return f"{code[:3]} {code[3:]}".rstrip()


def tally(rows: Iterable[tuple[str, int]]) -> Counts:
    """Counts from (state, people)."""
    return Counts(**dict(rows))

"""Rounds (đợt): one collection session of a plan each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class RoundState(StrEnum):
    """The life of a round."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    DONE = "done"
    CANCELLED = "cancelled"


# What may follow what. Cancelled is the end, for everybody was told so: the round is copied instead. Done goes back to closed, because
# a tap is easily a slip and nobody is told of it.
ARROWS: dict[RoundState, tuple[RoundState, ...]] = {
    RoundState.DRAFT: (RoundState.OPEN, RoundState.CANCELLED),
    RoundState.OPEN: (RoundState.CLOSED, RoundState.CANCELLED),
    RoundState.CLOSED: (RoundState.OPEN, RoundState.DONE, RoundState.CANCELLED),
    RoundState.DONE: (RoundState.CLOSED,),
    RoundState.CANCELLED: (),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that happens at a round: a ceremony, the donation. Hours are local "HH:MM" or ""."""

    name: str
    opens: str = ""
    closes: str = ""
    place: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """An hour of arrival, "HH:MM", and how many people it takes."""

    starts: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Round:
    """`opens` and `closes` are local "HH:MM" or ""; `units` are the ids invited with all below them, empty for everybody.

    `place_or`: further places while it is open which ("A hoặc B"). `target`: units of blood; `yield_percent`: of those who registered,
    how many give. `capacity`: people, None for no limit. `leading`, `executing`: names. `contact`: whom to call, "" for the house's.
    `reminders`: "7 08:00, 1 18:00" (days before, local hour), None as configured. `rule_set`: of the facility, "" for the usual one.
    `version` moves whenever something changes that those who joined were told.
    """

    id: int
    code: str
    number: int
    name: str
    occasion: str
    held_on: date
    tentative: bool
    opens: str
    closes: str
    place: str
    place_address: str
    lat: float | None
    lon: float | None
    target: int | None
    deadline_on: date | None
    state: RoundState
    units: frozenset[int] = frozenset()
    place_or: tuple[str, ...] = ()
    yield_percent: int | None = None
    capacity: int | None = None
    leading: tuple[str, ...] = ()
    executing: tuple[str, ...] = ()
    contact: str = ""
    reminders: str | None = None
    rule_set: str = ""
    version: int = 1
    parts: tuple[Part, ...] = ()
    slots: tuple[Slot, ...] = ()

    def invites(self, path: list[int]) -> bool:
        """True for who belongs to a unit with this path to the root (ids, lowest first)."""
        return not self.units or not self.units.isdisjoint(path)

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
        """Begin and end, aware; None where the hours are not known. Where only the closing hour is not, it ends with its day."""
        if not self.opens:
            return None
        begin = datetime.combine(self.held_on, time.fromisoformat(self.opens), zone)
        if not self.closes:
            return begin, datetime.combine(self.held_on + timedelta(days=1), time(), zone)
        return begin, datetime.combine(self.held_on, time.fromisoformat(self.closes), zone)

    def is_over(self, now: datetime, zone: ZoneInfo) -> bool:
        """True once its last hour has passed; where the hours are not known, once its day has."""
        span = self.span(zone)
        return now >= span[1] if span else now.astimezone(zone).date() > self.held_on


def why_not(round_: Round, to: RoundState, today: date) -> str:
    """Why the round cannot become that: "arrow", "past" (nobody can come any more), "early" (it has not been yet); "" where it can."""
    if to not in ARROWS[round_.state]:
        return "arrow"
    if to is RoundState.OPEN and round_.held_on < today:
        return "past"
    return "early" if to is RoundState.DONE and round_.held_on > today else ""


def needed_for_target(round_: Round) -> int | None:
    """How many must register so that, at the expected yield, the target is met; None where one of the two is not known."""
    if not round_.target or not round_.yield_percent:
        return None
    return -(-round_.target * 100 // round_.yield_percent)


def next_round(rounds: list[Round], path: list[int], today: date) -> Round | None:
    """The first open round from today on that invites this path; of equals, the lower number."""
    fitting = (r for r in rounds if r.state is RoundState.OPEN and r.held_on >= today and r.invites(path))
    return min(fitting, key=lambda r: (r.held_on, r.number), default=None)

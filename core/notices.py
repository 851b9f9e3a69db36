"""Notices: what is said of our own accord, to whom, and from when until when it is of use. Pure: the tables hold who was told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from core.dates import read_time
from core.quiet import Quiet
from core.rounds import Round, RoundState
from core.unclear import Unclear

LONGEST_DAYS: Final = 60  # Whoever hears of a round two months ahead has forgotten it by then.
_STILL_GIVING = timedelta(hours=1)  # When the doors close, the last of the queue are still giving.
_EVENING = time(18)  # Of rounds without a closing hour: by then they are over, and nobody is asleep.
_MORNING = timedelta(hours=5)  # The usual round is one: 07:00 to 11:30, and the last of the queue.
_THANKS_LAST = timedelta(days=3)  # After that, "did you give blood?" comes from nowhere.
_WELL_LAST = timedelta(hours=36)  # Until the evening of the next day: what troubles people after giving shows by then.
_WHY_LAST = timedelta(days=3)  # Who is asked a week later has forgotten the reason.
_ELIGIBLE_LAST = timedelta(days=14)  # "You may give again" stays true; after two weeks it is no longer news.
_DEADLINE_DAYS = (7, 3, 1)


@dataclass(frozen=True, slots=True)
class Reminder:
    """So many days before a round, at this local hour."""

    days: int
    at: time


def read_reminders(text: str) -> tuple[Reminder, ...]:
    """What "7 08:00, 1 18h" lists, in order of time: the farthest day first. "" is none at all.

    Raises ValueError with one line that quotes what is wrong.
    """
    found: dict[int, Reminder] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        days, _, hour = entry.partition(" ")
        if not (days.isascii() and days.isdigit() and len(days) < 3 and int(days) <= LONGEST_DAYS):
            raise ValueError(f'{entry!r} must look like "3 08:00": 0 to {LONGEST_DAYS} days before, and an hour')
        try:
            reminder = Reminder(int(days), read_time(hour))
        except Unclear:
            raise ValueError(
                f'{entry!r} must look like "3 08:00": days before, and an hour of 00:00 to 23:59'
            ) from None
        if reminder.days in found:
            raise ValueError(f"{entry!r}: there is another reminder {days} days before")
        found[reminder.days] = reminder
    return tuple(sorted(found.values(), key=lambda reminder: -reminder.days))


def reminders_text(reminders: Sequence[Reminder]) -> str:
    """The inverse of `read_reminders`."""
    return ", ".join(f"{reminder.days} {reminder.at:%H:%M}" for reminder in reminders)


DEFAULT_REMINDERS: Final = read_reminders("7 08:00, 3 08:00, 1 18:00, 0 07:00")


@dataclass(frozen=True, slots=True)
class Timetable:
    """When people are told something. `quiet_from` to `quiet_to`: nobody hears from us; both alike: no quiet hours.

    `morning`: the hour of notices that belong to a day and not to an hour.
    """

    zone: ZoneInfo
    reminders: tuple[Reminder, ...] = DEFAULT_REMINDERS
    quiet_from: time = time(21)
    quiet_to: time = time(7)
    morning: time = time(8)

    def at(self, day: date, hour: time) -> datetime:
        """This local hour of a day; in quiet hours, their end."""
        return self.awake(datetime.combine(day, hour, self.zone))

    @property
    def quiet(self) -> Quiet:
        """When nobody hears from us."""
        return Quiet(self.quiet_from, self.quiet_to)

    def awake(self, moment: datetime) -> datetime:
        """The moment itself; in quiet hours, their end. Local."""
        return self.quiet.after(moment.astimezone(self.zone))

    def is_quiet(self, moment: datetime) -> bool:
        """True in the quiet hours."""
        return self.quiet.covers(moment.astimezone(self.zone))

    def day(self, moment: datetime) -> date:
        """The local calendar day."""
        return moment.astimezone(self.zone).date()

    def reminders_of(self, round_: Round) -> tuple[Reminder, ...]:
        """The round's own, or the usual ones."""
        if round_.reminders is None:
            return self.reminders
        try:
            return read_reminders(round_.reminders)
        except ValueError:  # One round whose settings cannot be read must not silence all others.
            return self.reminders

    def end_of(self, round_: Round) -> datetime:
        """When a round is over; where its hours are not known, with its day."""
        span = round_.span(self.zone)
        return span[1] if span else datetime.combine(round_.held_on + timedelta(days=1), time(), self.zone)


DEFAULT_TIMETABLE: Final = Timetable(ZoneInfo("Asia/Ho_Chi_Minh"))


class Audience(Enum):
    """Who is looked at."""

    JOINED = "those who gave an answer to the round"
    OFFICERS = "officers of the units that it invites"
    ELIGIBLE = "donors who may give again that day"


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when something is to be said. `part` tells the spans of one notice apart ("7"); `day` is what they count to."""

    part: str
    day: date
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of notice. Its sentence is "notice.<name>.<state>"; `buttons` are commands that get the round's code.

    `key` names one message for ever. `rounds`: states of a round that calls for it; `states`, `outcome`: of the joins that hear it
    (an outcome of "" is one that is not known yet, None is any).
    """

    name: str
    key: str
    spans: Callable[[Round, Timetable], Iterable[Span]]
    rounds: frozenset[RoundState]
    audience: Audience = Audience.JOINED
    states: tuple[str, ...] = ("certain",)
    outcome: str | None = None
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """A notice that is due. `round`: None for what belongs to a day alone. From `expires` on it is of no use."""

    notice: Notice
    span: Span
    round: Round | None = None

    @property
    def due(self) -> datetime:
        """From when."""
        return self.span.begin

    @property
    def expires(self) -> datetime:
        """Until when."""
        return self.span.end

    @property
    def run(self) -> str:
        """Names the planning of this window."""
        return f"{self.notice.name}:{self.round.id if self.round else ''}:{self.span.day}:{self.span.part}"

    def key(self, person_id: int) -> str:
        """Names the message to one person."""
        round_id = self.round.id if self.round else 0
        return self.notice.key.format(round=round_id, person=person_id, day=self.span.day, part=self.span.part)


def _one_after_another(day: date, begins: Iterable[tuple[str, datetime]], end: datetime) -> list[Span]:
    """Each until the next one begins, the last until the end."""
    return [
        Span(part, day, begin, min(next_one, end)) for (part, begin), (_, next_one) in pairwise([*begins, ("", end)])
    ]


def _reminders(round_: Round, timetable: Timetable) -> Iterable[Span]:
    day = round_.held_on
    begins = [(str(r.days), timetable.at(day - timedelta(days=r.days), r.at)) for r in timetable.reminders_of(round_)]
    return _one_after_another(day, begins, timetable.end_of(round_))


def _deadlines(round_: Round, timetable: Timetable) -> Iterable[Span]:
    """Until the day of the deadline begins: "trước ngày"."""
    day = round_.deadline_on
    if day is None:
        return []
    begins = [(str(days), timetable.at(day - timedelta(days=days), timetable.morning)) for days in _DEADLINE_DAYS]
    return _one_after_another(day, begins, datetime.combine(day, time(), timetable.zone))


def _thanks(round_: Round, timetable: Timetable) -> Iterable[Span]:
    """That day, once it is over."""
    day = round_.held_on
    over = timetable.end_of(round_) + _STILL_GIVING if round_.closes else _supposed_end(round_, timetable)
    begin = timetable.awake(over)
    return [Span("", day, begin, begin + _THANKS_LAST)]


def _supposed_end(round_: Round, timetable: Timetable) -> datetime:
    """Of a round whose closing hour is not known: the evening; of one that begins late, a morning's length after that."""
    evening = datetime.combine(round_.held_on, _EVENING, timetable.zone)
    span = round_.span(timetable.zone)
    return max(evening, span[0] + _MORNING) if span else evening


def _next_morning(last: timedelta) -> Callable[[Round, Timetable], Iterable[Span]]:
    """The morning after, so long."""

    def spans(round_: Round, timetable: Timetable) -> Iterable[Span]:
        begin = timetable.at(round_.held_on + timedelta(days=1), timetable.morning)
        return [Span("", round_.held_on, begin, begin + last)]

    return spans


def _no_round(_: Round, __: Timetable) -> Iterable[Span]:
    return []


_AHEAD = frozenset((RoundState.OPEN, RoundState.CLOSED))
_HELD = _AHEAD | {RoundState.DONE}  # Whether an officer has marked it as done by then, donors need not wait for.
# Adding one is a row here and its sentence in locales/.
NOTICES: Final = (
    Notice(
        "remind",
        "remind:{round}:{person}:{day}:{part}",
        _reminders,
        _AHEAD,
        states=("certain", "maybe"),
        buttons=("/come", "/leave"),
    ),
    Notice(
        "thanks", "after:{round}:{person}:thanks", _thanks, _HELD, outcome="", buttons=("/gave", "/deferred", "/absent")
    ),
    Notice(
        "well",
        "after:{round}:{person}:well",
        _next_morning(_WELL_LAST),
        _HELD,
        outcome="gave",
        buttons=("/fine", "/unwell"),
    ),
    Notice("why", "after:{round}:{person}:why", _next_morning(_WHY_LAST), _HELD, outcome="absent", buttons=("/why",)),
    Notice(
        "deadline",
        "deadline:{round}:{person}:{day}:{part}",
        _deadlines,
        frozenset((RoundState.OPEN,)),
        Audience.OFFICERS,
    ),
)
ELIGIBLE: Final = Notice("eligible", "eligible:{day}:{person}", _no_round, frozenset(), Audience.ELIGIBLE)
# Rounds that a window between two moments may belong to: reminders look ahead of them, thanks behind.
AHEAD_DAYS: Final = LONGEST_DAYS + max(_DEADLINE_DAYS)
BEHIND_DAYS: Final = 2


def windows_of(round_: Round, timetable: Timetable) -> list[Window]:
    """Every window that a round calls for, as it stands now. One that the night pushed behind its own end is none."""
    return [
        Window(notice, span, round_)
        for notice in NOTICES
        if round_.state in notice.rounds
        for span in notice.spans(round_, timetable)
        if span.begin < span.end
    ]


def mornings(after: datetime, until: datetime, timetable: Timetable) -> Iterator[Window]:
    """Of each local day: the notice to those who may give again from then on."""
    day, last = timetable.day(after), timetable.day(until)
    while day <= last:
        begin = timetable.at(day, timetable.morning)
        yield Window(ELIGIBLE, Span("", day, begin, begin + _ELIGIBLE_LAST))
        day += timedelta(days=1)


def due(rounds: Sequence[Round], after: datetime, until: datetime, timetable: Timetable) -> list[Window]:
    """What became due after one moment and until another, in order."""
    windows = [*(w for round_ in rounds for w in windows_of(round_, timetable)), *mornings(after, until, timetable)]
    return sorted((w for w in windows if after < w.due <= until), key=lambda window: (window.due, window.run))

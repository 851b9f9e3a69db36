"""Public holidays, the Tết break and swapped working days; what is decided year by year comes in as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core.lunar import FIRST_YEAR, LAST_YEAR, LunarDay, new_year, solar_day

TET_DAYS = 5  # Source: Labour Code 45/2019/QH14, article 112(1)(b)
_SATURDAY = 5  # Source: Decision 188/1999/QĐ-TTg: Saturdays and Sundays are the weekly rest of the civil service
_DAY = timedelta(days=1)

Names = Mapping[str, str]  # language -> name


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday of every year. `lunar`: month and day of the Vietnamese lunisolar calendar.

    `settled`: False where it is announced but no law says it yet: such a day is named, but work goes on.
    """

    month: int
    day: int
    names: Names
    source: str
    from_year: int = 0
    to_year: int = 9999
    lunar: bool = False
    settled: bool = True

    def in_year(self, year: int) -> tuple[date, ...]:
        """Its days in a solar year: none before it was introduced; a day of the last lunar month may come twice, or not at all."""
        if not self.from_year <= year <= self.to_year:
            return ()
        if not self.lunar:
            return (date(year, self.month, self.day),)
        known = (near for near in (year - 1, year) if FIRST_YEAR <= near <= LAST_YEAR)
        days = (solar_day(LunarDay(near, self.month, self.day)) for near in known)
        return tuple(day for day in days if day.year == year)


@dataclass(frozen=True, slots=True)
class TetBreak:
    """How many of the five days lie before the first of the year; `year` 0 stands for years not decided yet."""

    year: int
    days_before: int
    names: Names
    source: str


@dataclass(frozen=True, slots=True)
class Decided:
    """One day as decided for its year: a day off, or with `off` False a rest day that is worked."""

    day: date
    off: bool
    names: Names
    source: str


@dataclass(frozen=True, slots=True)
class _Year:
    """One solar year, worked out: names of days, legal days off, the five days of Tết, what is not law yet."""

    named: Mapping[date, Names]
    off: frozenset[date]
    tet: tuple[date, ...]
    unsettled: frozenset[date]


class Calendar:
    """The days off of the country. Empty, it knows weekends alone."""

    def __init__(
        self, holidays: Iterable[Holiday] = (), tet: Iterable[TetBreak] = (), decided: Iterable[Decided] = ()
    ) -> None:
        """Rows as the file has them, in any order."""
        self._holidays = tuple(holidays)
        self._tet = {row.year: row for row in tet}
        self._decided = {row.day: row for row in decided}
        self._years: dict[int, _Year] = {}

    def name_of(self, day: date, language: str = "vi") -> str:
        """The holiday or the Tết break that a day belongs to, also where it only makes up for one; "" for any other day."""
        names = self._year(day.year).named.get(day)
        if names is None and self.in_tet_break(day):
            names = self._year(day.year).named[self._year(day.year).tet[0]]
        return _in_language(names or {}, language)

    def is_day_off(self, day: date) -> bool:
        """Weekend, holiday, the day that makes up for one, or a day off by decision; not where a swap makes it a working day."""
        if day in self._decided:
            return self._decided[day].off
        return _is_weekend(day) or day in self._year(day.year).off

    def is_settled(self, day: date) -> bool:
        """False for a holiday that is announced but not law yet."""
        return day not in self._year(day.year).unsettled

    def next_working_day(self, day: date) -> date:
        """The day itself where it is worked, else the first worked one after it. Source: Civil Code 2015, article 148(5)."""
        return self._towards(day, _DAY)

    def last_working_day(self, day: date) -> date:
        """The day itself where it is worked, else the last worked one before it."""
        return self._towards(day, -_DAY)

    def working_days_later(self, day: date, count: int) -> date:
        """The day so many worked ones after this one, which does not count itself."""
        for _ in range(count):
            day = self.next_working_day(day + _DAY)
        return day

    def in_tet_break(self, day: date) -> bool:
        """True for the five days of Tết and for the days off that touch them."""
        tet = self._year(day.year).tet
        return bool(tet) and self._first_of_run(tet[0]) <= day <= self._last_of_run(tet[-1])

    def _first_of_run(self, day: date) -> date:
        return self._towards(day, -_DAY) + _DAY

    def _last_of_run(self, day: date) -> date:
        return self._towards(day, _DAY) - _DAY

    def _towards(self, day: date, step: timedelta) -> date:
        while self.is_day_off(day) and date.min < day < date.max:
            day += step
        return day

    def _year(self, year: int) -> _Year:
        if year not in self._years:
            self._years[year] = self._work_out(year)
        return self._years[year]

    def _work_out(self, year: int) -> _Year:
        break_ = self._tet.get(year) or self._tet.get(0)
        tet = _tet_days(year, break_) if break_ else ()
        named = dict.fromkeys(tet, break_.names) if break_ else {}
        days = [(holiday, day) for holiday in self._holidays for day in holiday.in_year(year)]
        unsettled = frozenset(day for holiday, day in days if not holiday.settled)
        legal = named | {day: holiday.names for holiday, day in days if holiday.settled}
        legal |= {day: row.names for day, row in self._decided.items() if day.year == year and row.off}
        named = {day: holiday.names for holiday, day in days} | legal
        made_up = self._made_up(legal)
        return _Year(named | made_up, frozenset(legal) | frozenset(made_up), tet, unsettled - legal.keys())

    def _made_up(self, legal: Mapping[date, Names]) -> dict[date, Names]:
        """A holiday on a rest day is made up for on the next working day. Source: Labour Code, article 111(3)."""
        made: dict[date, Names] = {}
        for day in sorted(day for day in legal if _is_weekend(day) and day not in self._decided):
            free = day
            while _is_weekend(free) or free in legal or free in made:
                free += _DAY
            made[free] = legal[day]
        return made


def _tet_days(year: int, row: TetBreak) -> tuple[date, ...]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return ()
    first = new_year(year) - timedelta(days=row.days_before)
    return tuple(first + timedelta(days=passed) for passed in range(TET_DAYS))


def _is_weekend(day: date) -> bool:
    return day.weekday() >= _SATURDAY


def _in_language(names: Names, language: str) -> str:
    return names.get(language) or names.get("en") or next(iter(names.values()), "")

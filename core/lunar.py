"""The Vietnamese lunisolar calendar (âm lịch), worked out from sun and moon for the meridian of UTC+7.

Tables made for China (UTC+8) are wrong wherever a new moon or a solstice falls into the hour between the two midnights: Tết was
17/02/2007 and will be 02/02/2030 in Vietnam, a day later in China. Vietnam counts by UTC+7 since 1968, so earlier years are refused.

Rules: a month begins on the day of the new moon; the month of the winter solstice is the eleventh; where thirteen months lie between
two elevenths, the first of them without a major term (the sun at a multiple of 30°) repeats the number of the one before.
Source: Meeus, Astronomical Algorithms, 2nd ed., chapters 25 (sun) and 49 (new moon); Decision 121-CP of 08/8/1967 (the zone).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from math import floor, radians, sin

FIRST_YEAR = 1968  # the first year counted by UTC+7
LAST_YEAR = 2199  # further on, nobody knows how fast the earth turns to the minute that decides a day

_ZONE_DAYS = 7 / 24
_JULIAN_OF_ORDINAL = 1_721_424.5  # Julian day of 00:00 UT of the day with ordinal 0
_J2000 = 2_451_545.0
_CENTURY_DAYS = 36_525
_MOONS_A_YEAR = 12.3685
_MOON_DAYS = 29.530588861
_SOLSTICE = 9  # the sector of the sun that begins at 270°

# Seconds by which the clock of astronomy is ahead of the turning earth; straight lines between. Source: IERS; after 2020 estimated.
_AHEAD_S = (
    (1968, 38.0),
    (1975, 45.5),
    (1985, 54.3),
    (1995, 60.8),
    (2005, 64.7),
    (2020, 69.4),
    (2050, 75.0),
    (2200, 200.0),
)

# New moon: amplitude in days, power of the eccentricity E, multiples of M (sun), M' (moon), F (latitude), Ω (node).
_MOON_TERMS = (
    (-0.40720, 0, 0, 1, 0, 0), (0.17241, 1, 1, 0, 0, 0), (0.01608, 0, 0, 2, 0, 0), (0.01039, 0, 0, 0, 2, 0),
    (0.00739, 1, -1, 1, 0, 0), (-0.00514, 1, 1, 1, 0, 0), (0.00208, 2, 2, 0, 0, 0), (-0.00111, 0, 0, 1, -2, 0),
    (-0.00057, 0, 0, 1, 2, 0), (0.00056, 1, 1, 2, 0, 0), (-0.00042, 0, 0, 3, 0, 0), (0.00042, 1, 1, 0, 2, 0),
    (0.00038, 1, 1, 0, -2, 0), (-0.00024, 1, -1, 2, 0, 0), (-0.00017, 0, 0, 0, 0, 1), (-0.00007, 0, 2, 1, 0, 0),
    (0.00004, 0, 0, 2, -2, 0), (0.00004, 0, 3, 0, 0, 0), (0.00003, 0, 1, 1, -2, 0), (0.00003, 0, 0, 2, 2, 0),
    (-0.00003, 0, 1, 1, 2, 0), (0.00003, 0, -1, 1, 2, 0), (-0.00002, 0, -1, 1, -2, 0), (-0.00002, 0, 1, 3, 0, 0),
    (0.00002, 0, 0, 4, 0, 0),
)  # fmt: skip
# The pull of the planets: amplitude in days, phase and its growth a moon, in degrees.
_PLANET_TERMS = (
    (0.000325, 299.77, 0.107408), (0.000165, 251.88, 0.016321), (0.000164, 251.83, 26.651886),
    (0.000126, 349.42, 36.412478), (0.000110, 84.66, 18.206239), (0.000062, 141.74, 53.303771),
    (0.000060, 207.14, 2.453732), (0.000056, 154.84, 7.306860), (0.000047, 34.52, 27.261239),
    (0.000042, 207.19, 0.121824), (0.000040, 291.34, 1.844379), (0.000037, 161.72, 24.198154),
    (0.000035, 239.56, 25.513099), (0.000023, 331.55, 3.592518),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LunarDay:
    """A day of the lunisolar calendar; a leap month comes after the month with the same number."""

    year: int
    month: int
    day: int
    leap: bool = False


@dataclass(frozen=True, slots=True)
class _Month:
    first: int  # ordinal of its first day
    days: int
    year: int
    month: int
    leap: bool


def lunar_day(day: date) -> LunarDay:
    """The lunar date of a solar day. ValueError before Tết 1968 and after 2199."""
    ordinal = day.toordinal()
    year = day.year if day >= new_year(day.year) else day.year - 1
    month = [month for month in _months(year) if month.first <= ordinal][-1]
    return LunarDay(year, month.month, ordinal - month.first + 1, month.leap)


def solar_day(lunar: LunarDay) -> date:
    """The solar day of a lunar date. ValueError where the calendar has no such day."""
    for month in _months(lunar.year):
        if (month.month, month.leap) == (lunar.month, lunar.leap) and 1 <= lunar.day <= month.days:
            return date.fromordinal(month.first + lunar.day - 1)
    raise ValueError(f"{lunar}: the calendar has no such day")


def new_year(year: int) -> date:
    """Tết Nguyên đán: the first day of the first month."""
    return date.fromordinal(_months(year)[0].first)


@lru_cache(maxsize=512)
def _months(year: int) -> tuple[_Month, ...]:
    """The months of a lunar year, in order. ValueError for a year that is not known."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"{year}: the lunar calendar is known from {FIRST_YEAR} to {LAST_YEAR}")
    months = (*_between_solstices(year), *_between_solstices(year + 1))
    return tuple(month for month in months if month.year == year)


@lru_cache(maxsize=512)
def _between_solstices(year: int) -> tuple[_Month, ...]:
    """The months from the eleventh of the lunar year before to the tenth (or leap tenth) of this one."""
    first, last = _eleventh(year - 1), _eleventh(year)
    starts = [_new_moon(moon) for moon in range(first, last + 1)]
    termless = [_sector(start) == _sector(end) for start, end in pairwise(starts)]
    leap = termless.index(True) if len(termless) == 13 else -1
    return tuple(_numbered(starts, leap, year))


def _numbered(starts: list[int], leap: int, year: int) -> Iterator[_Month]:
    for place, (first, following) in enumerate(pairwise(starts)):
        number = place + 11 - (1 if 0 <= leap <= place else 0)
        yield _Month(first, following - first, year if number > 12 else year - 1, (number - 1) % 12 + 1, place == leap)


def _eleventh(year: int) -> int:
    """Number of the moon whose month holds the winter solstice of that solar year."""
    moon = floor((year - 2000 + 1) * _MOONS_A_YEAR) + 1
    while _new_moon(moon) > date(year, 12, 31).toordinal() or _sector(_new_moon(moon)) in {_SOLSTICE, _SOLSTICE + 1}:
        moon -= 1
    return moon


@lru_cache(maxsize=8192)
def _new_moon(moon: int) -> int:
    """Ordinal of the local day of a new moon; number 0 is that of 06/01/2000."""
    t = moon / (_MOONS_A_YEAR * 100)
    mean = 2_451_550.09766 + _MOON_DAYS * moon + (0.00015437 - (0.000000150 - 0.00000000073 * t) * t) * t * t
    eccentricity = 1 - (0.002516 + 0.0000074 * t) * t
    sun = 2.5534 + 29.10535670 * moon - (0.0000014 + 0.00000011 * t) * t * t
    anomaly = 201.5643 + 385.81693528 * moon + (0.0107582 + (0.00001238 - 0.000000058 * t) * t) * t * t
    latitude = 160.7108 + 390.67050284 * moon - (0.0016118 + (0.00000227 - 0.000000011 * t) * t) * t * t
    node = 124.7746 - 1.56375588 * moon + (0.0020672 + 0.00000215 * t) * t * t
    moved = sum(
        size * eccentricity**power * sin(radians(a * sun + b * anomaly + c * latitude + d * node))
        for size, power, a, b, c, d in _MOON_TERMS
    )
    pulled = sum(size * sin(radians(phase + growth * moon)) for size, phase, growth in _PLANET_TERMS)
    julian = mean + moved + pulled
    return floor(julian - _ahead_days(julian) + _ZONE_DAYS - _JULIAN_OF_ORDINAL)


@lru_cache(maxsize=8192)
def _sector(ordinal: int) -> int:
    """In which twelfth of its way the sun is at local midnight, as that day begins: 0 from the March equinox on."""
    julian = ordinal + _JULIAN_OF_ORDINAL - _ZONE_DAYS
    t = (julian + _ahead_days(julian) - _J2000) / _CENTURY_DAYS
    anomaly = radians(357.52911 + (35_999.05029 - 0.0001537 * t) * t)
    centre = (1.914602 - (0.004817 + 0.000014 * t) * t) * sin(anomaly)
    centre += (0.019993 - 0.000101 * t) * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly)
    node = radians(125.04 - 1_934.136 * t)
    mean = 280.46646 + (36_000.76983 + 0.0003032 * t) * t
    return floor((mean + centre - 0.00569 - 0.00478 * sin(node)) % 360 / 30)


def _ahead_days(julian: float) -> float:
    year = 2000 + (julian - _J2000) / 365.25
    spans = list(pairwise(_AHEAD_S))
    (before, low), (after, high) = next((span for span in spans if year < span[1][0]), spans[-1])
    return (low + (high - low) * (year - before) / (after - before)) / 86_400

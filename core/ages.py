"""Birth as a donor tells it, the age it gives on a day, and what the age criterion says of it."""

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from core.dates import read_month_or_date, show_date
from core.unclear import Unclear
from core.vietnamese import bare

OLDEST = 120  # nobody living is older: a slip of the finger
_HIGHEST_BARE_AGE = 61  # above it "65" is rather the year 1965 than an age, and either would matter
_LONGEST = 60

_LEAD = re.compile(r"(?:(?:toi|em|minh|chau|con|nam nay|tuoi|i am|i'm|age|aged)[ :]+)+")
_AGE = re.compile(r"([0-9]{1,4}) ?(?:tuoi|t|years? old|years?|yo|y/o)")
_BARE = re.compile(r"[0-9]{1,3}")
_YEAR = re.compile(r"(?:sinh nam|nam sinh|sinh|nam|ns|sn|born in|born|year)[ :]*([0-9]{2}|[0-9]{4})|([0-9]{4})")
_DATE_LEAD = re.compile(r"(?:ngay sinh|sinh ngay|sinh|ns|sn|born on|born|date of birth|dob)[ :]+")
_NOT_WHOLE = re.compile(r"[0-9]{1,3}[.,][0-9]{1,3}(?: ?(?:tuoi|t|years?(?: old)?))?")
_NEGATIVE = re.compile(r"- ?[0-9].*")


@dataclass(frozen=True, slots=True)
class Birth:
    """What is known of a birth: its date, its year, or an age and the day it was said (`year` = that year - age)."""

    precision: Literal["date", "year", "age"]
    date: dt.date | None
    year: int
    said_on: dt.date | None = None

    def span(self) -> tuple[dt.date, dt.date]:
        """The first and the last day of which the birth can be."""
        if self.date:
            return self.date, self.date
        if self.precision == "age" and self.said_on:
            age = self.said_on.year - self.year
            return _years_before(self.said_on, age + 1) + dt.timedelta(days=1), _years_before(self.said_on, age)
        # An age said on a forgotten day may belong to the year before as well.
        return dt.date(self.year - (self.precision == "age"), 1, 1), dt.date(self.year, 12, 31)

    def age_range_on(self, day: dt.date) -> tuple[int, int]:
        """The fewest and the most completed years on the day."""
        earliest, latest = self.span()
        return _completed_years(latest, day), _completed_years(earliest, day)

    def age_on(self, day: dt.date) -> int | None:
        """Completed years on the day, None when what is known allows two ages."""
        fewest, most = self.age_range_on(day)
        return fewest if fewest == most else None

    def list_age(self, day: dt.date) -> int:
        """The age as registration lists count it: the year of the day less the year of birth.

        Source: domain note 9.2 (custom); eligibility counts completed years and never uses this.
        """
        return day.year - self.year


@dataclass(frozen=True, slots=True)
class AgeRule:
    """The ages that may donate: from the `lowest`-th birthday to the `highest`-th; in the year after it staff decides.

    `source` is where it says so. Circular 26/2013/TT-BYT, article 4(1), writes "từ đủ 18 tuổi đến 60 tuổi", not "hết 60 tuổi".
    """

    lowest: int
    highest: int
    source: str = ""


class Age(StrEnum):
    """What the age criterion says; the point's staff has the last word."""

    OK = "ok"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    STAFF = "staff"
    NEED_DATE = "need_date"


@dataclass(frozen=True, slots=True)
class AgeVerdict:
    """The verdict; `allowed_from` is the day a person who is too young comes of age, None where it is not known."""

    age: Age
    allowed_from: dt.date | None = None


def judge_age(birth: Birth, day: dt.date, rule: AgeRule) -> AgeVerdict:
    """What the rule says of the person on the day; where only a year is known, by the worst it allows.

    Certainly under age is TOO_YOUNG, perhaps under age NEED_DATE, perhaps past the highest birthday STAFF.
    Source: Circular 26/2013/TT-BYT, article 4(1); domain note 1.1 and vectors A1-A7.
    """
    earliest, latest = birth.span()
    if day < birthday(earliest, rule.lowest):
        return AgeVerdict(Age.TOO_YOUNG, birthday(birth.date, rule.lowest) if birth.date else None)
    if day < birthday(latest, rule.lowest):
        return AgeVerdict(Age.NEED_DATE)
    if day >= birthday(latest, rule.highest + 1):
        return AgeVerdict(Age.TOO_OLD)
    return AgeVerdict(Age.STAFF if day > birthday(earliest, rule.highest) else Age.OK)


def birthday(born: dt.date, age: int) -> dt.date:
    """The day on which that age is reached; a birthday of 29 February is 1 March in other years.

    Source: domain note 1.4 (a missing day is the first of the next month).
    """
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return dt.date(born.year + age, 3, 1)


def read_birth(text: str, today: dt.date) -> Birth:
    """What the answer says of the birth: "34", "34 tuổi", "1992", "sinh năm 92", "03/4/1992" (day first).

    A month and a year keep the year. A bare number of two digits is an age only where it cannot be meant as a year.
    Raises Unclear for the future, for ages of 0 or above 120, for fractions and for what is neither.
    """
    if len(text) > _LONGEST:
        raise Unclear("unclear.birth.form")
    said = _LEAD.sub("", bare(text), count=1)
    if _NEGATIVE.fullmatch(said):
        raise Unclear("unclear.birth.negative")
    if _NOT_WHOLE.fullmatch(said):
        raise Unclear("unclear.birth.not_whole")
    if age := _AGE.fullmatch(said):
        return _from_age(int(age[1]), today)
    if _BARE.fullmatch(said):
        return _from_bare(said, today)
    if year := _YEAR.fullmatch(said):
        return _from_year(year[1] or year[2], today)
    return _from_date(_DATE_LEAD.sub("", said, count=1), today)


def show_birth(birth: Birth) -> str:
    """The birth as it was said: "03/4/1992", "1992" or "34"."""
    if birth.date:
        return show_date(birth.date)
    return str(birth.list_age(birth.said_on)) if birth.said_on else str(birth.year)


def _from_age(age: int, today: dt.date) -> Birth:
    if not 1 <= age <= OLDEST:
        raise Unclear("unclear.birth.age", lowest=1, highest=OLDEST)
    return Birth("age", None, today.year - age, today)


def _from_bare(digits: str, today: dt.date) -> Birth:
    if len(digits) == 2 and (digits[0] == "0" != digits[1] or int(digits) > _HIGHEST_BARE_AGE):
        raise Unclear("unclear.birth.short_year", number=digits, year=_full_year(digits, today))
    return _from_age(int(digits), today)


def _full_year(digits: str, today: dt.date) -> int:
    """Two digits as a year of the hundred that end today."""
    return today.year - (today.year - int(digits)) % 100 if len(digits) == 2 else int(digits)


def _from_year(digits: str, today: dt.date) -> Birth:
    year = _full_year(digits, today)
    if year > today.year:
        raise Unclear("unclear.birth.future")
    if year < today.year - OLDEST:
        raise Unclear("unclear.birth.long_ago", year=year, lowest=today.year - OLDEST)
    return Birth("year", None, year)


def _from_date(said: str, today: dt.date) -> Birth:
    try:
        when = read_month_or_date(said, today)
    except Unclear as unclear:
        if unclear.reason == "unclear.date.form":
            raise Unclear("unclear.birth.form") from None
        raise
    if not when.day:
        return _from_year(str(when.year), today)
    _from_year(str(when.year), today)
    born = when.latest()
    if born > today:
        raise Unclear("unclear.birth.future")
    return Birth("date", born, born.year)


def _completed_years(born: dt.date, day: dt.date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _years_before(day: dt.date, years: int) -> dt.date:
    """The last day of birth that makes `years` on the day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return dt.date(day.year - years, 2, 28)

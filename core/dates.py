"""Dates and times as Vietnamese people type them and as Vietnamese documents print them; the day always comes first."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, time, timedelta

from core.unclear import Unclear
from core.vietnamese import bare

FIRST_YEAR = 1900
YEARS_AHEAD = 10  # no plan reaches further; two-digit years beyond it belong to the last century

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH_NAME = "(?P<name>" + "|".join(_MONTHS) + r")[a-z]*\.?"
_LONGEST = 60
_WEEKDAY = r"(?:thu (?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat|t[2-7]|cn|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)"
_LEAD = re.compile(rf"(?:{_WEEKDAY}(?:,| |$)\s*)?(?:(?:vao |on )?(?:ngay|date)\b:?\s*)?")
_ABOUT = re.compile(r"(?:(?:vao|khoang|chung|tam|dau|giua|cuoi|hoi|in|about|around|early|late|mid)[ -])*")
_D, _M, _Y = r"(?P<d>\d{1,2})", r"(?P<m>\d{1,2})", r"(?P<y>\d+)"
_SEP = r"\s*[/.\-, ]\s*"
_MONTH_WORD = r"(?:thang|thg\.?|th\.?)"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII)


# Each row is a way to write a date; what a row does not name (year, day) was not said.
_WAYS = (
    _pattern(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"),
    _pattern(rf"{_D}{_SEP}{_M}{_SEP}(?:nam\s*)?{_Y}"),
    _pattern(rf"{_D}[ ,/-]*{_MONTH_WORD}\s*{_M}(?:[ ,/.-]*(?:nam\s*)?{_Y})?"),
    _pattern(rf"{_D}(?:st|nd|rd|th)?[ -](?:of )?{_MONTH_NAME}(?:[ ,-]+{_Y})?"),
    _pattern(rf"{_MONTH_NAME} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:[ ,]+(?P<y>\d{{4}}))?"),
    _pattern(r"(?P<d>\d{2})(?P<m>\d{2})(?P<y>\d{4})"),
    _pattern(rf"{_D}{_SEP}{_M}"),
)
_MONTH_WAYS = (
    _pattern(r"(?P<m>\d{1,2})\s*[/.\- ]\s*(?P<y>\d{4})"),
    _pattern(r"(?P<y>\d{4})\s*[/.-]\s*(?P<m>\d{1,2})"),
    _pattern(rf"{_MONTH_WORD}\s*{_M}(?:[ ,/.-]*(?:nam\s*)?{_Y})?"),
    _pattern(rf"{_MONTH_NAME}(?:[ ,]+{_Y})?"),
    _pattern(r"(?:nam\s*)?(?P<y>\d{4})"),
)
_DAYS_AGO = {"hom nay": 0, "today": 0, "hom qua": 1, "yesterday": 1, "hom kia": 2}
_MONTHS_AGO = {"thang nay": 0, "this month": 0, "thang truoc": 1, "thang roi": 1, "last month": 1}
_YEARS_AGO = {"nam nay": 0, "this year": 0, "nam ngoai": 1, "nam truoc": 1, "last year": 1, "nam kia": 2}
_THAT_YEAR = _pattern(r"(?<=\d) (nam nay|nam ngoai|this year|last year)$")
_AGO = _pattern(r"(?P<n>\d{1,2}) (?:(?P<months>thang|months?)|nam|years?) (?:truoc|ago)")

_WEEKDAYS = {
    "vi": ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which only the month or only the year may be known."""

    year: int
    month: int | None = None
    day: int | None = None

    def latest(self) -> date:
        """The last day it can mean; may lie after today ("năm nay")."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @staticmethod
    def of_iso(text: str) -> PartialDate:
        """The date of "2026-09-15", "2026-09" or "2026"."""
        return PartialDate(*(int(part) for part in text.split("-")))

    def iso(self) -> str:
        """The inverse of `of_iso`."""
        return "-".join([f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part)])


def read_date(text: str, today: date) -> date:
    """The day that was meant, day first, month never first; raises Unclear without day, month or year.

    Takes 3/11/2024 (also . - or spaces), 03112024, 2024-11-03, "ngày 3 tháng 11 năm 2024", "3 thg 11 2024",
    "3 Nov 2024", "hôm nay", "hôm qua". Two-digit years fall into the hundred years that end 10 years after today:
    in 2026 "24" is 2024, "36" is 2036, "37" is 1937. Whether the future is allowed is for the caller.
    """
    said = _LEAD.sub("", _clean(text, today), count=1)
    if said in _DAYS_AGO:
        return today - timedelta(days=_DAYS_AGO[said])
    found = _first(_WAYS, said)
    if not found:
        raise Unclear("unclear.date.no_day" if _first(_MONTH_WAYS, said) else "unclear.date.form")
    return _date(found, today)


def read_month_or_date(text: str, today: date) -> PartialDate:
    """The date as far as it was said: "03/11/2024", "tháng 9/2026", "khoảng tháng 9 năm 2026", "năm 2024", "năm ngoái".

    Raises Unclear as `read_date` does.
    """
    said = _ABOUT.sub("", _clean(text, today), count=1)
    if said in _MONTHS_AGO:
        return _months_before(today, _MONTHS_AGO[said])
    if said in _YEARS_AGO:
        return PartialDate(today.year - _YEARS_AGO[said])
    if ago := _AGO.fullmatch(said):
        count = int(ago["n"])
        return _months_before(today, count) if ago["months"] else PartialDate(today.year - count)
    if found := _first(_MONTH_WAYS, said):
        return _month(found, today)
    day = read_date(said, today)
    return PartialDate(day.year, day.month, day.day)


def _clean(text: str, today: date) -> str:
    if len(text) > _LONGEST:
        raise Unclear("unclear.date.form")
    return _THAT_YEAR.sub(lambda found: f" nam {today.year - _YEARS_AGO[found[1]]}", bare(text))


def _first(ways: tuple[re.Pattern[str], ...], said: str) -> dict[str, str] | None:
    """What the first fitting way names."""
    for way in ways:
        if found := way.fullmatch(said):
            return {part: digits for part, digits in found.groupdict().items() if digits}
    return None


def _date(found: dict[str, str], today: date) -> date:
    day, month = int(found["d"]), _month_number(found)
    year = _year(found["y"], today) if "y" in found else None
    if month > 12 and 1 <= day <= 12 and year and 1 <= month <= calendar.monthrange(year, day)[1]:
        raise Unclear("unclear.date.month_first", example=show_date(date(year, day, month)))
    if not 1 <= month <= 12:
        raise Unclear("unclear.date.no_such_month", month=month)
    leap_year = 2024  # without a year, 29 February may be
    if not 1 <= day <= calendar.monthrange(year or leap_year, month)[1]:
        raise Unclear("unclear.date.no_such_day", date=f"{day}/{month}/{year}" if year else f"{day}/{month}")
    if year is None:
        raise Unclear("unclear.date.no_year", date=f"{day}/{month}")
    return date(year, month, day)


def _month(found: dict[str, str], today: date) -> PartialDate:
    month = _month_number(found) if "m" in found or "name" in found else None
    if month is not None and not 1 <= month <= 12:
        raise Unclear("unclear.date.no_such_month", month=month)
    if "y" not in found:
        raise Unclear("unclear.date.no_year", date=f"{month}")
    return PartialDate(_year(found["y"], today), month)


def _month_number(found: dict[str, str]) -> int:
    return int(found["m"]) if "m" in found else _MONTHS.index(found["name"]) + 1


def _year(digits: str, today: date) -> int:
    last = today.year + YEARS_AHEAD
    if len(digits) == 2:
        return last - (last - int(digits)) % 100
    if len(digits) != 4 or not FIRST_YEAR <= int(digits) <= last:
        raise Unclear("unclear.date.year", year=digits[:8], lowest=FIRST_YEAR, highest=last)
    return int(digits)


def _months_before(today: date, count: int) -> PartialDate:
    year, month = divmod(today.year * 12 + today.month - 1 - count, 12)
    return PartialDate(year, month + 1)


def months_later(day: date, count: int) -> date:
    """The same day so many months on; where that month is shorter, its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def read_time(text: str) -> time:
    """A time of day: "7h30", "7h", "07:00", "7 giờ 30 phút"; raises Unclear, also for 24:00."""
    found = _pattern(r"(\d{1,2}) ?(?:h|:|gio) ?(?:(\d{2})(?: ?phut|p)?)?").fullmatch(bare(text))
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if hour > 23 or minute > 59:
        raise Unclear("unclear.time.form")
    return time(hour, minute)


def show_date(day: date) -> str:
    """The short form: "07/4/2021", "28/02/2023".

    Source: Decree 30/2020/NĐ-CP: days below 10 and, of the months, 1 and 2 alone get a 0.
    """
    return f"{day.day:02}/{_padded(day.month)}/{day.year}"


def show_partial(when: PartialDate) -> str:
    """The date as far as it is known: "07/4/2021", "4/2021" or "2021"."""
    if when.day:
        return show_date(when.latest())
    return f"{_padded(when.month)}/{when.year}" if when.month else f"{when.year}"


def long_date(day: date) -> str:
    """The form of documents: "ngày 07 tháng 4 năm 2021". Source: Decree 30/2020/NĐ-CP."""
    return f"ngày {day.day:02} tháng {_padded(day.month)} năm {day.year}"


def show_weekday(day: date, language: str) -> str:
    """The name of the weekday: "Thứ Sáu", "Chủ nhật"; English for every language but Vietnamese."""
    return _WEEKDAYS.get(language, _WEEKDAYS["en"])[day.weekday()]


def show_time(at: time) -> str:
    """The time as notices print it: "07 giờ 30 phút"."""
    return f"{at:%H} giờ {at:%M} phút"


def _padded(month: int) -> str:
    return f"{month:02}" if month <= 2 else f"{month}"

"""What a cell of a plan says, as officers type it into Excel or Word; where it may say something else too, a finding asks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Generic, TypeVar

from core.counts import read_count
from core.dates import read_date, read_time
from core.findings import Finding, Value, Weekday
from core.unclear import Unclear
from core.vietnamese import fold, narrow, nfc

Cell = str | int | float | bool | date | datetime | time | None
T = TypeVar("T")

_HIGHEST = 9_999_999  # the whole country gives 1.7 million units a year
_QUOTED = 60
_EMPTY = {"", "-", "...", "…", "n/a"}


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """What a cell says. `value` None: nothing, or it could not be read; then the findings are grave."""

    value: T | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanDay:
    """The day of a round, and whether it is only "dự kiến"."""

    day: date
    tentative: bool = False


@dataclass(frozen=True, slots=True)
class Hours:
    """Local "HH:MM"; `closes` is "" where only the beginning is said."""

    opens: str
    closes: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """The place, and further ones while it is open which."""

    place: str
    alternatives: tuple[str, ...] = ()


def _typed(cell: Cell) -> str:
    """A cell as one line of text; "" where it only marks that there is nothing."""
    text = nfc(
        narrow(f"{cell:.12g}".replace(".", ",") if isinstance(cell, float) else str("" if cell is None else cell))
    )
    return "" if fold(text) in _EMPTY else text


def _asked(code: str, cell: Cell, **params: Value) -> Finding:
    return Finding(code, {"typed": _quoted(cell), **params})


def _unread(code: str, cell: Cell, **params: Value) -> Read[T]:
    return Read(None, (Finding(code, {"typed": _quoted(cell), **params}, grave=True),))


def _quoted(cell: Cell) -> str:
    """A cell as a question repeats it; whoever pasted a page into it knows it by its beginning."""
    typed = _typed(cell)
    return typed if len(typed) <= _QUOTED else f"{typed[:_QUOTED].rstrip()}…"


# Counts

_AT_LEAST = (
    r"(?:>=?|≥|~|≈|±|\+/-|tu|tren|hon|it nhat|toi thieu|khoang|tam|chung|uoc|uoc tinh|du kien|about|at least|over)"
)
_COUNT = re.compile(
    rf"(?:(?:chi tieu|target)[ :]*)?(?P<about>(?:{_AT_LEAST}[ :]*)*)(?P<number>[0-9][0-9.,]*)"
    r"\s*(?:don vi|dv|nguoi|luot|units?|people|donors?)?(?: (?:mau|hien mau|dang ky|of blood|nguoi))*"
    r"(?P<more>\s*\(?(?:\+|tro len|or more|du kien)\)?)?",
    re.ASCII,
)
_RANGE = re.compile(r"\D*?([0-9][0-9.]*)\s*(?:-|den|toi|to)\s*([0-9][0-9.]*)\D*")
_COMMA = "unclear.count.comma"


def count_cell(cell: Cell) -> Read[int]:
    """A whole number: 250, "250", "3.950" (3950), "≥ 700" and "khoảng 250" with a question; "3,950" is 3950 or 3.95, so only asked."""
    if isinstance(cell, bool | date | time):
        return _unread("count_unread", cell)
    if isinstance(cell, float) and not cell.is_integer():
        return _unread("count_fraction", cell)
    typed = _typed(int(cell) if isinstance(cell, float) else cell)
    if not typed:
        return Read(None)
    said = fold(typed).strip(" .")
    if found := _RANGE.fullmatch(said):
        return _unread("count_range", cell, low=found[1], high=found[2])
    found = _COUNT.fullmatch(said)
    if not found:
        return _unread("count_unread", cell)
    try:
        count = read_count(found["number"].rstrip(".,"), highest=_HIGHEST)
    except Unclear as unclear:
        return _unclear_count(unclear, cell, found["number"])
    about = found["about"] or found["more"]
    return Read(count, (_asked("count_about", cell, value=count),) if about else ())


def _unclear_count(unclear: Unclear, cell: Cell, number: str) -> Read[int]:
    if unclear.reason != _COMMA:
        return _unread("count_fraction" if "," in number or "." in number else "count_unread", cell)
    head, *groups = number.split(",")
    whole, part = "".join((head, *groups)), Decimal(f"{head}.{''.join(groups)}").normalize()
    # `plain`: as it is to be written, without a sign that one language groups by and another parts decimals with.
    return _unread("count_comma", cell, whole=int(whole), decimal=part, plain=str(int(whole)))


_PERCENT = re.compile(r"([0-9]{1,3}(?:[.,][0-9]+)?) ?%?")


def percent_cell(cell: Cell) -> Read[int]:
    """A share in whole percent: "80 %", 80, and 0.8 as Excel keeps 80 %. Rounding is asked about."""
    if isinstance(cell, bool | date | time):
        return _unread("percent_unread", cell)
    typed = _typed(cell)
    if not typed:
        return Read(None)
    found = _PERCENT.fullmatch(fold(typed))
    share = float(found[1].replace(",", ".")) if found else 0.0
    # A percentage in Excel is a number up to 1; 1 itself may be 100 % or 1 %.
    shown = round(share * 100, 6) if 0 < share <= 1 and "%" not in typed else share
    if not 1 <= round(shown) <= 100:
        return _unread("percent_unread", cell)
    certain = shown == round(shown) and share != 1
    return Read(round(shown), () if certain else (_asked("percent_about", cell, value=round(shown)),))


# Dates

_DAY_WORDS = {"hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5}
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(
    r"\b(?:thu (?P<word>hai|ba|tu|nam|sau|bay)|(?:thu |t)(?P<digit>[2-7])|(?P<sunday>chu nhat|cn)"
    r"|(?P<english>mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?)\b(?! *(?:thang|nam)\b)"
)
_TENTATIVE = re.compile(r"\(?\b(?:du kien|dk|tentative(?:ly)?|expected)\b\)?[ :.]*")
_LEAD_IN = re.compile(r"^(?:thoi gian|time)?[ :]*(?:to chuc)?[ :]*")
_DOUBLED = re.compile(r"([/.\-])(?: *[/.\-])+")
# Why a date was not taken, and the question that this makes.
_DATE_CODES = {
    "unclear.date.no_day": "date_no_day",
    "unclear.date.no_such_month": "date_no_such_day",
    "unclear.date.no_such_day": "date_no_such_day",
    "unclear.date.no_year": "date_no_year",
    "unclear.date.year": "date_year",
}


def date_cell(cell: Cell, *, today: date, plan_year: int | None = None) -> Read[PlanDay]:
    """The day of a round, day first: "25/12/2020 (T6)", "Thứ Sáu, ngày 19/3/2021", "dự kiến 07/4/2021", or a date of Excel.

    A day without year is taken from `plan_year`, with a question; a month-first date, and a weekday that does not belong to the
    date, are asked about.
    """
    if isinstance(cell, datetime):
        return Read(PlanDay(cell.date()))
    if isinstance(cell, date):
        return Read(PlanDay(cell))
    typed = _typed(cell)
    if not typed:
        return Read(None)
    if isinstance(cell, int | float | time) or not any(sign.isdigit() for sign in typed):
        return _unread("date_unread", cell)
    said = fold(typed)
    tentative = bool(_TENTATIVE.search(said))
    said = _TENTATIVE.sub(" ", said)
    weekday = _WEEKDAY.search(said)
    said = _LEAD_IN.sub("", re.sub(r"[()]", " ", _WEEKDAY.sub(" ", said)).strip(" ,;.-"))
    mended = _DOUBLED.sub(r"\1", said)
    read = _day(mended, cell, today, plan_year)
    if read.value is None:
        return Read(None, read.findings)
    findings = list(read.findings)
    if mended != said:
        findings.append(_asked("date_typo", cell, date=read.value))
    if weekday and _weekday(weekday) != read.value.weekday():
        findings.append(_other_weekday(cell, read.value, _weekday(weekday)))
    return Read(PlanDay(read.value, tentative), tuple(findings))


def _day(said: str, cell: Cell, today: date, plan_year: int | None) -> Read[date]:
    try:
        return Read(read_date(said, today))
    except Unclear as unclear:
        if unclear.reason == "unclear.date.month_first":
            example = read_date(str(unclear.params["example"]), today)
            return _unread("date_month_first", cell, date=example)
        if unclear.reason == "unclear.date.no_year" and plan_year:
            read = _day(f"{unclear.params['date']}/{plan_year}", cell, today, None)
            asked = (_asked("date_year_taken", cell, date=read.value),) if read.value else read.findings
            return Read(read.value, asked)
        return _unread(_DATE_CODES.get(unclear.reason, "date_unread"), cell)


def weekday_asked(cell: Cell, day: date) -> tuple[Finding, ...]:
    """The question where a column of weekdays ("Thứ Sáu", "Sáu", "T6", 6, "CN") does not belong to the date beside it."""
    said = fold(_typed(cell))
    weekday = _WEEKDAY.search(said) or _WEEKDAY.search(f"thu {said}")
    if weekday is None or _weekday(weekday) == day.weekday():
        return ()
    return (_other_weekday(cell, day, _weekday(weekday)),)


def _other_weekday(cell: Cell, day: date, said: int) -> Finding:
    """Date and weekday disagree; where they agree once day and month change places, that is asked too."""
    facts: dict[str, date | Weekday] = {"date": day, "said": Weekday(said), "real": Weekday(day.weekday())}
    swapped = day.replace(day=day.month, month=day.day) if day.day <= 12 else day
    if swapped.weekday() == said:
        return _asked("weekday_month_first", cell, **facts, swapped=swapped)
    return _asked("weekday", cell, **facts)


def _weekday(found: re.Match[str]) -> int:
    if found["word"]:
        return _DAY_WORDS[found["word"]]
    if found["digit"]:
        return int(found["digit"]) - 2
    return 6 if found["sunday"] else _ENGLISH_DAYS.index(found["english"])


# Hours

_AROUND_HOURS = re.compile(
    r"^(?:buoi sang|sang|tu|luc|from|at)[ :]+|[ ,(]+(?:buoi sang|sang|cung ngay|am)\)?$|[ ,]+ngay .*$"
)
_MINUTE_SIGN, _HOUR_SIGN = re.compile(r"(?<=\d)'"), re.compile(r"(?<=\d) ?g(?= ?\d|$|[ -])")  # 7h30', 7g30
_BETWEEN_HOURS = re.compile(r"\s*(?:-+|\bden\b|\btoi\b|\bto\b)\s*")


def hours_cell(cell: Cell) -> Read[Hours]:
    """When a round opens and closes: "07 giờ 00 phút đến 11 giờ 30", "7h30-11h30", "08:00–09:00", or the beginning alone."""
    if isinstance(cell, datetime | time):
        return Read(Hours(f"{cell:%H:%M}"))
    typed = _typed(cell)
    if not typed:
        return Read(None)
    said, before = _HOUR_SIGN.sub("h", _MINUTE_SIGN.sub("", fold(typed))).strip(" .,;"), ""
    while said != before:
        said, before = _AROUND_HOURS.sub("", said).strip(), said
    parts = _BETWEEN_HOURS.split(said)
    try:
        hours = [f"{read_time(part):%H:%M}" for part in parts]
    except Unclear:
        several = len(re.findall(r"\d{1,2} ?(?:h|:|gio)", said)) > 2
        return _unread("hours_several" if several else "hours_unread", cell)
    return Read(Hours(*hours)) if len(hours) <= 2 else _unread("hours_several", cell)


# Places, lists, yes and no

_OR = re.compile(r"\s+(?:hoặc là|hoặc|hoac|or)\s+", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[-+•*–]+|\d{1,2}[.)])\s*")


def place_cell(cell: Cell) -> Read[Places]:
    """The place; "A hoặc B" is A with an alternative."""
    typed = _typed(cell)
    names = tuple(dict.fromkeys(filter(None, (name.strip(" ,;.") for name in _OR.split(typed)))))
    return Read(Places(names[0], names[1:])) if names else Read(None)


def list_cell(cell: Cell) -> Read[tuple[str, ...]]:
    """Names split at semicolons and line ends, without bullets, each once."""
    lines = re.split(r"[;\n\r]+", str("" if cell is None else cell))
    names = (_BULLET.sub("", nfc(line)).strip(" ,.") for line in lines)
    return Read(tuple(dict.fromkeys(name for name in names if fold(name) not in _EMPTY)))


_YES = {"x", "co", "dung", "yes", "y", "true", "1", "du kien", "chua chot", "tentative", "v", "✓", "✔"}
_NO = {"khong", "no", "n", "false", "0", "chinh thuc", "co dinh", "da chot", "fixed", "sai"}


def yes_cell(cell: Cell) -> Read[bool]:
    """Whether a column such as "dự kiến" is ticked."""
    said = fold(_typed(cell)).strip(" .")
    if not said:
        return Read(None)
    if said in _YES or said in _NO:
        return Read(said in _YES)
    return _unread("yes_unread", cell)

"""What an officer types about a round: short lines for hours, places, parts, slots and reminders, and how they are shown again.

Readers raise Unclear. What they return are columns of a round as JSON holds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from core.dates import read_time, show_date
from core.notices import LONGEST_DAYS, Reminder, reminders_text
from core.plan_cells import count_cell, date_cell, hours_cell, list_cell, percent_cell, place_cell
from core.unclear import Unclear
from core.vietnamese import bare, narrow, nfc

LONGEST = 200  # A line of a card that a phone still shows.
_MOST_ROWS = 20  # Slots and parts of one day.
_ROWS = re.compile(r"[;\n]")
_TIME = r"\d{1,2} ?(?:h|:|gio) ?(?:\d{2})?(?: ?phut|p)?"
_SLOT = re.compile(rf"(?P<starts>{_TIME}) ?(?:=|:|-| ) ?(?P<seats>\d[\d.,]*)(?: ?(?:nguoi|cho|suat|people|seats))?")
_REMINDER = re.compile(
    rf"(?:truoc )?(?P<days>\d{{1,3}}) ?(?:ngay|days?|d)?(?: truoc| before)?(?:,? ?(?:luc|at))? (?P<at>{_TIME})"
)
_SPOT = re.compile(r"(?P<lat>-?\d{1,2}\.\d+)[,; ]+(?P<lon>-?\d{1,3}\.\d+)")

# What the cells of a plan ask about a date, as a chat asks again.
_DATE_REASONS = {
    "date_month_first": "unclear.rounds_month_first",
    "date_no_day": "unclear.date.no_day",
    "date_no_such_day": "unclear.rounds_no_such_day",
    "date_no_year": "unclear.rounds_no_year",
}


def read_words(text: str) -> str:
    """A line of words, as it is kept."""
    words = nfc(text)
    if not any(letter.isalnum() for letter in words):
        raise Unclear("unclear.rounds_words")
    if len(words) > LONGEST:
        raise Unclear("unclear.long", highest=LONGEST)
    return words


def read_number(text: str, lowest: int, highest: int) -> int:
    """A whole number: "200", "1.060", "200 người". "3,950" is asked about: it may mean 3.95."""
    read = count_cell(text)
    if read.value is None:
        comma = any(finding.code == "count_comma" for finding in read.findings)
        raise Unclear("unclear.rounds_number.comma" if comma else "unclear.rounds_number.form")
    if not lowest <= read.value <= highest:
        raise Unclear("unclear.rounds_number.range", lowest=lowest, highest=highest)
    return read.value


def read_percent(text: str) -> int:
    """A share in a hundred: "80", "80 %"."""
    share = percent_cell(text).value
    if share is None:
        raise Unclear("unclear.rounds_percent")
    return share


def read_day(text: str, today: date) -> dict[str, Any]:
    """The day, and whether it may still move: "18/12/2026", "dự kiến 18/12/2026". A weekday that is another day's is asked about."""
    read = date_cell(text, today=today)
    if read.value is None:
        raise Unclear(_DATE_REASONS.get(read.findings[0].code if read.findings else "", "unclear.date.form"))
    if any(finding.code == "weekday" for finding in read.findings):
        raise Unclear("unclear.rounds_weekday", date=show_date(read.value.day))
    return {"held_on": read.value.day.isoformat(), "tentative": read.value.tentative}


def read_span(text: str, _: date | None = None) -> dict[str, Any]:
    """From when to when: "07:00-11:30", "7h30 đến 11h30"; "7h" where the end is open."""
    hours = hours_cell(text).value
    if hours is None:
        raise Unclear("unclear.rounds_hours")
    if hours.closes and hours.closes <= hours.opens:
        raise Unclear("unclear.rounds_hours_order", opens=hours.opens, closes=hours.closes)
    return {"opens": hours.opens, "closes": hours.closes}


def _hour(text: str) -> str:
    return read_time(text).strftime("%H:%M")


def show_span(opens: str, closes: str) -> str:
    """As in "07:00–11:30"; the end may be open."""
    return f"{opens}–{closes}" if closes else opens


def read_places(text: str, _: date | None = None) -> dict[str, Any]:
    """One place, or several that are still possible: "Nhà Văn hoá hoặc Hội trường". Nothing of an earlier place's address stays."""
    places = place_cell(text).value
    place, *others = [read_words(name) for name in ((places.place, *places.alternatives) if places else ("",))]
    return {"place": place, "place_or": others, "place_address": "", "lat": None, "lon": None}


def read_spot(text: str, _: date | None = None) -> dict[str, Any]:
    """A point on the map, as map programs copy it: "21.853, 106.761"."""
    found = _SPOT.search(narrow(nfc(text)))
    if not found or not -90 <= float(found["lat"]) <= 90 or not -180 <= float(found["lon"]) <= 180:
        raise Unclear("unclear.rounds_map")
    return {"lat": float(found["lat"]), "lon": float(found["lon"])}


def _rows(text: str) -> list[str]:
    rows = [row for row in map(nfc, _ROWS.split(text)) if row]
    if not rows:
        raise Unclear("unclear.rounds_words")
    if len(rows) > _MOST_ROWS:
        raise Unclear("unclear.rounds_rows", highest=_MOST_ROWS)
    return rows


def read_parts(text: str, _: date | None = None) -> dict[str, Any]:
    """What happens where and when, a part a line: "Lễ phát động, 08:00-09:00, Hội trường UBND, ghi chú"."""
    return {"parts": [_part(row) for row in _rows(text)]}


def _part(row: str) -> dict[str, str]:
    name, *facts = [fact for fact in map(nfc, row.split(",")) if fact] or [""]
    span = {"opens": "", "closes": ""}
    if facts and any(letter.isdigit() for letter in facts[0][:3]):
        span = read_span(facts.pop(0))
    place, *note = facts or [""]
    return {"name": read_words(name), **span, "place": place, "note": ", ".join(note)}


def show_part(*, name: str, opens: str = "", closes: str = "", place: str = "", note: str = "") -> str:
    """A part as it is typed."""
    return ", ".join(filter(None, (name, show_span(opens, closes), place, note)))


def read_slots(text: str, _: date | None = None) -> dict[str, Any]:
    """Hours of arrival and how many people each takes: "07:30=40; 08:30=40"."""
    slots: dict[str, int] = {}
    for row in _rows(text.replace(",", ";")):
        found = _SLOT.fullmatch(bare(row))
        if not found:
            raise Unclear("unclear.rounds_slots", row=row[:40])
        starts = _hour(found["starts"])
        if starts in slots:
            raise Unclear("unclear.rounds_slots_twice", hour=starts)
        slots[starts] = read_number(found["seats"], 1, 10_000)
    return {"slots": [{"starts": starts, "capacity": slots[starts]} for starts in sorted(slots)]}


def read_reminders(text: str, _: date | None = None) -> dict[str, Any]:
    """Days before and the local hour: "7 08:00, 1 18:00, 0 06:00"; 0 is the day itself. One reminder a day."""
    found_on: dict[int, Reminder] = {}
    for row in _rows(text.replace(",", ";")):
        found = _REMINDER.fullmatch(bare(row))
        days = int(found["days"]) if found else LONGEST_DAYS + 1
        if not found or days > LONGEST_DAYS or days in found_on:
            raise Unclear("unclear.rounds_reminders", highest=LONGEST_DAYS)
        found_on[days] = Reminder(days, read_time(found["at"]))
    return {"reminders": reminders_text(sorted(found_on.values(), key=lambda reminder: -reminder.days))}


def names_of(column: str) -> Callable[[str, date], dict[str, Any]]:
    """A reader of names: one a line, or with semicolons between them."""

    def read(text: str, _: date) -> dict[str, Any]:
        names = list_cell(text).value
        if not names:
            raise Unclear("unclear.rounds_words")
        return {column: [read_words(name) for name in names]}

    return read

"""A round as a calendar entry."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from core.dates import show_date
from core.rounds import Round, RoundState
from handlers.documents.paper import Document, Paper, Params, Progress, quiet, slug
from storage import rounds
from storage.database import Tx

if TYPE_CHECKING:
    from icalendar import Calendar, Event

_DAY = timedelta(days=1)
_MORNING_BEFORE = timedelta(hours=15)  # an all-day entry begins at midnight; nobody wants to be told at midnight


def filename(params: Params, paper: Paper) -> str:
    """As "lich-hien-mau-lc-2021-03.ics"."""
    return f"{slug(paper.text('file.round'), params['round'])}.ics"


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:
    """One VEVENT; the same round gives the same UID, so that a second file moves the entry and adds none."""
    found = await rounds.by_code(tx, params["round"])
    if found is None:
        raise LookupError(f"no round has the code {params['round']}")
    _save(found, paper, path)
    progress(1, 1)


def _save(found: Round, paper: Paper, path: Path) -> None:
    path.write_bytes(_calendar(found, paper).to_ical())


def _calendar(found: Round, paper: Paper) -> Calendar:
    # Imported here: it costs a start more than all the rest of this package.
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Giot Hong//giothong//VI")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_event(found, paper))
    calendar.add_missing_timezones(first_date=found.held_on - _DAY, last_date=found.held_on + _DAY)
    return calendar


def _event(found: Round, paper: Paper) -> Event:
    from icalendar import Alarm, Event

    event = Event()
    span = found.span(paper.zone)
    title = paper.text("ics.summary", name=found.name)
    facts = {
        "uid": f"{found.code}@giothong",
        "dtstamp": paper.now,
        "dtstart": span[0] if span else found.held_on,
        "dtend": span[1] if span and found.closes and span[1] > span[0] else None if span else found.held_on + _DAY,
        "summary": title,
        "location": ", ".join(filter(None, (found.place, found.place_address))),
        "geo": None if found.lat is None or found.lon is None else (found.lat, found.lon),
        "description": _description(found, paper),
        "status": _status(found),
    }
    for name, value in facts.items():
        if value:
            event.add(name, value)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", paper.text("ics.alarm", title=title))
    alarm.add("trigger", -_DAY if span else -_MORNING_BEFORE)
    event.add_component(alarm)
    return event


def _status(found: Round) -> str:
    if found.state is RoundState.CANCELLED:
        return "CANCELLED"
    return "TENTATIVE" if found.tentative else "CONFIRMED"


def _description(found: Round, paper: Paper) -> str:
    lines = (
        found.occasion,
        paper.text("next.deadline", date=show_date(found.deadline_on)) if found.deadline_on else "",
        paper.text("next.tentative") if found.tentative else "",
        paper.organisation,
    )
    return "\n".join(filter(None, lines))


DOCUMENT = Document("round.ics", heavy=False, filename=filename, write=write)

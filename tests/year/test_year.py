"""The year 2021 of Lai Châu, day by day: 18 rounds, 500 donors. What each kind of donor heard stands in lai_chau_2021.txt, and was read.

UPDATE_TRANSCRIPTS=1 writes the file anew; then read each line.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from core.eligibility import eligible_on
from core.rounds import RoundState
from handlers.round_changes import apply
from storage import donors, notices, people, rounds
from storage.database import Tx
from storage.notices import Wishes
from tests.year.cast import CROWD, KINDS, Act, Kind, by_moment, crowd_acts, donor, moment
from tests.year.stage import HOURS, MORNING, ZONE, Year, year

_FILE = Path(__file__).parent / "lai_chau_2021.txt"
_TICKET = re.compile(r"\b[2-9A-Z]{3} [2-9A-Z]{3}\b")  # drawn by lot
_FIRST, _LAST = date(2020, 12, 1), date(2021, 12, 10)
_MOVED, _NEW_DAY = "LC-2021-10", date(2021, 6, 25)
_CALLED_OFF, _SMALL = "LC-2021-12", "LC-2021-16"
# (days before, hour) of the usual reminders, written down apart from the program's own table.
_REMINDERS = ((7, time(8)), (3, time(8)), (1, time(18)), (0, time(7)))


async def _settle_in(stage: Year) -> dict[str, list[str]]:
    """Everybody is registered; the crowd by round that invites them."""
    app = stage.app
    codes = dict(stage.rows("SELECT code, id FROM units"))
    below = sorted(codes[code] for code in codes if code.count("-") == 1 and code.startswith("LC-"))
    homes = {f"year:crowd{number}": below[number % len(below)] for number in range(CROWD)}
    rules = app.house.rules.of("", _FIRST)

    async def fill(tx: Tx) -> None:
        for kind in KINDS:
            person = await people.keep(tx, kind.address, kind.language, app.clock.at())
            registered = replace(
                donor(kind.name, codes[kind.unit], last=kind.last, kind=kind.kind), stopped=kind.stopped
            )
            day = eligible_on(rules, registered)
            await donors.save(tx, person, registered, app.clock.at(), eligible_on=day)
            if kind.agreed is not None:
                await notices.keep(tx, person, Wishes(eligible=kind.agreed))
        for address, unit in homes.items():
            person = await people.keep(tx, address, "vi", app.clock.at())
            await donors.save(tx, person, donor("crowd", unit), app.clock.at(), eligible_on=None)

    await app.database.write(fill)
    invites = stage.rows("SELECT r.code, u.unit_id FROM rounds r LEFT JOIN round_units u ON u.round_id = r.id")
    invited: dict[str, list[str]] = {code: [] for code, _ in invites}
    for code, unit in invites:
        invited[code] += [address for address, home in homes.items() if unit in {home, None}]
    return invited


async def _change(stage: Year, code: str, reason: str = "", **facts: object) -> None:
    """An officer changes a round."""

    async def work(tx: Tx) -> None:
        found = await rounds.by_code(tx, code)
        assert found
        await apply(tx, found, replace(found, **facts), by="year:officer", at=stage.app.clock.at(), reason=reason)

    await stage.app.database.write(work)


async def _gave_elsewhere(stage: Year, day: str) -> None:
    """The one who ignores us gave blood at another place, and their registration says so."""

    async def work(tx: Tx) -> None:
        [(person,)] = await tx.all("SELECT id FROM people WHERE address = 'year:ignores'")
        found = await donors.of_person(tx, person)
        assert found
        after = replace(found, last_donation=day, donations=found.donations + 1)
        rules = stage.app.house.rules.of("", date.fromisoformat(day))
        await donors.save(tx, person, after, stage.app.clock.at(), eligible_on=eligible_on(rules, after))

    await stage.app.database.write(work)


async def _events(stage: Year, now: datetime) -> None:
    """What officers and the world do, at their hours."""
    match f"{now:%d/%m %H}" if now.year == 2021 else "":
        case "11/06 10":
            await _change(stage, _MOVED, held_on=_NEW_DAY)
        case "20/08 10":
            await _change(stage, _CALLED_OFF, "mưa lũ, đường bị chia cắt", state=RoundState.CANCELLED)
        case "01/09 10":
            await _change(stage, _SMALL, capacity=2)
        case "16/01 10":
            await _gave_elsewhere(stage, "2021-01-15")
        case "02/05 10":
            await _gave_elsewhere(stage, "2021-05-01")
        case "01/04 10":
            stage.ear.deaf.add("year:blocked")
        case _:
            return
    # Changes are told once they have settled.
    await stage.go_to(now + timedelta(minutes=5))


def _days() -> Iterator[date]:
    day = _FIRST
    while day <= _LAST:
        yield day
        day += timedelta(days=1)


async def _live(stage: Year, crowd: dict[datetime, list[Act]]) -> None:
    """Every hour of every day at which something is due or done."""
    kinds: dict[datetime, list[tuple[Kind, tuple[str, ...]]]] = {}
    for kind in KINDS:
        for when, lines in kind.acts.items():
            kinds.setdefault(moment(when), []).append((kind, lines))
    for day in _days():
        for hour in HOURS:
            now = datetime.combine(day, hour, ZONE)
            await stage.go_to(now)
            if acts := crowd.pop(now, None):
                await stage.all_say([(act.address, f"{act.what} {act.round}") for act in acts])
            for kind, lines in kinds.pop(now, ()):
                await stage.say(kind.address, *lines)
            await _events(stage, now)
    assert not kinds, "everybody did what they do"
    assert not crowd


def _written(stage: Year) -> str:
    """What every kind of donor heard and did, for reading."""
    lines = [
        "# What each kind of donor hears in the year 2021 of Lai Châu. Written by tests/year/test_year.py; read before it is kept.",
        "",
    ]
    for kind in KINDS:
        lines += [f"== {kind.name}: {kind.promise}", ""]
        events = [(moment(when), 0, "\n".join(f"> {act}" for act in acts)) for when, acts in kind.acts.items()]
        # A file comes when it is made, so it may come after what else there was to say.
        events += [(heard.at, 1 + ("(file " in heard.text), heard.text) for heard in stage.ear.heard[kind.address]]
        for at, _, text in sorted(events, key=lambda event: (event[0].replace(second=0, microsecond=0), event[1])):
            first, *rest = _TICKET.sub("ABC 234", text).splitlines()
            lines += [f"{at:%d/%m/%Y %H:%M}  {first}", *(f"                  {line}".rstrip() for line in rest), ""]
    return "\n".join(lines).rstrip() + "\n"


def _due_days(code: str, day: date) -> list[tuple[date, int, datetime]]:
    """(day of the round, days before, due) of every reminder of a round, told by hand: moved on 11/6 at 10, called off on 20/8 at 10."""
    found = []
    for held in (day, _NEW_DAY) if code == _MOVED else (day,):
        for before, hour in _REMINDERS:
            due = datetime.combine(held - timedelta(days=before), hour, ZONE)
            stale = code == _MOVED and held == day and due > moment("11/6 10:00")
            early = code == _MOVED and held == _NEW_DAY and due < moment("11/6 10:00")
            off = code == _CALLED_OFF and due > moment("20/8 10:00")
            if not (stale or early or off):
                found.append((held, before, due))
    return found


def _expected(acts: list[Act], days: dict[str, date]) -> Counter[tuple[str, str, str, int]]:
    """(address, round, day, days before) of every reminder that the crowd must have heard, from what they did alone."""
    joined = {act.address: act for act in acts if act.what in ("/den", "/cothe")}
    left = {act.address: act.at for act in acts if act.what == "/rut"}
    found: Counter[tuple[str, str, str, int]] = Counter()
    for address, act in joined.items():
        for held, before, due in _due_days(act.round, days[act.round]):
            if act.at < due < left.get(address, datetime.max.replace(tzinfo=ZONE)):
                found[address, act.round, held.isoformat(), before] += 1
    return found


def _heard(stage: Year) -> Counter[tuple[str, str, str, int]]:
    """The same, as the tables have it of what was sent."""
    addresses = dict(stage.rows("SELECT id, address FROM people"))
    codes = dict(stage.rows("SELECT id, code FROM rounds"))
    found: Counter[tuple[str, str, str, int]] = Counter()
    for (key,) in stage.rows("SELECT dedupe_key FROM outbox WHERE dedupe_key LIKE 'remind:%' AND state = 'sent'"):
        _, round_, person, day, before = key.split(":")
        address = addresses[int(person)]
        if address.startswith("year:crowd"):
            found[address, codes[int(round_)], day, int(before)] += 1
    return found


@pytest.mark.slow
async def test_the_year_of_lai_chau(tmp_path: Path) -> None:
    """500 donors hear what they should, once, on the right day, and nothing else; each kind's chat is as it was reviewed."""
    async with year(tmp_path, datetime.combine(_FIRST, time(6), ZONE)) as stage:
        invited = await _settle_in(stage)
        days = {code: date.fromisoformat(day) for code, day in stage.rows("SELECT code, held_on FROM rounds")}
        acts = list(crowd_acts(invited, days, _SMALL))
        await _live(stage, by_moment(iter(acts)))
        written = _written(stage)
        if os.environ.get("UPDATE_TRANSCRIPTS"):
            _FILE.write_text(written, "utf-8")
        assert _heard(stage) == _expected(acts, days)
        # What the tables call sent is what arrived, and each message arrived once.
        sent = {number for (number,) in stage.rows("SELECT id FROM outbox WHERE state = 'sent' AND lane > 0")}
        assert sent <= set(stage.ear.numbers) and len(stage.ear.numbers) == len(set(stage.ear.numbers))
        left = stage.rows("SELECT state, count(*) FROM outbox WHERE state NOT IN ('sent', 'cancelled') GROUP BY state")
        assert left == [("failed", 1)], "the one who blocked us"
        assert all(heard.at.time() >= MORNING for chat in stage.ear.heard.values() for heard in chat)
    assert written == _FILE.read_text("utf-8")

"""Units and rounds from files: TOML with [[units]] and [[rounds]], or CSV with one unit a line."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import asdict
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.config import ConfigError
from core.rounds import Part, Round, RoundState, Slot
from core.vietnamese import nfc
from storage import rounds, units
from storage.database import Tx
from storage.units import UnitRow

Words = Annotated[str, AfterValidator(nfc)]


class UnitEntry(BaseModel):
    """A unit as files write it. By their codes: `parent`, those it `reports` to beside, and what it went `into` after its last day."""

    model_config = ConfigDict(extra="forbid")
    code: str = Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")
    name: Words = Field(min_length=1, max_length=200)
    kind: str = "unit"
    parent: str = ""
    aliases: list[Words] = []
    valid_from: date | None = None
    valid_to: date | None = None
    short_name: Words = Field("", max_length=200)
    reports: list[str] = []
    into: list[str] = []

    @model_validator(mode="after")
    def _ends_once(self) -> UnitEntry:
        if self.into and not self.valid_to:
            raise ValueError("into: a unit that went into another has a last day (valid_to)")
        return self

    def row(self) -> UnitRow:
        """As it is stored."""
        return UnitRow.of(self.model_dump(mode="json"))


class PartEntry(BaseModel):
    """One thing that happens at a round."""

    model_config = ConfigDict(extra="forbid")
    name: Words = Field(min_length=1, max_length=200)
    opens: time | None = None
    closes: time | None = None
    place: Words = ""
    note: Words = ""


class SlotEntry(BaseModel):
    """An hour of arrival and how many people it takes."""

    model_config = ConfigDict(extra="forbid")
    starts: time
    capacity: int = Field(ge=1)


class RoundEntry(BaseModel):
    """A round as files write it. `units` are codes; without them everybody is invited."""

    model_config = ConfigDict(extra="forbid")
    code: str = Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")
    number: int
    name: Words = Field(min_length=1)
    occasion: Words = ""
    held_on: date
    tentative: bool = False
    opens: time | None = None
    closes: time | None = None
    place: Words = Field(min_length=1)  # A pin without a name is refused by Telegram.
    place_address: Words = ""
    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)
    target: int | None = Field(None, ge=0)
    deadline_on: date | None = None
    state: RoundState = RoundState.OPEN
    units: list[str] = []
    place_or: list[Words] = []
    yield_percent: int | None = Field(None, ge=1, le=100)
    capacity: int | None = Field(None, ge=1)
    leading: list[Words] = []
    executing: list[Words] = []
    contact: Words = ""
    reminders: str | None = None
    rule_set: str = ""
    parts: list[PartEntry] = []
    slots: list[SlotEntry] = []


class Plan(BaseModel):
    """A whole file."""

    model_config = ConfigDict(extra="forbid")
    units: list[UnitEntry] = []
    rounds: list[RoundEntry] = []


def read_plan(path: Path) -> Plan:
    """Read a file. Raises ConfigError with one line that names the place."""
    try:
        data = _csv(path) if path.suffix.lower() == ".csv" else tomllib.loads(path.read_text("utf-8"))
        return Plan(**data)
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ConfigError(f"{path}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None


def _csv(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        # Excel writes what its country puts between numbers: here a semicolon.
        separator = max(",;\t", key=file.readline().count)
        file.seek(0)
        reader = csv.DictReader(file, delimiter=separator, restkey="more fields than the first line")
        rows = [{key: value for key, value in row.items() if value} for row in reader]
    for row in rows:
        if "aliases" in row:
            row["aliases"] = [alias.strip() for alias in row["aliases"].split(";")]
    return {"units": rows}


async def write_plan(tx: Tx, plan: Plan) -> None:
    """Add or change everything of the plan, by code. Raises ConfigError for a code that nothing has."""
    await units.write(tx, [unit.row() for unit in plan.units])
    ids: dict[str, int] = dict(await tx.all("SELECT code, id FROM units"))
    for unit in plan.units:
        if unknown := [code for code in (unit.parent, *unit.reports, *unit.into) if code and code not in ids]:
            raise ConfigError(f"units.{unit.code}: there is no unit {unknown[0]!r}")
    for entry in plan.rounds:
        if unknown := [code for code in entry.units if code not in ids]:
            raise ConfigError(f"rounds.{entry.code}: there is no unit {unknown[0]!r}")
        await rounds.write(tx, _round(entry, frozenset(ids[code] for code in entry.units)))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def iso_facts(entry: RoundEntry) -> dict[str, Any]:
    """What the entry names, as JSON values; what it leaves out is not there."""
    facts = entry.model_dump(exclude_unset=True)
    facts |= {name: _hour(facts[name]) for name in ("opens", "closes") if name in facts}
    facts |= {name: _iso(facts[name]) for name in ("held_on", "deadline_on") if name in facts}
    facts |= {"state": facts["state"].value} if "state" in facts else {}
    if "parts" in facts:
        facts["parts"] = [asdict(_part(part)) for part in entry.parts]
    if "slots" in facts:
        facts["slots"] = [asdict(_slot(slot)) for slot in sorted(entry.slots, key=lambda slot: slot.starts)]
    return facts


def _part(entry: PartEntry) -> Part:
    return Part(entry.name, _hour(entry.opens), _hour(entry.closes), entry.place, entry.note)


def _slot(entry: SlotEntry) -> Slot:
    return Slot(_hour(entry.starts), entry.capacity)


def _round(entry: RoundEntry, invited: frozenset[int]) -> Round:
    facts = entry.model_dump(exclude={"units", "opens", "closes", "parts", "slots"})
    facts |= {name: tuple(facts[name]) for name in ("place_or", "leading", "executing")}
    return Round(
        id=0,
        opens=_hour(entry.opens),
        closes=_hour(entry.closes),
        units=invited,
        parts=tuple(map(_part, entry.parts)),
        slots=tuple(map(_slot, entry.slots)),
        **facts,
    )


def _hour(at: time | None) -> str:
    return at.strftime("%H:%M") if at else ""

"""Rule sets from files: those of this folder, and those of a facility's own. docs/rules.md explains the keys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from bot.config import ConfigError
from core.ages import AgeRule
from core.people import Component, Sex
from core.rule_sets import (
    Condition,
    Deferral,
    Interval,
    Measure,
    RuleBook,
    RuleSet,
    Says,
    Term,
    WeightBand,
    WorkRule,
)

_SHIPPED = Path(__file__).parent
_AT_THE_POINT = "point"  # The group of rows that no question of the self-check offers.
_UNITS: tuple[Literal["months", "weeks", "days"], ...] = ("months", "weeks", "days")

Source = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


def _tenths(value: object) -> object:
    """Kilograms as tenths, in whole numbers; floats would lose the last gram."""
    if not isinstance(value, Decimal | int) or isinstance(value, bool) or value * 10 % 1:
        raise ValueError("kilograms with at most one decimal, an example: 42.0")
    return int(value * 10)


_CountedFrom = Literal["done", "cured", "ended", "taken", "told"]
Kilograms = Annotated[int, BeforeValidator(_tenths)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    source: Source


class _Age(_Row):
    lowest: int = Field(ge=1, le=120)
    highest: int = Field(ge=1, le=120)


class _Weight(_Row):
    from_kg: Kilograms
    below_kg: Kilograms | None = None
    max_ml: int = Field(gt=0)
    ml_per_kg: int | None = Field(None, gt=0)
    sex: Sex | None = None
    apheresis: bool = False


class _Measure(_Row):
    what: Literal["systolic", "diastolic", "pulse", "haemoglobin", "protein", "platelets"]
    at_least: int | None = None
    at_most: int | None = None
    below: int | None = None
    kinds: frozenset[Component] = frozenset()
    from_ml: int | None = None
    above_ml: int | None = None
    fresh_months: int | None = Field(None, gt=0)


class _Timed(_Row):
    months: int | None = Field(None, gt=0)
    weeks: int | None = Field(None, gt=0)
    days: int | None = Field(None, gt=0)

    @property
    def term(self) -> Term | None:
        """The one length that is given."""
        return next((Term(getattr(self, unit), unit) for unit in _UNITS if getattr(self, unit)), None)

    def lengths(self) -> int:
        """How many lengths are given."""
        return sum(1 for unit in _UNITS if getattr(self, unit))


class _Interval(_Timed):
    after: frozenset[Component] = Field(min_length=1)
    times: int | None = Field(None, gt=0)
    within_days: int | None = Field(None, gt=0)

    @model_validator(mode="after")
    def _one_way(self) -> _Interval:
        if self.lengths() + bool(self.times and self.within_days) != 1 or bool(self.times) != bool(self.within_days):
            raise ValueError("one of months, weeks and days, or times with within_days")
        return self


class _Says(_Row):
    vi: str = Field(min_length=1, max_length=200)
    en: str = Field(min_length=1, max_length=200)

    @property
    def says(self) -> Says:
        """Language -> words."""
        return {"vi": self.vi, "en": self.en}


class _Deferral(_Says, _Timed):
    group: Name
    counted_from: _CountedFrom
    staff: bool = False
    only: Sex | None = None

    @model_validator(mode="after")
    def _one_length(self) -> _Deferral:
        if self.lengths() != 1:
            raise ValueError("one of months, weeks and days")
        return self


class _Condition(_Says):
    group: Name
    staff: bool = False
    stops: bool = False
    only: Sex | None = None
    ongoing: _CountedFrom | Literal[""] = ""
    passes: bool = False


class _Work(_Row):
    hours: int = Field(gt=0)
    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    vi: str = Field(min_length=1, max_length=200)
    en: str = Field(min_length=1, max_length=200)


class _File(BaseModel):
    """One edition, whole: what it inherits has been put in."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: Name
    name: str = Field(min_length=1)
    source: Source
    valid_from: date
    valid_to: date | None = None
    deferral_end_inclusive: bool
    bags_ml: list[int] = Field(min_length=1)
    age: _Age
    work: _Work
    weights: dict[Name, _Weight]
    measures: dict[Name, _Measure]
    intervals: dict[Name, _Interval]
    deferrals: dict[Name, _Deferral]
    conditions: dict[Name, _Condition]
    groups: dict[Name, _Group]

    @model_validator(mode="after")
    def _everything_given_has_an_interval(self) -> _File:
        covered = [kind for row in self.intervals.values() for kind in row.after]
        for kind in Component:
            if covered.count(kind) != 1:
                raise ValueError(f"intervals: {kind} must stand in exactly one row")
        return self

    @model_validator(mode="after")
    def _every_name_and_group_is_one(self) -> _File:
        if twice := self.deferrals.keys() & self.conditions.keys():
            raise ValueError(f"conditions.{min(twice)}: a deferral has this name")
        if not any(row.stops for row in self.conditions.values()):
            raise ValueError("conditions: one row must have stops = true, for who is or may be infected")
        offered = {row.group for row in self.deferrals.values()} | {row.group for row in self.conditions.values()}
        if unknown := offered - {*self.groups, _AT_THE_POINT}:
            raise ValueError(f"groups: there is no {min(unknown)!r}")
        return self


def load_rules(usual: str, folder: str = "") -> RuleBook:
    """Every rule set there is; files of `folder` come on top, and one with a known code and day replaces that edition.

    Raises ConfigError with one line that names the file and the row.
    """
    raw = _read_all(_SHIPPED)
    if folder:
        if not Path(folder).is_dir():
            raise ConfigError(f"rules.folder: {folder}: no such folder")
        raw |= _read_all(Path(folder))
    book = RuleBook(usual, tuple(_edition(path, _whole(path, data, raw)) for path, data in raw.values()))
    if not any(rules.code == usual for rules in book.editions):
        known = ", ".join(sorted({rules.code for rules in book.editions}))
        raise ConfigError(f"rules.default: there are no rules {usual!r}; known are {known}")
    return book


_Raw = dict[tuple[str, str], tuple[Path, dict[str, Any]]]


def _read_all(folder: Path) -> _Raw:
    files: _Raw = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            data = tomllib.loads(path.read_text("utf-8-sig"), parse_float=Decimal)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{path}: cannot be read: {error}") from None
        key = (str(data.get("code")), str(data.get("valid_from")))
        if key in files:
            raise ConfigError(f"{path}: {files[key][0].name} has the same code and valid_from")
        files[key] = (path, data)
    return files


def _whole(path: Path, data: Mapping[str, Any], raw: _Raw, seen: tuple[Path, ...] = ()) -> dict[str, Any]:
    """The file with all that it inherits: a row named again replaces the row, `without` takes rows away."""
    if path in seen:
        raise ConfigError(f"{path}: inherits: goes round in a circle")
    own = {key: value for key, value in data.items() if key not in {"inherits", "without"}}
    if "inherits" not in data:
        return own
    by = str(data.get("valid_from"))
    older = sorted(key for key in raw if key[0] == data["inherits"] and key[1] <= by and raw[key][0] != path)
    if not older:
        raise ConfigError(f"{path}: inherits: there are no rules {data['inherits']!r} by {by}")
    whole = _whole(*raw[older[-1]], raw, (*seen, path))
    whole = {key: value for key, value in whole.items() if key != "valid_to"}
    for name in data.get("without", ()):
        section, _, row = str(name).partition(".")
        if row not in whole.get(section, {}):
            raise ConfigError(f"{path}: without: there is no row {name!r} to take away")
        whole[section] = {key: value for key, value in whole[section].items() if key != row}
    for key, value in own.items():
        rows = isinstance(value, dict) and all(isinstance(row, dict) for row in value.values())
        whole[key] = {**whole.get(key, {}), **value} if rows else value
    return whole


def _edition(path: Path, data: dict[str, Any]) -> RuleSet:
    try:
        file = _File(**data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise ConfigError(f"{path}: {where}: {first['msg'].removeprefix('Value error, ')}") from None
    return RuleSet(
        **{name: getattr(file, name) for name in ("code", "name", "source", "valid_from", "valid_to")},
        deferral_end_inclusive=file.deferral_end_inclusive,
        age=AgeRule(file.age.lowest, file.age.highest, file.age.source),
        work=WorkRule(source=file.work.source, hours=file.work.hours, says={"vi": file.work.vi, "en": file.work.en}),
        bags_ml=tuple(sorted(file.bags_ml)),
        weights={name: _weight(row) for name, row in file.weights.items()},
        measures={name: _measure(row) for name, row in file.measures.items()},
        intervals={name: _interval(row) for name, row in file.intervals.items()},
        deferrals={name: _deferral(row) for name, row in file.deferrals.items()},
        conditions={name: _condition(row) for name, row in file.conditions.items()},
        groups={name: row.model_dump() for name, row in file.groups.items()},
    )


def _weight(row: _Weight) -> WeightBand:
    facts = row.model_dump(exclude={"from_kg", "below_kg"})
    return WeightBand(from_hg=row.from_kg, below_hg=row.below_kg, **facts)


def _measure(row: _Measure) -> Measure:
    fresh = Term(row.fresh_months, "months") if row.fresh_months else None
    return Measure(fresh=fresh, **row.model_dump(exclude={"fresh_months"}))


def _interval(row: _Interval) -> Interval:
    within = Term(row.within_days, "days") if row.within_days else None
    return Interval(source=row.source, after=row.after, term=row.term, times=row.times, within=within)


def _deferral(row: _Deferral) -> Deferral:
    assert row.term
    facts = row.model_dump(include={"source", "group", "counted_from", "staff", "only"})
    return Deferral(term=row.term, says=row.says, **facts)


def _condition(row: _Condition) -> Condition:
    return Condition(
        says=row.says, **row.model_dump(include={"source", "group", "staff", "stops", "only", "ongoing", "passes"})
    )

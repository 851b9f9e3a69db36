"""The calendar of holidays from a file: the one that comes with the program, or the one that the settings name."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.config import ConfigError
from core.calendar import TET_DAYS, Calendar, Decided, Holiday, TetBreak
from core.lunar import FIRST_YEAR, LAST_YEAR

_OURS = Path(__file__).parent / "vietnam.toml"
_COMMON_YEAR = 2026  # 29 February is no day of every year
_LUNAR_DAYS = 29  # not every lunar month has a 30th

_Text = Annotated[str, Field(min_length=1, max_length=300)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: dict[str, _Text] = Field(min_length=1)
    source: _Text


class _HolidayRow(_Row):
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    lunar: bool = False
    settled: bool = True
    from_year: int = 0
    to_year: int = 9999

    @model_validator(mode="after")
    def _exists(self) -> Self:
        if self.lunar and self.day > _LUNAR_DAYS:
            raise ValueError(f"day {self.day}: a lunar month may have {_LUNAR_DAYS} days only")
        if not self.lunar:
            date(_COMMON_YEAR, self.month, self.day)
        return self


class _TetRow(_Row):
    year: int
    days_before: int = Field(ge=0, le=TET_DAYS)

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.year and not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise ValueError(f"year {self.year}: Tết is known from {FIRST_YEAR} to {LAST_YEAR}")
        return self


class _DecidedRow(_Row):
    day: date
    off: bool


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    holidays: list[_HolidayRow] = []
    tet: list[_TetRow] = []
    decided: list[_DecidedRow] = []

    @model_validator(mode="after")
    def _once(self) -> Self:
        for what, keys in (
            ("tet", [f"{row.year}" for row in self.tet]),
            ("decided", [f"{r.day}" for r in self.decided]),
        ):
            if twice := [key for key in keys if keys.count(key) > 1]:
                raise ValueError(f"{what}: {twice[0]} stands there twice")
        return self


def load_calendar(file: str) -> Calendar:
    """The calendar of a file, "" for ours. Raises ConfigError with one line that names the place."""
    return _load(Path(file)) if file else _load_ours()


@lru_cache(maxsize=1)
def _load_ours() -> Calendar:
    return _load(_OURS)


def _load(path: Path) -> Calendar:
    try:
        rows = _File(**tomllib.loads(path.read_text("utf-8-sig")))  # Windows' Notepad begins a file with a mark.
    except FileNotFoundError:
        raise ConfigError(f"calendar.file: {path}: no such file") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        raise ConfigError(f"calendar.file: {path}: {f'{place}: {what}' if place else what}") from None
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(f"calendar.file: {path}: cannot be read: {error}") from None
    return Calendar(
        (Holiday(r.month, r.day, r.name, r.source, r.from_year, r.to_year, r.lunar, r.settled) for r in rows.holidays),
        (TetBreak(r.year, r.days_before, r.name, r.source) for r in rows.tet),
        (Decided(r.day, r.off, r.name, r.source) for r in rows.decided),
    )

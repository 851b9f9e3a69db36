"""Findings: what a person should look at in a plan before anyone is invited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from core.lunar import LunarDay


@dataclass(frozen=True, slots=True)
class Gap:
    """An earlier round, and how many days before the later one it is held."""

    number: int
    days: int


@dataclass(frozen=True, slots=True)
class On:
    """A round and its day."""

    number: int
    day: date


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week; Monday is 0."""

    number: int


Value = (
    str | int | float | Decimal | date | time | LunarDay | Gap | On | Weekday | Mapping[str, str] | tuple["Value", ...]
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A question to the officer; never a correction.

    `code`: the sentence is "check.<code>". `params` fill it, each put into words by its type: whole numbers are grouped, dates are
    printed the Vietnamese way, a mapping is a name by language. `rounds`: numbers of the rounds concerned. `grave`: nobody should be
    invited before it is answered; of a cell: it could not be read.
    """

    code: str
    params: Mapping[str, Value] = field(default_factory=dict)
    rounds: tuple[int, ...] = ()
    grave: bool = False

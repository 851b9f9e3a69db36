"""A finding: something about a plan that a person should look at before anyone is invited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from core.lunar import LunarDay


@dataclass(frozen=True, slots=True)
class Gap:
    """An earlier round and how many days before the later one it is; -1 days where only the round matters."""

    number: int
    days: int


Value = str | int | float | date | LunarDay | Gap | tuple["Value", ...] | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """A question to the officer; never a correction.

    `code`: the sentence is "check.<code>". `params` fill it, each put into words by its type: whole numbers are grouped, dates are
    printed the Vietnamese way, names come in the reader's language. `rounds`: numbers of the rounds concerned. `grave`: nobody should
    be invited before it is answered.
    """

    code: str
    params: Mapping[str, Value] = field(default_factory=dict)
    rounds: tuple[int, ...] = ()
    grave: bool = False

"""Who talks to us: roles, persons, donors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum, StrEnum

from core.ages import Birth
from core.blood import Abo, Rh


class Role(IntEnum):
    """What somebody may do; a higher role may do all that a lower one may."""

    DONOR = 0
    OFFICER = 1
    ADMIN = 2


class Sex(StrEnum):
    """The two age columns of the official list."""

    MALE = "M"
    FEMALE = "F"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody behind an address. `id` is None for who has neither consented nor chosen a language: nothing is kept of them.

    `unit_id`: an officer's unit; they answer for it and all below.
    """

    address: str
    language: str
    role: Role = Role.DONOR
    id: int | None = None
    reachable: bool = True
    unit_id: int | None = None


class Component(StrEnum):
    """What was given. Source: Circular 26/2013/TT-BYT, article 6."""

    WHOLE = "whole"
    RED_CELLS = "red_cells"
    PLASMA = "plasma"
    PLATELETS = "platelets"
    GRANULOCYTES = "granulocytes"
    STEM_CELLS = "stem_cells"


@dataclass(frozen=True, slots=True)
class Donor:
    """One registration. Exactly one of `unit_id` and `unit_text` is set; `phone` is E.164; `donations` counts before today.

    `last_donation`: ISO as far as it is known ("2026-09" or "2026-09-15"). `deferred_until`, `stopped` ("không tiếp tục") and
    `ask_staff` are all that a self-check leaves behind.
    """

    full_name: str
    unit_id: int | None
    unit_text: str
    birth: Birth
    sex: Sex
    abo: Abo
    rh: Rh
    donations: int
    last_donation: str | None
    phone: str
    last_kind: Component = Component.WHOLE
    deferred_until: date | None = None
    stopped: bool = False
    ask_staff: bool = False

    def having_given(self, day: date, kind: Component = Component.WHOLE) -> Donor:
        """The donor after one more donation; a day before the last one known adds to the count alone."""
        donations = self.donations + 1
        if self.last_donation and self.last_donation > day.isoformat():
            return replace(self, donations=donations)
        return replace(self, donations=donations, last_donation=day.isoformat(), last_kind=kind)


@dataclass(frozen=True, slots=True)
class Conversation:
    """The open question of an address. `options` are the (value, label, *aliases) last shown; `version` moves with each question."""

    address: str
    form: str
    step: str
    answers: dict[str, object]
    options: tuple[tuple[str, ...], ...]
    version: int
    language: str
    updated_at: int
    expires_at: int

    def changed(self, **changes: object) -> Conversation:
        """A copy with these fields changed. (dataclasses.replace takes four times as long, three times a turn.)"""
        return Conversation(**{name: getattr(self, name) for name in self.__slots__} | changes)

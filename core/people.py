"""Who talks to us: roles, persons, donors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum, StrEnum

from core.ages import Birth
from core.blood import Abo, Rh


class Role(IntEnum):
    """What somebody may do. A desk helper is bound to a round, a club head to a club, an officer to a unit and all below it."""

    DONOR = 0
    HELPER = 1
    HEAD = 2
    OFFICER = 3
    ADMIN = 4

    def includes(self, other: Role) -> bool:
        """True where whoever has this role may do what the other one may."""
        return other in _COVERS[self]


# Which roles each one includes.
_COVERS: dict[Role, frozenset[Role]] = {
    Role.DONOR: frozenset((Role.DONOR,)),
    Role.HELPER: frozenset((Role.DONOR, Role.HELPER)),
    Role.HEAD: frozenset((Role.DONOR, Role.HEAD)),
    Role.OFFICER: frozenset((Role.DONOR, Role.HELPER, Role.HEAD, Role.OFFICER)),
    Role.ADMIN: frozenset(Role),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that somebody was given, and what for: an officer's or head's unit, a helper's round."""

    role: Role
    unit_id: int | None = None
    round_id: int | None = None


class Sex(StrEnum):
    """The two age columns of the official list."""

    MALE = "M"
    FEMALE = "F"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody behind an address. `id` is None for who has neither consented nor chosen a language: nothing is kept of them.

    `role` is the highest one; `grants` are all that the table gives. A configured administrator has the role without a grant.
    """

    address: str
    language: str
    role: Role = Role.DONOR
    id: int | None = None
    reachable: bool = True
    grants: tuple[Grant, ...] = ()

    def may(self, role: Role) -> bool:
        """True where one of the person's roles includes this one; for which unit or round is another question."""
        return self.role.includes(role) or any(grant.role.includes(role) for grant in self.grants)

    def units_as(self, role: Role) -> tuple[int, ...]:
        """The units that the person was given just this role for."""
        return tuple(grant.unit_id for grant in self.grants if grant.role is role and grant.unit_id is not None)

    @property
    def unit_id(self) -> int | None:
        """An officer's (first) unit."""
        return next(iter(self.units_as(Role.OFFICER)), None)


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
    `ask_staff` are all that a self-check leaves behind. `phone` is "" where a paper has none. `phone_proven`: the platform vouched that
    the number is theirs. `group_source`: "declared", "certificate" or "facility". `note`: what a list says beside the name.
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
    phone_proven: bool = False
    group_source: str = "declared"
    note: str = ""

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

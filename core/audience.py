"""An audience: who is to get a message, said so that it can be counted, kept and read page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

# What people answered to a round -> the states that it is kept as. "none": nothing yet.
NO_ANSWER: Final = "none"
ANSWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "certain": ("certain",),
    "waiting": ("waiting", "offered"),
    "maybe": ("maybe",),
    NO_ANSWER: (),
}
# Who is asked to come to a round on a day; the examination at the point decides. Source: Circular 26/2013/TT-BYT, article 4
YOUNGEST, OLDEST = 18, 60


@dataclass(frozen=True, slots=True)
class Audience:
    """Donors, or officers, of these units (ids; None: of all), for whom everything that is set here is true.

    `answers`: keys of ANSWERS, of the round; empty: whatever they answered. `abo`, `rh`: any of these, empty for all.
    `eligible_on`: who may presumably give on that day. `language`: "" for all. `officers`: of the units, and nobody else; of the
    rest only `language` concerns them.
    """

    unit_ids: frozenset[int] | None = None
    round_id: int | None = None
    answers: frozenset[str] = frozenset()
    abo: frozenset[str] = frozenset()
    rh: frozenset[str] = frozenset()
    eligible_on: date | None = None
    language: str = ""
    officers: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for answers without a round, and for one that nobody can give."""
        if self.answers - ANSWERS.keys() or (self.answers and self.round_id is None):
            raise ValueError(f"answers: {sorted(self.answers)} of round {self.round_id}")

    @property
    def states(self) -> tuple[str, ...]:
        """The states of joins that are meant by the answers."""
        return tuple(state for answer in ANSWERS if answer in self.answers for state in ANSWERS[answer])

    def within(self, own: frozenset[int] | None) -> bool:
        """True where it is of these units alone (None: all)."""
        return own is None or (self.unit_ids is not None and self.unit_ids <= own)

    def may_share(self, other: Audience) -> bool:
        """False only where nobody can be in both: other units, other groups, another language, other answers to the same round."""
        sets: tuple[tuple[frozenset[str], frozenset[str]], ...] = ((self.abo, other.abo), (self.rh, other.rh))
        sets += ((self.answers, other.answers),) if self.round_id == other.round_id else ()
        return not (
            self.officers != other.officers
            or (self.unit_ids is not None and other.unit_ids is not None and not self.unit_ids & other.unit_ids)
            or any(one and two and not one & two for one, two in sets)
            or bool(self.language and other.language and self.language != other.language)
        )

    def to_json(self) -> dict[str, Any]:
        """Plain data for a row; what is not set is left out."""
        data: dict[str, Any] = {} if self.unit_ids is None else {"units": sorted(self.unit_ids)}
        lists = {"answers": sorted(self.answers), "abo": sorted(self.abo), "rh": sorted(self.rh)}
        day = self.eligible_on.isoformat() if self.eligible_on else ""
        rest = {"round": self.round_id, "eligible_on": day, "language": self.language, "officers": self.officers}
        return data | {name: value for name, value in (lists | rest).items() if value}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Audience:
        """The inverse of `to_json`."""
        day = data.get("eligible_on")
        return Audience(
            unit_ids=frozenset(data["units"]) if "units" in data else None,
            round_id=data.get("round"),
            answers=frozenset(data.get("answers", ())),
            abo=frozenset(data.get("abo", ())),
            rh=frozenset(data.get("rh", ())),
            eligible_on=date.fromisoformat(day) if day else None,
            language=data.get("language", ""),
            officers=data.get("officers", False),
        )


@dataclass(frozen=True, slots=True)
class Count:
    """How many people an audience has. `reached` get the message; the others do not, and this is why."""

    reached: int = 0
    blocked: int = 0
    paper: int = 0
    paused: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.reached + self.missed

    @property
    def missed(self) -> int:
        """Those who do not get it."""
        return self.blocked + self.paper + self.paused

"""Emulation points (điểm thi đua) of a unit for a year, by a rule that is shown with every table.

Source: plan of the Hà Nam health sector for 2025, II.6 ("tổng hợp tính điểm thi đua cuối năm"). How many points for what, the plan leaves
to the sector: the rule is the organisation's own, from its configuration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Rule:
    """Points for each per cent of the quota that gave (at most `percent_cap`), for each donation, and for each list on time: a round
    whose quota was registered before its list was due. `most` in all, 0 for no limit.
    """

    per_percent: float = 0.5
    percent_cap: int = 120
    per_donation: float = 0.1
    per_list: float = 5.0
    most: float = 100.0

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Rule:
        """The inverse of `to_json`."""
        return Rule(**data)


DEFAULT_RULE: Final = Rule()


@dataclass(frozen=True, slots=True)
class Year:
    """What a unit did in a year. `quota`: donations asked for, None for none, which is not zero; `lists`: of `lists_due`, on time."""

    quota: int | None
    donations: int
    lists: int = 0
    lists_due: int = 0

    @property
    def percent(self) -> int | None:
        """Of the quota, who gave; rounded down."""
        return 100 * self.donations // self.quota if self.quota else None


@dataclass(frozen=True, slots=True)
class Points:
    """Points by what they are for; `total` with the limit of the rule."""

    quota: float
    donations: float
    lists: float
    total: float


def points_of(rule: Rule, year: Year) -> Points:
    """The points of a unit. Without a quota there are none for it: whoever was asked for nothing has not missed anything either."""
    quota = _tenths(rule.per_percent * min(year.percent or 0, rule.percent_cap))
    donations = _tenths(rule.per_donation * year.donations)
    lists = _tenths(rule.per_list * year.lists)
    total = _tenths(quota + donations + lists)
    return Points(quota, donations, lists, min(total, rule.most) if rule.most else total)


def _tenths(number: float) -> float:
    """Rounded half up to a tenth, as people do it by hand."""
    return int(number * 10 + 0.5 + 1e-9) / 10

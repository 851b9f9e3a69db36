"""Quotas (chỉ tiêu): what a unit is asked to bring, and the figure as it is typed or stands in a cell."""

from __future__ import annotations

import re
from enum import StrEnum

from core.counts import read_count
from core.unclear import Unclear
from core.vietnamese import bare

HIGHEST = 100_000  # More than any round or unit of the country has; what is above is a slip of the finger.
# Members of its living blood bank that every unit should bring. Source: plan of the Lạng Sơn Federation of Labour for 2023, IV.2
LIVING_USUAL = 5
_NONE = re.compile(
    r"(?:bo|de)? ?(?:trong|khong giao|khong co)|khong(?: co)?(?: chi tieu)?|xoa|none|no quota|empty|[-–—]+"
)


class YearKind(StrEnum):
    """What is asked in a year: donations, people and families to be honoured, members of the living blood bank."""

    DONATIONS = "donations"
    AWARD_PERSON = "award_person"
    AWARD_FAMILY = "award_family"
    LIVING = "living"


def read_target(text: str) -> int | None:
    """A quota as it was typed: "180", "1.200", "0"; "bỏ trống" and "-" are None, which is not zero. Raises Unclear."""
    said = " ".join(bare(text).split())
    if _NONE.fullmatch(said) or text.strip() in ("-", "–", "—"):
        return None
    try:
        return read_count(text, highest=HIGHEST)
    except Unclear as unclear:
        if unclear.reason == "unclear.count.many":
            raise
        raise Unclear("unclear.quota") from unclear

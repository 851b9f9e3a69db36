"""Two records of one person become one: which answers stay, and which facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.blood import Abo, Rh
from core.joins import Join, JoinState
from core.people import Donor

DECLARED = "declared"  # A group that somebody said; the other sources have it on paper.
_IN_LINE = (JoinState.WAITING, JoinState.OFFERED)


@dataclass(frozen=True, slots=True)
class Answers:
    """What becomes of the answers of two records: `moved` go over to the one that stays, `dropped` go (of either)."""

    moved: tuple[Join, ...]
    dropped: tuple[Join, ...]


def merge_answers(own: Sequence[Join], other: Sequence[Join]) -> Answers:
    """One answer a round. What happened counts for more than what was said, and one's own word for more than another's.

    Nobody who said that they come loses a seat that the other record holds for them.
    """
    mine = {join.round_id: join for join in own}
    moved, dropped = [], []
    for join in other:
        kept = mine.get(join.round_id)
        if kept is None:
            moved.append(join)
        elif _counts_for_more(join, kept):
            moved.append(join)
            dropped.append(kept)
        else:
            dropped.append(join)
    return Answers(tuple(moved), tuple(dropped))


def _counts_for_more(join: Join, own: Join) -> bool:
    """True where the other record's answer takes the place of one's own."""
    if own.outcome or join.outcome:
        return not own.outcome
    return own.state in _IN_LINE and join.state is JoinState.CERTAIN


def merge_donors(own: Donor, other: Donor, donations: int) -> Donor:
    """What the person said themselves, filled up with what the other record knows. `donations`: as they were asked.

    A group that was read from a certificate or comes from the facility stays over one that was said; of two last donations the later
    is the last; a unit of the tree takes the place of words that nobody has mapped; a date of birth that of a year which agrees with it.
    """
    merged = replace(own, donations=donations, phone=own.phone or other.phone, note=own.note or other.note)
    if own.unit_id is None and other.unit_id is not None:
        merged = replace(merged, unit_id=other.unit_id, unit_text="")
    if _better_group(own, other):
        merged = replace(merged, abo=other.abo, rh=other.rh, group_source=other.group_source)
    if own.birth.date is None and other.birth.date and own.birth.span()[0] <= other.birth.date <= own.birth.span()[1]:
        merged = replace(merged, birth=other.birth)
    if not donations:
        return replace(merged, last_donation=None)
    if (other.last_donation or "") > (own.last_donation or ""):
        merged = replace(merged, last_donation=other.last_donation, last_kind=other.last_kind)
    return merged


def _better_group(own: Donor, other: Donor) -> bool:
    if other.abo is Abo.UNKNOWN:
        return False
    if other.group_source != DECLARED or own.group_source != DECLARED:
        return own.group_source == DECLARED
    return own.abo is Abo.UNKNOWN or (own.abo is other.abo and own.rh is Rh.UNKNOWN)

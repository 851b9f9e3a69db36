"""Which rows of a list may be one person with another row, or with somebody who is stored. Nobody learns of others' people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.list_rows import Row
from core.list_twins import likeness, name_key, twins
from core.vietnamese import fold
from handlers.list_import.people import known_of
from handlers.list_import.work import Work
from handlers.turn import Turn
from storage import lists
from storage.lists import Candidate, Standing


@dataclass(frozen=True, slots=True)
class Pair:
    """A row that may be somebody else's too. `earlier`: a row before it; `known`: somebody who is stored. `reasons`: see likeness."""

    row: Row
    reasons: tuple[str, ...]
    earlier: Row | None = None
    known: Candidate | None = None

    @property
    def answer(self) -> int:
        """How the decision "one person" is kept."""
        return -(self.earlier.place + 1) if self.earlier else self.known.person_id if self.known else 0


async def candidates(turn: Turn, work: Work, rows: Sequence[Row]) -> list[Candidate]:
    """Who may be meant, of the units that the officer answers for: nobody learns of others."""
    found = await lists.candidates(
        turn.tx, [row.facts["name"] for row in rows], [row.facts.get("phone", "") for row in rows]
    )
    return [one for one in found if work.own is None or one.donor.unit_id in work.own]


async def standing_of(turn: Turn, work: Work, known: Sequence[Candidate]) -> dict[int, Standing]:
    """What those who are known answered to the round of the list."""
    if work.round_ is None:
        return {}
    return await lists.standing(turn.tx, work.round_.id, [one.person_id for one in known])


def sure_ones(rows: Sequence[Row], known: Sequence[Candidate], standing: dict[int, Standing]) -> dict[int, int]:
    """Row -> person, where it is the same line again: known from paper (or put on this list by one), same name, sex, unit and age,
    and nobody else like that on either side.
    """
    by_name: dict[str, list[Candidate]] = {}
    for one in known:
        listed = one.person_id in standing and standing[one.person_id].via == "list"
        if one.paper or listed:
            by_name.setdefault(name_key(one.donor.full_name), []).append(one)
    found: dict[int, list[int]] = {}
    for row in rows:
        like = [(one, likeness(row.known, known_of(one.donor))) for one in by_name.get(name_key(row.facts["name"]), [])]
        same = [(one, why) for one, why in like if {"unit", "birth"} <= set(why)]
        best = [one for one, why in same if "phone" in why] or [one for one, _ in same]
        if len(best) == 1:
            found.setdefault(best[0].person_id, []).append(row.place)
    return {places[0]: person_id for person_id, places in found.items() if len(places) == 1}


def in_file(rows: Sequence[Row], work: Work) -> list[Pair]:
    """Rows that may be one person with an earlier row, and were not decided on."""
    by_row = [(row, row.known) for row in rows]
    return [
        Pair(row, why, earlier=earlier)
        for row, earlier, why in twins(by_row)
        if str(row.place) not in work.decided.twins
    ]


def with_known(rows: Sequence[Row], known: Sequence[Candidate], sure: dict[int, int], work: Work) -> list[Pair]:
    """Rows that may be somebody who is stored, and were not decided on. One who speaks by chat is asked about like anybody else."""
    taken = set(sure.values()) | {answer for answer in work.decided.twins.values() if answer > 0}
    by_name: dict[str, list[Candidate]] = {}
    for one in known:
        if one.person_id not in taken:
            by_name.setdefault(fold(one.donor.full_name), []).append(one)
    pairs = []
    for row in rows:
        if row.place in sure or str(row.place) in work.decided.twins:
            continue
        same = by_name.get(fold(row.facts["name"]), ())
        like = [(why, one) for one in same if (why := likeness(row.known, known_of(one.donor)))]
        if like:
            why, best = max(like, key=lambda pair: len(pair[0]))
            pairs.append(Pair(row, why, known=best))
    return pairs

"""What units did in a year: who gave, what was asked, and which lists were complete before they were due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from core.board import as_of_today, quota_total
from core.emulation import Year
from core.quotas import YearKind
from core.rounds import Round, RoundState
from core.unit_figures import rows_of
from core.units import COUNTS, REPORTS, UnitIndex
from storage import board, quotas, rounds
from storage.database import Tx

LINES = (COUNTS, REPORTS)
_COUNTED = (RoundState.OPEN, RoundState.CLOSED, RoundState.DONE)


class Figures:
    """A year's figures by unit, to be summed for any set of units."""

    def __init__(self, index: UnitIndex, asked: dict[int, int]) -> None:
        """`asked`: donations of the year, where such quotas are given out; otherwise those of its rounds count."""
        self.index = index
        self._asked = asked
        self._gave: Counter[int] = Counter()
        self._rounds: list[tuple[dict[int, int], dict[int, int] | None]] = []

    def add(self, gave: dict[int, int], targets: dict[int, int], in_time: dict[int, int] | None) -> None:
        """A round: who gave, its quotas, and who was registered before its list was due (None: it never was)."""
        self._gave.update(gave)
        self._rounds.append((targets, in_time))

    def of(self, unit_ids: Collection[int], own: Collection[int]) -> Year:
        """Of these units together. `own`: those of them that count here, whose quotas these are."""
        donations = sum(self._gave[unit] for unit in unit_ids)
        targets = [self._quota(targets, own) for targets, _ in self._rounds]
        of_year = self._quota(self._asked, own)
        asked = [target for target in targets if target is not None]
        quota = of_year if of_year is not None else sum(asked) if asked else None
        due = [
            (target, in_time)
            for target, (_, in_time) in zip(targets, self._rounds, strict=True)
            if target and in_time is not None
        ]
        on_time = sum(sum(in_time.get(unit, 0) for unit in unit_ids) >= target for target, in_time in due)
        return Year(quota, donations, on_time, len(due))

    def _quota(self, targets: dict[int, int], own: Collection[int]) -> int | None:
        return quota_total({unit: target for unit, target in targets.items() if unit in own}, self.index)


def day_of(year: int, today: date) -> date:
    """The day whose tree a year goes by: its last one, or today."""
    return min(today, date(year, 12, 31))


async def of_year(tx: Tx, year: int, index: UnitIndex, zone: ZoneInfo) -> Figures:
    """What happened in a year, by the tree of `index`."""
    figures = Figures(index, as_of_today(await quotas.of_year(tx, year, YearKind.DONATIONS), index))
    for round_ in await rounds.between(tx, date(year, 1, 1), date(year, 12, 31)):
        if round_.state not in _COUNTED:
            continue
        people = await board.counted(tx, round_.id)
        gave = {unit: tally.gave for unit, tally in people.items() if unit is not None and tally.gave}
        targets = as_of_today(await quotas.of_round(tx, round_.id), index)
        figures.add(gave, targets, await _in_time(tx, round_, zone))
    return figures


async def _in_time(tx: Tx, round_: Round, zone: ZoneInfo) -> dict[int, int] | None:
    """Of each unit, who registered before the list was due and stayed. Its index holds all that is asked."""
    if round_.deadline_on is None:
        return None
    due = int(
        datetime.combine(round_.deadline_on, time(), zone).timestamp() * 1000
    )  # "Before the day" ends as it begins.
    rows = await tx.all(
        "SELECT unit_id, count(*) FROM joins WHERE round_id = ? AND state = 'certain' AND joined_at < ? AND unit_id IS NOT NULL"
        " GROUP BY unit_id",
        (round_.id, due),
    )
    return dict(rows)


def table(figures: Figures, root: int) -> tuple[dict[int, Year], Year]:
    """Of a unit: the year of each one directly below it or reporting to it, with all that is below them; and of all together, once."""
    index = figures.index
    rows = rows_of(index, root, LINES)
    return (
        {unit: figures.of(credited, index.below(unit)) for unit, credited in rows.items()},
        figures.of(index.below(root, LINES), index.below(root)),
    )

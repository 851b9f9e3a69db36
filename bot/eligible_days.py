"""The first days on which donors may give again stand in a table; where the rules have changed since, they are computed anew."""

from __future__ import annotations

import logging
from typing import Final

from bot.logs import event
from core.eligibility import basis, eligible_on
from core.rule_sets import RuleSet
from storage import donors, marks
from storage.database import Database, Tx

_LOG = logging.getLogger("giothong.eligible_days")
_MARK = "donors.eligible_on"  # "<basis>|<the last donor who was looked at>"; behind the bar nothing once all were.
CHUNK: Final = 500  # Donors of one transaction, some 15 ms: what somebody asks meanwhile waits for one of them.


class EligibleDays:
    """Keeps the column true to the rules: donors of before there was one, a file that was replaced, an edition whose day has come.

    Page by page; a page and how far it came are one commit, so that a kill loses nothing. What a turn writes meanwhile is by the
    same rules, and computing it again changes nothing.
    """

    def __init__(self, database: Database) -> None:
        """Nothing is looked at yet."""
        self._database = database
        self._settled = ""

    async def settle(self, rules: RuleSet) -> int:
        """Make every day what these rules say; how many were not. Costs nothing where they are those of the last time."""
        wanted, changed, done = basis(rules), 0, False
        while self._settled != wanted and not done:
            count, done = await self._database.write(lambda tx: self._page(tx, rules, wanted))
            changed += count
        self._settled = wanted
        if changed:
            event(_LOG, "eligible_days_changed", donors=changed)
        return changed

    async def _page(self, tx: Tx, rules: RuleSet, wanted: str) -> tuple[int, bool]:
        kept, _, cursor = (await marks.get(tx, _MARK, "")).rpartition("|")
        if kept == wanted and not cursor:
            return 0, True
        page = await donors.with_eligible_on(tx, after=int(cursor) if kept == wanted else 0, limit=CHUNK)
        days = [(row_id, eligible_on(rules, donor), day) for row_id, donor, day in page]
        changed = [(row_id, day) for row_id, day, before in days if day != before]
        await donors.set_eligible_on(tx, changed)
        done = len(page) < CHUNK
        await marks.set_(tx, _MARK, f"{wanted}|{'' if done else page[-1][0]}")
        return len(changed), done

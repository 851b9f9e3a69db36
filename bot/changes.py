"""Changes of rounds become messages to all who joined: once edits have settled, page by page, each person once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from core import changes
from core.notices import Timetable
from core.rounds import Round
from handlers.change_text import News, change_notice
from handlers.turn import House
from storage import notices, outbox, rounds
from storage.database import Database, Tx
from storage.notices import Page
from storage.outbox import Draft, Lane
from storage.rounds import Change

# Whoever hears of it later is dressed and on the way already; before that, sleep goes first.
_NOTICE: Final = timedelta(hours=2)


_RUNS: Final = "change:"


def _run(change_id: int) -> str:
    return f"{_RUNS}{change_id}"


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


class Changes:
    """Plans the messages about changes that nobody has been told of. The last change of a group names the messages."""

    def __init__(self, database: Database, house: House, page: int) -> None:
        """`page`: people looked at in one transaction."""
        self._database = database
        self._house = house
        self._page_size = page
        self._timetable = house.settings.timetable

    async def settled(self, now: datetime) -> list[int]:
        """The last change of each group whose people are to be told now."""
        async with self._database.read() as tx:
            untold = await rounds.untold(tx)
            unfinished = await notices.unfinished(tx, _RUNS) if untold else set()
        groups = groupby(sorted(untold, key=lambda c: (c.round_id, c.id)), lambda c: c.round_id)
        return [last for _, group in groups if (last := _last(list(group), unfinished, _ms(now)))]

    async def page(self, last: int, now: datetime) -> tuple[int, bool]:
        """The next people of the group that ends with this change: (messages written, whether all have theirs)."""
        return await self._database.write(lambda tx: self._page(tx, last, now))

    async def _page(self, tx: Tx, last: int, now: datetime) -> tuple[int, bool]:
        group = await _group(tx, last)
        round_ = await rounds.by_id(tx, group[0].round_id) if group else None
        if round_ is None:
            return 0, True  # Another planner was quicker.
        detail = changes.merged([change.detail for change in group])
        cursor, _ = await notices.progress(tx, _run(last))
        found = (
            await notices.knowing_older(tx, round_.id, round_.version, Page(cursor, self._page_size)) if detail else []
        )
        news = News.of(round_, detail)
        say_at, expires_at = when(self._timetable, news, now)
        # What is said at night is what cannot wait, so it does not.
        lane = Lane.URGENT if self._timetable.is_quiet(say_at) else Lane.REMINDER
        voices = {who.language: self._house.voice(who.language) for who in found}
        drafts = [
            Draft(
                f"change:{last}:{who.person_id}",
                who.address,
                change_notice(voices[who.language], news, who),
                lane,
                _ms(say_at) if say_at > now else 0,
                _ms(expires_at),
            )
            for who in found
        ]
        await outbox.write(tx, drafts)
        ended = len(found) < self._page_size
        await notices.advance(tx, _run(last), found[-1].cursor if found else cursor, _ms(now), done=ended)
        if ended:
            for change in group:
                await rounds.told(tx, change.id)
        return len(drafts), ended


def _last(group: Sequence[Change], unfinished: set[str], now: int) -> int | None:
    """Until where a round's changes are told now. What was begun is finished first: some have read it already."""
    begun = [change.id for change in group if _run(change.id) in unfinished]
    if begun:
        return begun[0]
    return group[-1].id if changes.is_settled(group[0].at, group[-1].at, now) else None


async def _group(tx: Tx, last: int) -> list[Change]:
    """The untold changes of one round up to this one."""
    untold = await rounds.untold(tx)
    round_id = next((change.round_id for change in untold if change.id == last), None)
    return [change for change in untold if change.round_id == round_id and change.id <= last]


def when(timetable: Timetable, news: News, now: datetime) -> tuple[datetime, datetime]:
    """From when it is said, and until when it is of use. At night only what cannot wait for the morning."""
    say_at = timetable.awake(now)
    begin = min(_begin(timetable, round_) for round_ in (news.before, news.after))
    end = max(timetable.end_of(round_) for round_ in (news.before, news.after))
    return (now if now < begin < say_at + _NOTICE else say_at), end


def _begin(timetable: Timetable, round_: Round) -> datetime:
    span = round_.span(timetable.zone)
    return span[0] if span else datetime.combine(round_.held_on, timetable.quiet_to, timetable.zone)

"""A change of a round in words: what was and what is, the whole new facts, and the question again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from core.dates import show_date, show_weekday
from core.dialogue import Reply
from core.rounds import Round, RoundState
from handlers import notice_text, round_changes, round_text
from handlers.voice import Voice
from storage.notices import Recipient

_FIELDS = frozenset(field.name for field in fields(Round))


@dataclass(frozen=True, slots=True)
class News:
    """A round before and as it is; `reason`: why it was called off, `moved`: a part of the people went over to this round."""

    before: Round
    after: Round
    reason: str = ""
    moved: bool = False

    @staticmethod
    def of(round_: Round, detail: dict[str, list[Any]]) -> News:
        """Made of the round as it is and what has changed (field -> [before, after]; "reason" and "from" are no fields)."""
        before = {name: pair[0] for name, pair in detail.items() if name in _FIELDS}
        reason = detail.get("reason", [None, ""])[1] or ""
        return News(round_changes.with_values(round_, before), round_, reason, "from" in detail)

    @property
    def cancelled(self) -> bool:
        """It does not take place."""
        return self.after.state is RoundState.CANCELLED


def _date(voice: Voice, round_: Round) -> str:
    day = voice.text(
        "change.date", weekday=show_weekday(round_.held_on, voice.language), date=show_date(round_.held_on)
    )
    return voice.text("change.tentative", date=day) if round_.tentative else day


def _hours(voice: Voice, round_: Round) -> str:
    if not round_.opens:
        return voice.text("change.unknown")
    hours = [voice.hour(hour) for hour in (round_.opens, round_.closes) if hour]
    return " – ".join(hours)


def _parts(_: Voice, round_: Round) -> str:
    return "; ".join(
        " ".join(filter(None, (part.name, "–".join(filter(None, (part.opens, part.closes))), part.place)))
        for part in round_.parts
    )


def _slots(_: Voice, round_: Round) -> str:
    return ", ".join(slot.starts for slot in round_.slots)


_LINES: dict[str, Callable[[Voice, Round], str]] = {
    "name": lambda _, round_: round_.name,
    "date": _date,
    "hours": _hours,
    "place": round_text.places,
    "parts": _parts,
    "slots": _slots,
}


def change_notice(voice: Voice, news: News, recipient: Recipient) -> Reply:
    """To one who joined. A round that is off asks nothing; every other asks again."""
    facts = notice_text.facts(voice, news.after)
    if news.cancelled:
        reason = f"{voice.text('change.reason', reason=news.reason)}\n" if news.reason else ""
        return Reply(voice.text("change.cancelled", reason=reason, **facts), voice.menu(["/next"]))
    message = "change.moved" if news.moved else "change.again" if _is_on_again(news) else "change.text"
    text = voice.text(
        message,
        lines="\n".join(f"• {line}" for line in lines(voice, news)),
        map=notice_text.map_line(voice, news.after),
        mine=notice_text.mine(voice, recipient),
        **facts,
    )
    return Reply(text, voice.menu([f"/come {news.after.code}", f"/leave {news.after.code}"]))


def _is_on_again(news: News) -> bool:
    return news.before.state is RoundState.CANCELLED


def lines(voice: Voice, news: News) -> list[str]:
    """What was and what is, a line each."""
    found = []
    for name, show in _LINES.items():
        before, after = show(voice, news.before), show(voice, news.after)
        if before != after:
            unknown = voice.text("change.unknown")
            what = voice.text(f"change.what.{name}")
            found.append(voice.text("change.line", what=what, before=before or unknown, after=after or unknown))
    return found

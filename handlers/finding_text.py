"""A finding in words: the same question in a chat, in the report of an import and in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from core.dates import show_date, show_weekday
from core.findings import Finding, Gap, On, Value, Weekday
from core.lunar import LunarDay
from handlers.voice import Voice

_MONDAY = 1  # the ordinal of a Monday
_FIRST_MONTH, _LAST_MONTH = 1, 12


def finding_text(voice: Voice, finding: Finding) -> str:
    """The question that a finding asks."""
    shown = {name: _shown(voice, value) for name, value in finding.params.items()}
    return voice.text(f"check.{finding.code}", **shown)


def _shown(voice: Voice, value: Value) -> str:
    """A figure, day, name or list as the reader's language prints it."""
    return next(show(voice, value) for kind, show in _WAYS if isinstance(value, kind))


def _with_separators(figure: str, voice: Voice) -> str:
    """3,950.5 in English is 3.950,5 in Vietnamese."""
    return figure if voice.language == "en" else figure.translate({ord(","): ".", ord("."): ","})


def _listed(voice: Voice, parts: list[str]) -> str:
    """A, B và C."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {voice.text('check.and')} {parts[-1]}"


def _gap(voice: Voice, gap: Gap) -> str:
    if gap.days:
        return voice.text("check.gap", number=gap.number, days=gap.days)
    return voice.text("check.gap_none", number=gap.number)


def _lunar(voice: Voice, lunar: LunarDay) -> str:
    """The days around Tết as people call them."""
    if lunar.month == _FIRST_MONTH:
        return voice.text("check.lunar_new", day=lunar.day)
    if lunar.month == _LAST_MONTH:
        return voice.text("check.lunar_old", day=lunar.day)
    return voice.text("check.lunar", day=lunar.day, month=lunar.month)


_WAYS: tuple[tuple[type, Callable[[Voice, Any], str]], ...] = (
    (str, lambda _, text: text),
    (int, lambda voice, count: _with_separators(f"{count:,}", voice)),
    (float, lambda voice, ratio: _with_separators(f"{ratio:,.1f}", voice)),
    (Decimal, lambda voice, number: _with_separators(f"{number:,f}", voice)),
    (date, lambda _, day: show_date(day)),
    (time, lambda voice, at: voice.hour(f"{at:%H:%M}")),
    (tuple, lambda voice, parts: _listed(voice, [_shown(voice, part) for part in parts])),
    (Weekday, lambda voice, day: show_weekday(date.fromordinal(_MONDAY + day.number), voice.language)),
    (On, lambda voice, on: voice.text("check.on", number=on.number, date=show_date(on.day))),
    (Gap, _gap),
    (LunarDay, _lunar),
    (Mapping, lambda voice, names: names.get(voice.language) or next(iter(names.values()))),
)

"""A message to many: what stands in it, what is filled in for each, and the states that it goes through."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from core.names import LONGEST
from core.vietnamese import fold


class CastState(StrEnum):
    """The life of a broadcast. `WAITING`: for its time."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


OPEN: Final = (CastState.WAITING, CastState.RUNNING, CastState.PAUSED)

# What may stand in braces -> the value's name. Those of a round need one.
SLOTS: Final[Mapping[str, str]] = {
    "ten": "name",
    "name": "name",
    "don vi": "unit",
    "unit": "unit",
    "dot": "round",
    "round": "round",
    "ngay": "date",
    "date": "date",
    "gio": "time",
    "time": "time",
    "dia diem": "place",
    "place": "place",
}
OF_ROUND: Final = frozenset({"round", "date", "time", "place"})
# How long a value can become. Source: core/names.py; the longest official unit name of the 2025 dataset has 96 characters.
_MOST: Final[Mapping[str, int]] = {"name": LONGEST, "unit": 120}
# A word or a few between braces is meant as a slot; "{0}", "{a.b}", "{}" are what somebody wrote.
_SLOT = re.compile(r"\{([^\W\d_](?:[^\W\d]|[ _]){0,30})\}")

MOST_LETTERS: Final = 4096  # Source: Bot API, sendMessage: 1-4096 characters, in UTF-16 units
MOST_WITH_PHOTO: Final = 1024  # Source: Bot API, sendPhoto, caption
TYPED_ABOVE: Final = 500  # To more people nothing goes by a slip of the thumb: the number must be typed.
SAME_WORDS_MS: Final = 24 * 3_600_000


def _slot(word: str) -> str | None:
    return SLOTS.get(" ".join(fold(word).replace("_", " ").split()))


def slots(text: str) -> set[str]:
    """The values that the text asks for."""
    return {slot for word in _SLOT.findall(text) if (slot := _slot(word))}


def unknown_slots(text: str) -> list[str]:
    """What stands in braces like a slot and is none, in order: "{hoten}"."""
    return list(dict.fromkeys(f"{{{word}}}" for word in _SLOT.findall(text) if not _slot(word)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its slots filled. What has no value stays as it is written; what is filled in is not looked at again."""
    return _SLOT.sub(lambda found: values.get(_slot(found[1]) or "", found[0]), text)


def clean(text: str) -> str:
    """An officer's words as they are kept: NFC, no control characters; lines and spaces as typed, no more than one line empty."""
    kept = "".join(
        c for c in unicodedata.normalize("NFC", text) if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs")
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in kept.split("\n"))).strip()


def length(text: str) -> int:
    """Characters as messengers count them."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def longest(text: str, values: Mapping[str, str]) -> int:
    """How long the text can become for anybody; `values` are those that are the same for all."""
    own = {slot: "x" * most for slot, most in _MOST.items()}
    return length(fill(text, {**own, **values}))


@dataclass(frozen=True, slots=True)
class Content:
    """What is sent. `texts`: by language, at least one. `round_id`: the round of its slots, its pin and its button.

    `unit`: the name of the unit that it comes from, "" for the house. `picture`: an id. `night`: it may go in the quiet hours too.
    `office`: to officers, whose office has no pauses.
    """

    texts: Mapping[str, str]
    round_id: int | None = None
    pin: bool = False
    join: bool = False
    picture: int | None = None
    unit: str = ""
    night: bool = False
    office: bool = False

    def text(self, language: str) -> str:
        """In this language, or in the first there is."""
        return self.texts.get(language) or next(iter(self.texts.values()))

    @property
    def digest(self) -> str:
        """Names the words: the same for the same words, however they are spaced or cased."""
        words = "\n".join(sorted(" ".join(fold(text).split()) for text in self.texts.values()))
        return hashlib.sha256(words.encode()).hexdigest()[:32]

    def to_json(self) -> dict[str, Any]:
        """Plain data for a row."""
        data = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}
        return {**data, "texts": dict(self.texts)}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Content:
        """The inverse of `to_json`."""
        return Content(**data)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a broadcast is, in people. `left`: not tried yet; `unknown`: may have arrived, an officer decides."""

    people: int
    sent: int = 0
    blocked: int = 0
    failed: int = 0
    unknown: int = 0
    cancelled: int = 0

    @property
    def left(self) -> int:
        """Those who are still to be written to."""
        return max(0, self.people - self.sent - self.blocked - self.failed - self.unknown - self.cancelled)

    @property
    def percent(self) -> int:
        """Of all who were to be reached, how many are done with; 100 only where all are."""
        if not self.people or not self.left:
            return 100
        return min(99, 100 * (self.people - self.left) // self.people)

    @property
    def bar(self) -> str:
        """Ten squares."""
        full = self.percent // 10
        return "🟥" * full + "⬜" * (10 - full)

    def ended(self) -> Progress:
        """Nobody is left: whoever was not written to is no more."""
        return replace(self, people=self.people - self.left)


def minutes_left(left: int, per_second: float) -> int | None:
    """How long it still takes, rounded up; None where the speed is not known."""
    return -(-left // max(1, round(per_second * 60))) if per_second > 0 else None

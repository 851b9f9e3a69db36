"""What a document is, and what it needs to know besides its data."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from core.vietnamese import fold, nfc
from core.words import Words
from storage.database import Tx

Params = Mapping[str, Any]
Progress = Callable[[int, int], None]  # rows done, rows in all

_SLUG_LENGTH = 60  # with a title and a date before and behind it, a name that every file system takes
_NO_XML = re.compile(
    "[\ufffe\uffff]"
)  # Source: XML 1.0, production [2] Char; nfc() has taken out all other such characters


def quiet(_done: int, _total: int) -> None:
    """Progress that nobody asked for."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The occasion of a document. `province` may be ""; `now` is aware, `today` its day in the `zone`."""

    words: Words
    language: str
    today: date
    now: datetime
    organisation: str
    province: str
    zone: ZoneInfo

    def text(self, message: str, **params: object) -> str:
        """A sentence in the reader's language."""
        return self.words.say(self.language, message, **params)


class Write(Protocol):
    """Put a document on disk at `path`. Raises LookupError where what it is about is no longer there."""

    async def __call__(self, tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:
        """`params` are those of the DocumentRef."""


@dataclass(frozen=True, slots=True)
class Document:
    """One kind of file. `heavy` ones are written in a process of their own; `filename` is what the person sees; `picture`: to be
    looked at in the chat rather than opened.
    """

    name: str
    heavy: bool
    filename: Callable[[Params, Paper], str]
    write: Write
    picture: bool = False


def slug(*parts: str) -> str:
    """Parts of a file name in plain ASCII: "Sở Y tế" -> "so-y-te"; empty parts are left out."""
    words = (re.sub("[^a-z0-9]+", "-", fold(part))[:_SLUG_LENGTH].strip("-") for part in parts)
    return "-".join(filter(None, words))


def clean(text: str) -> str:
    """One line that every file format takes: nothing invisible, nothing that XML forbids."""
    return _NO_XML.sub("", nfc(text))

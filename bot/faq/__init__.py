"""The questions and answers that come with the program. docs/running.md says how an organisation puts its own words in their place."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.faq import Entry, Shipped, Topic

_OURS = Path(__file__).parent / "topics.toml"
_LANGUAGES = ("vi", "en")

_Text = Annotated[str, Field(min_length=1)]


class _EntryRow(BaseModel):
    model_config = ConfigDict(extra="forbid")
    question: _Text
    answer: _Text
    source: _Text
    source_on: Annotated[str, Field(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]


class _TopicRow(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: Annotated[str, Field(pattern=r"^[a-z]{2,16}$")]
    verify: bool = False
    commands: list[Annotated[str, Field(pattern=r"^/[a-z]+$")]] = []
    asked: list[_Text]
    vi: _EntryRow
    en: _EntryRow


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    elsewhere: list[_Text]
    topic: list[_TopicRow]


@lru_cache(maxsize=1)
def load_faq() -> Shipped:
    """Ours. (A file of the program itself: whatever is wrong with it is a bug, not a setting.)"""
    rows = _File(**tomllib.loads(_OURS.read_text("utf-8")))
    return Shipped(tuple(map(_topic, rows.topic)), tuple(rows.elsewhere))


def _topic(row: _TopicRow) -> Topic:
    texts = {language: getattr(row, language) for language in _LANGUAGES}
    entries = {
        language: Entry(text.question, text.answer.strip(), text.source, text.source_on, row.verify)
        for language, text in texts.items()
    }
    return Topic(row.key, entries, tuple(row.asked), tuple(row.commands))

"""What officers made of the questions and answers, and a read-only copy of all of them for reading and searching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Final

from core.faq import Changes, Entry, Shipped, Topic, merged
from core.faq_search import Found, Search
from storage import marks
from storage.database import Tx

_REVISION = "answers.revision"
_COLUMNS = "question, answer, source, source_on, verify"


@dataclass(frozen=True)
class Faq:
    """All topics in their order."""

    topics: tuple[Topic, ...]
    search: Search

    @property
    def shown(self) -> tuple[Topic, ...]:
        """Those that everybody sees."""
        return tuple(topic for topic in self.topics if topic.shown)

    def find(self, text: str) -> Found:
        """What somebody may mean. Who asks for a hidden topic is not given the answer of the next best one instead."""
        found = self.search.find(text)
        shown = {topic.key for topic in self.shown}
        certain = found.certain if found.certain in shown else None
        return Found(certain, tuple(key for key in found.near if key in shown))

    def topic(self, key: str) -> Topic | None:
        """The topic of a key, a hidden one too."""
        return next((topic for topic in self.topics if topic.key == key), None)


class FaqCache:
    """The table is the truth: whoever asks gets it as it is in their transaction, and it is read again only where somebody wrote."""

    def __init__(self, shipped: Shipped | None = None) -> None:
        """`shipped`: what comes with the program."""
        self.shipped: Final = shipped or Shipped()
        self._revision: str | None = None
        self._faq = Faq((), Search(()))

    async def all(self, tx: Tx) -> Faq:
        """Questions and answers as they are now."""
        revision = await marks.get(tx, _REVISION, "")
        if revision != self._revision:
            topics = merged(self.shipped.topics, await changes(tx))
            self._faq, self._revision = Faq(topics, Search(topics, self.shipped.elsewhere)), revision
        return self._faq


async def changes(tx: Tx) -> Changes:
    """Everything that officers changed."""
    rows = await tx.all(f"SELECT topic, language, {_COLUMNS} FROM faq ORDER BY topic, language DESC")  # noqa: S608 (constant)
    places = await tx.all("SELECT topic, position, shown FROM faq_places")
    return Changes(
        {(topic, language): Entry(*texts) for topic, language, *texts in rows},
        {topic: (position, bool(shown)) for topic, position, shown in places},
    )


async def write(tx: Tx, place: tuple[str, str], entry: Entry, *, by: str, at: int) -> None:
    """Put an officer's words in the place (topic, language) of what was there."""
    await tx.run(
        f"INSERT INTO faq (topic, language, {_COLUMNS}, changed_at, changed_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        " ON CONFLICT (topic, language) DO UPDATE SET question = excluded.question, answer = excluded.answer, source = excluded.source,"
        " source_on = excluded.source_on, verify = excluded.verify, changed_at = excluded.changed_at, changed_by = excluded.changed_by",
        (*place, entry.question, entry.answer, entry.source, entry.source_on, int(entry.verify), at, by),
    )
    await _touched(tx)


async def restore(tx: Tx, topic: str) -> None:
    """Back to what came with the program, in every language; an officer's own topic is gone with it."""
    await tx.run("DELETE FROM faq WHERE topic = ?", (topic,))
    await tx.run("DELETE FROM faq_places WHERE topic = ?", (topic,))
    await _touched(tx)


async def keep_order(tx: Tx, topics: Sequence[Topic]) -> None:
    """Keep this order, and which are shown."""
    await tx.many(
        "INSERT INTO faq_places (topic, position, shown) VALUES (?, ?, ?)"
        " ON CONFLICT (topic) DO UPDATE SET position = excluded.position, shown = excluded.shown",
        [(topic.key, position, int(topic.shown)) for position, topic in enumerate(topics)],
    )
    await _touched(tx)


async def _touched(tx: Tx) -> None:
    # Never a number used before: of a transaction that was undone a copy may have been read.
    await marks.set_(tx, _REVISION, token_hex(8))

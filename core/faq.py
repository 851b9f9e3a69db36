"""Questions and answers that everybody gets: what comes with the program, and what officers put in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.people import Person, Role
from core.units import UnitIndex

# Characters. A question is read in a list, an answer on one screen of a telephone, a source below it.
QUESTION, ANSWER, SOURCE = 90, 900, 160


@dataclass(frozen=True, slots=True)
class Entry:
    """One topic in one language. `source_on`: the day of the source as far as it is known, ISO; `verify`: to be checked again."""

    question: str
    answer: str
    source: str
    source_on: str
    verify: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """One question. `asked`: other ways in which people put it; `commands`: buttons below the answer.

    `changed`: the languages whose words are an officer's.
    """

    key: str
    entries: Mapping[str, Entry]
    asked: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    shown: bool = True
    changed: frozenset[str] = frozenset()

    def entry(self, language: str) -> Entry:
        """The words for somebody who reads this language; what it lacks is said in the one that there is."""
        return self.entries.get(language) or next(iter(self.entries.values()))

    def ways(self) -> tuple[str, ...]:
        """All the ways in which the question may be put."""
        return (*(entry.question for entry in self.entries.values()), *self.asked)


@dataclass(frozen=True, slots=True)
class Shipped:
    """What comes with the program. `elsewhere`: questions that sound like ours and are none."""

    topics: tuple[Topic, ...] = ()
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What officers made of the topics: their words by topic and language; place and visibility by topic."""

    entries: Mapping[tuple[str, str], Entry] = field(default_factory=dict)
    places: Mapping[str, tuple[int, bool]] = field(default_factory=dict)


def merged(shipped: Sequence[Topic], changes: Changes) -> tuple[Topic, ...]:
    """The topics as they are now, hidden ones too, in their order. A topic that did not come with the program is an officer's own."""
    topics = {topic.key: topic for topic in shipped}
    for (key, language), entry in changes.entries.items():
        topic = topics.get(key, Topic(key, {}))
        entries = {**topic.entries, language: entry}
        topics[key] = replace(topic, entries=entries, changed=topic.changed | {language})
    usual = {key: position for position, key in enumerate(topics)}

    def placed(topic: Topic) -> Topic:
        return replace(topic, shown=changes.places.get(topic.key, (0, True))[1])

    def place(topic: Topic) -> tuple[int, int]:
        return changes.places.get(topic.key, (usual[topic.key], True))[0], usual[topic.key]

    return tuple(sorted(map(placed, topics.values()), key=place))


def may_edit(person: Person, index: UnitIndex) -> bool:
    """True for who answers for everybody: the answers are read by all, so an admin writes them, or an officer of a unit with none above."""
    if person.may(Role.ADMIN):
        return True
    unit_ids = {grant.unit_id for grant in person.grants if grant.role is Role.OFFICER}
    units = [index.get(unit_id) for unit_id in unit_ids]
    return any(unit is not None and unit.parent_id not in index.units for unit in units)

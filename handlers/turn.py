"""One turn: what a person did, what we know, and what we answer. Reads and writes the database, never the network."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.calendar import Calendar
from core.dialogue import Button, Choice, DocumentRef, Inbound, Place, Reply
from core.emulation import DEFAULT_RULE, Rule
from core.links import Links
from core.notices import DEFAULT_TIMETABLE, Timetable
from core.people import Conversation, Person, Role
from core.rule_sets import RuleBook, RuleSet
from core.units import UnitIndex
from core.words import Words
from handlers.voice import Voice
from storage import people, records
from storage.database import Savepoint
from storage.faq import FaqCache
from storage.outbox import Draft
from storage.units import UnitsCache


@dataclass(frozen=True, slots=True)
class Settings:
    """What the talk needs to know of the configuration. `admins` are addresses; `contact` is shown to who wants a person.

    `timetable`: when people are told something of our own accord. `offer_hours`: how long a seat that came free is held for the
    next in the line; `late_hours`: from how long before a round on leaving it is late. `emulation`: how units are given
    points for a year.
    """

    organisation: str
    contact: str
    zone: ZoneInfo
    admins: frozenset[str]
    form_days: int
    province: str
    timetable: Timetable = DEFAULT_TIMETABLE
    offer_hours: int = 24
    late_hours: int = 24
    emulation: Rule = DEFAULT_RULE

    def as_configured(self, person: Person) -> Person:
        """The person as they may act: an administrator of the configuration is one whatever the table says."""
        return replace(person, role=Role.ADMIN) if person.address in self.admins else person


@dataclass(frozen=True, slots=True)
class House:
    """What stays the same from turn to turn."""

    words: Words
    settings: Settings
    units: UnitsCache
    rules: RuleBook
    calendar: Calendar = field(default_factory=Calendar)
    links: Links = field(default_factory=Links)
    faq: FaqCache = field(default_factory=FaqCache)

    def voice(self, language: str) -> Voice:
        """How we speak in a language."""
        settings = self.settings
        return Voice(self.words, language, settings.organisation, settings.contact, settings.zone)


@dataclass
class Turn:
    """The state of one turn. Handlers append to `replies` and set `conversation`; the caller writes both down.

    `told`: messages to others; `regranted`: whose roles have changed. `follow`: a command ("/next") that the engine runs once what is
    done now has ended.
    """

    house: House
    inbound: Inbound
    now: datetime
    person: Person
    tx: Savepoint
    conversation: Conversation | None = None
    replies: list[Reply] = field(default_factory=list)
    told: list[Draft] = field(default_factory=list)
    regranted: set[str] = field(default_factory=set)
    follow: str = ""

    @property
    def today(self) -> date:
        """The local calendar day."""
        return self.now.astimezone(self.house.settings.zone).date()

    @property
    def at(self) -> int:
        """Now, in milliseconds UTC."""
        return int(self.now.timestamp() * 1000)

    @property
    def settings(self) -> Settings:
        """Shorthand."""
        return self.house.settings

    @property
    def rules(self) -> RuleSet:
        """The usual rules, as they stand today; of a round it is `house.rules.of(round.rule_set, round.held_on)`."""
        return self.house.rules.of("", self.today)

    @property
    def language(self) -> str:
        """What the person reads."""
        return self.person.language

    @property
    def voice(self) -> Voice:
        """How we speak to this person."""
        return self.house.voice(self.person.language)

    def text(self, message: str, **params: object) -> str:
        """A sentence of the catalogue in the person's language."""
        return self.house.words.say(self.person.language, message, **params)

    def say(self, message: str, /, *commands: str, **params: object) -> None:
        """Answer with a sentence, and with buttons for these commands ("/register")."""
        self.reply(Reply(self.text(message, **params), buttons=self.menu(commands)))

    def reply(self, reply: Reply) -> None:
        """Answer with a whole message."""
        self.replies.append(reply)

    def tell(self, draft: Draft) -> None:
        """Say something to somebody else; its key makes sure that they hear it once."""
        self.told.append(draft)

    def menu(self, commands: Sequence[str]) -> tuple[Button, ...]:
        """Buttons that mean commands; they never go stale."""
        return self.voice.menu(commands)

    def place(self, place: Place) -> None:
        """Answer with a pin on the map."""
        self.reply(Reply(place=place))

    def document(self, document: str, text: str = "", **params: object) -> None:
        """Answer with a file, made when it is sent."""
        self.reply(Reply(text=text, document=DocumentRef(document, {"language": self.language, **params})))

    async def unit_index(self) -> UnitIndex:
        """All units, as they are today."""
        return await self.house.units.index(self.tx, self.today)

    async def know(self, language: str | None = None) -> int:
        """Keep the person from here on (they consented, or chose a language); their id."""
        chosen = language or self.person.language
        if self.person.id is None or chosen != self.person.language:
            id_ = await people.keep(self.tx, self.person.address, chosen, self.at)
            self.person = replace(self.person, id=id_, language=chosen)
        assert self.person.id is not None
        return self.person.id

    async def forget(self) -> None:
        """Keep nothing of the person from here on but the proof that they agreed and took it back."""
        address = self.person.address
        await records.withdraw_all(self.tx, address, self.inbound.channel, self.at)
        await people.forget(self.tx, address)
        self.person = self.settings.as_configured(Person(address, self.person.language))


Handler = Callable[[Turn, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Action:
    """One command: its names, who may use it, and what it does. Menus of every channel, help and role checks come from here.

    `names`: the first is the canonical one; its menu line is the sentence "menu.<name>". `words`: folded phrases of free text
    that mean it. `listed`: shown in menus. `within`: may be used in the middle of a form without leaving it.
    """

    names: tuple[str, ...]
    handler: Handler
    role: Role = Role.DONOR
    words: tuple[str, ...] = ()
    listed: bool = True
    within: bool = True

    @property
    def name(self) -> str:
        """The canonical name, without slash."""
        return self.names[0]

    def shown(self, language: str) -> str:
        """The name that menus show: the Vietnamese one in Vietnamese."""
        return self.names[-1] if language == "vi" else self.names[0]


def choices_text(choices: Sequence[Choice]) -> tuple[tuple[str, ...], ...]:
    """Choices as the conversation row keeps them: (value, label, *aliases), see Choice."""
    return tuple((choice.value, choice.label, *choice.aliases) for choice in choices)


def text_version(text: str) -> str:
    """The short hash that names a text in a consent record."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]

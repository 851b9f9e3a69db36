"""Who hears of a donor's question: the nearest officers up the line, then the administrators; and who hears that it still waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.authority import own_units
from core.dates import show_date
from core.dialogue import Button, Reply
from core.names import mask_name
from core.people import Role
from core.units import Unit, UnitIndex
from handlers.turn import House, Turn
from handlers.voice import Voice
from storage import donors, outbox, people, questions, records
from storage.database import Tx
from storage.outbox import Draft, Lane
from storage.questions import CLOSED, End, Question, Reader

LATE_DAYS = 2  # Working days. Source: Decree 356/2025/NĐ-CP art. 5 gives as much to answer a request; a question need not wait longer.
_GIVEN_UP_DAYS = (
    60  # Whom nobody answered for two months has asked elsewhere; words about health are not kept for nothing.
)
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Desk:
    """Who answers: the officers of `unit`, of None the administrators; `readers`: those whom a message reaches."""

    unit: Unit | None
    readers: tuple[Reader, ...]

    @property
    def unit_id(self) -> int | None:
        """As a question keeps it."""
        return self.unit.id if self.unit else None

    def name(self, voice: Voice) -> str:
        """As people know it."""
        return self.unit.name if self.unit else voice.organisation


async def nearest(tx: Tx, house: House, path: Sequence[Unit], *, but: str = "") -> Desk | None:
    """The first desk up the line where somebody is; the administrators are above all. None where nobody reads. `but`: who asks."""
    for unit in path:
        if found := await _at(tx, unit, but):
            return found
    return await _administrators(tx, house, but)


async def _at(tx: Tx, unit: Unit, but: str) -> Desk | None:
    there = tuple(reader for reader in await questions.readers(tx, unit.id) if reader.address != but)
    return Desk(unit, there) if there else None


async def _administrators(tx: Tx, house: House, but: str) -> Desk | None:
    """Those of the table, and those of the settings unless they have blocked us."""
    found = {reader.address: reader for reader in await questions.readers(tx, None)}
    configured = sorted(house.settings.admins - found.keys())
    known = await people.load(tx, configured) if configured else {}
    for address in configured:
        person = known.get(address)
        if person is None or person.reachable:
            language = person.language if person else house.words.default
            found[address] = Reader(address, language, person.id if person else None)
    there = tuple(reader for address, reader in found.items() if address != but)
    return Desk(None, there) if there else None


async def of_asker(tx: Tx, house: House, index: UnitIndex, address: str) -> Desk | None:
    """Who answers this person: whoever did lately, else the nearest officers up the line of their unit.

    Who has no unit here asks the administrators; where there are none, the officers of the whole.
    """
    before = await questions.last_office(tx, address)
    unit_id = before[0] if before else await _unit_of(tx, address)
    now = index.now(unit_id) if unit_id is not None else []
    path = index.path(now[0].id) if now else []
    return await nearest(tx, house, path, but=address) or await _first_root(tx, index, address)


async def _first_root(tx: Tx, index: UnitIndex, but: str) -> Desk | None:
    for root in index.children(None):
        if found := await _at(tx, root, but):
            return found
    return None


async def _unit_of(tx: Tx, address: str) -> int | None:
    known = (await people.load(tx, [address])).get(address)
    donor = await donors.of_person(tx, known.id) if known else None
    return donor.unit_id if donor else None


async def above(tx: Tx, house: House, index: UnitIndex, question: Question) -> Desk | None:
    """The next desk above the one that has the question; None where there is none."""
    if question.unit_id is None:
        return None
    return await nearest(tx, house, index.path(question.unit_id)[1:], but=question.address)


async def asker(tx: Tx, voice: Voice, index: UnitIndex, address: str) -> str:
    """Who asks, as officers see it: a masked name and the unit; neither of somebody who is not registered."""
    known = (await people.load(tx, [address])).get(address)
    donor = await donors.of_person(tx, known.id) if known else None
    if donor is None:
        return voice.text("questions.stranger")
    unit = index.get(donor.unit_id)
    return f"{mask_name(donor.full_name)} – {unit.name if unit else donor.unit_text}"


async def is_registered(tx: Tx, address: str) -> bool:
    """True for a donor of ours."""
    known = (await people.load(tx, [address])).get(address)
    return known is not None and await donors.of_person(tx, known.id) is not None


def ways_to_answer(voice: Voice, question: Question) -> tuple[Button, ...]:
    """The button below a question that is told to an officer. Its label is what one types where there are no buttons."""
    return (Button(voice.text("questions.answer_it", id=question.id), f"/questions {question.id}"),)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and when something is told; `index` is that of the day."""

    tx: Tx
    house: House
    index: UnitIndex
    now: datetime


# What officers are told, and what sets its key apart: each is told once to each of them.
ASKED, PASSED_ON, LATE = ("questions.told", ""), ("questions.passed", "passed:"), ("questions.late", "late:")


async def told(scene: Scene, question: Question, desk: Desk, news: tuple[str, str]) -> list[Draft]:
    """A message for each reader of the desk; not at night."""
    tx, house, now = scene.tx, scene.house, scene.now
    message, again = news
    awake = house.settings.timetable.awake(now)
    drafts = []
    for reader in desk.readers:
        voice = house.voice(reader.language)
        text = voice.text(
            message,
            id=question.id,
            who=await asker(tx, voice, scene.index, question.address),
            question=question.words,
            since=show_date(day_of(house, question.asked_at)),
            days=LATE_DAYS,
        )
        drafts.append(
            Draft(
                f"question:{question.id}:{again}{reader.person_id or reader.address}",
                reader.address,
                Reply(text, ways_to_answer(voice, question)),
                lane=Lane.REMINDER,
                not_before=int(awake.timestamp() * 1000) if awake > now else 0,
            )
        )
    return drafts


def day_of(house: House, at: int) -> date:
    """The local calendar day of a moment in milliseconds."""
    return datetime.fromtimestamp(at / 1000, house.settings.zone).date()


def is_late(house: House, asked_at: int, now: datetime) -> bool:
    """True once the working days have passed, by the clock."""
    asked = datetime.fromtimestamp(asked_at / 1000, house.settings.zone)
    last = house.calendar.working_days_later(asked.date(), LATE_DAYS)
    return now >= datetime.combine(last, asked.timetz())


async def find(turn: Turn, text: str) -> Question | None:
    """The question of a number, where the person's units have it; None also where there is none. A refusal is on record."""
    question = (
        await questions.by_id(turn.tx, int(text)) if text.isascii() and text.isdigit() and len(text) < 15 else None
    )
    if question is None:
        return None
    own = own_units(turn.person, await turn.unit_index())
    if turn.person.may(Role.OFFICER) and (own is None or question.unit_id in own):
        return question
    await records.add_audit(
        turn.tx, turn.person.address, "refused", at=turn.at, command="questions", question=question.id
    )
    return None


async def watch(tx: Tx, house: House, now: datetime) -> int:
    """Tell those above of what has waited too long, once, and end what nobody will answer any more; how many there were of both."""
    at = int(now.timestamp() * 1000)
    late = [q for q in await questions.not_told(tx, at - LATE_DAYS * _DAY_MS) if is_late(house, q.asked_at, now)]
    for question in late:
        await _tell_above(tx, house, question, now)
    left = await questions.asked_before(tx, at - _GIVEN_UP_DAYS * _DAY_MS)
    for question in left:
        await _give_up(tx, house, question, now)
    return len(late) + len(left)


async def _tell_above(tx: Tx, house: House, question: Question, now: datetime) -> None:
    """The administrators where no unit is above; they are told again of what is theirs."""
    index = await house.units.index(tx, now.astimezone(house.settings.zone).date())
    desk = await above(tx, house, index, question) or await nearest(tx, house, (), but=question.address)
    if desk:
        await outbox.write(tx, await told(Scene(tx, house, index, now), question, desk, LATE))
    await questions.told_above(tx, question.id, int(now.timestamp() * 1000))


async def _give_up(tx: Tx, house: House, question: Question, now: datetime) -> None:
    """Whoever asked is told the truth, and whom to call."""
    at = int(now.timestamp() * 1000)
    await questions.end(tx, question.id, End(CLOSED, "", "", None), at)
    known = (await people.load(tx, [question.address])).get(question.address)
    voice = house.voice(known.language if known else house.words.default)
    text = voice.text("questions.given_up", contact=voice.contact, question=question.words)
    awake = house.settings.timetable.awake(now)
    not_before = int(awake.timestamp() * 1000) if awake > now else 0
    reply = Reply(text, voice.menu(("/ask",)))
    await outbox.write(tx, [Draft(f"answer:{question.id}", question.address, reply, Lane.REMINDER, not_before)])

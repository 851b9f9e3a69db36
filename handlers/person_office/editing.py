"""Correcting a record: all of one from paper; of who registered themselves the group and the count, and then they are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.ages import read_birth
from core.blood import Abo, Rh, read_group
from core.counts import read_count
from core.dialogue import Choice
from core.eligibility import eligible_on
from core.names import read_name
from core.people import Donor, Sex
from core.phones import mask_phone, read_phone
from core.unclear import Unclear
from core.vietnamese import nfc
from handlers import donor_facts, donor_questions, pages
from handlers.form import Answers, Given, GoTo, Prompt
from handlers.person_office import access, telling_them
from handlers.person_office.access import Known
from handlers.turn import Turn
from storage import donors

FIELD, TO, SOURCE = "field", "_to", "_source"
LONGEST_NOTE = 120
_GROUPS = tuple(f"{abo}{rh}" for abo in ("O", "A", "B", "AB") for rh in "+-")


@dataclass(frozen=True, slots=True)
class Field:
    """A fact that can be corrected. `read` gives the JSON value, `put` the donor with it; `chat`: also of who registered themselves."""

    key: str
    read: Callable[[Turn, Given, Donor], Awaitable[Any]]
    put: Callable[[Donor, Any], Donor]
    choices: Callable[[Turn], Sequence[Choice]] = lambda _: ()
    chat: bool = False


async def _name(_: Turn, given: Given, __: Donor) -> str:
    return read_name(given.text)


async def _age(turn: Turn, given: Given, _: Donor) -> dict[str, Any]:
    return donor_questions.adult(turn, read_birth(given.text, turn.today))


async def _sex(turn: Turn, given: Given, _: Donor) -> object:
    return await donor_questions.read_choice(turn, {}, given)


async def _group(_: Turn, given: Given, __: Donor) -> str:
    if given.value:
        return given.value
    abo, rh = read_group(given.text)
    if abo is Abo.UNKNOWN:
        raise Unclear("unclear.abo")
    return f"{abo}{rh}"


async def _count(_: Turn, given: Given, __: Donor) -> int:
    return read_count(given.text)


async def _last(turn: Turn, given: Given, donor: Donor) -> object:
    return await donor_questions.read_last(turn, {"age": donor_questions.birth_json(donor.birth)}, given)


async def _phone(_: Turn, given: Given, __: Donor) -> str:
    return "" if given.value else read_phone(given.text)


async def _note(_: Turn, given: Given, __: Donor) -> str:
    return read_note("" if given.value else given.text)


def read_note(text: str) -> str:
    """A few words beside a name."""
    note = nfc(text)
    if len(note) > LONGEST_NOTE:
        raise Unclear("unclear.long", highest=LONGEST_NOTE)
    return note


def _with_count(donor: Donor, count: int) -> Donor:
    return replace(donor, donations=count, last_donation=donor.last_donation if count else None)


def _with_last(donor: Donor, last: str) -> Donor:
    return replace(donor, last_donation=last or None, donations=max(1, donor.donations) if last else donor.donations)


def _groups(turn: Turn) -> list[Choice]:
    known = [Choice(group, f"{group[:-1]} Rh{group[-1]}", (group,)) for group in _GROUPS]
    return [*known, *pages.offered(turn, **{"??": "blood.unknown"})]


def _no_phone(turn: Turn) -> list[Choice]:
    return pages.offered(turn, none="person.no_phone")


def _no_note(turn: Turn) -> list[Choice]:
    return pages.offered(turn, none="person.no_note")


FIELDS = (
    Field("name", _name, lambda donor, value: replace(donor, full_name=value)),
    Field("age", _age, lambda donor, value: replace(donor, birth=donor_questions.birth_of(value))),
    Field("sex", _sex, lambda donor, value: replace(donor, sex=Sex(value)), donor_questions.sexes),
    Field(
        "abo", _group, lambda donor, value: replace(donor, abo=Abo(value[:-1]), rh=Rh(value[-1])), _groups, chat=True
    ),
    Field("count", _count, _with_count, chat=True),
    Field("last", _last, _with_last, lambda turn: pages.offered(turn, unknown="last.unknown")),
    Field(
        "phone",
        _phone,
        lambda donor, value: replace(donor, phone=value, phone_proven=False),
        lambda turn: pages.offered(turn, none="person.no_phone"),
    ),
    Field(
        "note",
        _note,
        lambda donor, value: replace(donor, note=value),
        lambda turn: pages.offered(turn, none="person.no_note"),
    ),
)
BY_KEY = {field.key: field for field in FIELDS}


def field_label(turn: Turn, key: str) -> str:
    """What a field is called."""
    return turn.text("donor.note") if key == "note" else turn.text(f"register.{key}.label")


@access.asks
async def ask_fields(turn: Turn, _: Answers, known: Known) -> Prompt:
    """Which fact; of who registered themselves only what an official can know better."""
    fields = [field for field in FIELDS if known.paper or field.chat]
    text = turn.text("person.fields" if known.paper else "person.fields_chat")
    return Prompt(text, [Choice(field.key, field_label(turn, field.key)) for field in fields])


@access.reads
async def read_fields(_: Turn, answers: Answers, given: Given, __: Known) -> object:
    """The field to correct."""
    if given.value is None:
        raise Unclear("unclear.choice")
    answers[FIELD] = given.value
    raise GoTo("value")


async def _shown(turn: Turn, key: str, donor: Donor) -> str:
    """A fact in words; the number masked."""
    match key:
        case "name":
            return donor.full_name
        case "age":
            return await donor_questions.show_age(turn, donor_questions.birth_json(donor.birth))
        case "sex":
            return await donor_questions.show_sex(turn, donor.sex)
        case "abo":
            return await donor_facts.group(turn, donor)
        case "count":
            return await donor_questions.show_count(turn, donor.donations)
        case "last":
            return await donor_questions.show_last(turn, donor.last_donation or "")
        case "phone":
            return mask_phone(donor.phone) if donor.phone else turn.text("person.no_phone")
    return donor.note or turn.text("person.no_note")


@access.asks
async def ask_value(turn: Turn, answers: Answers, known: Known) -> Prompt:
    """The fact as it stands, and how to type it."""
    field = BY_KEY[answers[FIELD]]
    now = await _shown(turn, field.key, known.donor)
    text = turn.text(
        "person.value", label=field_label(turn, field.key), now=now, example=turn.text(f"person.example.{field.key}")
    )
    return Prompt(text, field.choices(turn))


@access.reads
async def read_value(turn: Turn, answers: Answers, given: Given, known: Known) -> object:
    """The new value; of a group, where it is known from."""
    field = _allowed(turn, answers, known)
    answers[TO] = await field.read(turn, given, known.donor)
    raise GoTo("source" if field.key == "abo" and answers[TO] != "??" else "preview")


def _allowed(turn: Turn, answers: Answers, known: Known) -> Field:
    """The field in hand. Raises GoTo where the record is not from paper alone any more, and the field is the person's own affair."""
    field = BY_KEY[answers[FIELD]]
    if not known.paper and not field.chat:
        raise GoTo("card", turn.text("person.theirs"))
    return field


@access.asks
async def ask_source(turn: Turn, _: Answers, known: Known) -> Prompt:
    """Whoever changes what somebody said of themselves has read it somewhere."""
    ways = {"certificate": "person.source.certificate", "facility": "person.source.facility"}
    ways |= {"declared": "person.source.declared"} if known.paper else {}
    return Prompt(turn.text("person.source"), pages.offered(turn, **ways))


@access.reads
async def read_source(_: Turn, answers: Answers, given: Given, __: Known) -> object:
    """Certificate, facility, or said."""
    if given.value is None:
        raise Unclear("unclear.choice")
    answers[SOURCE] = given.value
    raise GoTo("preview")


def _changed(answers: Answers, donor: Donor) -> Donor:
    after = BY_KEY[answers[FIELD]].put(donor, answers[TO])
    if answers[FIELD] != "abo":
        return after
    return replace(after, group_source=answers.get(SOURCE, "declared") if after.abo is not Abo.UNKNOWN else "declared")


@access.asks
async def ask_preview(turn: Turn, answers: Answers, known: Known) -> Prompt:
    """Before and after; and that they are told, where somebody is there to be told."""
    field, after = answers[FIELD], _changed(answers, known.donor)
    facts = {"before": await _shown(turn, field, known.donor), "after": await _shown(turn, field, after)}
    if field == "phone" and after.phone:
        facts["after"] = await donor_questions.show_phone(turn, after.phone)
    text = turn.text("person.preview", label=field_label(turn, field), **facts)
    told = "" if known.paper else turn.text("person.will_be_told")
    return Prompt("\n".join(filter(None, (text, told))), pages.offered(turn, yes="person.save"))


@access.reads
async def read_preview(turn: Turn, answers: Answers, given: Given, known: Known) -> object:
    """Saved, and on record."""
    if given.value != "yes":
        raise Unclear("unclear.person_confirm")
    field, after = _allowed(turn, answers, known).key, _changed(answers, known.donor)
    await donors.save(turn.tx, known.id, after, turn.at, eligible_on=eligible_on(turn.rules, after))
    await access.audit(turn, "edited", known, field=field)
    told = await telling_them.changed(turn, known, field, (known.donor, after))
    raise GoTo("card", turn.text("person.saved_told" if told else "person.saved"))

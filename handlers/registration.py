"""The registration form: consent, name, unit, age, sex, blood group, donations, phone, card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.ages import Age, judge_age, read_birth
from core.blood import Abo, Rh
from core.dates import show_date
from core.dialogue import Contact, Reply
from core.eligibility import eligible_on
from core.names import read_name
from core.people import Donor, Sex
from core.phones import read_phone
from core.unclear import Unclear
from core.vietnamese import bare
from handlers import donor_questions, unit_question
from handlers.form import CONTACT, REVIEW, Answers, Finish, Form, Given, Prompt, Question, labelled, open_form
from handlers.turn import Action, Turn, text_version
from storage import donors, joins, linking, records, rounds

PURPOSE = "registration"
_CARD = "_card"  # The number of their own contact card, for which the platform vouches.
# What people say instead of their name when they open the chat; each would pass for a name.
_GREETINGS = frozenset(
    "xin chao|chao|chao ban|chao bot|chao anh|chao chi|chao em|hello|hi|hey|alo|ok|oke|okay|vang|da|u|uh|co|khong|yes|no|cam on"
    "|thanks|thank you|dang ky|bat dau|tiep tuc|start|test|help|toi muon hien mau|hien mau|toi muon dang ky|dong y".split(
        "|"
    )
)
# Questions that only some answers call for share the number of the one before, so that the total never changes on the way.
_NUMBERED = (("name",), ("unit",), ("age",), ("sex",), ("abo", "rh"), ("count", "last"), ("phone",))


def _step(turn: Turn, key: str) -> str:
    """The question's sentence with its place in the form."""
    number = next(at for at, keys in enumerate(_NUMBERED, 1) if key in keys)
    return turn.text("form.step", number=number, total=len(_NUMBERED), text=turn.text(f"register.{key}.ask"))


async def _ask_consent(turn: Turn, _: Answers) -> Prompt:
    return Prompt(_notice(turn), labelled(turn, yes="form.agree", no="form.decline"))


def _notice(turn: Turn) -> str:
    settings = turn.settings
    return turn.text("register.notice", organisation=settings.organisation, contact=settings.contact)


async def _read_consent(turn: Turn, _: Answers, given: Given) -> object:
    if given.value == "no":
        raise Finish(turn.text("register.declined", contact=turn.settings.contact), "/next", "/help")
    if given.value != "yes":
        raise Unclear("unclear.consent")
    await turn.know()
    consent = records.Consent(PURPOSE, "given", text_version(_notice(turn)), turn.inbound.channel, turn.at)
    await records.add_consent(turn.tx, turn.person.address, consent)
    return True


async def _ask_name(turn: Turn, _: Answers) -> Prompt:
    return Prompt(_step(turn, "name"))


async def _read_name(_: Turn, __: Answers, given: Given) -> object:
    if bare(given.text).strip("!?. ") in _GREETINGS:
        raise Unclear("unclear.name.greeting")
    return read_name(given.text)


async def _show_text(_: Turn, value: str) -> str:
    return value


async def _ask_unit(turn: Turn, answers: Answers) -> Prompt:
    prompt = await unit_question.ask(turn, answers)
    if unit_question.SCRATCH in answers:
        return prompt
    return Prompt(_step(turn, "unit") + "\n" + prompt.text, prompt.choices)


async def _ask_age(turn: Turn, _: Answers) -> Prompt:
    return Prompt(_step(turn, "age"))


async def _read_age(turn: Turn, _: Answers, given: Given) -> object:
    birth = read_birth(given.text, turn.today)
    rule = turn.rules.age
    judged = judge_age(birth, turn.today, rule)
    if judged.age is Age.TOO_YOUNG:
        # More likely a slip than a person who grew younger, or a child who was given an office.
        if turn.person.grants or await donors.of_person(turn.tx, turn.person.id):
            raise Unclear("register.age.young_registered", lowest=rule.lowest)
        # Nothing is kept of somebody under 18. Source: Circular 26/2013/TT-BYT art. 4(1); Law 91/2025/QH15 art. 24.
        await turn.forget()
        when = (
            turn.text("register.age.from", date=show_date(judged.allowed_from))
            if judged.allowed_from
            else turn.text("register.age.from_birthday", lowest=rule.lowest)
        )
        raise Finish(turn.text("register.age.young", when=when, lowest=rule.lowest), "/next", "/help")
    if judged.age is Age.TOO_OLD:
        raise Unclear("register.age.old", contact=turn.settings.contact, lowest=rule.lowest, highest=rule.highest)
    if judged.age is Age.NEED_DATE:
        raise Unclear("register.age.need_date", lowest=rule.lowest)
    return donor_questions.birth_json(birth)


async def _ask_sex(turn: Turn, _: Answers) -> Prompt:
    return Prompt(_step(turn, "sex"), donor_questions.sexes(turn))


async def _ask_abo(turn: Turn, _: Answers) -> Prompt:
    return Prompt(_step(turn, "abo"), donor_questions.groups(turn))


async def _ask_rh(turn: Turn, _: Answers) -> Prompt:
    return Prompt(_step(turn, "rh"), donor_questions.rhesus(turn))


async def _ask_count(turn: Turn, _: Answers) -> Prompt:
    return Prompt(_step(turn, "count"), labelled(turn, **{"0": "count.never"}))


async def _ask_last(turn: Turn, _: Answers) -> Prompt:
    return Prompt(_step(turn, "last"), labelled(turn, unknown="last.unknown"))


async def _ask_phone(turn: Turn, _: Answers) -> Prompt:
    return Prompt(_step(turn, "phone"), contact=turn.text("phone.share"))


async def _read_phone(turn: Turn, answers: Answers, given: Given) -> object:
    phone = read_phone(given.text)
    if isinstance(turn.inbound.input, Contact):  # Of another's card the form has said no already.
        answers[_CARD] = phone
    return phone


async def _finish(turn: Turn, answers: Answers) -> None:
    person_id = await turn.know()
    donor, before = donor_of(answers), await donors.of_person(turn.tx, person_id)
    if before:
        donor = _with_what_is_no_line_of_the_card(donor, before)
    new = await donors.save(turn.tx, person_id, donor, turn.at, eligible_on=eligible_on(turn.rules, donor))
    if before and before.unit_id != donor.unit_id:
        await joins.follow_unit(turn.tx, person_id, turn.today)
    message = "register.saved" if new else "register.changed"
    wanted, club = str(answers.get("_round", "")), str(answers.get("_club", ""))
    if club:
        turn.follow = " ".join(("/club", club))
    elif new or wanted:  # Whoever has just registered is asked about a round at once.
        turn.follow = " ".join(("/join", wanted)) if wanted else "/next"
    if await _is_on_paper(turn, donor, before):
        turn.follow = " ".join(("/link", "own", wanted)).rstrip()
    buttons = turn.menu(("/profile",) if turn.follow else ("/next", "/profile"))
    turn.reply(Reply(turn.text(message, name=answers["name"]), buttons, tidy=CONTACT in answers))


async def _is_on_paper(turn: Turn, donor: Donor, before: Donor | None) -> bool:
    """True where a number that has just been proven is on a paper record: it may be theirs. Of a typed one nothing is said."""
    if not donor.phone_proven or (before and before.phone_proven and before.phone == donor.phone):
        return False
    return bool(await linking.paper_with_phone(turn.tx, donor.phone))


def _with_what_is_no_line_of_the_card(donor: Donor, before: Donor) -> Donor:
    """What a self-check left, what a list says beside the name, and where the group and the last donation are known from."""
    donor = replace(donor, deferred_until=before.deferred_until, stopped=before.stopped, ask_staff=before.ask_staff)
    donor = replace(donor, note=before.note)
    if (donor.abo, donor.rh) == (before.abo, before.rh):
        donor = replace(donor, group_source=before.group_source)
    return replace(donor, last_kind=before.last_kind) if donor.last_donation == before.last_donation else donor


def donor_of(answers: Answers) -> Donor:
    """The registration that complete answers make."""
    unit = answers["unit"]
    return Donor(
        full_name=answers["name"],
        unit_id=unit.get("id"),
        unit_text=unit.get("text", ""),
        birth=donor_questions.birth_of(answers["age"]),
        sex=Sex(answers["sex"]),
        abo=Abo(answers["abo"]),
        rh=Rh(answers.get("rh", "?")),
        donations=answers["count"],
        last_donation=answers.get("last") or None,
        phone=answers["phone"],
        phone_proven=answers.get(_CARD) == answers["phone"],
    )


def answers_of(donor: Donor) -> Answers:
    """The answers that make this registration: the form opened again on its card."""
    answers: Answers = {
        "consent": True,
        "name": donor.full_name,
        "unit": {"id": donor.unit_id} if donor.unit_id is not None else {"text": donor.unit_text},
        "age": donor_questions.birth_json(donor.birth),
        "sex": str(donor.sex),
        "abo": str(donor.abo),
        "count": donor.donations,
        "phone": donor.phone,
    }
    if donor.abo is not Abo.UNKNOWN:
        answers["rh"] = str(donor.rh)
    if donor.donations:
        answers["last"] = donor.last_donation or ""
    if donor.phone_proven:
        answers[_CARD] = donor.phone
    return answers


def _has_given(answers: Mapping[str, Any]) -> bool:
    return int(answers.get("count", 0)) > 0


FORM = Form(
    name="register",
    questions=(
        Question("consent", _ask_consent, _read_consent, nav=False),
        Question("name", _ask_name, _read_name, _show_text, free=True),
        Question("unit", _ask_unit, unit_question.read, unit_question.show),
        Question("age", _ask_age, _read_age, donor_questions.show_age, free=True),
        Question("sex", _ask_sex, donor_questions.read_choice, donor_questions.show_sex),
        Question("abo", _ask_abo, donor_questions.read_abo, donor_questions.show_abo),
        Question(
            "rh",
            _ask_rh,
            donor_questions.read_rh,
            donor_questions.show_rh,
            when=lambda answers: answers.get("abo", "?") != "?",
        ),
        Question("count", _ask_count, donor_questions.read_count, donor_questions.show_count, free=True),
        Question("last", _ask_last, donor_questions.read_last, donor_questions.show_last, when=_has_given, free=True),
        Question("phone", _ask_phone, _read_phone, donor_questions.show_phone, free=True),
    ),
    finish=_finish,
    cancelled="register.cancelled",
    card="register.card",
)


async def register(turn: Turn, unit_code: str = "", round_code: str = "", club_code: str = "") -> None:
    """Begin, or open the card of who is registered. `unit_code` comes from a deep link and presets the unit; `round_code` is of the
    round that is asked about when this is done, `club_code` of the club.
    """
    index = await turn.unit_index()
    unit = index.by_code(unit_code) if unit_code else None
    if unit_code and not unit:
        turn.say("register.unit_unknown")
    donor = await donors.of_person(turn.tx, turn.person.id)
    answers = answers_of(donor) if donor else {}
    if turn.conversation and turn.conversation.form == FORM.name:
        answers = {**turn.conversation.answers}  # What was answered so far stays.
    if unit and index.ended(unit):  # A poster outlives a reform.
        unit = index.heir(unit.id) or unit
    if unit and index.ended(unit):
        answers.pop("unit", None)
        answers[unit_question.SCRATCH] = {"ended": unit.id}
    elif unit:
        answers["unit"] = {"id": unit.id}
    if round_code:
        answers["_round"] = round_code
    if club_code:
        answers["_club"] = club_code
    await open_form(turn, FORM, answers, REVIEW if donor else None)


async def _command(turn: Turn, args: str) -> None:
    """`args`: the code of a round, or "club:CODE", where somebody wanted to join it before they were registered."""
    kind, _, code = args.partition(":")
    club = (await turn.unit_index()).by_code(code) if kind == "club" else None
    found = await rounds.by_code(turn.tx, args) if args else None
    await register(turn, round_code=found.code if found else "", club_code=club.code if club else "")


async def profile(turn: Turn, _: str) -> None:
    """The registration on its card, where each line can be changed."""
    if await donors.of_person(turn.tx, turn.person.id) is None:
        turn.say("profile.none", "/register")
        return
    await register(turn)


ACTIONS = (
    Action(
        ("register", "dangky"),
        _command,
        words=("dang ky", "dang ky hien mau", "register", "toi muon dang ky"),
        within=False,
    ),
    Action(
        ("profile", "hoso"),
        profile,
        words=("ho so", "ho so cua toi", "thong tin cua toi", "profile", "my profile"),
        within=False,
    ),
)
FORMS = (FORM,)

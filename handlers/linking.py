"""A chat takes over a paper record: after proof, and after the person has seen what is stored and agreed.

Proof is the person's own contact card with the number of the record, together with the year of birth, or a code that an officer
handed over. What somebody types, a name or a number, proves nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from core.codes import read_handed
from core.dates import show_date
from core.dialogue import Choice, Contact, Reply
from core.eligibility import eligible_on
from core.joins import Join
from core.merging import merge_donors
from core.names import mask_name
from core.people import Donor
from core.phones import mask_phone, read_phone
from core.unclear import Unclear
from core.vietnamese import fold
from handlers import donor_facts, donor_questions
from handlers.form import CONTACT, Answers, Finish, Form, Given, Prompt, Question, labelled, open_form
from handlers.joining_offers import offer_seats
from handlers.turn import Action, Turn, text_version
from storage import donors, joins, linking, records, rounds
from storage.linking import Stays

COMMAND = "link"
_REGISTRATION = "registration"
# Guesses at a code (8.5e11 values) or at a year of birth (some fifty) before a day has passed.
_WRONG_AT_MOST = 5
_WRONG_WITHIN_MS = 86_400_000
_PHONE, _PAPER, _MANY, _COUNTS, _ROUND = "_phone", "_paper", "_many", "_counts", "_wanted"


async def link(turn: Turn, args: str) -> None:
    """`args`: a code, or "own" and perhaps the round that is asked about afterwards; without one ask for the proof."""
    if await _is_throttled(turn):
        turn.say("link.throttled", contact=turn.settings.contact)
        return
    word, _, wanted = args.partition(" ")
    own = await donors.of_person(turn.tx, turn.person.id)
    if word in ("", "own") and own and own.phone_proven and await linking.paper_with_phone(turn.tx, own.phone):
        await open_form(turn, FORM, {"proof": "card", _PHONE: own.phone, _ROUND: wanted})
    elif word in ("", "own"):
        await open_form(turn, FORM)
    elif paper := await _of_code(turn, args):
        await open_form(turn, FORM, {"proof": "code", _PAPER: paper})
    else:
        turn.say("link.code_wrong", contact=turn.settings.contact)


async def by_card(turn: Turn, card: Contact) -> None:
    """A contact card out of the blue: one's own is proof of the number, somebody else's of nothing."""
    try:
        phone = read_phone(card.phone) if card.own else ""
    except Unclear:  # A number from abroad stands on no list here.
        phone = ""
    await _note_proof(turn, phone)
    if not phone or not await linking.paper_with_phone(turn.tx, phone):
        turn.say("link.card_nothing" if card.own else "link.not_own", "/register", "/next", "/help")
    elif await _is_throttled(turn):
        turn.say("link.throttled", contact=turn.settings.contact)
    else:
        await open_form(turn, FORM, {"proof": "card", _PHONE: phone})


async def _note_proof(turn: Turn, phone: str) -> None:
    """Whoever is registered with this very number has proven it."""
    own = await donors.of_person(turn.tx, turn.person.id)
    if own and phone and own.phone == phone:
        await donors.prove_phone(turn.tx, await turn.know())


async def _is_throttled(turn: Turn) -> bool:
    since = turn.at - _WRONG_WITHIN_MS
    return len(await records.refusals(turn.tx, turn.person.address, COMMAND, since)) >= _WRONG_AT_MOST


async def _wrong(turn: Turn) -> None:
    """One more guess that was wrong. Raises Finish where it was one too many."""
    await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command=COMMAND)
    if await _is_throttled(turn):
        raise Finish(turn.text("link.throttled", contact=turn.settings.contact))


async def _of_code(turn: Turn, typed: str) -> int | None:
    """The paper record of a code; a wrong one goes on record, whatever was typed."""
    code = read_handed(typed)
    paper = await linking.of_code(turn.tx, code, turn.at) if code else None
    if paper is None:
        await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command=COMMAND)
    return paper


async def _ask_proof(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("link.ask"), contact=turn.text("phone.share"))


async def _read_proof(turn: Turn, answers: Answers, given: Given) -> object:
    if isinstance(turn.inbound.input, Contact):  # Of another's card the form has said no already.
        phone = read_phone(given.text)
        await _note_proof(turn, phone)
        if not await linking.paper_with_phone(turn.tx, phone):
            raise Finish(turn.text("link.card_nothing"), "/register", "/next")
        answers[_PHONE] = phone
        return "card"
    if not read_handed(given.text):
        raise Unclear("unclear.link_typed")
    paper = await _of_code(turn, given.text)
    if paper is None:
        if await _is_throttled(turn):
            raise Finish(turn.text("link.throttled", contact=turn.settings.contact))
        raise Unclear("link.code_wrong", contact=turn.settings.contact)
    answers[_PAPER] = paper
    return "code"


async def _ask_year(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("link.year"))


async def _read_year(turn: Turn, answers: Answers, given: Given) -> object:
    """The year fits one of the records with this number, or nothing more is said of them."""
    year = donor_questions.read_year(given.text, turn.today)
    found = await linking.paper_with_phone(turn.tx, answers[_PHONE])
    fitting = [person_id for person_id, donor in found.items() if _fits(donor, year)]
    if not fitting:
        await _wrong(turn)
        raise Unclear("link.year_wrong", contact=turn.settings.contact)
    answers[_MANY] = fitting if len(fitting) > 1 else []
    answers[_PAPER] = fitting[0]
    return year


def _fits(donor: Donor, year: int) -> bool:
    first, last = donor.birth.span()
    return first.year <= year <= last.year


async def _ask_which(turn: Turn, answers: Answers) -> Prompt:
    index = await turn.unit_index()
    choices = []
    for person_id, donor in (await donors.of_people(turn.tx, answers[_MANY])).items():
        unit = index.get(donor.unit_id)
        label = f"{mask_name(donor.full_name)} – {unit.name if unit else donor.unit_text}"
        choices.append(Choice(f"p{person_id}", label, (mask_name(donor.full_name),)))
    return Prompt(turn.text("link.which"), choices)


async def _read_which(_: Turn, answers: Answers, given: Given) -> object:
    chosen = int((given.value or "p0")[1:])
    if chosen not in answers[_MANY]:
        raise Unclear("unclear.choice")
    answers[_PAPER] = chosen
    return chosen


async def _paper(turn: Turn, answers: Answers) -> Donor:
    """The record that was proven. Raises Finish where it is gone or somebody else's meanwhile."""
    donor = await donors.of_person(turn.tx, answers[_PAPER])
    if donor is None or not await linking.on_paper(turn.tx, [answers[_PAPER]]):
        raise Finish(turn.text("link.gone", contact=turn.settings.contact))
    if (
        answers["proof"] == "card" and donor.phone != answers[_PHONE]
    ):  # Corrected since: the card proves another number.
        raise Finish(turn.text("link.gone", contact=turn.settings.contact))
    return donor


async def _ask_agree(turn: Turn, answers: Answers) -> Prompt:
    """What is stored, and, for who has not registered yet, what they agree to."""
    try:
        paper = await _paper(turn, answers)
    except Finish as end:
        return Prompt(end.text)
    own = await donors.of_person(turn.tx, turn.person.id)
    lines = await donor_facts.lines(turn, paper, phone=mask_phone(paper.phone) if paper.phone else "")
    lines += [await _round_line(turn, *one) for one in await joins.all_of(turn.tx, answers[_PAPER])]
    parts = [turn.text("link.stored"), "\n".join(lines)]
    if own is None:
        parts.append(_notice(turn))
    elif fold(own.full_name) != fold(paper.full_name):
        parts.append(turn.text("link.other_name", name=own.full_name))
    parts.append(turn.text("link.agree" if own is None else "link.merge"))
    return Prompt("\n\n".join(parts), labelled(turn, yes="form.agree", no="form.decline"))


async def _round_line(turn: Turn, _code: str, name: str, held_on: date, join: Join) -> str:
    state = turn.text(f"join.state.{join.outcome or join.state}")
    return turn.text("link.round", name=name, date=show_date(held_on), state=state)


def _notice(turn: Turn) -> str:
    settings = turn.settings
    return turn.text("link.notice", organisation=settings.organisation, contact=settings.contact)


async def _read_agree(turn: Turn, answers: Answers, given: Given) -> object:
    if given.value == "no":
        raise Finish(turn.text("link.declined", contact=turn.settings.contact), "/next", "/help")
    paper = await _paper(turn, answers)
    if given.value != "yes":
        raise Unclear("unclear.consent")
    own = await donors.of_person(turn.tx, turn.person.id)
    if own is None:
        await turn.know()
        consent = records.Consent(_REGISTRATION, "given", text_version(_notice(turn)), turn.inbound.channel, turn.at)
        await records.add_consent(turn.tx, turn.person.address, consent)
    answers[_COUNTS] = [own.donations, paper.donations] if own and own.donations != paper.donations else []
    return True


async def _ask_count(turn: Turn, answers: Answers) -> Prompt:
    own, paper = answers[_COUNTS]
    choices = [Choice(f"n{count}", await donor_questions.show_count(turn, count)) for count in (own, paper)]
    return Prompt(turn.text("link.count", own=own, paper=paper), choices)


async def _read_count(_: Turn, answers: Answers, given: Given) -> object:
    if given.value is None or int(given.value[1:]) not in answers[_COUNTS]:
        raise Unclear("unclear.choice")
    return int(given.value[1:])


async def _finish(turn: Turn, answers: Answers) -> None:
    try:
        paper = await _paper(turn, answers)
    except Finish:
        turn.say("link.gone", contact=turn.settings.contact)
        return
    person_id = await turn.know()
    own = await donors.of_person(turn.tx, person_id)
    kept = merge_donors(own, paper, answers.get("count", own.donations)) if own else paper
    kept = replace(kept, phone_proven=kept.phone_proven or kept.phone == answers.get(_PHONE))
    index = await turn.unit_index()
    unit = index.get(paper.unit_id)
    stays = Stays(person_id, kept, eligible_on(turn.rules, kept))
    freed = await linking.take_over(turn.tx, answers[_PAPER], stays, today=turn.today, at=turn.at)
    await records.add_audit(
        turn.tx, turn.person.address, "linked", at=turn.at, unit=unit.code if unit else "", by=answers["proof"]
    )
    for round_id in freed:
        if round_ := await rounds.by_id(turn.tx, round_id):
            for draft in await offer_seats(turn.tx, turn.house, round_, turn.now):
                turn.tell(draft)
    turn.reply(
        Reply(turn.text("link.done", name=kept.full_name), turn.menu(("/profile", "/mydata")), tidy=CONTACT in answers)
    )
    wanted = answers.get(_ROUND)
    turn.follow = f"/join {wanted}" if wanted else "/next"


FORM = Form(
    name="link",
    questions=(
        Question("proof", _ask_proof, _read_proof, free=True),
        Question("year", _ask_year, _read_year, when=lambda answers: answers.get("proof") == "card", free=True),
        Question("which", _ask_which, _read_which, when=lambda answers: bool(answers.get(_MANY))),
        Question("agree", _ask_agree, _read_agree),
        Question("count", _ask_count, _read_count, when=lambda answers: bool(answers.get(_COUNTS))),
    ),
    finish=_finish,
    cancelled="link.cancelled",
)
ACTIONS = (
    Action(
        ("link", "lienket"), link, words=("lien ket", "lien ket ho so", "link my record"), listed=False, within=False
    ),
)
FORMS = (FORM,)

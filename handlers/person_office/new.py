"""Somebody without a chat: added from a signed form, or walking in at the desk of a round by the shortest path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.ages import read_birth
from core.authority import DESK_DAYS, may_serve, own_units
from core.blood import Abo, Rh
from core.dates import show_date
from core.dialogue import Choice
from core.eligibility import eligible_on
from core.joins import spaced
from core.names import mask_name, read_name
from core.people import Donor, Sex
from core.phones import read_phone
from core.rounds import Round, RoundState
from core.unclear import Unclear
from core.units import UnitIndex
from handlers import donor_questions, pages, unit_question
from handlers.form import Answers, AskAgain, Finish, Form, Given, Prompt, Question, labelled, open_form
from handlers.person_office import access, find, seats
from handlers.person_office.access import Known
from handlers.person_office.editing import read_note
from handlers.turn import Turn, text_version
from storage import donors, joins, linking, paper, people, rounds
from storage.paper import Recorded

_WALKS_IN, _TWINS = "_walks_in", "_twins"
_FREE = "free"  # Who belongs to no unit.


def serves(turn: Turn, round_: Round, index: UnitIndex) -> bool:
    """True at the desk of a round that takes people today: its officers' and its helpers'."""
    near = abs(round_.held_on - turn.today) <= DESK_DAYS
    held = round_.state in access.JOINABLE or round_.state is RoundState.DONE
    return near and held and may_serve(turn.person, round_, turn.today, index)


async def desks(turn: Turn) -> list[Round]:
    """The rounds at whose desk somebody may walk in now."""
    index = await turn.unit_index()
    plan = await rounds.between(turn.tx, turn.today - DESK_DAYS, turn.today + DESK_DAYS)
    return [round_ for round_ in plan if serves(turn, round_, index)]


async def _desk(turn: Turn, answers: Mapping[str, Any]) -> Round:
    """The round that somebody walks into. Raises Finish where its desk is not, or no longer, theirs."""
    round_ = await rounds.by_code(turn.tx, str(answers.get("round", "")))
    if round_ is None or not serves(turn, round_, await turn.unit_index()):
        await access.refused(turn)
        raise Finish(turn.text("person.no_desk", contact=turn.settings.contact))
    return round_


async def open_new(turn: Turn, code: str) -> None:
    """From a paper form; with the code of a round, to be put on its list afterwards."""
    if own_units(turn.person, await turn.unit_index()) == frozenset():
        await access.refused(turn)
        turn.say("person.no_unit", contact=turn.settings.contact)
        return
    round_ = await access.round_in_hand(turn, {access.ROUND: code}) if code else None
    await open_form(turn, FORM, {access.ROUND: round_.code} if round_ else {})


async def open_walk_in(turn: Turn, code: str) -> None:
    """At the desk of this round, or of the only one."""
    mine = await desks(turn)
    chosen = [round_ for round_ in mine if round_.code == code] if code else mine
    if not chosen:
        if code:
            await access.refused(turn)
        turn.say("person.no_desk", contact=turn.settings.contact)
        return
    await open_form(turn, FORM, {_WALKS_IN: True, **({"round": chosen[0].code} if len(chosen) == 1 else {})})


async def _ask_round(turn: Turn, _: Answers) -> Prompt:
    choices = [
        Choice(r.code, turn.text("rounds.label", name=r.name, date=show_date(r.held_on)), (r.code, r.name))
        for r in await desks(turn)
    ]
    return Prompt(turn.text("person.walk_in_where"), pages.told_apart(choices))


async def _read_round(turn: Turn, _: Answers, given: Given) -> object:
    return (await _desk(turn, {"round": given.value})).code if given.value else _unclear()


def _unclear() -> object:
    raise Unclear("unclear.choice")


async def _allowed(turn: Turn, answers: Answers) -> None:
    """Raises Finish for who may not, or no longer, write down somebody here."""
    if answers.get(_WALKS_IN):
        await _desk(turn, answers)
    elif own_units(turn.person, await turn.unit_index()) == frozenset():
        await access.refused(turn)
        raise Finish(turn.text("person.no_unit", contact=turn.settings.contact))


def _consent_text(turn: Turn) -> str:
    return turn.text("person.consent", organisation=turn.settings.organisation)


async def _ask_consent(turn: Turn, _: Answers) -> Prompt:
    return Prompt(_consent_text(turn), pages.offered(turn, yes="person.signed", no="person.not_signed"))


async def _read_consent(turn: Turn, answers: Answers, given: Given) -> object:
    await _allowed(turn, answers)
    if given.value == "no":
        raise Finish(turn.text("person.no_consent"), "/person")
    if given.value != "yes":
        raise Unclear("unclear.person_consent")
    return True


async def _ask_name(turn: Turn, answers: Answers) -> Prompt:
    round_ = await rounds.by_code(turn.tx, str(answers.get("round", "")))
    head = turn.text("person.walk_in", name=round_.name) if round_ and answers.get(_WALKS_IN) else ""
    return Prompt("\n".join(filter(None, (head, turn.text("person.ask.name")))))


async def _read_name(_: Turn, __: Answers, given: Given) -> object:
    return read_name(given.text)


async def _show_text(_: Turn, value: str) -> str:
    return value


async def _ask_unit(turn: Turn, answers: Answers) -> Prompt:
    """One's own units; at a desk any, or none."""
    prompt = await unit_question.ask(turn, answers)
    own = None if answers.get(_WALKS_IN) else own_units(turn.person, await turn.unit_index())
    choices = [choice for choice in prompt.choices if _offers(choice.value, own)]
    choices += pages.offered(turn, **{_FREE: "person.free"}) if answers.get(_WALKS_IN) else []
    return Prompt(turn.text("person.ask.unit") if unit_question.SCRATCH not in answers else prompt.text, choices)


def _offers(value: str, own: frozenset[int] | None) -> bool:
    number = value.removeprefix("in").removeprefix("u")
    return value != "own" and (own is None or not number.isdigit() or int(number) in own)


async def _read_unit(turn: Turn, answers: Answers, given: Given) -> object:
    if given.value == _FREE and answers.get(_WALKS_IN):
        return {"text": turn.house.words.say(turn.house.words.default, "person.free")}
    own = None if answers.get(_WALKS_IN) else own_units(turn.person, await turn.unit_index())
    if given.value == "in" and own is not None:  # From the top of what is theirs.
        answers[unit_question.SCRATCH] = {"in": turn.person.unit_id}
        raise AskAgain
    chosen = await unit_question.read(turn, answers, given)
    if not isinstance(chosen, dict) or "id" not in chosen:
        raise Unclear("unclear.unit")
    if own is not None and chosen["id"] not in own:
        raise Unclear("unclear.person_unit")
    return chosen


async def _ask_age(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("person.ask.age"))


async def _read_age(turn: Turn, _: Answers, given: Given) -> object:
    return donor_questions.adult(turn, read_birth(given.text, turn.today))


async def _ask_sex(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("person.ask.sex"), donor_questions.sexes(turn))


async def _ask_abo(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("person.ask.abo"), donor_questions.groups(turn))


async def _ask_rh(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("person.ask.rh"), donor_questions.rhesus(turn))


async def _ask_count(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("person.ask.count"), labelled(turn, **{"0": "count.never"}))


async def _ask_last(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("person.ask.last"), labelled(turn, unknown="last.unknown"))


async def _ask_phone(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("person.ask.phone"), pages.offered(turn, none="person.no_phone"))


async def _read_phone(_: Turn, __: Answers, given: Given) -> object:
    return "" if given.value else read_phone(given.text)


async def _show_phone(turn: Turn, value: str) -> str:
    return await donor_questions.show_phone(turn, value) if value else turn.text("person.no_phone")


async def _ask_note(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("person.ask.note"), pages.offered(turn, none="person.no_note"))


async def _read_note(_: Turn, __: Answers, given: Given) -> object:
    return "" if given.value else read_note(given.text)


async def _show_note(turn: Turn, value: str) -> str:
    return value or turn.text("person.no_note")


def _donor(answers: Answers) -> Donor:
    unit, count = answers["unit"], int(answers.get("count", 0))
    return Donor(
        full_name=answers["name"],
        unit_id=unit.get("id"),
        unit_text=unit.get("text", ""),
        birth=donor_questions.birth_of(answers["age"]),
        sex=Sex(answers["sex"]),
        abo=Abo(answers.get("abo", "?")),
        rh=Rh(answers.get("rh", "?")),
        donations=count,
        last_donation=(answers.get("last") or None) if count else None,
        phone=answers["phone"],
        note=answers.get("note", ""),
    )


async def _twins(turn: Turn, answers: Answers) -> list[int]:
    """Who may be this very person, of those whom the officer may see anyway; a helper sees who is on the list of the round."""
    round_ = await rounds.by_code(turn.tx, str(answers.get("round", "")))
    seen = []
    for id_ in await paper.like(turn.tx, _donor(answers)):
        donor = await donors.of_person(turn.tx, id_)
        listed = await joins.of(turn.tx, round_.id, id_) if round_ else None
        if donor and (listed or await access.is_mine(turn, id_, donor)):
            seen.append(id_)
    return seen


async def _ask_twin(turn: Turn, answers: Answers) -> Prompt:
    known = await donors.of_people(turn.tx, answers[_TWINS])
    choices = [
        Choice(f"p{id_}", await find.label(turn, donor), (mask_name(donor.full_name),)) for id_, donor in known.items()
    ]
    return Prompt(turn.text("person.twin"), [*pages.told_apart(choices), *pages.offered(turn, new="person.twin_new")])


async def _read_twin(turn: Turn, answers: Answers, given: Given) -> object:
    """Somebody else after all; or the one who is known, who gets the seat that was meant."""
    await _allowed(turn, answers)
    if given.value == "new":
        return "new"
    if given.value is None or int(given.value[1:]) not in answers[_TWINS]:
        raise Unclear("unclear.choice")
    return int(given.value[1:])


async def _finish(turn: Turn, answers: Answers) -> None:
    try:
        await _allowed(turn, answers)
    except Finish:
        turn.say("person.no_desk" if answers.get(_WALKS_IN) else "person.no_unit", contact=turn.settings.contact)
        return
    twin = answers.get("twin")
    if twin is None and (twins := await _twins(turn, answers)):
        await open_form(turn, FORM, {**answers, _TWINS: twins}, "twin")
        return
    if isinstance(twin, int):
        await _take_the_known(turn, answers, twin)
        return
    donor = _donor(answers)
    by = Recorded(turn.person.address, turn.at, text_version(_consent_text(turn)), turn.language)
    person_id = await paper.add(turn.tx, donor, by, eligible_on=eligible_on(turn.rules, donor))
    known = await _record(turn, person_id)
    await access.audit(turn, "added", known)
    if answers.get(_WALKS_IN):
        await _seat(turn, answers, known)
    else:
        turn.say("person.added", name=donor.full_name)
        turn.follow = f"/person p{person_id} {answers.get(access.ROUND, '')}".rstrip()


async def _record(turn: Turn, person_id: int) -> Known:
    """As written a moment ago."""
    donor, person = await donors.of_person(turn.tx, person_id), await people.by_id(turn.tx, person_id)
    assert donor is not None and person is not None
    return Known(person_id, donor, person, bool(await linking.on_paper(turn.tx, [person_id])))


async def _take_the_known(turn: Turn, answers: Answers, person_id: int) -> None:
    """Nobody new: whoever walks in has a seat now, whoever was looked for is shown."""
    if answers.get(_WALKS_IN):
        await _seat(turn, answers, await _record(turn, person_id))
    else:
        turn.follow = f"/person p{person_id} {answers.get(access.ROUND, '')}".rstrip()


async def _seat(turn: Turn, answers: Answers, known: Known) -> None:
    """A seat at the round of today, over the capacity too: they stand before the desk, and the examination decides."""
    round_ = await _desk(turn, answers)
    join = await joins.of(turn.tx, round_.id, known.id)
    if join is None or not join.seated:
        join = await seats.seat(turn, round_, known, seats.Way("walk_in", over=True))
    who = mask_name(known.donor.full_name)
    turn.say("person.walked_in", f"/person walkin {round_.code}", who=who, name=round_.name, ticket=spaced(join.code))


def _from_paper(answers: Mapping[str, Any]) -> bool:
    return not answers.get(_WALKS_IN)


FORM = Form(
    name="newperson",
    questions=(
        Question("round", _ask_round, _read_round, when=lambda answers: bool(answers.get(_WALKS_IN))),
        Question("consent", _ask_consent, _read_consent),
        Question("name", _ask_name, _read_name, _show_text, free=True),
        Question("age", _ask_age, _read_age, donor_questions.show_age, free=True),
        Question("sex", _ask_sex, donor_questions.read_choice, donor_questions.show_sex),
        Question("unit", _ask_unit, _read_unit, unit_question.show),
        Question("phone", _ask_phone, _read_phone, _show_phone, free=True),
        Question("abo", _ask_abo, donor_questions.read_abo, donor_questions.show_abo, when=_from_paper),
        Question(
            "rh",
            _ask_rh,
            donor_questions.read_rh,
            donor_questions.show_rh,
            when=lambda answers: _from_paper(answers) and answers.get("abo", "?") != "?",
        ),
        Question(
            "count", _ask_count, donor_questions.read_count, donor_questions.show_count, when=_from_paper, free=True
        ),
        Question(
            "last",
            _ask_last,
            donor_questions.read_last,
            donor_questions.show_last,
            when=lambda answers: _from_paper(answers) and int(answers.get("count", 0)) > 0,
            free=True,
        ),
        Question("note", _ask_note, _read_note, _show_note, when=_from_paper, free=True),
        Question("twin", _ask_twin, _read_twin, when=lambda answers: bool(answers.get(_TWINS))),
    ),
    finish=_finish,
    cancelled="person.stopped",
    card="person.review",
    command="person",
    private=True,
)

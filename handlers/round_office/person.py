"""An officer puts somebody on the list of a round: found by phone, told of it by a message, free to leave again."""

from __future__ import annotations

from dataclasses import replace

from core.authority import own_units
from core.dates import show_date
from core.dialogue import Choice
from core.eligibility import Answer, Verdict, judge
from core.joins import Join, JoinState
from core.names import mask_name
from core.people import Donor
from core.phones import mask_phone, read_phone
from core.rounds import Round
from core.unclear import Unclear
from handlers.form import Answers, Given, GoTo, Prompt, labelled
from handlers.round_added import added
from handlers.round_office import access, card
from handlers.turn import Turn
from storage import donors, joins

_PHONE, _WHO = "phone_of", "who"


@access.asks
async def ask_phone(turn: Turn, _: Answers, round_: Round) -> Prompt:
    """By which number the person is registered."""
    return Prompt(turn.text("rounds.phone_ask", name=round_.name))


@access.reads
async def read_phone_of(turn: Turn, answers: Answers, given: Given, _: Round) -> object:
    """The number, where somebody within the person's units has it."""
    phone = read_phone(given.text)
    if not await _within(turn, phone):
        raise Unclear("unclear.rounds_nobody")
    answers[_PHONE] = phone
    raise GoTo("who")


async def _within(turn: Turn, phone: str) -> dict[int, Donor]:
    """Who is registered with this number, of the units that the person answers for: nobody learns of others."""
    own = own_units(turn.person, await turn.unit_index())
    found = await donors.by_phone(turn.tx, phone)
    return {person_id: donor for person_id, donor in found.items() if own is None or donor.unit_id in own}


@access.asks
async def ask_who(turn: Turn, answers: Answers, _: Round) -> Prompt:
    """Who of those with this number; enough of the name to tell them apart."""
    found = await _within(turn, answers[_PHONE])
    index = await turn.unit_index()
    choices = []
    for person_id, donor in found.items():
        unit = index.get(donor.unit_id)
        where = unit.name if unit else donor.unit_text
        choices.append(
            Choice(f"p{person_id}", f"{mask_name(donor.full_name)} – {where}", (mask_name(donor.full_name),))
        )
    return Prompt(turn.text("rounds.who_ask", phone=mask_phone(answers[_PHONE])), choices)


@access.reads
async def read_who(_: Turn, answers: Answers, given: Given, __: Round) -> object:
    """The person, to be looked at once more."""
    if given.value is None:
        raise Unclear("unclear.choice")
    answers[_WHO] = int(given.value[1:])
    raise GoTo("adding")


def _judged(turn: Turn, round_: Round, donor: Donor) -> Verdict:
    return judge(turn.house.rules.of(round_.rule_set, round_.held_on), donor, round_.held_on)


@access.asks
async def ask_adding(turn: Turn, answers: Answers, round_: Round) -> Prompt:
    """What speaks against it, and whether to add the person all the same."""
    donor = (await _within(turn, answers[_PHONE])).get(answers[_WHO])
    if donor is None:
        return Prompt(turn.text("unclear.rounds_nobody"))
    join = await joins.of(turn.tx, round_.id, answers[_WHO])
    refused = _refused(turn, round_, donor, join)
    if refused:
        return Prompt(refused)
    lines = [turn.text("rounds.adding", who=mask_name(donor.full_name), name=round_.name)]
    lines += [turn.text("rounds.add_declined")] if join and join.state in (JoinState.NO, JoinState.LEFT) else []
    lines += [await _uninvited(turn, round_, donor), _not_yet(turn, round_, donor)]
    return Prompt("\n".join(filter(None, lines)), labelled(turn, yes="rounds.do.add"))


def _refused(turn: Turn, round_: Round, donor: Donor, join: Join | None) -> str:
    """Why the person cannot be added at all; "" where they can. What the rules look at is not told."""
    if round_.state not in card.JOINABLE or round_.is_over(turn.now, turn.settings.zone):
        return turn.text("rounds.add_closed")
    if join is not None and join.state is JoinState.CERTAIN:
        return turn.text("rounds.add_already", who=mask_name(donor.full_name))
    verdict = _judged(turn, round_, donor)
    if verdict.answer is Answer.NO and verdict.next_on is None:
        return turn.text("rounds.add_staff")
    return ""


async def _uninvited(turn: Turn, round_: Round, donor: Donor) -> str:
    """The round may be another unit's."""
    index = await turn.unit_index()
    path = [unit.id for unit in index.path(donor.unit_id)] if donor.unit_id is not None else []
    return "" if round_.invites(path) else turn.text("rounds.add_uninvited")


def _not_yet(turn: Turn, round_: Round, donor: Donor) -> str:
    verdict = _judged(turn, round_, donor)
    if verdict.answer is Answer.OK:
        return ""
    if verdict.next_on is None:
        return turn.text("rounds.add_ask_staff")
    return turn.text("rounds.add_not_yet", date=show_date(verdict.next_on))


@access.reads
async def read_adding(turn: Turn, answers: Answers, given: Given, round_: Round) -> object:
    """On the list, unless every seat is taken: that is asked once more."""
    if given.value != "yes":
        raise Unclear("unclear.rounds_confirm")
    if await _is_full(turn, round_, answers[_WHO]):
        raise GoTo("over")
    raise await _add(turn, answers, round_)


async def _is_full(turn: Turn, round_: Round, person_id: int) -> bool:
    """True where a seat for this person would be over the capacity, or before somebody who has waited for it."""
    room = await joins.room(turn.tx, round_, but_for=person_id)
    return room.full or (room.limited and (await joins.counts(turn.tx, round_.id)).waiting > 0)


@access.asks
async def ask_over(turn: Turn, _: Answers, round_: Round) -> Prompt:
    """A seat over the capacity is given with open eyes or not at all."""
    counts = await joins.counts(turn.tx, round_.id)
    text = turn.text("rounds.add_full", name=round_.name, seated=counts.seated, waiting=counts.waiting)
    return Prompt(text, labelled(turn, yes="rounds.add_over"))


@access.reads
async def read_over(turn: Turn, answers: Answers, given: Given, round_: Round) -> object:
    """On the list all the same."""
    if given.value != "yes":
        raise Unclear("unclear.rounds_confirm")
    raise await _add(turn, answers, round_)


async def _add(turn: Turn, answers: Answers, round_: Round) -> GoTo:
    """The seat, with the mark where the person's day has not come yet; where it leads next."""
    person_id, phone = answers.pop(_WHO), answers.pop(_PHONE)
    donor = (await _within(turn, phone)).get(person_id)
    if donor is None:  # Gone, or given to another unit, since the question was put.
        return GoTo("phone", turn.text("unclear.rounds_nobody"))
    if refused := _refused(turn, round_, donor, await joins.of(turn.tx, round_.id, person_id)):
        return GoTo("card", refused)
    verdict = _judged(turn, round_, donor)
    not_yet = None if verdict.answer is Answer.OK else verdict.next_on
    full = await _is_full(turn, round_, person_id)
    roomy = replace(round_, capacity=None, slots=()) if full else round_  # The officer was asked.
    join = await joins.answer(turn.tx, roomy, person_id, joins.Wish(JoinState.CERTAIN, not_yet=not_yet), at=turn.at)
    await access.audit(turn, "round", round_, change="added", join=join.id, over=full, not_yet=not_yet is not None)
    told = await added(turn, round_, join)
    message = "rounds.added" if told else "rounds.added_untold"
    return GoTo("phone", turn.text(message, who=mask_name(donor.full_name), name=round_.name))

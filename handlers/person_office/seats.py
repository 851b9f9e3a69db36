"""Putting one person on the list of a round, with an hour of arrival and with what speaks against it, or taking them off it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.dates import show_date
from core.dialogue import Choice
from core.eligibility import Answer, Verdict, judge
from core.joins import Join, JoinState
from core.names import mask_name
from core.people import Donor
from core.rounds import Round
from core.unclear import Unclear
from handlers import pages, slot_choices
from handlers.form import Answers, Given, GoTo, Prompt
from handlers.joining_offers import offer_seats
from handlers.person_office import access, telling_them
from handlers.person_office.access import Known
from handlers.round_added import added
from handlers.turn import Turn
from storage import joins, outbox, records, rounds

_HOUR, _LEAVING = "_hour", "_off"
_ENOUGH = 100_000  # More than any line is long: a seat over the capacity is free for who gets it.


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody comes onto a list: `via` as in joins.via, at which hour, and whether over the capacity."""

    via: str
    hour: str = ""
    over: bool = False


@access.asks
async def ask_round(turn: Turn, answers: Answers, _: Known) -> Prompt:
    """Which of the officer's rounds."""
    mine = await access.my_rounds(turn)
    choices = [
        Choice(r.code, turn.text("rounds.label", name=r.name, date=show_date(r.held_on)), (r.code, r.name))
        for r in pages.shown(answers, mine)
    ]
    text = turn.text("person.which_round" if mine else "person.no_round")
    return Prompt(text, [*pages.told_apart(choices), *pages.ways(turn, answers, len(mine))])


@access.reads
async def read_round(_: Turn, answers: Answers, given: Given, __: Known) -> object:
    """The round in hand."""
    pages.turn_page(answers, given.value)
    if given.value is None:
        raise Unclear("unclear.choice")
    answers[access.ROUND] = given.value
    raise GoTo("place")


@access.asks
async def ask_place(turn: Turn, answers: Answers, known: Known) -> Prompt:
    """At what hour, where the round has hours; else straight whether to add them."""
    round_ = await access.round_in_hand(turn, answers)
    if round_ is None or not round_.slots:
        return await _asked_to_add(turn, answers, known)
    if said := await _refused(turn, round_, known):
        return Prompt(said, _ways_out(turn))
    text = turn.text("person.hour", who=mask_name(known.donor.full_name), name=round_.name)
    return Prompt(text, await slot_choices.of_round(turn, round_, known.id, full="person.slot_full"))


@access.reads
async def read_place(turn: Turn, answers: Answers, given: Given, known: Known) -> object:
    """The hour, and on to the question whether to add them."""
    round_ = await access.round_in_hand(turn, answers)
    if round_ is None or not round_.slots:
        return await _read_adding(turn, answers, given, known)
    if given.value is None:
        raise Unclear("unclear.choice")
    if given.value == "find":
        raise GoTo("find")
    answers[_HOUR] = given.value
    raise GoTo("adding")


def _ways_out(turn: Turn) -> list[Choice]:
    return pages.offered(turn, find="person.do.find")


async def _asked_to_add(turn: Turn, answers: Answers, known: Known) -> Prompt:
    """What speaks against it, and whether to add them all the same."""
    round_ = await access.round_in_hand(turn, answers)
    if round_ is None:
        return Prompt(access.refusal(turn), _ways_out(turn))
    if said := await _refused(turn, round_, known):
        return Prompt(said, _ways_out(turn))
    join = await joins.of(turn.tx, round_.id, known.id)
    lines = [turn.text("rounds.adding", who=mask_name(known.donor.full_name), name=round_.name)]
    lines += [turn.text("rounds.add_declined")] if join and join.state in (JoinState.NO, JoinState.LEFT) else []
    lines += [await _uninvited(turn, round_, known.donor), _not_yet(turn, round_, known.donor)]
    return Prompt("\n".join(filter(None, lines)), pages.offered(turn, yes="rounds.do.add", find="person.do.find"))


ask_adding = access.asks(_asked_to_add)


def _judged(turn: Turn, round_: Round, donor: Donor) -> Verdict:
    return judge(turn.house.rules.of(round_.rule_set, round_.held_on), donor, round_.held_on)


async def _refused(turn: Turn, round_: Round, known: Known) -> str:
    """Why they cannot be added at all; "" where they can. What the rules look at is not told."""
    if not access.takes_people(turn, round_):
        return turn.text("rounds.add_closed")
    join = await joins.of(turn.tx, round_.id, known.id)
    if join is not None and join.state is JoinState.CERTAIN:
        return turn.text("rounds.add_already", who=mask_name(known.donor.full_name))
    verdict = _judged(turn, round_, known.donor)
    return turn.text("rounds.add_staff") if verdict.answer is Answer.NO and verdict.next_on is None else ""


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


async def _read_adding(turn: Turn, answers: Answers, given: Given, known: Known) -> object:
    """On the list, unless every seat is taken: that is asked once more."""
    if given.value == "find":
        raise GoTo("find")
    round_ = await access.round_in_hand(turn, answers)
    if round_ is None:
        raise GoTo("card", access.refusal(turn))
    if given.value != "yes":
        raise Unclear("unclear.rounds_confirm")
    if await _is_full(turn, round_, known.id, _hour(answers)):
        raise GoTo("over")
    raise await _add(turn, answers, known, round_)


read_adding = access.reads(_read_adding)


def _hour(answers: Answers) -> str:
    """The hour that was chosen; "" for any."""
    chosen = str(answers.get(_HOUR, ""))
    return "" if chosen == slot_choices.ANY else chosen


async def _is_full(turn: Turn, round_: Round, person_id: int, hour: str) -> bool:
    """True where a seat for this person would be over the capacity, or before somebody who has waited for it."""
    room = await joins.room(turn.tx, round_, but_for=person_id)
    return not room.fits(hour) or (room.limited and (await joins.counts(turn.tx, round_.id)).waiting > 0)


@access.asks
async def ask_over(turn: Turn, answers: Answers, known: Known) -> Prompt:
    """A seat over the capacity is given with open eyes or not at all."""
    round_ = await access.round_in_hand(turn, answers)
    if round_ is None:
        return await _asked_to_add(turn, answers, known)
    counts = await joins.counts(turn.tx, round_.id)
    if not (await joins.room(turn.tx, round_, but_for=known.id)).full and _hour(answers) and not counts.waiting:
        text = turn.text("person.hour_full", hour=turn.voice.hour(_hour(answers)))
        return Prompt(text, pages.offered(turn, yes="rounds.add_over", place="person.do.other_hour"))
    text = turn.text("rounds.add_full", name=round_.name, seated=counts.seated, waiting=counts.waiting)
    return Prompt(text, pages.offered(turn, yes="rounds.add_over", find="person.do.find"))


@access.reads
async def read_over(turn: Turn, answers: Answers, given: Given, known: Known) -> object:
    """On the list all the same."""
    round_ = await access.round_in_hand(turn, answers)
    if given.value in ("find", "place") or round_ is None:
        raise GoTo(given.value or "find")
    if given.value != "yes":
        raise Unclear("unclear.rounds_confirm")
    raise await _add(turn, answers, known, round_)


async def _add(turn: Turn, answers: Answers, known: Known, round_: Round) -> GoTo:
    """The seat, with the mark where the person's day has not come yet; where it leads next."""
    if said := await _refused(turn, round_, known):
        return GoTo("find", said)
    hour = _hour(answers)
    full = await _is_full(turn, round_, known.id, hour)
    join = await seat(turn, round_, known, Way("officer", hour, over=full))
    told = await added(turn, round_, join)
    answers.pop(_HOUR, None)
    if access.LISTING not in answers:
        answers.pop(access.ROUND)
    message = "rounds.added" if told else "person.added_paper" if known.paper else "rounds.added_untold"
    back = "find" if access.LISTING in answers else "card"
    return GoTo(back, turn.text(message, who=mask_name(known.donor.full_name), name=round_.name))


async def seat(turn: Turn, round_: Round, known: Known, way: Way) -> Join:
    """A seat for the person, on record. `over`: the officer was asked, and nobody who waits loses theirs by it."""
    verdict = _judged(turn, round_, known.donor)
    not_yet = None if verdict.answer is Answer.OK else verdict.next_on
    hours = tuple(replace(slot, capacity=slot.capacity + _ENOUGH) for slot in round_.slots)
    roomy = replace(round_, capacity=None, slots=hours if way.hour else ()) if way.over else round_
    wish = joins.Wish(JoinState.CERTAIN, way.hour, not_yet)
    join = await joins.answer(turn.tx, roomy, known.id, wish, at=turn.at, via=way.via)
    facts = {"round": round_.code, "change": "added", "join": join.id, "over": way.over, "not_yet": not_yet is not None}
    await records.add_audit(turn.tx, turn.person.address, "round", at=turn.at, **facts)
    return join


@access.asks
async def ask_leave(turn: Turn, _: Answers, known: Known) -> Prompt:
    """Of which round."""
    choices = []
    for join in await joins.active(turn.tx, known.id, turn.today):
        if round_ := await rounds.by_id(turn.tx, join.round_id):
            label = turn.text("rounds.label", name=round_.name, date=show_date(round_.held_on))
            choices.append(Choice(round_.code, label, (round_.code, round_.name)))
    return Prompt(turn.text("person.leave" if choices else "person.leave_none"), pages.told_apart(choices))


@access.reads
async def read_leave(_: Turn, answers: Answers, given: Given, __: Known) -> object:
    """The round to be left."""
    if given.value is None:
        raise Unclear("unclear.choice")
    answers[_LEAVING] = given.value
    raise GoTo("leaving")


@access.asks
async def ask_leaving(turn: Turn, answers: Answers, known: Known) -> Prompt:
    """What it means."""
    round_ = await rounds.by_code(turn.tx, answers[_LEAVING])
    if round_ is None:
        return Prompt(access.refusal(turn))
    text = turn.text("person.leaving", who=mask_name(known.donor.full_name), name=round_.name)
    return Prompt(text, pages.offered(turn, yes="person.take_off"))


@access.reads
async def read_leaving(turn: Turn, answers: Answers, given: Given, known: Known) -> object:
    """Off the list; the seat goes to the next, and the person is told."""
    if given.value != "yes":
        raise Unclear("unclear.person_confirm")
    round_ = await rounds.by_code(turn.tx, answers.pop(_LEAVING))
    join = await joins.of(turn.tx, round_.id, known.id) if round_ else None
    if round_ is None or join is None or not join.active:
        raise GoTo("card", turn.text("person.leave_none"))
    join = await joins.answer(turn.tx, round_, known.id, joins.Wish(JoinState.NO), at=turn.at)
    for kind in ("remind", "maybe"):
        await outbox.cancel_keys(turn.tx, f"{kind}:{round_.id}:{known.id}:")
    await outbox.cancel_keys(turn.tx, f"offer:{join.id}:")
    await access.audit(turn, "left", known, round=round_.code)
    await pass_on(turn, [round_.id])
    told = await telling_them.taken_off(turn, round_, join)
    message = "person.taken_off" if told or known.paper else "person.taken_off_untold"
    raise GoTo("card", turn.text(message, who=mask_name(known.donor.full_name), name=round_.name))


async def pass_on(turn: Turn, round_ids: list[int]) -> None:
    """Seats that came free go to the next in the line."""
    for round_id in round_ids:
        if round_ := await rounds.by_id(turn.tx, round_id):
            for draft in await offer_seats(turn.tx, turn.house, round_, turn.now):
                turn.tell(draft)

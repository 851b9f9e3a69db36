"""The desk of a round: who is expected, and whose ticket this is. For helpers of that round, from the day before to the day after."""

from __future__ import annotations

from core.authority import DESK_DAYS, is_helper, may_serve
from core.dates import show_date
from core.dialogue import Choice
from core.joins import Join, read_code, spaced
from core.people import Donor, Role
from core.phones import mask_phone
from core.rounds import Round, RoundState
from core.unclear import Unclear
from handlers import pages
from handlers.form import Answers, AskAgain, Finish, Form, Given, GoTo, Prompt, Question, open_form
from handlers.turn import Action, Turn
from storage import donors, joins, records, rounds

_ROUND = "round"  # The code of the round in hand.
_TICKET = "ticket_code"  # The code that was looked up.
_NEAR = DESK_DAYS * 60  # An officer's next rounds, and those whose lists are still put in order.


async def _mine(turn: Turn) -> list[Round]:
    """The rounds at whose desk the person may work now."""
    index = await turn.unit_index()
    plan = await rounds.between(turn.tx, turn.today - DESK_DAYS, turn.today + _NEAR)
    held = [round_ for round_ in plan if round_.state in (RoundState.OPEN, RoundState.CLOSED, RoundState.DONE)]
    return [round_ for round_ in held if may_serve(turn.person, round_, turn.today, index)]


async def _find(turn: Turn, code: str) -> Round | None:
    """The round of a code, where the person may work at its desk today; a try that may not goes on record."""
    round_ = await rounds.by_code(turn.tx, code)
    if round_ and may_serve(turn.person, round_, turn.today, await turn.unit_index()):
        return round_
    known = {"round": round_.code} if round_ else {}
    await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="desk", **known)
    return None


async def desk(turn: Turn, args: str) -> None:
    """The desk of the round with this code, or of the only one; else the choice of them."""
    if args:
        round_ = await _find(turn, args)
        if round_ is None:
            await _refuse(turn, await rounds.by_code(turn.tx, args))
            return
        await open_form(turn, FORM, {_ROUND: round_.code}, "card")
        return
    mine = await _mine(turn)
    if not mine:
        await _none(turn)
    elif len(mine) == 1:
        await open_form(turn, FORM, {_ROUND: mine[0].code}, "card")
    else:
        await open_form(turn, FORM, step="list")


async def _refuse(turn: Turn, round_: Round | None) -> None:
    """A helper of the round hears when its desk is open; anybody else learns nothing of it."""
    if round_ and is_helper(turn.person, round_):
        first, last = round_.held_on - DESK_DAYS, round_.held_on + DESK_DAYS
        turn.say("desk.not_now", name=round_.name, first=show_date(first), last=show_date(last))
    else:
        turn.say("desk.refused", contact=turn.settings.contact)


async def _none(turn: Turn) -> None:
    """No desk is open to the person now; a helper hears when theirs is."""
    for grant in turn.person.grants:
        round_ = await rounds.by_id(turn.tx, grant.round_id) if grant.round_id is not None else None
        if round_ and round_.held_on + DESK_DAYS >= turn.today:
            await _refuse(turn, round_)
            return
    turn.say("desk.none", contact=turn.settings.contact)


async def _ask_list(turn: Turn, answers: Answers) -> Prompt:
    mine = await _mine(turn)
    choices = [
        Choice(f"r{r.code}", turn.text("rounds.label", name=r.name, date=show_date(r.held_on)), (r.code,))
        for r in pages.shown(answers, mine)
    ]
    return Prompt(turn.text("desk.list"), [*pages.told_apart(choices), *pages.ways(turn, answers, len(mine))])


async def _read_list(_: Turn, answers: Answers, given: Given) -> object:
    pages.turn_page(answers, given.value)
    if given.value is None:
        raise Unclear("unclear.choice")
    answers[_ROUND] = given.value[1:]
    raise GoTo("card")


async def _in_hand(turn: Turn, answers: Answers) -> Round:
    """The round whose desk is open. Raises Finish where it is not, or no longer, the person's."""
    round_ = await _find(turn, answers[_ROUND])
    if round_ is None:
        raise Finish(turn.text("desk.refused", contact=turn.settings.contact), "/desk")
    return round_


async def _ask_card(turn: Turn, answers: Answers) -> Prompt:
    """How many are expected; a ticket's code may be typed."""
    round_ = await _find(turn, answers[_ROUND])
    if round_ is None:
        return Prompt(turn.text("desk.refused", contact=turn.settings.contact))
    counts = await joins.counts(turn.tx, round_.id)
    day = show_date(round_.held_on)
    text = turn.text("desk.card", name=round_.name, date=day, certain=counts.certain, maybe=counts.maybe)
    return Prompt(text, pages.offered(turn, people="desk.people", walk_in="desk.walk_in"))


async def _read_card(turn: Turn, answers: Answers, given: Given) -> object:
    round_ = await _in_hand(turn, answers)
    if given.value == "people":
        pages.begin(answers)
        raise GoTo("people")
    if given.value == "walk_in":
        turn.follow = f"/person walkin {round_.code}"
        raise Finish(turn.text("desk.to_walk_in"))
    code = read_code(given.text)
    join = await joins.by_code(turn.tx, code) if code else None
    if join is None or join.round_id != round_.id:
        raise Unclear("unclear.desk_ticket")
    answers[_TICKET] = code
    raise GoTo("ticket")


async def _ask_people(turn: Turn, answers: Answers) -> Prompt:
    """A page of the list, in the order in which it is printed."""
    round_ = await _find(turn, answers[_ROUND])
    if round_ is None:
        return Prompt(turn.text("desk.refused", contact=turn.settings.contact))
    counts = await joins.counts(turn.tx, round_.id)
    total = counts.certain + counts.maybe
    first = pages.first(answers, total)
    page = await joins.expected(turn.tx, round_.id, first=first, most=pages.PAGE)
    known = await donors.of_people(turn.tx, [join.person_id for join in page])
    lines = [await _line(turn, first + place, join, known[join.person_id]) for place, join in enumerate(page, 1)]
    head = turn.text("desk.people_head" if lines else "desk.nobody", name=round_.name, count=total)
    return Prompt("\n".join([head, *lines]), pages.ways(turn, answers, total))


async def _line(turn: Turn, number: int, join: Join, donor: Donor) -> str:
    return turn.text("desk.line", number=number, **await _facts(turn, join, donor))


async def _facts(turn: Turn, join: Join, donor: Donor) -> dict[str, str]:
    unit = (await turn.unit_index()).get(donor.unit_id)
    return {
        "name": donor.full_name,
        "year": str(donor.birth.year),
        "unit": unit.name if unit else donor.unit_text,
        "hour": turn.voice.hour(join.slot) if join.slot else turn.text("desk.any_hour"),
        "state": turn.text(f"join.state.{join.outcome or join.state}"),
    }


async def _read_people(turn: Turn, answers: Answers, given: Given) -> object:
    await _in_hand(turn, answers)
    pages.turn_page(answers, given.value)
    return await _read_card(turn, answers, given)  # A ticket may be typed here as well.


async def _ask_ticket(turn: Turn, answers: Answers) -> Prompt:
    """Whose ticket it is, as the person at the desk needs to compare it with a paper; the number stays masked."""
    round_ = await _find(turn, answers[_ROUND])
    join = await joins.by_code(turn.tx, answers[_TICKET]) if round_ else None
    donor = await donors.of_person(turn.tx, join.person_id) if join else None
    if round_ is None or join is None or donor is None or join.round_id != round_.id:
        return Prompt(turn.text("unclear.desk_ticket"))
    facts = await _facts(turn, join, donor)
    return Prompt(turn.text("desk.ticket", ticket=spaced(join.code), phone=mask_phone(donor.phone), **facts))


async def _read_ticket(turn: Turn, answers: Answers, given: Given) -> object:
    """The next ticket."""
    await _read_card(turn, answers, given)
    raise AskAgain


async def _finish(_: Turn, __: Answers) -> None:
    """Every answer leads to another screen."""


# Private: names of people who are expected are nobody's business once the desk is closed.
FORM = Form(
    "desk",
    (
        Question("list", _ask_list, _read_list),
        Question("card", _ask_card, _read_card, back="list", free=True),
        Question("people", _ask_people, _read_people, back="card", free=True),
        Question("ticket", _ask_ticket, _read_ticket, back="card", free=True),
    ),
    _finish,
    "desk.closed",
    light=True,
    private=True,
    leave="rounds.leave",
)
ACTIONS = (Action(("desk", "tiepdon"), desk, role=Role.HELPER, words=("ban tiep don", "desk"), within=False),)
FORMS = (FORM,)

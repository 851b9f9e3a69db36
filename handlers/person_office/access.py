"""Whose records a person has in hand. Looked up in the tables at every step: a button, or a role of yesterday, gives nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from core.authority import may_invite, own_units
from core.people import Donor, Person, Role
from core.rounds import Round, RoundState
from core.unclear import Unclear
from handlers.form import Answers
from handlers.in_hand import screens_about
from handlers.turn import Turn
from storage import donors, joins, linking, people, records, rounds

WHO = "_who"  # The id of the person in hand.
ROUND = "_round"  # The code of the round that people are put on the list of.
LISTING = "_listing"  # One person after the other is put on the list of that round.
LEAVE = "_leave"  # The command that an answer leads to, out of these screens.
JOINABLE = (RoundState.OPEN, RoundState.CLOSED)
_AHEAD = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Known:
    """A record in hand. `paper`: nobody is behind the address."""

    id: int
    donor: Donor
    person: Person
    paper: bool


async def find(turn: Turn, person_id: int) -> Known | None:
    """The record, where it is the officer's to see; None also where there is none: nobody learns who is registered elsewhere."""
    donor, person = await donors.of_person(turn.tx, person_id), await people.by_id(turn.tx, person_id)
    if donor is None or person is None:
        return None
    if await is_mine(turn, person_id, donor):
        return Known(person_id, donor, person, bool(await linking.on_paper(turn.tx, [person_id])))
    await refused(turn)
    return None


async def is_mine(turn: Turn, person_id: int, donor: Donor) -> bool:
    """True for people of the units that one answers for, and for who belongs to no unit and takes part in a round of one's own."""
    if not turn.person.may(Role.OFFICER):
        return False
    own = own_units(turn.person, await turn.unit_index())
    if own is None or donor.unit_id in own:
        return True
    return donor.unit_id is None and bool(own) and await _at_a_round_of_mine(turn, person_id)


async def _at_a_round_of_mine(turn: Turn, person_id: int) -> bool:
    index = await turn.unit_index()
    for join in [join for *_, join in await joins.all_of(turn.tx, person_id)]:
        round_ = await rounds.by_id(turn.tx, join.round_id)
        if round_ and may_invite(turn.person, round_.units, index):
            return True
    return False


async def my_rounds(turn: Turn) -> list[Round]:
    """The rounds that the officer manages and that still take people, in order of date."""
    index = await turn.unit_index()
    plan = await rounds.between(turn.tx, turn.today, turn.today + _AHEAD)
    return [r for r in plan if takes_people(turn, r) and may_invite(turn.person, r.units, index)]


def takes_people(turn: Turn, round_: Round) -> bool:
    """True until it is over, also once its registration is closed."""
    return round_.state in JOINABLE and not round_.is_over(turn.now, turn.settings.zone)


async def round_in_hand(turn: Turn, answers: Answers) -> Round | None:
    """The round of the answers, where it is (still) the officer's; a try at another one goes on record."""
    round_ = await rounds.by_code(turn.tx, str(answers.get(ROUND, "")))
    if round_ is None:
        return None
    if may_invite(turn.person, round_.units, await turn.unit_index()):
        return round_
    await refused(turn)
    return None


async def refused(turn: Turn) -> None:
    """Somebody tried what is not theirs."""
    await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="person")


async def audit(turn: Turn, change: str, known: Known, **detail: object) -> None:
    """Keep who did what to whose record: an alias, codes and counts."""
    unit = (await turn.unit_index()).get(known.donor.unit_id)
    whose = await records.alias(turn.tx, known.person.address)
    facts = {"change": change, "person": whose, "unit": unit.code if unit else "", **detail}
    await records.add_audit(turn.tx, turn.person.address, "person", at=turn.at, **facts)


def refusal(turn: Turn) -> str:
    """What is said where there is nobody, or nobody of theirs."""
    return turn.text("person.gone", contact=turn.settings.contact)


async def _in_hand(turn: Turn, answers: Answers) -> Known:
    if (known := await find(turn, answers[WHO])) is None:
        raise Unclear("person.gone", contact=turn.settings.contact)
    return known


asks, reads = screens_about(_in_hand, "/person")

"""Finding one person within one's own units: by a number, a ticket's code, or a name however it is typed."""

from __future__ import annotations

import re

from core.authority import own_units
from core.dialogue import Choice
from core.joins import read_code
from core.names import mask_name
from core.people import Donor
from core.phones import read_phone
from core.unclear import Unclear
from handlers import donor_facts, pages
from handlers.form import Answers, Given, GoTo, Prompt
from handlers.person_office import access
from handlers.turn import Turn
from storage import donors, joins

_FOUND = "_ids"  # Ids of who was found.
_MOST = 30
_DIGITS = re.compile(r"(?:\D*\d){7}")


async def ask_find(turn: Turn, answers: Answers) -> Prompt:
    """What to type; with a round in hand, for which list."""
    round_ = await access.round_in_hand(turn, answers)
    text = turn.text("person.find_for", name=round_.name) if round_ else turn.text("person.find")
    ways = {"new": "person.do.new"} | ({"round": "person.do.to_round"} if round_ else {"alike": "person.do.alike"})
    return Prompt(text, pages.offered(turn, **ways))


async def read_find(turn: Turn, answers: Answers, given: Given) -> object:
    """Who it may be, or a way to somebody new."""
    match given.value:
        case "new":
            answers[access.LEAVE] = f"/person new {answers.get(access.ROUND, '')}".rstrip()
            return True
        case "round":
            answers[access.LEAVE] = f"/rounds {answers[access.ROUND]}"
            return True
        case "alike":
            answers.pop("_after", None)
            raise GoTo("alike")
    look_for(answers, await search(turn, given.text))
    raise GoTo("found")


def look_for(answers: Answers, found: dict[int, Donor]) -> None:
    """These are to be chosen from. Raises Unclear where there is nobody."""
    if not found:
        raise Unclear("unclear.person_nobody")
    answers[_FOUND] = list(found)
    pages.begin(answers)


async def search(turn: Turn, typed: str) -> dict[int, Donor]:
    """Who of one's own it may be, by id. Raises Unclear for a number that cannot be one."""
    own = own_units(turn.person, await turn.unit_index())
    if _DIGITS.match(typed):
        found = await donors.by_phone(turn.tx, read_phone(typed))
    elif (code := read_code(typed)) and (join := await joins.by_code(turn.tx, code)):
        found = await donors.of_people(turn.tx, [join.person_id])
    else:
        found = await donors.by_name(turn.tx, typed, own, limit=_MOST)
    return {id_: donor for id_, donor in found.items() if await access.is_mine(turn, id_, donor)}


async def ask_found(turn: Turn, answers: Answers) -> Prompt:
    """Each with as much as tells them apart."""
    ids = answers[_FOUND]
    known = await donors.of_people(turn.tx, pages.shown(answers, ids))
    choices = [
        Choice(f"p{id_}", await label(turn, donor), (mask_name(donor.full_name),))
        for id_, donor in known.items()
        if await access.is_mine(turn, id_, donor)
    ]
    return Prompt(turn.text("person.who"), [*pages.told_apart(choices), *pages.ways(turn, answers, len(ids))])


async def label(turn: Turn, donor: Donor) -> str:
    """As "Đ. T. Hà, 1992 – Sở Y tế"."""
    unit = await donor_facts.unit_name(turn, donor)
    return f"{mask_name(donor.full_name)}, {donor.birth.year} – {unit}"


async def read_found(_: Turn, answers: Answers, given: Given) -> object:
    """Their card; with a round in hand, its list."""
    pages.turn_page(answers, given.value)
    if given.value is None:
        raise Unclear("unclear.choice")
    answers[access.WHO] = int(given.value[1:])
    raise GoTo("place" if access.ROUND in answers else "card")

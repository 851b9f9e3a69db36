"""Somebody from paper takes their consent back: the record goes as it does for a chat, its seats go to the next, a count stays."""

from __future__ import annotations

from core.names import mask_name
from core.unclear import Unclear
from handlers import pages
from handlers.form import Answers, Finish, Given, GoTo, Prompt
from handlers.person_office import access, seats
from handlers.person_office.access import Known
from handlers.turn import Turn
from storage import joins, paper


@access.asks
async def ask_erase(turn: Turn, _: Answers, known: Known) -> Prompt:
    """Once, for it cannot be undone; whoever has a chat does it themselves."""
    if not known.paper:
        return Prompt(turn.text("person.erase_chat"))
    text = turn.text("person.erase", who=mask_name(known.donor.full_name))
    return Prompt(text, pages.offered(turn, yes="person.do.erase"))


@access.reads
async def read_erase(turn: Turn, _: Answers, given: Given, known: Known) -> object:
    """Gone, and on record without a name."""
    if not known.paper:
        raise GoTo("card", turn.text("person.erase_chat"))
    if given.value != "yes":
        raise Unclear("unclear.person_confirm")
    freed = [join.round_id for join in await joins.active(turn.tx, known.id, turn.today)]
    await access.audit(turn, "erased", known)
    await paper.erase(turn.tx, known.id, by=turn.person.address, today=turn.today, at=turn.at)
    await seats.pass_on(turn, freed)
    raise Finish(turn.text("person.erased"), "/person")

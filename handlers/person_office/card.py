"""The card of one person: what is known, where they take part, and what can be done."""

from __future__ import annotations

from core.codes import show_handed
from core.dates import show_date
from core.joins import spaced
from core.links import RECORD
from core.phones import mask_phone
from core.unclear import Unclear
from handlers import donor_facts, pages
from handlers.form import Answers, Given, GoTo, Prompt
from handlers.person_office import access
from handlers.person_office.access import Known
from handlers.phone_opening import open_phone
from handlers.turn import Turn
from storage import joins, linking

_ROUNDS = 5  # The newest ones: a card that fits on a screen.


@access.asks
async def ask_card(turn: Turn, _: Answers, known: Known) -> Prompt:
    """Facts with a masked number, the last rounds, and what can be done with a record like this."""
    donor = known.donor
    lines = await donor_facts.lines(turn, donor, phone=mask_phone(donor.phone) if donor.phone else "")
    lines.append(f"• {turn.text('person.on_paper' if known.paper else 'person.has_chat')}")
    if not known.paper and not known.person.reachable:
        lines.append(f"• {turn.text('person.unreachable')}")
    answered = await joins.all_of(turn.tx, known.id)
    for _code, name, day, join in answered[-_ROUNDS:]:
        state = turn.text(f"join.state.{join.outcome or join.state}")
        ticket = spaced(join.code) if join.seated else ""
        facts = {"name": name, "date": show_date(day), "state": state, "ticket": ticket}
        lines.append(turn.text("person.round_ticket" if ticket else "person.round", **facts))
    return Prompt("\n".join(lines), pages.offered(turn, **await _ways(turn, known)))


async def _ways(turn: Turn, known: Known) -> dict[str, str]:
    ways = {"phone": "person.do.phone"} if known.donor.phone else {}
    ways |= {"fields": "person.do.edit", "unit": "person.do.move"}
    ways |= {"round": "person.do.join"} if await access.my_rounds(turn) else {}
    ways |= {"leave": "person.do.leave"} if await joins.active(turn.tx, known.id, turn.today) else {}
    ways |= {"code": "person.do.code", "erase": "person.do.erase"} if known.paper else {}
    return ways | {"find": "person.do.find"}


@access.reads
async def read_card(turn: Turn, answers: Answers, given: Given, known: Known) -> object:
    """What to do."""
    if given.value == "phone":
        raise GoTo("card", turn.text("person.phone", phone=await open_phone(turn, known.id, known.donor)))
    if given.value == "code" and known.paper:
        raise GoTo("card", await _hand_code(turn, known))
    if given.value is None:
        raise Unclear("unclear.choice")
    for scratch in ("_unit", "_page", "_to", "field"):
        answers.pop(scratch, None)
    raise GoTo(given.value)


async def _hand_code(turn: Turn, known: Known) -> str:
    """The code, once on the screen and nowhere else; links for who is sent one."""
    code = await linking.hand_code(turn.tx, known.id, by=turn.person.address, at=turn.at)
    await access.audit(turn, "code", known)
    days = linking.CODE_LIFE.days
    links = "\n".join(turn.house.links.to(f"{RECORD}{code}"))
    said = turn.text("person.code", code=show_handed(code), days=days)
    return "\n".join(filter(None, (said, links)))

"""The change log of a round: when, who, and what was there before and after. An address is nobody's name and is not shown."""

from __future__ import annotations

from datetime import UTC, datetime

from core.dates import show_date
from core.people import Person, Role
from core.rounds import Round
from core.unclear import Unclear
from handlers.form import Answers, AskAgain, Given, Prompt, labelled
from handlers.round_office import access, edit
from handlers.turn import Turn
from storage import people, rounds

_PAGE = 6
_VIEW = "_log"
_MOST = 200


@access.asks
async def ask_log(turn: Turn, answers: Answers, round_: Round) -> Prompt:
    """A page of the log, the newest first."""
    page = answers.get(_VIEW, 0)
    found = await rounds.changes(turn.tx, round_.id, _MOST)
    shown = found[page * _PAGE : (page + 1) * _PAGE]
    known = await people.load(turn.tx, sorted({change.address for change in shown})) if shown else {}
    lines = [turn.text("rounds.log" if found else "rounds.log_empty", name=round_.name)]
    for change in shown:
        lines += await _line(turn, change, known.get(change.address))
    ways = {"more": "unit.more"} if (page + 1) * _PAGE < len(found) else {}
    ways |= {"fewer": "unit.fewer"} if page else {}
    return Prompt("\n".join(lines), labelled(turn, **ways))


@access.reads
async def read_log(_: Turn, answers: Answers, given: Given, __: Round) -> object:
    """Another page."""
    if given.value is None:
        raise Unclear("unclear.rounds_log")
    answers[_VIEW] = answers.get(_VIEW, 0) + (1 if given.value == "more" else -1)
    raise AskAgain


async def _line(turn: Turn, change: rounds.Change, person: Person | None) -> list[str]:
    at = datetime.fromtimestamp(change.at / 1000, UTC).astimezone(turn.settings.zone)
    head = turn.text(
        "rounds.log_line",
        time=f"{at:%H:%M}",
        date=show_date(at.date()),
        who=await _who(turn, change.address, person),
        what=turn.text(f"rounds.log.{change.action}"),
    )
    reason = change.detail.get("reason")
    why = [turn.text("rounds.reason", reason=reason[1])] if reason else []
    return [head, *await edit.difference(turn, change.detail), *why]


async def _who(turn: Turn, address: str, person: Person | None) -> str:
    """The role, of an officer the unit, and the channel."""
    name = address.partition(":")[0]
    channel = turn.voice.channel(name)
    if name == "cli":
        return turn.text("rounds.who.cli")
    admin = address in turn.settings.admins or (person is not None and person.role is Role.ADMIN)
    index = await turn.unit_index()
    unit = index.get(person.unit_id) if person else None
    if admin:
        return turn.text("rounds.who.admin", channel=channel)
    if person is not None and person.role is Role.OFFICER and unit:
        return turn.text("rounds.who.officer", unit=unit.name, channel=channel)
    return turn.text("rounds.who.other", channel=channel)

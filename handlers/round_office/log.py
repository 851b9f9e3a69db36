"""The change log of a round: when, who, and what was there before and after. An address is nobody's name and is not shown."""

from __future__ import annotations

from datetime import UTC, datetime

from core.dates import show_date
from core.rounds import Round
from core.unclear import Unclear
from handlers import who_text
from handlers.form import Answers, AskAgain, Given, Prompt, labelled
from handlers.round_office import access, edit
from handlers.turn import Turn
from storage import rounds

_PAGE = 6
_VIEW = "_log"
_MOST = 200


@access.asks
async def ask_log(turn: Turn, answers: Answers, round_: Round) -> Prompt:
    """A page of the log, the newest first."""
    page = answers.get(_VIEW, 0)
    found = await rounds.changes(turn.tx, round_.id, _MOST)
    shown = found[page * _PAGE : (page + 1) * _PAGE]
    who = await who_text.roles_of(turn, {change.address for change in shown})
    lines = [turn.text("rounds.log" if found else "rounds.log_empty", name=round_.name)]
    for change in shown:
        lines += await _line(turn, change, who[change.address])
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


async def _line(turn: Turn, change: rounds.Change, who: str) -> list[str]:
    at = datetime.fromtimestamp(change.at / 1000, UTC).astimezone(turn.settings.zone)
    head = turn.text(
        "rounds.log_line",
        time=f"{at:%H:%M}",
        date=show_date(at.date()),
        who=who,
        what=turn.text(f"rounds.log.{change.action}"),
    )
    reason = change.detail.get("reason")
    why = [turn.text("rounds.reason", reason=reason[1])] if reason else []
    return [head, *await edit.difference(turn, change.detail), *why]

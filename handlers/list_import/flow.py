"""What is asked next about a list: round, unit, texts, rows, twins, who is gone, seats; then the summary."""

from __future__ import annotations

from core.list_rows import ASK, next_group, to_look_at
from handlers.form import GoTo
from handlers.list_import.proposal import crowded, propose
from handlers.list_import.work import Work, settle
from handlers.turn import Turn
from storage import uploads


async def next_step(turn: Turn, work: Work) -> str:
    """The key of the question that comes next."""
    decided = work.decided
    if decided.round in (None, ASK):
        return "round"
    if decided.unit is None and any("unit" not in row.entry.facts for row in work.rows):
        return "unit"
    if work.unclear:
        return "text"
    if next_group(work.rows, decided):
        return "group"
    if to_look_at(work.rows):
        return "look"
    return await _compared(turn, work)


async def _compared(turn: Turn, work: Work) -> str:
    """What comes once every row is clear and is compared with what is stored."""
    proposal = await propose(turn, work)
    if proposal.pairs:
        return "twin"
    if proposal.gone and not work.decided.gone:
        return "gone"
    if crowded(proposal) and not work.decided.full:
        return "full"
    return "confirm"


async def go_on(turn: Turn, work: Work, before: str = "") -> GoTo:
    """Keep what was decided; where it leads. `before`: a line in front of the next question."""
    await settle(turn, work)
    await uploads.note(turn.tx, work.upload.id, work.decided.to_json())
    return GoTo(await next_step(turn, work), before)

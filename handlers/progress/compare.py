"""Two rounds side by side: what came of the earlier one, and who has registered for the later one."""

from __future__ import annotations

from core.board import NOBODY, Line, paired
from handlers import board_text
from handlers.progress import scope
from handlers.progress.scope import Seen
from handlers.turn import Turn

_MOST = 20  # Units in one message: Telegram takes 4,096 letters.


async def show(turn: Turn, before: Seen, after: Seen) -> str:
    """In words; and the annex that goes with a notice to the units, as a file."""
    pairs = paired(before.board, after.board)
    lines = [
        turn.text(
            "progress.pair",
            name=board_text.name(
                turn.voice, (after if pair.after else before).index, pair.after or pair.before or _NONE
            ),
            before=_result(turn, pair.before),
            after=_registered(turn, pair.after),
        )
        for pair in pairs[:_MOST]
    ]
    if len(pairs) > _MOST:
        lines.append(turn.text("progress.more_in_file", count=len(pairs) - _MOST))
    head = turn.text("progress.compared", before=scope.label(turn, before.round), after=scope.label(turn, after.round))
    total = turn.text(
        "progress.pair_total",
        before=_result(turn, before.board.total),
        after=_registered(turn, after.board.total),
    )
    await scope.document(turn, "annex.xlsx", turn.text("progress.annex"), after, before=before.round.code)
    return "\n".join([head, *lines, total])


_NONE = Line(None, None, NOBODY)


def _result(turn: Turn, line: Line | None) -> str:
    """What came of a round: "131/180 (72 %)"."""
    if line is None:
        return "–"
    return _of(turn, line.people.gave, line.quota, line.gave_percent)


def _registered(turn: Turn, line: Line | None) -> str:
    if line is None:
        return "–"
    return _of(turn, line.people.certain, line.quota, line.percent)


def _of(turn: Turn, people: int, quota: int | None, percent: int | None) -> str:
    shown = turn.voice.figure(people)
    if quota is None:
        return shown
    whole = f"{shown}/{turn.voice.figure(quota)}"
    return whole if percent is None else turn.text("progress.of_quota", whole=whole, percent=percent)

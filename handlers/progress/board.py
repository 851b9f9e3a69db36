"""The board of a round in the chat: in words here, as a picture and as a file; and the lists of those who are behind."""

from __future__ import annotations

import re

from core.board import Line
from core.dates import show_date
from core.dialogue import Choice
from core.rounds import RoundState
from core.unclear import Unclear
from handlers import board_text
from handlers.form import Answers, Given, GoTo, Prompt, labelled
from handlers.progress import scope
from handlers.progress.scope import Seen
from handlers.turn import Turn

_MOST = 18  # Units in one message: Telegram takes 4,096 letters.
_LISTED = 40  # Names in one message, where there is nothing else.
SHARE = "_share"  # The answer that holds under which share a unit is behind.
SHARES = (30, 50, 80, 100)
_PERCENT = re.compile(r"(?:duoi|under|<)? ?([0-9]{1,3}) ?%?")


@scope.asks
async def ask_board(turn: Turn, _: Answers, seen: Seen) -> Prompt:
    """Every unit, and what can be had besides."""
    return Prompt(words(turn, seen), labelled(turn, **_ways(seen)))


@scope.asks
async def ask_again(turn: Turn, _: Answers, seen: Seen) -> Prompt:
    """The same choices, without the board again."""
    return Prompt(turn.text("progress.again", name=seen.round.name), labelled(turn, **_ways(seen)))


def _ways(seen: Seen) -> dict[str, str]:
    ways = {"fresh": "progress.do.fresh", "file": "progress.do.file", "silent": "progress.do.silent"}
    ways |= {"under": "progress.do.under"} if seen.board.has_quotas else {}
    ways |= {"compare": "progress.do.compare"}
    ways |= {"then": "progress.do.then"} if seen.now else {"now": "progress.do.now"} if seen.reformed else {}
    ways |= {"nudge": "progress.do.nudge"} if seen.round.state is RoundState.OPEN else {}
    return ways | {"round": "progress.do.round"}


def words(turn: Turn, seen: Seen) -> str:
    """The board as text: everybody together, then unit by unit, the best first."""
    voice, board = turn.voice, seen.board
    shown = board_text.cut(board.ranked(), _MOST)
    lines = [
        scope.label(turn, seen.round),
        turn.text("board.all", share=board_text.share(voice, board.total)),
        board_text.facts(voice, board.total, seen.round),
        *board_text.outlook(voice, board, seen.round),
        turn.text("next.deadline", date=show_date(seen.round.deadline_on)) if seen.round.deadline_on else "",
        *(_line(turn, seen, line) for line in shown.first),
        turn.text("board.between", count=shown.between) if shown.between else "",
        *(_line(turn, seen, line) for line in shown.last),
        _line(turn, seen, board.rest) if board.rest.people.answered or board.rest.people.came else "",
    ]
    return "\n".join(filter(None, lines))


def _line(turn: Turn, seen: Seen, line: Line) -> str:
    share, facts = board_text.share(turn.voice, line), board_text.facts(turn.voice, line, seen.round)
    named = turn.text("progress.line", name=board_text.name(turn.voice, seen.index, line), share=share)
    return f"{named}\n   {facts}" if facts else named


async def send_picture(turn: Turn, seen: Seen) -> None:
    """The same as one picture."""
    await scope.document(turn, "board.png", "", seen)


@scope.reads
async def read_board(turn: Turn, answers: Answers, given: Given, seen: Seen) -> object:
    """What to have besides."""
    match given.value:
        case None:
            raise Unclear("unclear.choice")
        case "fresh":
            await send_picture(turn, seen)
            raise GoTo("board")
        case "file":
            await scope.document(turn, "board.xlsx", turn.text("progress.file"), seen)
            raise GoTo("again")
        case "silent":
            raise GoTo("again", _named(turn, seen, seen.board.silent(), "progress.silent"))
        case "now" | "then" as way:
            answers.update({scope.NOW: True}) if way == "now" else answers.pop(scope.NOW)
            raise GoTo("board")
        case "nudge" if not seen.board.has_quotas:  # Then there is no share to be under: who has nobody is behind.
            answers[SHARE] = 100
            raise GoTo("nudge")
        case value:
            raise GoTo({"under": "under", "compare": "earlier", "nudge": "share", "round": "round"}[value])


def _named(turn: Turn, seen: Seen, lines: list[Line], message: str, **params: object) -> str:
    """A list of units under a sentence, or the sentence that there are none."""
    if not lines:
        return turn.text(f"{message}_none", **params)
    names = [
        turn.text(
            "progress.line",
            name=board_text.name(turn.voice, seen.index, line),
            share=board_text.share(turn.voice, line),
        )
        for line in lines[:_LISTED]
    ]
    more = [turn.text("progress.more_in_file", count=len(lines) - _LISTED)] if len(lines) > _LISTED else []
    return "\n".join([turn.text(message, count=len(lines), **params), *names, *more])


async def ask_under(turn: Turn, _: Answers) -> Prompt:
    """Under which share."""
    return Prompt(turn.text("progress.ask_under"), shares(turn))


def shares(turn: Turn) -> list[Choice]:
    """Shares to choose from; any other may be typed."""
    return [Choice(f"p{share}", turn.text(f"progress.under.{share}")) for share in SHARES]


def read_share(given: Given) -> int:
    """A share that was chosen or typed: "50", "dưới 50 %". Raises Unclear."""
    if given.value is not None:
        return int(given.value[1:])
    found = _PERCENT.fullmatch(" ".join(given.text.lower().replace("dưới", "duoi").split()))
    if not found or not 1 <= int(found[1]) <= 100:
        raise Unclear("unclear.share")
    return int(found[1])


@scope.reads
async def read_under(turn: Turn, _: Answers, given: Given, seen: Seen) -> object:
    """Who is not that far."""
    percent = read_share(given)
    raise GoTo("again", _named(turn, seen, seen.board.under(percent), "progress.under", percent=percent))

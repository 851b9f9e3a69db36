"""How far the units are with a round: the board, who is behind, two rounds side by side, and a word to the officers of those units."""

from __future__ import annotations

from typing import Any

from core.people import Role
from handlers import files
from handlers.form import Answers, Form, Question, open_form
from handlers.progress import board, listing, nudge, scope
from handlers.turn import Action, Turn


def _screen(key: str, ask: Any, read: Any, *, back: str = "board", free: bool = False) -> Question:
    return Question(key, ask, read, back=back, free=free)


_SCREENS = (
    Question("round", listing.ask_round, listing.read_round),
    _screen("board", board.ask_board, board.read_board, back="round"),
    _screen("again", board.ask_again, board.read_board),
    _screen("under", board.ask_under, board.read_under, free=True),
    _screen("earlier", listing.ask_earlier, listing.read_earlier),
    _screen("share", nudge.ask_share, nudge.read_share_of, free=True),
    _screen("nudge", nudge.ask_nudge, nudge.read_nudge, back="share"),
    _screen("words", nudge.ask_words, nudge.read_words, back="nudge", free=True),
    _screen("nudge_again", nudge.ask_nudge_again, nudge.read_nudge_again, back="nudge"),
)


async def _nothing(_: Turn, __: Answers) -> None:
    """Every choice has taken effect already."""


FORM = Form("progress", _SCREENS, _nothing, "progress.closed", light=True, leave="rounds.leave")


async def progress(turn: Turn, args: str) -> None:
    """The board of a round ("LS-2026-11"); without one, of the only round there is, or a list to choose from."""
    if not await files.may(turn):
        return
    if args:
        round_ = await scope.find(turn, args.strip().upper())
        if round_ is None:
            turn.say("progress.refused", "/progress", contact=turn.settings.contact)
            return
    else:
        found = await scope.followed(turn)
        round_ = found[0] if len(found) == 1 else None
    if round_ is None:
        await open_form(turn, FORM, step="round")
        return
    await open_form(turn, FORM, {scope.ROUND: round_.code}, "board")
    await board.send_picture(turn, await scope.see(turn, round_))


ACTIONS = (
    Action(
        ("progress", "tiendo"),
        progress,
        role=Role.OFFICER,
        words=("tien do", "tien do dang ky", "bao nhieu nguoi dang ky", "progress"),
        within=False,
    ),
)
FORMS = (FORM,)

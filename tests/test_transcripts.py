"""Every play of tests/transcripts, on every channel. UPDATE_TRANSCRIPTS=1 writes what the bot says now; then read each line."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from core.people import Role
from tests.players.player import Player
from tests.players.said import Said
from tests.players.script import Play, Scene, later, read_play
from tests.players.telegram import Phones
from tests.players.terminal import Terminals
from tests.players.web import Browsers
from tests.program import at_telegram, program
from tests.servers.telegram import FakeTelegram

_FOLDER = Path(__file__).parent / "transcripts"
_UPDATE = bool(os.environ.get("UPDATE_TRANSCRIPTS"))
_ROLES = {
    "Donor": Role.DONOR,
    "Guest": Role.DONOR,
    "Helper": Role.HELPER,
    "Head": Role.HEAD,
    "Officer": Role.OFFICER,
    "Admin": Role.ADMIN,
}
_OF_A_UNIT = (Role.HEAD, Role.OFFICER)
# Codes that are handed over are drawn anew each time; in a play there is one, and it is written so.
_CODE = re.compile(r"\b[2-9A-HJKMNP-Z]{4} [2-9A-HJKMNP-Z]{4}\b")
_WRITTEN_CODE = "ABCD 2345"
PLAYS = [read_play(path) for path in sorted(_FOLDER.glob("*.txt"))]

Join = Callable[[str, str], Awaitable[Player]]


@asynccontextmanager
async def _channel(name: str, play: Play, folder: Path) -> AsyncIterator[Join]:
    plan = play.headers.get("plan", "house")
    async with AsyncExitStack() as stack:
        if name == "telegram":
            server = await stack.enter_async_context(FakeTelegram())
            app = await stack.enter_async_context(program(folder, plan, telegram=at_telegram(server)))
            yield Phones(app, server).join
            return
        app = await stack.enter_async_context(program(folder, plan))
        async with AsyncExitStack() as browsers:
            yield (Terminals(app) if name == "terminal" else Browsers(app, browsers)).join


class Cast:
    """Who speaks in a play; each joins with their first line."""

    def __init__(self, play: Play, join: Join) -> None:
        self._play, self._join = play, join
        self._players: dict[str, Player] = {}
        self._last: Player | None = None
        self._code = _WRITTEN_CODE

    async def play(self, scene: Scene) -> list[list[str]]:
        """One scene; for each message of the bot the forms in which it may be written."""
        if moved := later(scene.cue.text):
            assert self._last
            said = await self._last.wait(*moved)
        else:
            self._last = self._players.get(scene.cue.who) or await self._new(scene.cue.who)
            said = await self._last.play(scene.cue.text.replace(_WRITTEN_CODE, self._code))
        written = [*scene.answers, *[""] * len(said)]
        return [self._heard(message, text) for message, text in zip(said, written, strict=False)]

    def _heard(self, message: Said, written: str) -> list[str]:
        forms = message.forms()
        if (drawn := _CODE.search(forms[0])) and drawn.group() != _WRITTEN_CODE:  # That one is an example.
            self._code = drawn.group()
        if message.fits(written.replace(_WRITTEN_CODE, self._code)):
            return [written]
        return [form.replace(self._code, _WRITTEN_CODE) for form in forms]

    async def _new(self, who: str) -> Player:
        language = self._play.headers.get("language", "vi")
        player = await self._join(who, language)
        role = _ROLES[who]
        if role is not Role.DONOR:
            await player.become(role, language, self._play.headers.get("unit", "") if role in _OF_A_UNIT else "")
        self._players[who] = player
        return player


@pytest.mark.parametrize(
    ("play", "channel"),
    [pytest.param(play, channel, id=f"{play.path.stem}-{channel}") for play in PLAYS for channel in play.channels],
)
async def test_play(play: Play, channel: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot says what is written, whatever the channel."""
    monkeypatch.chdir(tmp_path)  # A terminal puts files where it is.
    answers: list[list[str]] = []
    async with _channel(channel, play, tmp_path) as join:
        cast = Cast(play, join)
        for scene in play.scenes:
            heard = [forms[0] for forms in await cast.play(scene)]
            answers.append(heard)
            assert _UPDATE or heard == list(scene.answers), f"after {scene.cue.text!r}"
    if _UPDATE and channel == play.channels[0]:
        play.path.write_text(play.with_answers(answers), "utf-8")

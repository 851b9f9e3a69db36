"""The smallest channel: text alone."""

from __future__ import annotations

import re
import tempfile
from itertools import count
from pathlib import Path

from bot.app import App
from bot.channel import Parcel
from bot.talk import Terminal, inbound_of
from core.dialogue import Inbound, Reply, typed
from storage.inbox import Delivered
from tests.players.player import Player
from tests.players.said import Said

_PICTURE = re.compile(r"^📄 .*\.png$", re.MULTILINE)
_FILE = re.compile(r"^📄 .*/(?P<name>[^/]+)$", re.MULTILINE)
_MAP = re.compile(r"^📍 (?P<name>.*) \([-\d., ]+\)$", re.MULTILINE)
_NUMBERED = re.compile(r"^(?P<number>\d+)\. (?P<label>.*)$", re.MULTILINE)


class Terminals:
    """All terminals of one program print through one channel; each person sees what is theirs."""

    name = "terminal"

    def __init__(self, app: App) -> None:
        """The app must be running."""
        self._app = app
        self._seats: dict[str, TerminalPlayer] = {}
        app.deliver_to(self)
        app._run(app.deliveries[-1].run())

    async def send(self, parcel: Parcel) -> str:
        """Print for whom it is."""
        return await Terminal(self._seats[parcel.address].printed).send(parcel)

    async def edit(self, address: str, external_id: str, reply: Reply) -> None:
        """Nothing of this is in a transcript."""

    async def join(self, seat: str, language: str) -> TerminalPlayer:
        """A person at a terminal of their own."""
        player = TerminalPlayer(self._app, f"terminal:{seat.lower()}", language)
        self._seats[player.address] = player
        return player


class TerminalPlayer(Player):
    """Types everything: a choice by its number where there is one, else by its words."""

    def __init__(self, app: App, address: str, language: str) -> None:
        """`language`: the hint of the client."""
        super().__init__(app, address)
        self._language = language
        self._numbers = count(1)
        self._heard: list[Said] = []
        self._question = ""

    @property
    def heard(self) -> list[Said]:
        """What was printed."""
        return self._heard

    def printed(self, text: str) -> None:
        """One whole message."""
        text = _MAP.sub(r"(map \g<name>)", _FILE.sub(r"(file \g<name>)", _PICTURE.sub("(picture)", text)))
        self._heard.append(Said(text, printed=True))
        if _NUMBERED.search(text) or text.endswith("]"):
            self._question = text  # A file may come after the question, which stays open.

    async def say(self, text: str) -> None:
        """A line of standard input."""
        inbound = Inbound(self.address, typed(text), self._language)
        await self.app.turns.receive([Delivered(f"{self.address}:{next(self._numbers)}", inbound)])

    async def send_file(self, name: str, content: bytes) -> None:
        """Its path, behind the command that takes one."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(content)
            inbound = await inbound_of(self.app, self.address, f"/plan {path}", self._language)
        await self.app.turns.receive([Delivered(f"{self.address}:{next(self._numbers)}", inbound)])

    async def tap(self, label: str) -> None:
        """There is nothing to tap: the number in front of the label, or the label itself, is typed."""
        numbers = {found["label"]: found["number"] for found in _NUMBERED.finditer(self._question)}
        assert label in numbers or any(f"[{label}]" in said.text for said in self.heard), (
            f"nobody offered {label!r}, but:\n{self.heard[-1].text}"
        )
        await self.say(numbers.get(label, label))

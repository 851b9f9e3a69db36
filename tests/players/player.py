"""What every player can: say a line on its channel, and give back all that the bot said to it there."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from datetime import timedelta

from bot.app import App
from core.dialogue import Button
from core.people import Role
from tests.players.said import Said
from tests.program import grant, quiet, rows, until
from tests.unit_books import sent_file

_TAP = re.compile(r"\[(?P<label>.+)\]")
_GESTURE = re.compile(r"\((?P<what>.+)\)")
NAV = (":_back", ":_cancel")


def button(label: str, token: str) -> Button:
    """A button as a client got it; its token tells back and cancel from choices."""
    return Button(label, token, token.endswith(NAV))


def _when_made(message: Said) -> int:
    """Words first, then pictures, then files."""
    text = message.forms()[0]
    return 2 if "(file " in text else 1 if "(picture)" in text else 0


class Player(ABC):
    """One person on one channel."""

    def __init__(self, app: App, address: str) -> None:
        """`address`: as the app knows this person."""
        self.app = app
        self.address = address
        self._read = 0
        self._seen: set[str] = set()

    async def become(self, role: Role, language: str, unit: str = "") -> None:
        """Have a role from the table; an officer of the unit with this code."""
        await grant(self.app, self.address, role, language, unit=unit)

    async def play(self, line: str) -> list[Said]:
        """Do what a line says; everything the bot says to it."""
        await self._caught_up()
        taken = self._taken()
        if tap := _TAP.fullmatch(line):
            await self.tap(tap["label"])
        elif gesture := _GESTURE.fullmatch(line):
            await self.gesture(gesture["what"])
        else:
            await self.say(line)
        await until(lambda: self._taken() > taken, f"{line!r} was taken in")
        return await self.answers()

    async def _caught_up(self) -> None:
        """Wait for what is on its way: others may have caused it, it comes before the answer, and its buttons are there to be pressed."""
        due = (
            "SELECT 1 FROM outbox WHERE address = ? AND state IN ('pending', 'sending', 'unknown') AND not_before <= ?"
        )
        await until(lambda: not rows(self.app, due, self.address, self.app.clock.at()), "what is due is said")
        sent = {key for key, state in self._outgoing() if state == "sent"} - self._seen
        await until(lambda: len(self.heard) >= self._read + len(sent), f"{len(sent)} messages arrive")

    async def answers(self) -> list[Said]:
        """What has been said since the last time, once nothing more is to come."""
        await until(lambda: quiet(self.app, self.address), "everything is answered and said")
        new = {key for key, state in self._outgoing() if state == "sent"} - self._seen
        # Who jumps over weeks finds reminders that are of use no more: no failure of theirs.
        failed = [key for key, state in self._outgoing() if state not in ("sent", "cancelled", "expired")]
        assert not failed, f"could not be sent: {failed}"
        await until(lambda: len(self.heard) >= self._read + len(new), f"{len(new)} messages arrive")
        self._seen |= new
        said, self._read = self.heard[self._read :], len(self.heard)
        # A file comes when it is made; what else there is to say does not wait for it.
        return sorted(said, key=_when_made)

    async def wait(self, number: int, unit: str) -> list[Said]:
        """Let days or hours pass; what the bot says of its own accord."""
        self.app.clock.move(timedelta(**{unit: number}))
        for delivery in self.app.deliveries:
            delivery.wake()
        # The ticker goes by the real clock, which nobody can move; its work is what counts here.
        await self.app.unit_days.tick()
        await self.app._housekeeping.tick()
        await self.app.planner.tick()
        return await self.answers()

    def _taken(self) -> int:
        return int(rows(self.app, "SELECT count(*) FROM inbox WHERE address = ?", self.address)[0][0])

    def _outgoing(self) -> list[tuple[str, str]]:
        return [
            (k, s) for k, s in rows(self.app, "SELECT dedupe_key, state FROM outbox WHERE address = ?", self.address)
        ]

    @property
    @abstractmethod
    def heard(self) -> list[Said]:
        """Every message that arrived, oldest first."""

    @abstractmethod
    async def say(self, text: str) -> None:
        """Type."""

    @abstractmethod
    async def tap(self, label: str) -> None:
        """Press the button with this label, or the nearest thing the channel has."""

    async def gesture(self, what: str) -> None:
        """Send something that is no text."""
        if what.startswith("file "):
            await self.send_file(*sent_file(what.removeprefix("file ")))
            return
        await self.show(what)

    @abstractmethod
    async def send_file(self, name: str, content: bytes) -> None:
        """Send a file."""

    async def show(self, what: str) -> None:
        """Send what only some channels know: a sticker, a contact card."""
        raise NotImplementedError(f"{type(self).__name__} cannot send {what!r}")

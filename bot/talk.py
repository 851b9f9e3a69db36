"""`giothong talk`: the conversation in a terminal, with text alone. The smallest channel, and the pattern for those without buttons."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import click

from bot.app import App, open_app
from bot.channel import Parcel
from bot.config import Config, ConfigError
from core.dialogue import Command, Inbound, Input, Reply, file_name, numbered_text, typed
from core.sheet_table import MAX_BYTES
from storage import uploads
from storage.inbox import Delivered

_QUIET_S = 0.15  # Nothing more was said for so long: it is the person's turn.
_SENDS = ("plan", "kehoach")  # Commands that take a file.


class Terminal:
    """A channel that prints."""

    name = "terminal"

    def __init__(self, write: Callable[[str], None]) -> None:
        """`write` gets one whole message."""
        self._write = write
        self.spoke = asyncio.Event()

    async def send(self, parcel: Parcel) -> str:
        """Print a message; a file is copied beside the person."""
        reply = parcel.reply
        parts = [numbered_text(reply)]
        if reply.place:
            parts.append(f"📍 {reply.place.name} ({reply.place.lat}, {reply.place.lon})")
        if parcel.file:
            target = Path.cwd() / parcel.file.name
            await asyncio.to_thread(lambda: target.write_bytes(parcel.file.path.read_bytes()) if parcel.file else None)
            parts.append(f"📄 {target}")
        self._write("\n".join(filter(None, parts)))
        self.spoke.set()
        return str(parcel.id)

    async def edit(self, address: str, external_id: str, reply: Reply) -> None:  # noqa: ARG002 (a terminal does not take back)
        """Print the progress."""
        self._write(numbered_text(reply))


class Transcript:
    """What was said, in the form of tests/transcripts."""

    def __init__(self, path: Path | None) -> None:
        """None: nothing is written."""
        self._path = path
        self._lines: list[str] = []
        self._write()

    def add(self, who: str, text: str) -> None:
        """One message; lines after the first are indented."""
        first, *rest = text.splitlines() or [""]
        self._lines += [f"{who}: {first}", *(f"    {line}".rstrip() for line in rest), ""]
        self._write()

    def _write(self) -> None:
        if self._path is None:
            return
        try:
            self._path.write_text("\n".join(self._lines), "utf-8")
        except OSError as error:
            raise ConfigError(f"--save: cannot write {self._path}: {error.strerror}") from None


async def _lines() -> AsyncIterator[str]:
    """Lines of standard input, without holding up the loop."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        yield line.rstrip("\n")


async def inbound_of(app: App, address: str, line: str, language: str) -> Inbound:
    """What a line means. "/plan plan.xlsx" with the path of a file sends it, as a client with windows would."""
    what: Input = typed(line)
    sends = isinstance(what, Command) and what.name in _SENDS and what.args
    if sends and (body := await asyncio.to_thread(_bytes, str(sends))):
        at, name = app.clock.at(), file_name(str(sends))
        what = await app.database.write(lambda tx: uploads.hold(tx, address, name, body, at=at))
    return Inbound(address, what, language)


def _bytes(path: str) -> bytes | None:
    """The file, and one byte more than is taken, so that a longer one is refused by the bot and not by us."""
    try:
        with Path(path).expanduser().open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError:
        return None


async def talk_here(config: Config, *, role: str, language: str, save: Path | None, demo: bool) -> None:
    """Talk until the end of the input."""
    transcript = Transcript(save)

    def write(text: str) -> None:
        click.echo(text + "\n")
        transcript.add("Bot", text)

    terminal = Terminal(write)
    async with open_app(config, demo=demo) as app:
        if demo:
            await app.load_demo()
        app.deliver_to(terminal)
        await app.start()
        address = f"terminal:{role}"
        click.echo("Giọt Hồng · /start, /dangky, /help · Ctrl+D\n")
        async for line in _lines():
            if line.strip():
                transcript.add("Donor" if role == "donor" else "Admin", line)
                await _said(app, terminal, await inbound_of(app, address, line, language))


async def _said(app: App, terminal: Terminal, inbound: Inbound) -> None:
    """Hand a line in and wait until the answer stands there."""
    terminal.spoke.clear()
    await app.turns.receive([Delivered(f"{app.epoch}:{app.clock.now().timestamp()}", inbound)])
    try:
        await asyncio.wait_for(terminal.spoke.wait(), 10)
        while terminal.spoke.is_set():
            terminal.spoke.clear()
            await asyncio.wait_for(terminal.spoke.wait(), _QUIET_S)
    except TimeoutError:
        return

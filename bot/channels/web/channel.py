"""Sending half of the web chat: a message is delivered once it stands in the chat's table; open pages are then told."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.channel import Parcel, RenderedFile
from bot.clock import Clock
from core.dialogue import Button, Reply
from storage import bubbles
from storage.database import Database

_SAVE = ".review:save"
_ROW = 34  # Letters that fit side by side in the narrowest chat.
# A list holds names and phones: it lies ready for a week, then /xuat makes a newer one.
_KEEP_FILES_MS = 7 * 86_400_000


class OpenPage:
    """What one open page has yet to be told. What it says stands in the table: a slow reader costs no memory, a lost one nothing."""

    def __init__(self) -> None:
        """Everything is yet to be told."""
        self.news = asyncio.Event()
        self.news.set()
        self.edited: set[int] = set()
        self.closing = False


class WebChannel:
    """All chats of the page."""

    name = "web"

    def __init__(self, database: Database, clock: Clock, files: Path) -> None:
        """`files`: a private folder, kept over restarts, for files until they are fetched."""
        self._database = database
        self._clock = clock
        self.files = files
        self._files_lock = asyncio.Lock()
        self._open: dict[str, set[OpenPage]] = defaultdict(set)

    @contextmanager
    def listen(self, address: str) -> Iterator[OpenPage]:
        """Hear of what is new in a chat as long as the context lasts."""
        page = OpenPage()
        self._open[address].add(page)
        try:
            yield page
        finally:
            self._open[address].discard(page)
            if not self._open[address]:
                del self._open[address]

    def tell(self, address: str, edited: int | None = None) -> None:
        """Something is new in a chat; `edited`: this bubble was changed."""
        for page in self._open.get(address, ()):
            if edited is not None:
                page.edited.add(edited)
            page.news.set()

    def close(self) -> None:
        """Let every open page go."""
        for page in itertools.chain.from_iterable(self._open.values()):
            page.closing = True
            page.news.set()

    async def send(self, parcel: Parcel) -> str:
        """Put the message into the chat. The same parcel again adds nothing."""
        body = {"from": "bot", **_body(parcel.reply), "at": self._clock.now().isoformat(timespec="seconds")}
        async with self._files_lock:
            if parcel.file:
                body["file"] = await asyncio.to_thread(self._keep_file, parcel.id, parcel.file)
            at = self._clock.at()
            bubble = await self._database.write(
                lambda tx: bubbles.add(tx, parcel.address, body, at=at, outbox_id=parcel.id)
            )
        self.tell(parcel.address)
        return str(bubble.id) if bubble else ""

    def _keep_file(self, id_: int, file: RenderedFile) -> dict[str, Any]:
        folder = self.files / str(id_)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        target = folder / file.name
        shutil.copyfile(file.path, target)
        target.chmod(0o600)
        return {"name": file.name, "file": id_, "size": target.stat().st_size, "picture": file.picture}

    async def tidy(self) -> None:
        """Remove files that are a week old, and those whose bubble is gone because the person was forgotten."""
        async with self._files_lock:
            folders = await asyncio.to_thread(self._folders)
            since = self._clock.at() - _KEEP_FILES_MS
            async with self._database.read() as tx:
                standing = await bubbles.sent_since(tx, [int(folder.name) for folder in folders], since)
            for folder in folders:
                if int(folder.name) not in standing:
                    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def _folders(self) -> list[Path]:
        return [folder for folder in self.files.glob("*") if folder.name.isdecimal()]

    async def edit(self, address: str, external_id: str, reply: Reply) -> None:
        """Change words and buttons of a bubble."""
        id_ = int(external_id)
        async with self._database.read() as tx:
            bubble = await bubbles.one(tx, address, id_)
        if bubble is None:
            return
        body = {**bubble.body, "text": reply.text, "choices": _body(reply)["choices"], "edited": True}
        await self._database.write(lambda tx: bubbles.change(tx, address, id_, body))
        self.tell(address, edited=id_)


def _body(reply: Reply) -> dict[str, Any]:
    return {
        "text": reply.text,
        "choices": [[_choice(button) for button in row] for row in _rows(reply.buttons)],
        "file": None,
        "place": asdict(reply.place) if reply.place else None,
    }


def _choice(button: Button) -> dict[str, str]:
    """`kind` is how it looks: the one that saves a card stands out, back and cancel stand back."""
    kind = "nav" if button.nav else "main" if button.token.endswith(_SAVE) else "answer"
    return {"label": button.label, "value": button.token, "kind": kind}


def _rows(buttons: tuple[Button, ...]) -> list[list[Button]]:
    """Short labels share a row; what saves a card has its own, back and cancel have the last one."""
    rows: list[list[Button]] = []
    width, kind = 0, ""
    for button in buttons:
        length, kind_before, kind = len(button.label) + 4, kind, _choice(button)["kind"]
        if not rows or width + length > _ROW or kind != kind_before:
            rows.append([])
            width = 0
        rows[-1].append(button)
        width += length
    return rows

"""Sending half of the web chat: a message is delivered once it stands in the chat's table; open pages are then told."""

from __future__ import annotations

import asyncio
import shutil
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.channel import Parcel, RenderedFile
from bot.clock import Clock
from core.dialogue import Button, Reply
from storage import bubbles
from storage.bubbles import Bubble
from storage.database import Database

_ROW = 30  # Letters that fit side by side in the narrowest chat.
_QUEUE = 200  # A page that stopped reading is cut off rather than kept in memory; it comes back and asks for the rest.


class WebChannel:
    """All chats of the page."""

    name = "web"

    def __init__(self, database: Database, clock: Clock, files: Path) -> None:
        """`files`: a private folder for files until they are fetched."""
        self._database = database
        self._clock = clock
        self.files = files
        self._listeners: dict[str, set[asyncio.Queue[dict[str, Any] | None]]] = defaultdict(set)

    def listen(self, address: str) -> asyncio.Queue[dict[str, Any] | None]:
        """A queue of events for one open page; None in it means: come again."""
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(_QUEUE)
        self._listeners[address].add(queue)
        return queue

    def leave(self, address: str, queue: asyncio.Queue[dict[str, Any] | None]) -> None:
        """The page is gone."""
        self._listeners[address].discard(queue)
        if not self._listeners[address]:
            del self._listeners[address]

    def tell(self, address: str, event: str, data: dict[str, Any]) -> None:
        """Tell every open page of a chat."""
        for queue in tuple(self._listeners.get(address, ())):
            if queue.full():
                self._listeners[address].discard(queue)
                queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait({"event": event, "data": data})

    def close(self) -> None:
        """Let every open page go."""
        for queues in self._listeners.values():
            for queue in queues:
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(None)

    async def send(self, parcel: Parcel) -> str:
        """Put the message into the chat. The same parcel again adds nothing."""
        body = {"from": "bot", **_body(parcel.reply), "at": self._clock.now().isoformat(timespec="seconds")}
        if parcel.file:
            body["file"] = await asyncio.to_thread(self._keep_file, parcel.id, parcel.file)
        at = self._clock.at()
        bubble = await self._database.write(
            lambda tx: bubbles.add(tx, parcel.address, body, at=at, outbox_id=parcel.id)
        )
        if bubble is None:
            return ""
        self.show(parcel.address, bubble)
        return str(bubble.id)

    def show(self, address: str, bubble: Bubble) -> None:
        """Tell open pages of a new bubble."""
        self.tell(address, "message", {"id": bubble.id, **bubble.body})

    def _keep_file(self, id_: int, file: RenderedFile) -> dict[str, Any]:
        folder = self.files / str(id_)
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / file.name
        shutil.copyfile(file.path, target)
        target.chmod(0o600)
        return {"name": file.name, "file": id_, "size": target.stat().st_size}

    async def edit(self, address: str, external_id: str, text: str) -> None:
        """Change the words of a bubble."""
        id_ = int(external_id)
        async with self._database.read() as tx:
            bubble = await bubbles.one(tx, address, id_)
        if bubble is None:
            return
        body = {**bubble.body, "text": text}
        await self._database.write(lambda tx: bubbles.change(tx, address, id_, body))
        self.tell(address, "update", {"id": id_, "text": text})


def _body(reply: Reply) -> dict[str, Any]:
    return {
        "text": reply.text,
        "choices": [[{"label": b.label, "value": b.token} for b in row] for row in _rows(reply.buttons)],
        "file": None,
        "place": asdict(reply.place) if reply.place else None,
    }


def _rows(buttons: tuple[Button, ...]) -> list[list[Button]]:
    """Short labels share a row; back and cancel have the last one."""
    rows: list[list[Button]] = []
    width = _ROW
    nav_row = False
    for button in buttons:
        length = len(button.label) + 4
        if width + length > _ROW or button.nav is not nav_row:
            rows.append([])
            width, nav_row = 0, button.nav
        rows[-1].append(button)
        width += length
    return rows

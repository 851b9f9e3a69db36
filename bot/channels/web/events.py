"""The stream of one open page: what stands in its chat, in order, then what is new. It reads the table and remembers only how far."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from bot.channels.web.channel import OpenPage
from core.people import Role
from storage import bubbles
from storage.bubbles import Bubble
from storage.database import Database, Tx

_HEARTBEAT_S = 15.0  # Proxies close a silent line, many after 60 s; the page gives up after 40.

Reader = tuple[str, frozenset[Role]]  # language, roles
Write = Callable[[bytes], Awaitable[None]]


class Events:
    """What one open page has been told: its last bubble, the language of its words, what its menu lists."""

    def __init__(
        self, database: Database, address: str, *, seat: str, last: int, reader: Callable[[Tx], Awaitable[Reader]]
    ) -> None:
        """`last`: the newest bubble that the page shows, 0 for none. `reader`: how the chat is spoken to now, and its roles."""
        self._database = database
        self._address = address
        self._seat = seat
        self._last = last
        self._reader_now = reader
        self._reader: Reader | None = None

    async def run(self, page: OpenPage, write: Write) -> None:
        """Tell the page all news until it is closed."""
        while not page.closing:
            try:
                await asyncio.wait_for(page.news.wait(), _HEARTBEAT_S)
            except TimeoutError:
                await write(b": still here\n\n")
                continue
            page.news.clear()
            await write(b"".join(await self._news(page)))

    async def _news(self, page: OpenPage) -> list[bytes]:
        """Frames for all that the page does not show yet."""
        first = self._reader is None
        edited, page.edited = page.edited, set()
        async with self._database.read() as tx:
            if self._last and not await bubbles.one(tx, self._address, self._last):
                page.closing = True  # The history was erased: the page forgets its own and comes again.
                return [frame("reset", {})]
            fresh = await bubbles.after(tx, self._address, self._last)
            changed = [await bubbles.one(tx, self._address, id_) for id_ in sorted(edited) if id_ <= self._last]
            if first:
                changed += await bubbles.edited(tx, self._address, self._last)
            reader = await self._reader_now(tx)
        frames = [_message(bubble, self._seat) for bubble in fresh]
        frames += [frame("update", {"id": b.id, "text": b.body["text"]}) for b in changed if b]
        self._last = fresh[-1].id if fresh else self._last
        if first:
            frames.append(frame("ready", {"last": self._last, "language": reader[0]}))
        elif reader != self._reader:  # Another language, or a role that came or went.
            frames.append(frame("menu", {"language": reader[0]}))
        self._reader = reader
        return frames


def _message(bubble: Bubble, seat: str) -> bytes:
    body = bubble.body
    if file := body.get("file"):
        url = f"/chat/{seat}/file/{file['file']}/{quote(file['name'])}"
        picture = bool(file.get("picture"))
        body = {**body, "file": {"name": file["name"], "url": url, "size": file["size"], "picture": picture}}
    return f"id: {bubble.id}\n".encode() + frame("message", {"id": bubble.id, **body})


def frame(event: str, data: dict[str, Any]) -> bytes:
    """One event of the stream."""
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()

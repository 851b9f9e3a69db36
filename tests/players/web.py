"""The web chat over real HTTP: a cookie, what is posted, and the stream of what is said."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
from yarl import URL

from bot.app import App
from tests.players.player import Player, button
from tests.players.said import Said


class Browsers:
    """Browsers of people who use the web chat."""

    def __init__(self, app: App, stack: AsyncExitStack) -> None:
        """`stack` closes the browsers at the end."""
        self._app = app
        self._stack = stack

    async def join(self, seat: str, language: str) -> WebPlayer:
        """Somebody opens the page."""
        jar = aiohttp.CookieJar(unsafe=True)  # 127.0.0.1 has no name
        http = await self._stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=jar, headers={"Accept-Language": language})
        )
        player = WebPlayer(self._app, http)
        await player.open()
        self._stack.push_async_callback(player.close)
        return player


class WebPlayer(Player):
    """One browser with one page open."""

    def __init__(self, app: App, http: aiohttp.ClientSession) -> None:
        """`http` keeps the cookie."""
        super().__init__(app, "")
        self._http = http
        self._base = f"http://127.0.0.1:{app.port}"
        self._sent = 0
        self._stream: asyncio.Task[None] | None = None
        self._heard: list[Said] = []
        self._known: set[int] = set()

    @property
    def heard(self) -> list[Said]:
        """What the stream brought."""
        return self._heard

    async def open(self) -> None:
        """Load the page, and listen."""
        async with self._http.get(f"{self._base}/") as page:
            assert page.status == 200
        cookie = self._http.cookie_jar.filter_cookies(URL(self._base))["giothong"].value
        self.address = f"web:{cookie.rpartition('.')[0]}"
        ready = asyncio.Event()
        self._stream = asyncio.create_task(self._listen(ready))
        await asyncio.wait_for(ready.wait(), 30)

    async def close(self) -> None:
        """Close the page."""
        if self._stream:
            self._stream.cancel()
            await asyncio.gather(self._stream, return_exceptions=True)

    async def _listen(self, ready: asyncio.Event) -> None:
        """Read the stream as the page does: from the last message on, from the first where the history was erased."""
        last = 0
        timeout = aiohttp.ClientTimeout(total=None)
        while True:
            event = ""
            url = f"{self._base}/chat/me/events?after={last}"
            async with self._http.get(url, timeout=timeout) as stream:
                async for raw in stream.content:
                    key, _, value = raw.decode().rstrip("\n").partition(": ")
                    match key, event:
                        case "event", _:
                            event = value
                            last = 0 if event == "reset" else last
                        case "data", "ready":
                            ready.set()
                        case "data", "message":
                            last = json.loads(value)["id"]
                            self._hear(json.loads(value))

    def _hear(self, bubble: dict[str, Any]) -> None:
        """What is new; after a reset the page is told again what is left."""
        if bubble["from"] != "bot" or bubble["id"] in self._known:
            return
        self._known.add(bubble["id"])
        buttons = tuple(button(choice["label"], choice["value"]) for row in bubble["choices"] for choice in row)
        shown = bubble["file"] and ("(picture)" if bubble["file"]["picture"] else f"(file {bubble['file']['name']})")
        file = (shown,) if shown else ()
        place = (f"(map {bubble['place']['name']})",) if bubble["place"] else ()
        self._heard.append(Said(bubble["text"], buttons, (*place, *file)))

    async def post(self, **body: str) -> int:
        """What the page posts; the status. Whoever was too fast waits as long as they are asked to."""
        self._sent += 1
        message = {"id": f"client-{self._sent:08}", **body}
        while True:
            async with self._http.post(f"{self._base}/chat/me/send", json=message) as answer:
                if answer.status != 429:
                    return answer.status
                await asyncio.sleep((await answer.json())["retry_after"])

    async def send_file(self, name: str, content: bytes) -> None:
        """What the button beside the message box posts; a page whose server takes no file from this person has no such button."""
        self._sent += 1
        query = {"id": f"client-{self._sent:08}", "name": name}
        async with self._http.post(f"{self._base}/chat/me/upload", params=query, data=content) as answer:
            assert answer.status == 200, answer.status

    async def say(self, text: str) -> None:
        """Type."""
        assert await self.post(text=text) == 200

    async def tap(self, label: str) -> None:
        """Press the newest button that reads so."""
        found = next(b for said in reversed(self.heard) for b in said.buttons if b.label == label)
        assert await self.post(choice=found.token, label=label) == 200

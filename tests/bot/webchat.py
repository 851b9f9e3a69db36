"""The web chat over real HTTP, without a browser: the program in this process, and pages that fetch, post and listen."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from bot.app import App, open_app
from bot.config import Config, WebSection

_PATIENCE_S = 20.0  # A slow machine is no failure; a stream that says nothing is.
_ids = itertools.count(1)

Message = dict[str, Any]


def house(tmp_path: Path, **web: Any) -> Config:
    """A configuration with a database of its own and any free port."""
    return Config(storage={"url": f"sqlite:///{tmp_path}/test.db"}, web=WebSection(**({"port": 0} | web)))  # type: ignore[arg-type]


@asynccontextmanager
async def running(config: Config, *, demo: bool = False) -> AsyncIterator[App]:
    """The program, listening."""
    async with open_app(config, demo=demo) as app:
        if demo:
            await app.load_demo()
        await app.start()
        yield app


class Stream:
    """The event stream of one open page."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        """`response` has begun."""
        self._response = response

    async def block(self) -> str:
        """The next block, be it an event or a heartbeat; "" where the stream ended."""
        lines: list[str] = []
        while line := (await self._response.content.readline()).decode():
            if line == "\n":
                break
            lines.append(line)
        return "".join(lines)

    async def next(self, *names: str) -> tuple[str, Message]:
        """The next event of one of these names (of any, without names); others and heartbeats are passed over."""
        async with asyncio.timeout(_PATIENCE_S):
            while text := await self.block():
                fields = dict(line.split(": ", 1) for line in text.splitlines() if not line.startswith(":"))
                if fields and (not names or fields["event"] in names):
                    return fields["event"], json.loads(fields["data"])
        raise EOFError("the stream ended")

    async def said(self) -> Message:
        """The next message of the bot."""
        while True:
            _, message = await self.next("message")
            if message["from"] == "bot":
                return message

    async def until(self, words: str) -> Message:
        """The next message of the bot that has these words."""
        while True:
            message = await self.said()
            if words in message["text"]:
                return message

    async def history(self) -> list[Message]:
        """What stands in the chat when the stream begins."""
        messages: list[Message] = []
        while True:
            name, data = await self.next()
            if name == "ready":
                return messages
            if name == "message":
                messages.append(data)


class Visitor:
    """A browser without a screen: one cookie jar, one seat."""

    def __init__(self, app: App, seat: str = "me", language: str = "vi") -> None:
        """`seat`: me, or donor, officer, admin of the demonstration."""
        self.base = f"http://127.0.0.1:{app.port}"
        self.chat = f"{self.base}/chat/{seat}"
        self._stack = AsyncExitStack()
        self._language = language

    async def __aenter__(self) -> Visitor:
        """Open the page, which brings the session."""
        jar = aiohttp.CookieJar(unsafe=True)  # "unsafe" means: cookies of an IP address too.
        headers = {"Accept-Language": self._language}
        self.http = await self._stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar, headers=headers))
        async with self.http.get(self.base) as response:
            assert response.status == 200
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close everything."""
        await self._stack.aclose()

    @property
    def cookie(self) -> str:
        """What the browser keeps: "<session>.<signature>"."""
        return self.http.cookie_jar.filter_cookies(URL(self.base))["giothong"].value

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.http.cookie_jar.clear()
        self.http.cookie_jar.update_cookies({"giothong": value}, URL(self.base))

    async def open(self, **query: Any) -> Stream:
        """Open the event stream; `last_event_id` goes as a header."""
        headers = {"Last-Event-ID": str(query.pop("last_event_id"))} if "last_event_id" in query else {}
        request = self.http.get(f"{self.chat}/events", params=query, headers=headers)
        response = await self._stack.enter_async_context(request)
        assert response.status == 200
        return Stream(response)

    async def history(self) -> list[Message]:
        """What a page sees that is opened now."""
        async with self.http.get(f"{self.chat}/events") as response:
            return await Stream(response).history()

    async def post(self, body: object, **options: Any) -> tuple[int, Any]:
        """Post anything to `send`: (status, JSON or None)."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.http.post(f"{self.chat}/send", data=data, **options) as response:
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else None

    async def send(self, **content: Any) -> None:
        """Send text=…, choice=… or start=… under an id of its own."""
        status, answer = await self.post({"id": f"test-{next(_ids):08}", **content})
        assert (status, answer) == (200, {"ok": True})

    async def press(self, message: Message, label: str) -> None:
        """Press the button of a message whose label has these words."""
        button = next(b for row in message["choices"] for b in row if label in b["label"])
        await self.send(choice=button["value"], label=button["label"])

    async def get(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        """(status, body, headers) of an address below the seat, or of a whole path."""
        url = f"{self.base}{path}" if path.startswith("/") else f"{self.chat}/{path}"
        async with self.http.get(url) as response:
            return response.status, await response.read(), dict(response.headers)

    async def menu(self) -> Message:
        """The words and commands of the page."""
        status, body, _ = await self.get("menu")
        assert status == 200
        menu: Message = json.loads(body)
        return menu

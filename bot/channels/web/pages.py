"""HTTP half of the web chat: the page, the stream of what is said, and what a person sends."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.channels.web.channel import WebChannel
from bot.channels.web.sessions import Sessions
from bot.clock import Clock, monotonic
from core.dialogue import MAX_TEXT, Command, Inbound, Input, Press, Start, Text
from core.people import Role
from core.words import Words
from storage import bubbles, people
from storage.database import Database
from storage.inbox import Delivered

_STATIC = Path(__file__).parent / "static"
_BODY_BYTES = 200_000  # The longest text with room to spare; more is refused before it is read.
_HEARTBEAT_S = 15.0
_BURST, _PER_SECOND = 30, 1.0  # Sends of one session: a person in a hurry, not a program.
_SEATS = {"me": None, "donor": None, "officer": Role.OFFICER, "admin": Role.ADMIN}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}

Receive = Callable[[Sequence[Delivered]], Awaitable[None]]


class _Sent(BaseModel):
    """What the page posts: an id of its own making, and one of text, choice, start."""

    model_config = ConfigDict(extra="ignore")
    id: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")
    text: str | None = Field(None, max_length=100_000)
    choice: str | None = Field(None, max_length=64)
    label: str = Field("", max_length=200)
    start: str | None = Field(None, max_length=64)


@dataclass(frozen=True, slots=True)
class Chat:
    """What the pages need. `commands`: (name, catalogue id) of the menu for a role and language; `demo` shows three seats."""

    channel: WebChannel
    sessions: Sessions
    receive: Receive
    database: Database
    words: Words
    clock: Clock
    zone: ZoneInfo
    organisation: str
    admins: frozenset[str]
    commands: Callable[[Role, str], list[tuple[str, str]]]
    demo: bool
    seat: Callable[[str, Role], Awaitable[None]]
    move_clock: Callable[[timedelta], Awaitable[None]]


class Pages:
    """Routes of the web chat."""

    def __init__(self, chat: Chat) -> None:
        """`chat` holds everything that the routes use."""
        self._chat = chat
        self._spent: dict[str, tuple[float, float]] = {}

    def routes(self) -> list[web.RouteDef]:
        """All of them."""
        seats = "{seat:" + "|".join(self._seats()) + "}"
        routes = [
            web.get("/", self._index),
            web.get("/static/{name:[a-z0-9_.-]+}", self._static),
            web.get(f"/chat/{seats}/menu", self._menu),
            web.get(f"/chat/{seats}/events", self._events),
            web.post(f"/chat/{seats}/send", self._send),
            web.get(f"/chat/{seats}/file/{{id:\\d+}}/{{name}}", self._file),
        ]
        if self._chat.demo:
            routes += [web.get("/demo/clock", self._clock), web.post("/demo/clock", self._move_clock)]
        return routes

    def _seats(self) -> list[str]:
        return [seat for seat in _SEATS if (seat != "me") is self._chat.demo]

    async def _index(self, request: web.Request) -> web.StreamResponse:
        """The page. It brings the session along, so that its first two requests do not each begin one."""
        headers: dict[str, str] = {}
        self._session(request, headers)
        response = self._page("demo.html" if self._chat.demo else "chat.html")
        response.headers.update(headers)
        return response

    async def _static(self, request: web.Request) -> web.StreamResponse:
        return self._page(request.match_info["name"])

    def _page(self, name: str) -> web.StreamResponse:
        path = _STATIC / name
        if path.parent != _STATIC or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={**_HEADERS, "Cache-Control": "no-cache"})

    async def _who(self, request: web.Request, response_headers: dict[str, str] | None = None) -> str:
        """The address behind the request's cookie; a new session where there is none."""
        seat = request.match_info["seat"]
        session = self._session(request, response_headers)
        address = f"web:{session}" if seat == "me" else f"web:{session}.{seat}"
        if role := _SEATS[seat]:
            await self._chat.seat(address, role)
        return address

    def _session(self, request: web.Request, response_headers: dict[str, str] | None) -> str:
        session = self._chat.sessions.read(request.cookies.get("giothong"))
        if session is None:
            if response_headers is None:
                raise web.HTTPUnauthorized
            session = secrets.token_urlsafe(16)
            response_headers["Set-Cookie"] = self._chat.sessions.cookie(session, secure=request.secure)
        return session

    async def _menu(self, request: web.Request) -> web.Response:
        """Language, commands and words of the page itself."""
        headers = dict(_HEADERS)
        address = await self._who(request, headers)
        async with self._chat.database.read() as tx:
            person = (await people.load(tx, [address])).get(address)
            talk = (await people.conversations(tx, [address])).get(address)
        words = self._chat.words
        hint = _browser_language(request)
        language = person.language if person else talk.language if talk else words.choose(hint)
        role = Role.ADMIN if address in self._chat.admins else person.role if person else Role.DONOR
        commands = [
            {"command": f"/{name}", "label": words.say(language, title)}
            for name, title in self._chat.commands(role, language)
        ]
        page = {id_.removeprefix("web."): words.say(language, id_) for id_ in words.ids("web.")}
        body = {
            "language": language,
            "title": words.say(language, "web.title"),
            "organisation": self._chat.organisation,
            "commands": commands,
            "words": page,
        }
        return web.json_response(body, headers={**headers, "Cache-Control": "no-store"})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """What stands in the chat after `after`, then what comes."""
        headers = {
            **_HEADERS,
            "Content-Type": "text/event-stream",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
        address = await self._who(request, headers)
        last = _number(request.query.get("after", "") or request.headers.get("Last-Event-ID", ""))
        response = web.StreamResponse(headers=headers)
        queue = self._chat.channel.listen(address)
        try:
            await response.prepare(request)
            async with self._chat.database.read() as tx:
                history = await bubbles.after(tx, address, last)
            for bubble in history:
                last = bubble.id
                await response.write(self._frame("message", {"id": bubble.id, **bubble.body}, request))
            await response.write(self._frame("ready", {"last": last}, request))
            await self._stream(request, response, queue, last)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._chat.channel.leave(address, queue)
        return response

    async def _stream(
        self, request: web.Request, response: web.StreamResponse, queue: asyncio.Queue[dict[str, Any] | None], last: int
    ) -> None:
        while True:
            try:
                item = await asyncio.wait_for(queue.get(), _HEARTBEAT_S)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if item is None:
                return
            if item["event"] == "message" and item["data"]["id"] <= last:
                continue  # It was in the history already.
            await response.write(self._frame(item["event"], item["data"], request))

    def _frame(self, event: str, data: dict[str, Any], request: web.Request) -> bytes:
        file = data.get("file")
        if file:
            url = f"/chat/{request.match_info['seat']}/file/{file['file']}/{file['name']}"
            data = {**data, "file": {"name": file["name"], "url": url, "size": file["size"]}}
        id_line = f"id: {data['id']}\n" if event == "message" else ""
        return f"event: {event}\n{id_line}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()

    async def _send(self, request: web.Request) -> web.Response:
        """Keep what the person did; 200 only once it is kept. The same id again changes nothing."""
        address = await self._who(request)
        sent = await self._read_sent(request)
        if (wait_s := self._flood(address)) > 0:
            retry = round(wait_s, 1)
            return web.json_response({"retry_after": retry}, status=429, headers={"Retry-After": str(int(retry) + 1)})
        what, shown = _input(sent)
        if what is None:
            return web.json_response({"error": "text"}, status=400)
        at = self._chat.clock.at()
        body = {
            "from": "me",
            "text": shown[:MAX_TEXT],
            "choices": [],
            "file": None,
            "place": None,
            "client_id": sent.id,
            "at": self._chat.clock.now().isoformat(timespec="seconds"),
        }
        bubble = (
            await self._chat.database.write(lambda tx: bubbles.add(tx, address, body, at=at, client_id=sent.id))
            if shown
            else None
        )
        await self._chat.receive(
            [Delivered(f"{address}:{sent.id}", Inbound(address, what, _browser_language(request)))]
        )
        if bubble:
            self._chat.channel.show(address, bubble)
        return web.json_response({"ok": True})

    async def _read_sent(self, request: web.Request) -> _Sent:
        if (request.content_length or 0) > _BODY_BYTES:
            raise web.HTTPRequestEntityTooLarge(_BODY_BYTES, request.content_length or 0)
        origin = request.headers.get("Origin")
        if origin and origin.partition("://")[2] != request.host:
            raise web.HTTPForbidden
        try:
            return _Sent.model_validate_json(await request.read())
        except ValidationError as error:
            raise web.HTTPBadRequest from error

    def _flood(self, address: str) -> float:
        """Seconds to wait before this session may send again."""
        now = monotonic()
        spent, since = self._spent.get(address, (0.0, now))
        level = max(0.0, spent - (now - since) * _PER_SECOND)
        if level + 1 > _BURST:
            return (level + 1 - _BURST) / _PER_SECOND
        self._spent[address] = (level + 1, now)
        if len(self._spent) > 10_000:
            self._spent = {a: s for a, s in self._spent.items() if s[0] > (now - s[1]) * _PER_SECOND}
        return 0.0

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """A file that stands in this very chat."""
        address = await self._who(request)
        id_, name = int(request.match_info["id"]), request.match_info["name"]
        async with self._chat.database.read() as tx:
            owned = await bubbles.with_file(tx, address, id_)
        path = self._chat.channel.files / str(id_) / Path(name).name
        if not owned or not path.is_file():
            raise web.HTTPNotFound
        disposition = f'attachment; filename="{re.sub(r"[^A-Za-z0-9._-]", "_", path.name)}"'
        return web.FileResponse(
            path, headers={**_HEADERS, "Content-Disposition": disposition, "Cache-Control": "no-store"}
        )

    async def _clock(self, _: web.Request) -> web.Response:
        return web.json_response(
            {"now": self._chat.clock.now().astimezone(self._chat.zone).isoformat(timespec="seconds")}
        )

    async def _move_clock(self, request: web.Request) -> web.Response:
        """Demonstration only: jump by days or hours, or to a date."""
        try:
            wanted = json.loads(await request.read())
            now = self._chat.clock.now()
            if "date" in wanted:
                day = datetime.fromisoformat(wanted["date"]).replace(tzinfo=self._chat.zone)
                by = datetime.combine(day.date(), now.astimezone(self._chat.zone).time(), self._chat.zone) - now
            else:
                by = timedelta(days=float(wanted.get("days", 0)), hours=float(wanted.get("hours", 0)))
            if not timedelta() <= by <= timedelta(days=3660):
                raise ValueError  # Backwards, what was said would come before what it answers.
        except (ValueError, TypeError, OverflowError) as error:
            raise web.HTTPBadRequest from error
        await self._chat.move_clock(by)
        return await self._clock(request)


def _input(sent: _Sent) -> tuple[Input | None, str]:
    """What was done, and what the person's own bubble shows ("" for no bubble)."""
    if sent.start is not None:
        return Start(sent.start), ""
    if sent.choice is not None:
        return Press(sent.choice, sent.label), sent.label or sent.choice
    text = (sent.text or "").strip()
    if not text:
        return None, ""
    if text.startswith("/"):
        name, _, args = text[1:].partition(" ")
        return (Start(args) if name == "start" else Command(name.lower(), args.strip())), text
    return Text(text[: MAX_TEXT + 1]), text


def _browser_language(request: web.Request) -> str:
    return request.headers.get("Accept-Language", "").partition(",")[0].partition(";")[0].strip()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0

"""HTTP half of the web chat: the page, the stream of what is said, and what a person sends."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.channels.web.channel import WebChannel
from bot.channels.web.events import Events
from bot.channels.web.sessions import Sessions
from bot.clock import Clock, monotonic
from core.dialogue import MAX_TEXT, Inbound, Input, Press, Start, file_name, typed
from core.people import Role
from core.sheet_table import MAX_BYTES
from core.words import Words
from storage import bubbles, inbox, people, uploads
from storage.database import Database, Tx
from storage.inbox import Delivered

_ID = r"^[A-Za-z0-9_-]{8,64}$"
_STATIC = Path(__file__).parent / "static"
_BODY_BYTES = 200_000  # The longest text with room to spare; more is refused before it is read.
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


class _Sent(BaseModel):
    """What the page posts: an id of its own making, and one of text, choice, start."""

    model_config = ConfigDict(extra="ignore")
    id: str = Field(pattern=_ID)
    text: str | None = None
    choice: str | None = Field(None, max_length=64)
    label: str = Field("", max_length=200)
    start: str | None = Field(None, max_length=64)


class _Upload(BaseModel):
    """What the address of an upload says: an id of the page's making, and the file's name."""

    model_config = ConfigDict(extra="ignore")
    id: str = Field(pattern=_ID)
    name: str = Field(max_length=1024)


class _Move(BaseModel):
    """What the demonstration's clock is asked: a day to go to, or how far."""

    date: dt.date | None = None
    days: float = Field(0, allow_inf_nan=False)
    hours: float = Field(0, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Chat:
    """What the pages need. `wake`: there is something in the inbox; `commands`: (name, catalogue id) of the menu for roles and
    a language; `public_url`: the address that a proxy in front shows, "" without one; `demo` shows three seats.
    """

    channel: WebChannel
    sessions: Sessions
    wake: Callable[[], None]
    database: Database
    words: Words
    clock: Clock
    zone: ZoneInfo
    organisation: str
    admins: frozenset[str]
    commands: Callable[[Collection[Role], str], list[tuple[str, str]]]
    public_url: str
    demo: bool
    seat: Callable[[str, Role, str], Awaitable[None]]
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
            web.post(f"/chat/{seats}/upload", self._upload),
            web.get(f"/chat/{seats}/file/{{id:[0-9]{{1,18}}}}/{{name}}", self._file),
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
            await self._chat.seat(address, role, self._chat.words.choose(_browser_language(request)))
        return address

    def _session(self, request: web.Request, response_headers: dict[str, str] | None) -> str:
        session = self._chat.sessions.read(request.cookies.get("giothong"))
        if session is None:
            if response_headers is None:
                raise web.HTTPUnauthorized
            session = secrets.token_urlsafe(16)
            response_headers["Set-Cookie"] = self._chat.sessions.cookie(session, secure=self._secure(request))
        return session

    def _secure(self, request: web.Request) -> bool:
        """Who comes by the public https address; a browser beside the machine, by plain http, must keep its cookie too."""
        public = urlsplit(self._chat.public_url)
        return request.secure or (public.scheme == "https" and public.netloc == request.host)

    async def _reader(self, tx: Tx, address: str, request: web.Request) -> tuple[str, frozenset[Role]]:
        """The language and the roles that this chat has now."""
        person = (await people.load(tx, [address])).get(address)
        talk = None if person else (await people.conversations(tx, [address])).get(address)
        known = person or talk
        language = known.language if known else self._chat.words.choose(_browser_language(request))
        held = frozenset(grant.role for grant in person.grants) if person else frozenset()
        return language, held | {Role.ADMIN} if address in self._chat.admins else held

    async def _menu(self, request: web.Request) -> web.Response:
        """Language, commands and words of the page itself."""
        headers = dict(_HEADERS)
        address = await self._who(request, headers)
        async with self._chat.database.read() as tx:
            language, held = await self._reader(tx, address, request)
        words = self._chat.words
        commands = [
            {"command": f"/{name}", "label": words.say(language, title)}
            for name, title in self._chat.commands(held, language)
        ]
        page = {id_.removeprefix("web."): words.say(language, id_) for id_ in words.ids("web.")}
        body = {
            "language": language,
            "timezone": self._chat.zone.key,
            "title": words.say(language, "web.title"),
            "organisation": self._chat.organisation,
            "commands": commands,
            "upload_bytes": MAX_BYTES if _sends_files(held) else 0,
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

        async def reader(tx: Tx) -> tuple[str, frozenset[Role]]:
            return await self._reader(tx, address, request)

        seat = request.match_info["seat"]
        events = Events(self._chat.database, address, seat=seat, last=last, reader=reader)
        response = web.StreamResponse(headers=headers)
        try:
            await response.prepare(request)
            with self._chat.channel.listen(address) as page:
                await events.run(page, response.write)
        except ConnectionError:
            pass  # The page is gone; it comes back and asks for the rest.
        return response

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
        body = self._bubble(shown[:MAX_TEXT], sent.id)
        inbound = Inbound(address, what, _browser_language(request))

        async def keep(tx: Tx) -> None:
            # Together: a bubble that stands tells the page that its message arrived.
            if shown:
                await bubbles.add(tx, address, body, at=at, client_id=sent.id)
            await inbox.store(tx, [Delivered(f"{address}:{sent.id}", inbound)], at)

        return await self._keep(address, keep)

    def _bubble(self, text: str, client_id: str) -> dict[str, Any]:
        """What the person said, as it stands in the chat."""
        said_at = self._chat.clock.now().isoformat(timespec="seconds")
        nothing: dict[str, Any] = {"choices": [], "file": None, "place": None}
        return {"from": "me", "text": text, **nothing, "client_id": client_id, "at": said_at}

    async def _keep(self, address: str, keep: Callable[[Tx], Awaitable[None]]) -> web.Response:
        await self._chat.database.write(keep)
        self._chat.channel.tell(address)
        self._chat.wake()
        return web.json_response({"ok": True})

    async def _upload(self, request: web.Request) -> web.Response:
        """A file of an officer or admin: its bytes are the body. 200 only once it is kept; the same id again changes nothing."""
        address = await self._who(request)
        self._refuse_strangers(request)
        async with self._chat.database.read() as tx:
            _, held = await self._reader(tx, address, request)
        if not _sends_files(held):  # Before a byte is read: who may send no file shall not make us keep one.
            raise web.HTTPForbidden
        if (wait_s := self._flood(address)) > 0:
            return web.json_response({"retry_after": round(wait_s, 1)}, status=429)
        try:
            sent = _Upload.model_validate(dict(request.query))
        except ValidationError as error:
            raise web.HTTPBadRequest from error
        content = await _body(request, MAX_BYTES)
        at, name = self._chat.clock.at(), file_name(sent.name)
        body = self._bubble(f"📎 {name}", sent.id)

        async def keep(tx: Tx) -> None:
            if await bubbles.add(tx, address, body, at=at, client_id=sent.id):
                file = await uploads.hold(tx, address, name, content, at=at)
                inbound = Inbound(address, file, _browser_language(request))
                await inbox.store(tx, [Delivered(f"{address}:{sent.id}", inbound)], at)

        return await self._keep(address, keep)

    async def _read_sent(self, request: web.Request) -> _Sent:
        if (request.content_length or 0) > _BODY_BYTES:
            raise web.HTTPRequestEntityTooLarge(_BODY_BYTES, request.content_length or 0)
        self._refuse_strangers(request)
        try:
            return _Sent.model_validate_json(await request.read())
        except ValidationError as error:
            raise web.HTTPBadRequest from error

    def _refuse_strangers(self, request: web.Request) -> None:
        """Another site's page may not speak for the person. Behind a proxy the page's address is the public one."""
        origin = request.headers.get("Origin")
        ours = {request.host, urlsplit(self._chat.public_url).netloc}
        if origin and (urlsplit(origin).netloc or origin) not in ours:
            raise web.HTTPForbidden

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
            bubble = await bubbles.of_outbox(tx, address, id_)
        file = (bubble.body.get("file") if bubble else None) or {}
        path = self._chat.channel.files / str(id_) / name
        if file.get("name") != name or not path.is_file():
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
        self._refuse_strangers(request)
        now = self._chat.clock.now().astimezone(self._chat.zone)
        try:
            move = _Move.model_validate_json(await request.read())
            to = datetime.combine(move.date, now.time(), self._chat.zone) if move.date else now
            by = to - now + timedelta(days=move.days, hours=move.hours)
        except (ValidationError, OverflowError) as error:
            raise web.HTTPBadRequest from error
        if not timedelta() <= by <= timedelta(days=3660):
            raise web.HTTPBadRequest  # Backwards, what was said would come before what it answers.
        await self._chat.move_clock(by)
        return await self._clock(request)


def _sends_files(held: Collection[Role]) -> bool:
    return any(role.includes(Role.OFFICER) for role in held)


async def _body(request: web.Request, highest: int) -> bytes:
    """The bytes of a request, refused as soon as there is one too many."""
    content = bytearray()
    if (request.content_length or 0) <= highest:
        async for chunk in request.content.iter_chunked(65_536):
            content += chunk
            if len(content) > highest:
                break
        else:
            return bytes(content)
    raise web.HTTPRequestEntityTooLarge(highest, request.content_length or len(content))


def _input(sent: _Sent) -> tuple[Input | None, str]:
    """What was done, and what the person's own bubble shows ("" for no bubble)."""
    if sent.start is not None:
        return Start(sent.start), ""
    if sent.choice is not None:
        return Press(sent.choice, sent.label), sent.label or sent.choice
    text = (sent.text or "").strip()
    if not text:
        return None, ""
    return typed(text), text


def _browser_language(request: web.Request) -> str:
    return request.headers.get("Accept-Language", "").partition(",")[0].partition(";")[0].strip()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0

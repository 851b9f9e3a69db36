"""A strict Telegram Bot API server on loopback."""

import asyncio
import json
import re
import socket
import struct
import sys
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.servers.telegram.control import control
from tests.servers.telegram.errors import WEBHOOK_ACTIVE, ApiError, bad, refuse
from tests.servers.telegram.faults import AFTER, Fault, Faults, FloodLimits
from tests.servers.telegram.methods import CHAT_METHODS, Method, Request
from tests.servers.telegram.people import Crowd, Group, Person
from tests.servers.telegram.polling import Poller
from tests.servers.telegram.schema import NUMBER, load
from tests.servers.telegram.settings import Settings
from tests.servers.telegram.uploads import MAX_FILE, Upload, described, read_call
from tests.servers.telegram.webhook import Webhook
from tests.servers.telegram.world import Json, World

TOKEN_SHAPE = re.compile(r"\d+:[\w-]+")
BAD_GATEWAY = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"
# Form-data has its own overhead beside the file.
MAX_BODY = MAX_FILE + 1024 * 1024


@dataclass(slots=True)
class Call:
    """One call of the bot. `accepted`: it took effect, whatever the bot heard of it."""

    method: str
    params: Json
    at: float
    status: int = 0
    outcome: str = "open"
    description: str = ""
    accepted: bool = False
    result: Any = None
    files: Json = field(default_factory=dict)


class FakeTelegram:
    """`async with FakeTelegram() as server`: one bot's Bot API at `server.base_url`, and the people it talks to."""

    def __init__(self, token: str = "1000:TEST", *, port: int = 0, seed: int = 0, latency_ms: float = 0.0) -> None:
        self.token, self.port, self.latency_ms = token, port, latency_ms
        self.world = World(int(token.partition(":")[0]), seed)
        self.crowd = Crowd(self.world, seed)
        self.poller = Poller()
        self.webhook = Webhook(self.world, self.poller, seed)
        self.settings = Settings()
        self.faults = Faults()
        self.limits = FloodLimits(self.world.now)
        self.calls: list[Call] = []
        self.bugs: list[Exception] = []
        self.keep_calls = True
        self._schema = load()
        self._methods: dict[str, Method] = {
            **CHAT_METHODS,
            **self.settings.methods(),
            "getUpdates": self._get_updates,
            "setWebhook": self.webhook.set,
            "deleteWebhook": self.webhook.delete,
            "getWebhookInfo": self.webhook.info,
        }
        self.webhook.execute = self.execute
        self._runner: web.ServerRunner | None = None
        self._closing = asyncio.Event()
        self._listening: list[tuple[str, asyncio.Future[Call]]] = []

    @property
    def base_url(self) -> str:
        """http://127.0.0.1:port, in place of https://api.telegram.org."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def bot_url(self) -> str:
        """What python-telegram-bot calls `base_url`."""
        return f"{self.base_url}/bot"

    @property
    def file_url(self) -> str:
        """What python-telegram-bot calls `base_file_url`."""
        return f"{self.base_url}/file/bot"

    async def __aenter__(self) -> Self:
        await self.come_back()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.webhook.stop()
        await self.go_down()
        if self.bugs:
            raise self.bugs[0]

    async def come_back(self) -> None:
        """Listen, on the same port as before."""
        self._closing = asyncio.Event()
        server = web.Server(self._handle, request_factory=roomy_request, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.05)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def go_down(self) -> None:
        """Refuse connections and drop those that are open; what is queued stays queued."""
        self._closing.set()
        self.poller.interrupt(ApiError(500, "Internal Server Error: restart"))
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def person(self, first_name: str = "Lan", **fields: Any) -> Person:
        """A new person; see Crowd.person."""
        return self.crowd.person(first_name, **fields)

    def group(self, title: str = "Công đoàn", **options: Any) -> Group:
        """A new group; see Crowd.group."""
        return self.crowd.group(title, **options)

    def push(self, update: Json) -> int | None:
        """Queue any update as it stands, with its own `update_id` if it has one."""
        return self.world.push(update)

    def fault(self, kind: str, method: str = "*", times: int = 1, **options: Any) -> Fault:
        """Order trouble for the next calls; the kinds are in faults.KINDS."""
        return self.faults.add(Fault(kind, method, times, **options))

    def advance(self, seconds: float) -> None:
        """Move Telegram's clock."""
        self.world.shift_s += seconds

    def accepted(self, method: str | None = None) -> list[Call]:
        """The calls that took effect."""
        return [call for call in self.calls if call.accepted and method in (None, call.method)]

    async def heard(self, method: str, timeout_s: float = 5.0) -> Call:
        """The next call of this method, at the moment it comes in. Raises TimeoutError."""
        future: asyncio.Future[Call] = asyncio.get_running_loop().create_future()
        self._listening.append((method, future))
        return await asyncio.wait_for(future, timeout_s)

    def _heard(self, call: Call) -> None:
        if self.keep_calls:
            self.calls.append(call)
        if not self._listening:
            return
        listening = [(method, future) for method, future in self._listening if not future.done()]
        self._listening = [(method, future) for method, future in listening if method != call.method]
        for method, future in listening:
            if method == call.method:
                future.set_result(call)

    async def execute(self, method: str, params: Json, files: dict[str, Upload] | None = None) -> Any:
        """Do one call: its result. Raises ApiError."""
        files = files or {}
        # A file may come as a part with the parameter's own name, or under any name behind attach://.
        attached = {name: f"attach://{name}" for name in files if self._schema.knows(method, name)}
        request = Request(self.world, self._schema.check(method, attached | params), files)
        result = self._methods[method](request)
        return await result if asyncio.iscoroutine(result) else result

    async def _get_updates(self, request: Request) -> list[Json]:
        if self.webhook.settings:
            raise refuse(409, WEBHOOK_ACTIVE)
        return await self.poller.get_updates(request)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Any HTTP request."""
        path = request.path
        try:
            if path.startswith("/file/bot"):
                return self._file(path.removeprefix("/file/bot"))
            if path.startswith("/_control/"):
                return await control(self, path.removeprefix("/_control/"), request)
            method = self._method(path)
            params, files = await read_call(request)
        except ApiError as error:
            return answered(error.body(), error.code)
        call = Call(method, params, self.world.now(), files=described(files))
        self._heard(call)
        return await self._answer(request, call, files)

    def _method(self, path: str) -> str:
        """The method an address names. Raises ApiError for another token or an unknown method."""
        token, _, name = path.removeprefix("/bot").partition("/")
        if not path.startswith("/bot") or not TOKEN_SHAPE.fullmatch(token):
            raise ApiError(404, "Not Found")
        if token != self.token:
            raise ApiError(401, "Unauthorized")
        if self.settings.logged_out:
            raise bad("Logged out")
        method: str | None = self._schema.names.get(name.lower())
        if method is None:
            raise refuse(404, "method not found")
        return method

    async def _answer(self, request: web.BaseRequest, call: Call, files: dict[str, Upload]) -> web.StreamResponse:
        """Let the faults strike, do the call, and say what came of it."""
        half_s = self.latency_ms / 2000
        if half_s:
            await asyncio.sleep(half_s)
        chat_id = chat_of(call.params)
        fault = self.faults.strike(call.method, chat_id)
        if fault and fault.kind not in AFTER:
            call.outcome = fault.kind
            return await self._struck(request, fault, call, {})
        try:
            if call.method.startswith(("send", "edit")) and call.method != "sendChatAction":
                self.limits.admit(chat_id)
            call.result = await self.execute(call.method, call.params, files)
            call.outcome, call.accepted, call.status = "ok", True, 200
            body: Json = {"ok": True, "result": call.result}
        except ApiError as error:
            call.outcome, call.status, call.description = "refused", error.code, error.description
            body = error.body()
        except Exception as bug:  # noqa: BLE001 our own mistake: the test that met it fails when the server stops
            self.bugs.append(bug)
            call.outcome, call.status = "bug", 500
            body = {"ok": False, "error_code": 500, "description": f"Internal Server Error: {bug!r} (fake)"}
        if half_s:
            await asyncio.sleep(half_s)
        if fault:
            return await self._struck(request, fault, call, body)
        return answered(body, call.status)

    async def _struck(self, request: web.BaseRequest, fault: Fault, call: Call, body: Json) -> web.StreamResponse:
        """What the bot gets of a call that meets trouble."""
        call.outcome, kind = fault.kind, fault.kind.removesuffix("_after")
        if kind == "delay":
            await asyncio.sleep(fault.seconds)
            return answered(body, call.status)
        if kind == "hang":
            await self._closing.wait()
        if kind in ("hang", "reset"):
            return reset(request)
        whole = json.dumps(body).encode()
        if kind == "cut":
            return await cut(request, whole)
        call.status, text = {
            "flood": (429, json.dumps(too_many(fault.retry_after))),
            "not_ok": (200, '{"ok":false,"error_code":400,"description":"Bad Request: strange"}'),
            "error": (500, '{"ok":false,"error_code":500,"description":"Internal Server Error"}'),
            "bad_gateway": (502, BAD_GATEWAY),
            "truncated": (200, whole[: len(whole) // 2].decode()),
        }[kind]
        html = kind == "bad_gateway"
        return web.Response(text=text, status=call.status, content_type="text/html" if html else "application/json")

    def _file(self, path: str) -> web.Response:
        """The content behind a file_path. Raises ApiError."""
        token, _, wanted = path.partition("/")
        if token != self.token:
            raise ApiError(401, "Unauthorized")
        kept = next((kept for kept in self.world.files.values() if kept["path"] == wanted), None)
        if kept is None:
            raise ApiError(404, "Not Found")
        return web.Response(body=kept["content"])


def answered(body: Json, status: int) -> web.Response:
    """A JSON answer."""
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json")


def too_many(retry_after_s: int | None) -> Json:
    """The body of a 429."""
    body: Json = {"ok": False, "error_code": 429, "description": "Too Many Requests"}
    if retry_after_s is None:
        return body
    return {
        **body,
        "description": f"Too Many Requests: retry after {retry_after_s}",
        "parameters": {"retry_after": retry_after_s},
    }


def chat_of(params: Json) -> int | None:
    """The chat of a call, if its parameters name one by number."""
    chat_id = params.get("chat_id")
    if isinstance(chat_id, str) and NUMBER.fullmatch(chat_id):
        return int(chat_id)
    return chat_id if isinstance(chat_id, int) else None


def reset(request: web.BaseRequest) -> web.Response:
    """Drop the connection with a TCP RST."""
    transport = request.transport
    if transport:
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        transport.abort()
    return web.Response()


async def cut(request: web.BaseRequest, whole: bytes) -> web.StreamResponse:
    """Promise the whole body, send half, close."""
    response = web.StreamResponse(headers={"Content-Length": str(len(whole)), "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(whole[: len(whole) // 2])
    if request.transport:
        request.transport.close()
    return response


def roomy_request(*parts: Any) -> web.BaseRequest:
    """A request that may carry a 50 MB file; aiohttp's own limit is 1 MB."""
    message, payload, protocol, writer, task = parts
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=MAX_BODY)


async def serve(port: int, token: str) -> None:
    """Run until interrupted, saying where."""
    async with FakeTelegram(token, port=port) as server:
        sys.stdout.write(f"{server.base_url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()

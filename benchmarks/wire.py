"""HTTP/1.1 as far as bot clients speak it: keep-alive, and bodies in JSON, form or multipart."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import parse_qsl

Params = dict[str, Any]
Reply = Callable[..., None]  # the body, and a status where it is not "200 OK"
Handler = Callable[[str, Params, Reply], None]

LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
KIND = re.compile(rb"\r\ncontent-type:\s*([^\r;]+)(?:;\s*boundary=\"?([^\r\";]+))?", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:\s*chunked", re.IGNORECASE)
PART_NAME = re.compile(rb'name="([^"]+)"')


def parse_multipart(body: bytes, boundary: bytes) -> Params:
    """The fields of a multipart body; files come as their bytes."""
    params: Params = {}
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = PART_NAME.search(head)
        if name is None:
            continue
        content = value.removesuffix(b"\r\n")
        params[name[1].decode()] = content if b"filename=" in head else content.decode()
    return params


def parse_params(head: bytes, body: bytes) -> Params:
    """The parameters of a call, from whichever body the client sends."""
    kind = KIND.search(head)
    if not body or kind is None:
        return {}
    if kind[1].startswith(b"application/json"):
        return dict(json.loads(body))
    if kind[1].startswith(b"multipart/"):
        return parse_multipart(body, kind[2])
    return dict(parse_qsl(body.decode()))


class Wire(asyncio.Protocol):
    """One connection of the bot: each request goes to `handler`, its reply back `latency_s` later."""

    def __init__(self, handler: Handler, latency_s: float) -> None:
        self._handler, self._latency_s = handler, latency_s
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the way back; replies under way are dropped."""
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Take every request that is complete."""
        self._buffer += data
        while self._take_request():
            pass

    def _take_request(self) -> bool:
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return False
        if CHUNKED.search(head):
            raise ValueError("a chunked body: this server reads Content-Length only")
        length = LENGTH.search(head)
        size = int(length[1]) if length else 0
        if len(rest) < size:
            return False
        self._buffer = rest[size:]
        target = head.split(b" ", 2)[1].decode()
        path, _, query = target.partition("?")
        params = parse_params(head, rest[:size]) | dict(parse_qsl(query))
        self._handler(path.rpartition("/")[2], params, self._reply)
        return True

    def _reply(self, body: bytes, status: bytes = b"200 OK") -> None:
        head = b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        if self._latency_s:
            asyncio.get_running_loop().call_later(self._latency_s, self._write, head + body)
        else:
            self._write(head + body)

    def _write(self, response: bytes) -> None:
        if self._transport is not None:
            self._transport.write(response)

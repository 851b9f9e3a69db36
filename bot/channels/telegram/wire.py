"""python-telegram-bot's request layer on aiohttp.

The stock layer (httpx) costs 5.2 ms of CPU a call, this one 0.4 (docs/decisions/0003-telegram-client.md). `call` also skips the
building of typed objects for the few methods that every answer needs; everything rare goes through `telegram.Bot` on top of it.
"""

from __future__ import annotations

import asyncio
import os
from functools import lru_cache
from http import HTTPStatus
from typing import Any, cast

import aiohttp
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from core.json_text import pack, unpack

# Without it the library warns at every 429 that RetryAfter will change its type. Source: python-telegram-bot 22.2, PTB_TIMEDELTA
os.environ.setdefault("PTB_TIMEDELTA", "1")
_TIMEOUT_S = 20.0
_CONNECT_S = 10.0
_UPLOAD_S = 300.0  # A list of 100,000 rows has some 6 MB: minutes on a line of an office in the hills.
_WAIT_WHEN_UNSAID_S = 5  # A 429 without retry_after: the platform is overloaded, not we too fast.


class NotSent(NetworkError):
    """The connection was never made: the platform has certainly not seen the request."""


class _Json:
    """The body of a direct call, in the place of a RequestData."""

    contains_files = False

    def __init__(self, parameters: dict[str, Any]) -> None:
        self.parameters = parameters


class Wire(BaseRequest):
    """One HTTP client for everything we ask of the Bot API."""

    def __init__(self, base: str, proxy: str = "") -> None:
        """`base`: address up to and with the token, so that `base + "/getMe"` is a method."""
        self._base = base
        self._proxy = proxy or None
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds, as BaseRequest asks for."""
        return _TIMEOUT_S

    async def initialize(self) -> None:
        """Open the connection pool."""
        if self._session is None:
            # No cap of connections here: what flies at once is capped by delivery, and a poll must never wait for a place.
            # The Bot API sets no cookies, and looking for them costs something at every call.
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=55), cookie_jar=aiohttp.DummyCookieJar()
            )

    async def shutdown(self) -> None:
        """Close the connection pool."""
        session, self._session = self._session, None
        if session:
            await session.close()

    async def renew(self) -> None:
        """Begin with fresh connections: a half-open socket would stay deaf for ever."""
        await self.shutdown()
        await self.initialize()

    async def call(self, method: str, parameters: dict[str, Any], timeout_s: float = _TIMEOUT_S) -> Any:
        """One Bot API method; its result as plain data. Raises TelegramError."""
        try:
            return await self.post(
                f"{self._base}/{method}", cast("RequestData", _Json(parameters)), read_timeout=timeout_s
            )
        except (KeyError, TypeError) as error:  # 200 without a result
            raise NetworkError("answer without a result") from error

    async def download(self, url: str, limit_bytes: int) -> bytes:
        """What stands at an address; of what is longer, a little more than `limit_bytes`. Raises NetworkError."""
        if self._session is None:
            raise NotSent("the client is closed")
        try:
            async with self._session.get(_parsed(url), timeout=_timeout(_UPLOAD_S), proxy=self._proxy) as response:
                response.raise_for_status()
                chunks = bytearray()
                async for chunk in response.content.iter_chunked(65_536):
                    chunks += chunk
                    if len(chunks) > limit_bytes:  # Whatever it said of its length.
                        break
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError, asyncio.IncompleteReadError) as error:
            raise NetworkError(type(error).__name__) from error
        return bytes(chunks)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As the base class, without writing what people typed into the log."""
        try:
            return cast("dict[str, Any]", unpack(payload))
        except (ValueError, RecursionError) as error:
            raise TelegramError("Invalid server response") from error

    async def do_request(  # noqa: PLR0917 (the signature is the base class's)
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        write_timeout: Any = None,  # noqa: ARG002
        connect_timeout: Any = None,  # noqa: ARG002
        pool_timeout: Any = None,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """One HTTP round trip. Raises NotSent, TimedOut or NetworkError."""
        if self._session is None:
            raise NotSent("the client is closed")
        seconds = read_timeout if isinstance(read_timeout, int | float) else _TIMEOUT_S
        if request_data is not None and request_data.contains_files:
            seconds = _UPLOAD_S
        timeout = _timeout(seconds)
        try:
            async with self._session.request(
                method, _parsed(url), timeout=timeout, proxy=self._proxy, **_body(request_data)
            ) as response:
                payload = await response.read()
                status = response.status
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise NotSent(type(error).__name__) from error
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError, asyncio.IncompleteReadError) as error:
            raise NetworkError(type(error).__name__) from error
        if status == HTTPStatus.TOO_MANY_REQUESTS and b'"retry_after"' not in payload:
            raise RetryAfter(_WAIT_WHEN_UNSAID_S)
        return status, payload


@lru_cache(16)
def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds + _CONNECT_S, connect=_CONNECT_S)


@lru_cache(64)
def _parsed(url: str) -> URL:
    """A bot calls a dozen addresses; parsing one costs as much as the rest of building the request."""
    return URL(url)


def _body(data: RequestData | None) -> dict[str, Any]:
    """The request's body for aiohttp: JSON, or multipart where files go along."""
    if data is None:
        return {}
    if not data.contains_files:
        body = pack(data.parameters).encode()
        return {"data": body, "headers": {"Content-Type": "application/json"}}
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, media_type) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=media_type)
    return {"data": form}

"""A fake Telegram and two ways to call it: aiohttp with raw JSON, and python-telegram-bot over httpx."""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import aiohttp
import pytest
from telegram import Bot

from tests.servers.telegram import FakeTelegram

Call = Callable[..., Coroutine[Any, Any, dict[str, Any]]]


@pytest.fixture
async def server() -> AsyncIterator[FakeTelegram]:
    """A server that has met nobody."""
    async with FakeTelegram("1000:TEST") as server:
        yield server


@pytest.fixture
async def call(server: FakeTelegram) -> AsyncIterator[Call]:
    """`await call("sendMessage", chat_id=...)`: the answer's JSON."""
    async with aiohttp.ClientSession() as http:

        async def post(method: str, **params: Any) -> dict[str, Any]:
            async with http.post(f"{server.bot_url}{server.token}/{method}", json=params) as answer:
                body: dict[str, Any] = await answer.json()
                assert answer.status == body.get("error_code", 200)
                return body

        yield post


@pytest.fixture
async def bot(server: FakeTelegram) -> AsyncIterator[Bot]:
    """python-telegram-bot's own client."""
    async with Bot(server.token, base_url=server.bot_url, base_file_url=server.file_url) as bot:
        yield bot

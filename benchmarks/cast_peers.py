"""The loops that other bots write to many with: a call each, 32 side by side, nothing kept. `python -m benchmarks.cast_peers NAME …`"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable

from benchmarks.cast_emulator import RECIPIENTS

SIDE_BY_SIDE = 32
TEXT = "Chào Người {n}, mời bạn đến hiến máu ngày 04/12/2026."
Send = Callable[[int, str], Awaitable[object]]


async def to_all(people: int, send: Send) -> None:
    """Everybody once."""
    free = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(number: int) -> None:
        try:
            await send(RECIPIENTS + number, TEXT.format(n=number))
        finally:
            free.release()

    async with asyncio.TaskGroup() as group:
        for number in range(people):
            await free.acquire()
            group.create_task(one(number))


async def ptb(base_url: str, token: str, people: int) -> None:
    """python-telegram-bot as installed."""
    from telegram import Bot
    from telegram.request import HTTPXRequest

    async with Bot(token, base_url=f"{base_url}/bot", request=HTTPXRequest(connection_pool_size=SIDE_BY_SIDE)) as bot:
        await to_all(people, bot.send_message)


async def aiogram(base_url: str, token: str, people: int) -> None:
    """aiogram as installed."""
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    async with Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(base_url))) as bot:
        await to_all(people, bot.send_message)


async def bare(base_url: str, token: str, people: int) -> None:
    """aiohttp alone."""
    import aiohttp

    async with aiohttp.ClientSession() as session:

        async def send(chat: int, text: str) -> None:
            async with session.post(
                f"{base_url}/bot{token}/sendMessage", json={"chat_id": chat, "text": text}
            ) as answer:
                await answer.json()

        await to_all(people, send)


async def main() -> None:
    """Send, then stay until ended: a process that is gone cannot be measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=("ptb", "aiogram", "bare"))
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--people", type=int, required=True)
    asked = parser.parse_args()
    await globals()[asked.name](asked.base_url, asked.token, asked.people)
    await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main())

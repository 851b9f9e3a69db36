"""Baseline: a bare aiohttp getUpdates loop, state in a dictionary; nothing is kept, nothing is retried."""

import asyncio
from typing import Any

import aiohttp

from benchmarks.questions import Answers, Turn, advance, opening
from benchmarks.store import Donors, arguments

POLL_S = 30


class BareBot:
    """The loop: poll, a task for each update, poll again."""

    def __init__(self, session: aiohttp.ClientSession, api: str, donors: Donors) -> None:
        self._session, self._api, self._donors = session, api, donors
        self._open: dict[int, tuple[str, Answers]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Poll for ever."""
        offset = 0
        while True:
            for update in await self._call("getUpdates", offset=offset, timeout=POLL_S):
                offset = update["update_id"] + 1
                task = asyncio.create_task(self._take(update))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _call(self, method: str, **params: Any) -> Any:
        async with self._session.post(f"{self._api}/{method}", json=params) as answer:
            return (await answer.json())["result"]

    async def _take(self, update: dict[str, Any]) -> None:
        query = update.get("callback_query")
        if query is None:
            return await self._text(update["message"]["chat"]["id"], update["message"].get("text", ""))
        await self._call("answerCallbackQuery", callback_query_id=query["id"])
        key, said = query["data"].split(":", 1)
        chat = query["message"]["chat"]["id"]
        if self._open.get(chat, ("",))[0] == key:
            await self._answer(chat, said)

    async def _text(self, chat: int, text: str) -> None:
        if text == "/register":
            self._open[chat] = ("consent", {})
            await self._say(chat, opening())
        elif chat in self._open:
            await self._answer(chat, text)

    async def _answer(self, chat: int, said: str) -> None:
        key, answers = self._open.pop(chat)
        turn = advance(key, said, answers)
        if turn.key is not None:
            self._open[chat] = (turn.key, answers)
        if turn.saved:
            self._donors.add(chat, answers)
        await self._say(chat, turn)

    async def _say(self, chat: int, turn: Turn) -> None:
        row = [{"text": label, "callback_data": f"{turn.key}:{label}"} for label in turn.choices]
        markup = {"reply_markup": {"inline_keyboard": [row]}} if row else {}
        await self._call("sendMessage", chat_id=chat, text=turn.text, **markup)


async def main() -> None:
    """Poll until killed."""
    options = arguments()
    connector = aiohttp.TCPConnector(limit=256)
    timeout = aiohttp.ClientTimeout(total=POLL_S + 30)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        await BareBot(session, f"{options.base_url}/bot{options.token}", Donors(options.database)).run()


if __name__ == "__main__":
    asyncio.run(main())

"""A fake Bot API in a process of its own, with the simulated people behind it.

Prints one JSON object a line: `listening` {port}, `first_poll` {at}, `window` when the measuring begins, `result`
when it ends, `faults` at the very end. Times `at` are of the system's monotonic clock, the same in every process.
"""

import argparse
import asyncio
import itertools
import json
import time
from collections import deque
from typing import Any

import uvloop

from benchmarks.people import Crowd
from benchmarks.script import load_script
from benchmarks.wire import Params, Reply, Wire

BOT = {"id": 1000, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
BATCH = 100  # updates a getUpdates returns at most. Source: Bot API, getUpdates, limit
FIRST_POLL_S = 60.0  # aiogram was seen to take 12 s under load
SILENCE_S, DRAIN_S = 3.0, 8.0  # no answer for so long: the rest is missing; and how long slow bots are waited for
CONFLICT = b'{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}'
RESULTS: dict[str, Any] = {
    "getme": BOT | {"can_join_groups": False, "can_read_all_group_messages": False, "supports_inline_queries": False},
    "getwebhookinfo": {"url": "", "has_custom_certificate": False, "pending_update_count": 0},
    "getmycommands": [],
    "sendchataction": True,
}


def done(result: Any) -> bytes:
    """A good answer of the API."""
    return json.dumps({"ok": True, "result": result}).encode()


class Queue:
    """The updates not yet confirmed, and the poll that waits for them."""

    def __init__(self) -> None:
        self._updates: deque[tuple[int, bytes]] = deque()
        self._poll: tuple[Reply, int] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.first_poll = asyncio.Event()

    def put(self, number: int, update: bytes) -> None:
        """A new update; a waiting poll gets it at once."""
        self._updates.append((number, update))
        if self._poll is not None:
            self._answer()

    def poll(self, params: Params, reply: Reply) -> None:
        """getUpdates: confirms what lies before `offset`, then waits up to `timeout` seconds for more."""
        if self._poll is not None:
            self._poll[0](CONFLICT)
        offset, wait_s = int(params.get("offset") or 0), float(params.get("timeout") or 0)
        while self._updates and self._updates[0][0] < offset:
            self._updates.popleft()
        self._hold(reply, min(BATCH, int(params.get("limit") or BATCH)), wait_s)
        self.first_poll.set()

    def _hold(self, reply: Reply, limit: int, wait_s: float) -> None:
        self._poll = (reply, limit)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._updates or not wait_s:
            self._answer()
        else:
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._answer)

    def _answer(self) -> None:
        if self._poll is None:
            return
        reply, limit = self._poll
        self._poll = None
        batch = b",".join(update for _, update in itertools.islice(self._updates, limit))
        reply(b'{"ok":true,"result":[' + batch + b"]}")


class BotApi:
    """Every method a bot may call; what is said to a person reaches `crowd`."""

    def __init__(self, queue: Queue, crowd: Crowd) -> None:
        self._queue, self._crowd = queue, crowd
        self._message_ids = itertools.count(1)

    def call(self, method: str, params: Params, reply: Reply) -> None:
        """Answer one call, in the order of how often each comes."""
        name = method.lower()
        if name == "getupdates":
            self._queue.poll(params, reply)
        elif name == "answercallbackquery":
            reply(done(True))
            self._crowd.acknowledged(str(params["callback_query_id"]))
        elif name in RESULTS:
            reply(done(RESULTS[name]))
        elif name.startswith("send") or (name.startswith("edit") and "chat_id" in params):
            self._say(params, reply, edited=name.startswith("edit"))
        else:
            reply(done(True))

    def _say(self, params: Params, reply: Reply, *, edited: bool) -> None:
        markup = params.get("reply_markup")
        message = {
            "message_id": int(params["message_id"]) if edited else next(self._message_ids),
            "date": int(time.time()),
            "chat": {"id": int(params["chat_id"]), "type": "private", "first_name": "Người"},
            "from": BOT,
            "text": params.get("text") or params.get("caption") or "",
        }
        shown = json.loads(markup) if isinstance(markup, str) else markup
        inline = {"reply_markup": shown} if shown and "inline_keyboard" in shown else {}
        reply(done(message | inline))
        self._crowd.heard(message, shown, edited=edited)


def report(event: str, **fields: Any) -> None:
    """One line to the runner."""
    print(json.dumps({"event": event, **fields}), flush=True)


async def drain(crowd: Crowd) -> bool:
    """Wait for open answers; True when the bot fell silent and still owes some."""
    end = time.monotonic() + DRAIN_S
    while not crowd.settled and time.monotonic() < end:
        if time.monotonic() - crowd.heard_at > SILENCE_S:
            return True
        await asyncio.sleep(0.05)
    return False


async def serve(options: argparse.Namespace) -> None:
    """One run: wait for the bot, warm up, measure, drain."""
    loop, queue = asyncio.get_running_loop(), Queue()
    crowd = Crowd(load_script(options.script), options.people, queue.put, loop.call_later)
    api = BotApi(queue, crowd)
    server = await loop.create_server(lambda: Wire(api.call, options.latency_ms / 1000), "127.0.0.1", 0)
    report("listening", port=server.sockets[0].getsockname()[1])
    async with asyncio.timeout(FIRST_POLL_S):
        await queue.first_poll.wait()
    report("first_poll", at=time.monotonic())
    crowd.start()
    await asyncio.sleep(options.warmup)
    report("window")
    crowd.begin()
    await asyncio.sleep(options.window)
    report("result", **crowd.measured())
    crowd.close()
    report("faults", **crowd.faults(silent=await drain(crowd)))


def main() -> None:
    """Read the options, serve one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--script", default="baseline")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--warmup", type=float, default=1.0)
    parser.add_argument("--window", type=float, default=3.0)
    uvloop.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()

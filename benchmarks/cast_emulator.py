"""The emulator of a broadcast: counts what reaches whom, keeps a limit where it is told to, and lets people register meanwhile.

Prints one JSON object a line: `listening` {port}, `first` when the first of the crowd is reached, `result` at the end.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import time
from collections import Counter
from dataclasses import dataclass, field

import uvloop

from benchmarks.emulator import BotApi, Queue, done, report
from benchmarks.people import Crowd
from benchmarks.script import load_script
from benchmarks.wire import Params, Reply, Wire

RECIPIENTS = 50_000_000  # Chats from here on belong to those who are written to,
OFFICER = 40_000_000  # this one to the officer who writes; the people who register are below.
SILENCE_S = 15.0  # A bot that sends nothing for so long sends nothing more.
PENALTY_S = 3  # How long everything is refused after the limit was passed: a model; the platform does not say.


@dataclass
class Limit:
    """So many a second with a burst of one second, then a time of refusals. 0: none."""

    per_second: float
    tokens: float = 0.0
    at: float = field(default_factory=time.monotonic)
    halted_until: float = 0.0
    refusals: int = 0

    def admits(self) -> bool:
        """Take a token, or refuse."""
        if not self.per_second:
            return True
        now = time.monotonic()
        self.tokens = min(self.per_second, self.tokens + (now - self.at) * self.per_second)
        self.at = now
        if now >= self.halted_until and self.tokens >= 1:
            self.tokens -= 1
            return True
        if now >= self.halted_until:
            self.halted_until = now + PENALTY_S
        self.refusals += 1
        return False


class CastApi(BotApi):
    """Every method; messages to recipients are counted, those to people who register are shown to them."""

    def __init__(self, queue: Queue, crowd: Crowd, people: int, limit: Limit) -> None:
        super().__init__(queue, crowd)
        self.reached = Counter[int]()
        self.limit, self.people = limit, people
        self.times: list[float] = []
        self.first, self.ended = asyncio.Event(), asyncio.Event()
        self._numbers = itertools.count(10_000_000)

    def call(self, method: str, params: Params, reply: Reply) -> None:
        """Whatever sends or edits counts for the limit."""
        name = method.lower()
        if (name.startswith(("send", "edit")) and "chat_id" in params) and not self.limit.admits():
            wait_s = max(1, round(self.limit.halted_until - time.monotonic()))
            body = {
                "ok": False,
                "error_code": 429,
                "description": "Too Many Requests",
                "parameters": {"retry_after": wait_s},
            }
            return reply(json.dumps(body).encode(), b"429 Too Many Requests")
        chat = int(params.get("chat_id") or 0)
        if chat < OFFICER:
            return super().call(method, params, reply)
        if chat == OFFICER:
            return reply(done({"message_id": 1, "date": int(time.time()), "chat": {"id": chat, "type": "private"}}))
        self.reached[chat] += 1
        self.times.append(time.monotonic())
        message = {
            "message_id": next(self._numbers),
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private"},
            "text": params.get("text", ""),
        }
        reply(json.dumps({"ok": True, "result": message}).encode())
        self.first.set()
        if len(self.reached) >= self.people:
            self.ended.set()

    async def over(self) -> None:
        """Return when everybody has it, or when nothing has come for long."""
        while not self.ended.is_set() and time.monotonic() - self.times[-1] < SILENCE_S:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), 1)

    def figures(self) -> dict[str, float]:
        """Over the whole, and after the first second, in which a burst may flatter."""
        first, last = self.times[0], self.times[-1]
        steady = [moment for moment in self.times if moment >= first + 1]
        return {
            "messages": len(self.times),
            "reached": len(self.reached),
            "twice": len(self.times) - len(self.reached),
            "refusals": self.limit.refusals,
            "seconds": last - first,
            "per_second": (len(self.times) - 1) / max(1e-9, last - first),
            "steady_per_second": (len(steady) - 1) / max(1e-9, steady[-1] - steady[0]) if len(steady) > 1 else 0.0,
        }


async def serve(options: argparse.Namespace) -> None:
    """One run."""
    loop, queue = asyncio.get_running_loop(), Queue()
    crowd = Crowd(load_script(options.script), options.registering or 1, queue.put, loop.call_later)
    api = CastApi(queue, crowd, options.people, Limit(options.permitted))
    server = await loop.create_server(lambda: Wire(api.call, options.latency_ms / 1000), "127.0.0.1", 0)
    report("listening", port=server.sockets[0].getsockname()[1])
    if options.people:
        async with asyncio.timeout(60):
            await api.first.wait()
    else:
        await queue.first_poll.wait()
    report("first")
    if options.registering:
        crowd.start()
        await asyncio.sleep(1)
        crowd.begin()
        await asyncio.sleep(options.window)
        report("result", **crowd.measured(), **(api.figures() if api.times else {}))
        return
    await api.over()
    report("result", **api.figures())
    await asyncio.sleep(60)  # Until we are ended: the bot must find us while it is looked at.


def main() -> None:
    """Read the options, serve one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--script", default="giothong")
    parser.add_argument("--people", type=int, default=0, help="who is written to")
    parser.add_argument("--registering", type=int, default=0, help="who registers meanwhile")
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--permitted", type=float, default=0)
    parser.add_argument("--window", type=float, default=20)
    uvloop.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()

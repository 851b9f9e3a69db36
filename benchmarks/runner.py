"""One measurement: a fresh bot against a fresh emulator, each on its own core."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bots import ROOT, Bot, Launch
from benchmarks.processes import cores, usage

LOG_TAIL = 600  # characters of a dead bot's log that are shown


class BotFailed(Exception):
    """The bot ended or never polled; the text says how."""


@dataclass(frozen=True, slots=True)
class Cell:
    """People at once, and the latency of each API call."""

    people: int
    latency_ms: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often; `pythons` names another interpreter for a bot, by its name."""

    rounds: int
    warmup_s: float
    window_s: float
    pythons: dict[str, str]


@asynccontextmanager
async def running(command: list[str], pinned: set[int], **options: Any) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process as the leader of its own session; it and all its children are killed at the end."""
    # Settings of the caller's environment would win over the product's file.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIOTHONG_")}
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=clean, start_new_session=True, **options)
    os.sched_setaffinity(process.pid, pinned)
    try:
        yield process
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def measure(bot: Bot, cell: Cell, plan: Plan) -> dict[str, Any]:
    """The figures of one run. Raises BotFailed."""
    bot_cores, emulator_cores = cores()
    with tempfile.TemporaryDirectory(prefix="giothong-bench-") as folder:
        async with running(emulator_command(bot, cell, plan), emulator_cores, stdout=subprocess.PIPE) as emulator:
            port = (await event(emulator))["port"]
            launch = Launch(plan.pythons.get(bot.name, sys.executable), f"http://127.0.0.1:{port}", Path(folder))
            with (Path(folder) / "log").open("w+b") as log:
                started = time.monotonic()
                async with running(bot.command(launch), bot_cores, stdout=log, stderr=log) as process:
                    return await observe(emulator, process, started, log.name)


def emulator_command(bot: Bot, cell: Cell, plan: Plan) -> list[str]:
    """How the emulator is started."""
    options = {
        "script": bot.script,
        "people": cell.people,
        "latency-ms": cell.latency_ms,
        "warmup": plan.warmup_s,
        "window": plan.window_s,
    }
    return [sys.executable, "-m", "benchmarks.emulator", *(f"--{name}={value}" for name, value in options.items())]


async def event(emulator: asyncio.subprocess.Process) -> dict[str, Any]:
    """The emulator's next line. Raises BotFailed when it gave up."""
    assert emulator.stdout is not None
    line = await emulator.stdout.readline()
    if not line:
        raise BotFailed("never called getUpdates")
    return dict(json.loads(line))


async def observe(
    emulator: asyncio.subprocess.Process, process: asyncio.subprocess.Process, started: float, log: str
) -> dict[str, Any]:
    """Follow a run to its end, or to the bot's."""
    run = asyncio.create_task(follow(emulator, process.pid, started))
    ended = asyncio.create_task(process.wait())
    await asyncio.wait({run, ended}, return_when=asyncio.FIRST_COMPLETED)
    if run.done():
        ended.cancel()
        return run.result()
    run.cancel()
    tail = Path(log).read_text(errors="replace")[-LOG_TAIL:]
    raise BotFailed(f"ended with code {process.returncode}: {tail.strip()}")


async def follow(emulator: asyncio.subprocess.Process, bot_pid: int, started: float) -> dict[str, Any]:
    """Take both processes' accounts at both ends of the window."""
    first_poll = await event(emulator)
    await event(emulator)
    before = usage(bot_pid), usage(emulator.pid)
    result = await event(emulator)
    after = usage(bot_pid), usage(emulator.pid)
    faults = await event(emulator)
    cpu_s = after[0].cpu_s - before[0].cpu_s
    return {
        "start_s": first_poll["at"] - started,
        "answered_per_s": result["answered"] / result["window_s"],
        "completed_per_s": result["completed"] / result["window_s"],
        "cpu_ms": 1000 * cpu_s / max(1, result["answered"]),
        "cpu_share": cpu_s / result["window_s"],
        "emulator_share": (after[1].cpu_s - before[1].cpu_s) / result["window_s"],
        "rss_mib": after[0].rss / 2**20,
        **result,
        **faults,
    }

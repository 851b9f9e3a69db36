"""Broadcasts: `python -m benchmarks.casts [--quick]`.

Three questions, each with the product as it is run, on its durable path: outbox rows, claims, marks.

1. With 30 messages a second permitted and 50 ms latency: which share is used, and how often does the platform refuse?
2. Without a limit, 10,000 people: messages a second and CPU a message, next to plain loops of other libraries, in one run.
3. While a broadcast goes out at the permitted rate: how long does somebody who registers wait, against the idle house?

Exit code 1 where somebody was not reached, or twice; missed goals are told.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.bots import TOKEN, free_port
from benchmarks.cast_emulator import OFFICER as OFFICERS_CHAT
from benchmarks.cast_emulator import RECIPIENTS
from benchmarks.processes import cores, usage
from benchmarks.runner import BotFailed, event, running
from core.audience import Audience
from core.broadcasts import Content
from core.dialogue import Reply
from core.people import Grant, Role
from storage import broadcasts, outbox, people, roles
from storage.broadcasts import New
from storage.database import Tx, open_database
from storage.migrate import migrate
from storage.outbox import Draft

PERMITTED, LATENCY_MS = 30, 50
OFFICER = f"telegram:{OFFICERS_CHAT}"
_DONORS = (
    "INSERT INTO donors (id, person_id, full_name, name_key, unit_text, birth_year, birth_precision, sex, abo, rh, donations, phone,"
    " created_at, updated_at) SELECT id, id, 'Người ' || id, 'x', 'Tổ 4', 1990, 'year', 'F', 'O', '+', 0, '+84900000000', 1, 1 FROM people"
    " WHERE id > 1"
)
WORDS = "Chào {ten}, mời bạn đến hiến máu ngày 04/12/2026."

Command = Callable[[Path, str], list[str]]


async def furnish(folder: Path, crowd: int) -> None:
    """A house with so many donors and, where there are any, a broadcast to all of them whose time has come, shown in its officer's chat."""
    database = await open_database(f"sqlite:///{folder / 'bench.db'}")
    await migrate(database, 1)

    async def fill(tx: Tx) -> None:
        await people.keep(tx, OFFICER, "vi", 1)
        await roles.grant(tx, OFFICER, Grant(Role.ADMIN), by="bench", at=1)
        await tx.many(
            "INSERT INTO people (address, language, created_at) VALUES (?, 'vi', 1)",
            [(f"telegram:{RECIPIENTS + number}",) for number in range(crowd)],
        )
        await tx.run(_DONORS)
        if crowd:
            cast = New(OFFICER, Content({"vi": WORDS}, night=True), Audience(), crowd, 1, 1)
            cast_id = await broadcasts.add(tx, cast)
            await outbox.write(tx, [Draft(broadcasts.live_key(cast_id, 1), OFFICER, Reply("0 %"))])

    await database.write(fill)
    await database.close()


SHIPPED: dict[str, float] = {}
UNLIMITED: dict[str, float] = {"per_second": 0, "chat_burst": 0, "in_flight": 64}


def product(delivery: dict[str, float]) -> Command:
    """The product as shipped but for these settings of delivery, and for the web chat, which has nobody."""

    def command(folder: Path, base_url: str) -> list[str]:
        settings = {
            "telegram": {"enabled": True, "token": TOKEN, "base_url": base_url},
            "web": {"chat": False, "port": free_port()},
            "storage": {"url": f"sqlite:///{folder / 'bench.db'}"},
            "delivery": delivery,
        }
        lines: list[str] = []
        for section, values in settings.items():
            lines += [f"[{section}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
        (folder / "bench.toml").write_text("\n".join(lines), "utf-8")
        return [sys.executable, "-m", "bot", "run", "--config", str(folder / "bench.toml")]

    return command


def peer(name: str, crowd: int) -> Command:
    """A loop of cast_peers.py."""

    def command(_: Path, base_url: str) -> list[str]:
        options = ["--base-url", base_url, "--token", TOKEN, "--people", str(crowd)]
        return [sys.executable, "-m", "benchmarks.cast_peers", name, *options]

    return command


async def measure(command: Command, crowd: int, **options: float) -> dict[str, Any]:
    """One run: the emulator's figures, and the CPU of the bot a message."""
    bot_cores, emulator_cores = cores()
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    emulator_command = [sys.executable, "-m", "benchmarks.cast_emulator", f"--people={crowd}", *flags]
    with tempfile.TemporaryDirectory(prefix="giothong-bench-") as name:
        folder = Path(name)
        await furnish(folder, crowd)
        async with running(emulator_command, emulator_cores, stdout=subprocess.PIPE) as emulator:
            port = (await event(emulator))["port"]
            with (folder / "log").open("w+b") as log:
                async with running(
                    command(folder, f"http://127.0.0.1:{port}"), bot_cores, stdout=log, stderr=log
                ) as bot:
                    try:
                        await event(emulator)
                        before = usage(bot.pid)
                        result = await event(emulator)
                    except BotFailed as error:
                        raise BotFailed(f"{error}: {(folder / 'log').read_text()[-600:]}") from error
                    cpu_s = usage(bot.pid).cpu_s - before.cpu_s
    return result | {"cpu_ms": 1000 * cpu_s / max(1, result.get("messages", 1))}


def say(what: str, kept: object = None) -> None:
    """One line, with a verdict where there is a goal."""
    verdict = {None: "", True: "  (goal kept)", False: "  (goal MISSED)"}[kept if kept is None else bool(kept)]
    print(f"{what}{verdict}", flush=True)


async def at_the_rate(crowd: int) -> bool:
    """Question 1."""
    print(f"\nAt {PERMITTED}/s permitted, {LATENCY_MS} ms latency, {crowd} people:")
    run = await measure(product(SHIPPED), crowd, permitted=PERMITTED, latency_ms=LATENCY_MS)
    share = run["steady_per_second"] / PERMITTED
    say(
        f"  {run['steady_per_second']:.1f} messages/s after the first second, {100 * share:.1f} % of the permitted rate",
        share >= 0.97,
    )
    say(f"  refusals (429): {run['refusals']}", run["refusals"] == 0)
    say(f"  reached {run['reached']} of {crowd}, twice {run['twice']}; CPU {run['cpu_ms']:.2f} ms a message")
    return bool(run["reached"] == crowd and not run["twice"])


async def without_limit(crowd: int, rounds: int) -> bool:
    """Question 2: one run of each in turn, so that a slow minute of the machine meets all."""
    print(f"\nWithout a limit, {crowd} people, {rounds} round(s):")
    bots: dict[str, Command] = {name: peer(name, crowd) for name in ("ptb", "aiogram", "bare")}
    bots["giothong"] = product(UNLIMITED)
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in bots}
    whole = True
    for _ in range(rounds):
        for name, command in bots.items():
            run = await measure(command, crowd)
            runs[name].append(run)
            whole = whole and run["reached"] == crowd and not run["twice"]
            print(f"  {name}: {run['per_second']:.0f}/s, {run['cpu_ms']:.2f} ms", file=sys.stderr, flush=True)
    print("  | bot | messages/s | CPU ms a message | × PTB's CPU |\n  | --- | --- | --- | --- |")
    for name, mine in runs.items():
        cpu = median(run["cpu_ms"] / other["cpu_ms"] for run, other in zip(mine, runs["ptb"], strict=True))
        print(
            f"  | {name} | {median(r['per_second'] for r in mine):.0f} | {median(r['cpu_ms'] for r in mine):.2f} | {cpu:.2f} |"
        )
    faster = median(a["per_second"] / b["per_second"] for a, b in zip(runs["giothong"], runs["aiogram"], strict=True))
    lighter = median(a["cpu_ms"] / b["cpu_ms"] for a, b in zip(runs["giothong"], runs["ptb"], strict=True))
    say(f"  messages/s against aiogram: × {faster:.2f}", faster >= 1)
    say(f"  CPU against PTB: × {lighter:.2f}", lighter <= 0.2)
    return whole


async def beside(window_s: float, rounds: int) -> bool:
    """Question 3: somebody registers, over and over, in an idle house and in one that sends."""
    print(f"\nSomebody registers, {LATENCY_MS} ms latency, {window_s:.0f} s, {rounds} round(s):")
    ratios, people_written = [], 10_000
    for _ in range(rounds):
        options = {"registering": 1, "window": window_s, "latency_ms": LATENCY_MS, "permitted": PERMITTED}
        idle = await measure(product(SHIPPED), 0, **options)
        busy = await measure(product(SHIPPED), people_written, **options)
        ratios.append(busy["p95_ms"] / idle["p95_ms"])
        for name, run in (("idle", idle), ("beside the broadcast", busy)):
            sent = (
                f"; {run['steady_per_second']:.1f} broadcast messages/s, 429: {run['refusals']}"
                if "messages" in run
                else ""
            )
            print(f"  {name}: p50 {run['p50_ms']:.0f} ms, p95 {run['p95_ms']:.0f} ms, {run['answered']} answers{sent}")
    say(f"  p95 against idle: × {median(ratios):.2f}", median(ratios) <= 2)
    return True


async def run(asked: argparse.Namespace) -> int:
    """All three."""
    wanted = [await at_the_rate(asked.crowd // 10)] if "rate" in asked.only else []
    wanted += [await without_limit(asked.crowd, asked.rounds)] if "speed" in asked.only else []
    wanted += [await beside(asked.window, asked.rounds)] if "beside" in asked.only else []
    return 0 if all(wanted) else 1


def main() -> int:
    """Exit code 0 where everybody was reached once."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.casts", description=__doc__)
    parser.add_argument("--crowd", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--window", type=float, default=30)
    parser.add_argument("--only", nargs="+", choices=("rate", "speed", "beside"), default=("rate", "speed", "beside"))
    parser.add_argument("--quick", action="store_true", help="a tenth of the people, one round")
    asked = parser.parse_args()
    if asked.quick:
        asked.crowd, asked.rounds, asked.window = asked.crowd // 10, 1, 8
    return asyncio.run(run(asked))


if __name__ == "__main__":
    sys.exit(main())

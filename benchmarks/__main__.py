"""`python -m benchmarks`: every bot in every cell, interleaved in rounds, as one table."""

import argparse
import asyncio
import itertools
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

from benchmarks.bots import BOTS
from benchmarks.report import FAULTS, Run, judged, summarise, table
from benchmarks.runner import BotFailed, Cell, Plan, measure

QUICK = {"people": [50], "latency": [0], "rounds": 1, "window": 1.5, "warmup": 0.7}


def numbers(text: str) -> list[int]:
    """`1,50,500` as a list."""
    return [int(part) for part in text.split(",")]


def pair(text: str) -> tuple[str, str]:
    """`aiogram=/path/to/python` as a pair."""
    name, _, path = text.partition("=")
    return name, path


def options() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--people", type=numbers, default=[1, 50, 500], metavar="N,N", help="people at once")
    parser.add_argument("--latency", type=numbers, default=[0, 50], metavar="MS,MS", help="added to every API call")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--window", type=float, default=3.0, metavar="S", help="measured seconds of a run")
    parser.add_argument("--warmup", type=float, default=1.0, metavar="S", help="seconds before them")
    parser.add_argument("--only", nargs="+", choices=list(BOTS), default=list(BOTS), help="these bots alone")
    parser.add_argument("--python", type=pair, action="append", default=[], metavar="BOT=PATH", help="its interpreter")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every run and the summary")
    parser.add_argument("--quick", action="store_true", help="one short round with 50 people at 0 ms, for CI")
    chosen = parser.parse_args()
    if chosen.quick:
        vars(chosen).update(QUICK)
    return chosen


async def run_all(asked: argparse.Namespace, failures: dict[str, str]) -> list[Run]:
    """Every run, printing each cell's table as it is done; a bot that fails is noted and left out from there on."""
    plan = Plan(asked.rounds, asked.warmup, asked.window, dict(asked.python))
    runs: list[Run] = []
    for people, latency_ms in itertools.product(asked.people, asked.latency):
        cell = Cell(people, latency_ms)
        rounds = [await run_round(number, cell, plan, asked.only, failures) for number in range(plan.rounds)]
        here = list(itertools.chain.from_iterable(rounds))
        runs += here
        if here:
            print(f"\n{table(summarise(here))}\n", flush=True)
    return runs


async def run_round(number: int, cell: Cell, plan: Plan, names: list[str], failures: dict[str, str]) -> list[Run]:
    """One run of every bot, first another one each round."""
    turn, runs = number % len(names), []
    for name in [name for name in names[turn:] + names[:turn] if name not in failures]:
        where = {"bot": name, "round": number, "people": cell.people, "latency_ms": cell.latency_ms}
        try:
            run = where | await measure(BOTS[name], cell, plan)
        except BotFailed as failure:
            failures[name] = str(failure)
            print(f"  ! {name} {failure}", file=sys.stderr, flush=True)
            continue
        print(f"  {name}: {run['answered_per_s']:.0f}/s, {run['cpu_ms']:.2f} ms", file=sys.stderr, flush=True)
        runs.append(run)
    return sorted(runs, key=lambda run: names.index(run["bot"]))


def machine() -> dict[str, Any]:
    """Where this was measured."""
    return {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}


def main() -> int:
    """0 when every bot ran and answered everything rightly; missed goals are told, machines differ."""
    asked, failures = options(), dict[str, str]()
    runs = asyncio.run(run_all(asked, failures))
    summary = summarise(runs)
    verdicts = judged(summary)
    if verdicts:
        print("Goals:\n" + "\n".join(line for line, _ in verdicts))
    if asked.json:
        whole = {"machine": machine(), "runs": runs, "summary": summary, "failures": failures, "goals": verdicts}
        asked.json.write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")
    faulty = sorted({row["bot"] for row in summary if any(row[fault] for fault in FAULTS)})
    for name in faulty:
        print(f"{name}: wrong or missing answers, see above", file=sys.stderr)
    return 1 if failures or faulty else 0


if __name__ == "__main__":
    sys.exit(main())

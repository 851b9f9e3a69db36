"""The bots that are compared, and how each is started."""

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOKEN = "1000:BENCH"


@dataclass(frozen=True, slots=True)
class Launch:
    """What a start needs: the interpreter, the address of the fake Bot API, an empty folder for this run."""

    python: str
    base_url: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Bot:
    """One row of the comparison; `script` names its table in scripts.toml."""

    name: str
    title: str
    script: str
    command: Callable[[Launch], list[str]]


def baseline(module: str) -> Callable[[Launch], list[str]]:
    """The command of a baseline in this folder."""

    def command(launch: Launch) -> list[str]:
        place = str(launch.folder / "bench.db")
        options = ["--base-url", launch.base_url, "--token", TOKEN, "--database", place]
        return [launch.python, "-m", f"benchmarks.{module}", *options]

    return command


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def product_settings(launch: Launch) -> dict[str, dict[str, object]]:
    """The product's settings for a run: durable as shipped, no rate limits, no web chat."""
    return {
        "telegram": {"enabled": True, "token": TOKEN, "base_url": launch.base_url},
        "web": {"chat": False, "port": free_port()},
        "storage": {"url": f"sqlite:///{launch.folder / 'bench.db'}"},
        "delivery": {"per_second": 0, "chat_burst": 0, "chat_per_second": 0, "in_flight": 64},  # 0 = no limit
    }


def product(launch: Launch) -> list[str]:
    """The product's command, its settings written to a file first."""
    lines: list[str] = []
    for section, settings in product_settings(launch).items():
        # A JSON scalar is a TOML scalar.
        lines += [f"[{section}]", *(f"{key} = {json.dumps(value)}" for key, value in settings.items())]
    config = launch.folder / "bench.toml"
    config.write_text("\n".join(lines), encoding="utf-8")
    return [launch.python, "-m", "bot", "run", "--config", str(config)]


PRODUCT, PTB, AIOGRAM, BARE = "giothong", "ptb", "aiogram", "bare"
BOTS = {
    bot.name: bot
    for bot in (
        Bot(PTB, "python-telegram-bot, ConversationHandler, memory", "baseline", baseline("ptb_bot")),
        Bot(AIOGRAM, "aiogram FSM, memory", "baseline", baseline("aiogram_bot")),
        Bot(BARE, "bare aiohttp loop, memory", "baseline", baseline("bare_bot")),
        Bot(PRODUCT, "**Giọt Hồng, durable**", "giothong", product),
    )
}

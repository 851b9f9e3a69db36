"""The bot as a process of its own, which is killed at random moments and started again."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
IN_FLIGHT = 4
CONFIG = """
[bot]
organisation = "Ban Chỉ đạo thử nghiệm"
[storage]
url = "sqlite:///{database}"
[telegram]
enabled = {telegram}
token = "{token}"
base_url = "{base_url}"
[web]
port = {port}
[delivery]
per_second = {per_second}
chat_burst = 100
in_flight = {in_flight}
[reminders]
quiet_from = "00:00"
quiet_to = "00:00"
"""


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Program:
    """`python -m bot run` on a database of its own in `folder`."""

    def __init__(
        self, folder: Path, *, base_url: str = "", token: str = "1000:TEST", root: Path = ROOT, per_second: int = 100
    ) -> None:
        """Without `base_url` there is no Telegram. `root`: the tree of code that runs."""
        self.database = folder / "giothong.db"
        self.port = free_port()
        self._root = root
        self._log = folder / "log.txt"
        self._config = folder / "config.toml"
        self._process: asyncio.subprocess.Process | None = None
        facts = {"database": self.database, "port": self.port, "base_url": base_url or "http://127.0.0.1:1"}
        on = {
            "telegram": "true" if base_url else "false",
            "token": token,
            "in_flight": IN_FLIGHT,
            "per_second": per_second,
        }
        self._config.write_text(CONFIG.format(**facts, **on), "utf-8")

    @property
    def url(self) -> str:
        """Address of the web chat."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What all lives together have said."""
        return self._log.read_text("utf-8") if self._log.exists() else ""

    @property
    def running(self) -> bool:
        """True until the present life ended, by us or by itself."""
        return self._process is not None and self._process.returncode is None

    async def start(self, command: str = "run") -> None:
        """Begin a life."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", command, "--config", str(self._config)),
                cwd=self._root,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        """End it as a power cut would. It must have been alive: a program that fell by itself is another failure."""
        assert self._process is not None
        assert self._process.returncode is None, f"ended by itself:\n{self.log[-3000:]}"
        self._process.kill()
        await self._process.wait()

    async def alive_until(self, event: asyncio.Task[Any]) -> None:
        """Wait for something that it does. Raises AssertionError where it fell before."""
        assert self._process is not None
        fell = asyncio.create_task(self._process.wait())
        await asyncio.wait((fell, event), return_when=asyncio.FIRST_COMPLETED)
        assert not fell.done(), f"ended by itself:\n{self.log[-3000:]}"
        fell.cancel()
        await event

    async def ended(self, timeout_s: float = 60) -> int:
        """Wait until it has ended by itself; its status."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), timeout_s)

    async def stop(self) -> int:
        """Ask it to end, as systemd does; its status."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        return await self.ended()

    async def away(self) -> None:
        """Leave nothing running behind."""
        if self.running:
            await self.kill()


def copy_of_the_code(target: Path) -> Path:
    """The program's own tree, to be run with another migration."""
    for name in ("bot", "handlers", "storage", "core", "locales"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    return target

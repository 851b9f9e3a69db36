"""Processes that work for the bot: how one is started, what it does first, and how it says what went wrong."""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path

_ROOT = Path(__file__).parent.parent  # where a child finds this very program, installed or not
_NICENESS = 10


async def start_child(module: str) -> asyncio.subprocess.Process:
    """Run a module of this program. It knows no setting and no secret but what it is told."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # an exception's text may quote a row
        cwd=_ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("GIOTHONG_")},
        start_new_session=True,  # Ctrl-C asks the bot to stop in order, not the child to die at once
    )


def kill(process: asyncio.subprocess.Process) -> None:
    """End a child that has not ended."""
    if process.returncode is None:
        process.kill()


def be_modest(*, memory_bytes: int, cpu_s: int, file_bytes: int | None = None) -> None:
    """Let the bot go first, and stay within bounds, where the system has such things. `file_bytes`: the longest file it may write."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = [(resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CPU, cpu_s), (resource.RLIMIT_CORE, 0)]
    if file_bytes is not None:
        limits.append((resource.RLIMIT_FSIZE, file_bytes))
    for kind, limit in limits:
        with suppress(ValueError, OSError):  # macOS knows no limit of memory; an administrator may have set a lower one
            resource.setrlimit(kind, (limit, limit))


def where(error: BaseException) -> str:
    """The kind of an error and where it arose: its text may hold what somebody typed."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"

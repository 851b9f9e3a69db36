"""Time is an argument: only bot/clock.py, the edges of the channels and tools outside the program read the real clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALLOWED = ("bot/clock.py", "bot/channels/")
FILES = sorted(path for room in ("core", "storage", "handlers", "bot") for path in (ROOT / room).rglob("*.py"))
READERS = frozenset(
    "now utcnow today time time_ns monotonic monotonic_ns perf_counter perf_counter_ns localtime gmtime".split()
)
OWNERS = frozenset(("datetime", "date", "time", "dt"))
# Text of a time "now" in SQL or of a loop's clock would be the same thing by another door.
DOORS = ("CURRENT_TIMESTAMP", "CURRENT_DATE", "strftime('now", "datetime('now", "unixepoch(", "julianday(")


def clock_reads(source: str) -> Iterator[tuple[int, str]]:
    """(line, what) for everything that reads a clock: calls on datetime, date, time and the loop, imports of such functions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield node.lineno, f"from time import {', '.join(name.name for name in node.names)}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and any(door in node.value for door in DOORS):
            yield node.lineno, node.value[:40]
        if not (isinstance(node, ast.Attribute) and node.attr in READERS):
            continue
        owner = node.value
        name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
        if name in OWNERS or name in ("loop", "get_running_loop"):
            yield node.lineno, f"{name}.{node.attr}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_else_reads_the_real_clock(path: Path) -> None:
    """`now` and `today` come in as arguments, or through the Clock that was handed in."""
    name = str(path.relative_to(ROOT))
    if name.startswith(ALLOWED):
        return
    assert list(clock_reads(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "time.time()",
        "loop.time()",
        "reader = time.monotonic",
        "from time import monotonic",
        "sql = \"SELECT datetime('now')\"",
    ],
)
def test_the_scan_finds_what_it_looks_for(source: str) -> None:
    """Each way of reading a clock."""
    assert len(list(clock_reads(source))) == 1


@pytest.mark.parametrize(
    "source", ["clock.now()", "turn.today", "datetime.fromtimestamp(at / 1000, UTC)", "now.time()"]
)
def test_the_scan_leaves_alone_what_reads_no_clock(source: str) -> None:
    """The Clock that was handed in, a day that came as an argument, arithmetic on a time."""
    assert list(clock_reads(source)) == []

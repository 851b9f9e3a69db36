"""Linux's own account of a process and all its children: processor time and memory, from /proc."""

import os
from pathlib import Path
from typing import NamedTuple

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
# Fields of /proc/<pid>/stat behind the command's name. Source: man 5 proc_pid_stat, counted from its field 3.
SESSION, TIMES, RESIDENT = 3, slice(11, 15), 21


class Usage(NamedTuple):
    """User and system seconds so far, resident bytes now."""

    cpu_s: float
    rss: int


def usage(session: int) -> Usage:
    """What a session (a process started as its leader, and all below it) has used."""
    ticks = pages = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
            continue
        if int(fields[SESSION]) == session:
            ticks += sum(map(int, fields[TIMES]))
            pages += int(fields[RESIDENT])
    return Usage(ticks * TICK_S, pages * PAGE)


def cores() -> tuple[set[int], set[int]]:
    """The cores for the bot and for the emulator; the same one where there is no second."""
    free = sorted(os.sched_getaffinity(0))
    return {free[0]}, {free[-1] if len(free) == 1 else free[1]}

"""From runs to medians, ratios paired within a round, a Markdown table and the goals."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.bots import AIOGRAM, BARE, BOTS, PRODUCT, PTB
from benchmarks.runner import Cell

Run = dict[str, Any]
Summary = dict[str, Any]

PEERS = (PTB, AIOGRAM, BARE)
MEDIANS = ("answered_per_s", "completed_per_s", "p50_ms", "p95_ms", "p99_ms", "cpu_ms", "cpu_share", "emulator_share")
FAULTS = ("wrong", "missing", "unanswered_presses")
COLUMNS: dict[str, Callable[[Summary], str]] = {
    "bot": lambda row: BOTS[row["bot"]].title,
    "answered/s": lambda row: f"{row['answered_per_s']:,.0f}",
    "conv/s": lambda row: f"{row['completed_per_s']:.1f}",
    "× PTB": lambda row: times(row["ratios"].get(PTB)),
    "× aiogram": lambda row: times(row["ratios"].get(AIOGRAM)),
    "× bare": lambda row: times(row["ratios"].get(BARE)),
    "p50 ms": lambda row: at_least(row, "p50_ms"),
    "p95 ms": lambda row: at_least(row, "p95_ms"),
    "p99 ms": lambda row: at_least(row, "p99_ms"),
    "CPU ms/update": lambda row: f"{row['cpu_ms']:.2f}",
    "RSS MiB": lambda row: f"{row['rss_mib']:.0f}",
    "start s": lambda row: f"{row['start_s']:.1f}",
    "wrong / missing": lambda row: f"{row['wrong']} / {row['missing'] + row['unanswered_presses']}",
    "emulator": lambda row: f"{row['emulator_share']:.0%}",
}


@dataclass(frozen=True, slots=True)
class Goal:
    """What the product is held to in a cell: `figure` (a column, or a ratio to a peer) above or below `bound`."""

    people: int | None
    latency_ms: int | None
    figure: str
    bound: float
    below: bool = False

    def covers(self, row: Summary) -> bool:
        """Whether the goal speaks of this cell; None means every one."""
        return self.people in (None, row["people"]) and self.latency_ms in (None, row["latency_ms"])

    def met(self, value: float) -> bool:
        """Whether `value` is good enough."""
        return value <= self.bound if self.below else value >= self.bound


# The project's own goals: throughput with 50 people; not behind aiogram anywhere.
GOALS = (
    Goal(50, 0, PTB, 7),
    Goal(50, 50, PTB, 15),
    Goal(None, None, AIOGRAM, 1),
    Goal(50, None, BARE, 0.5),
    Goal(50, None, "cpu_ms", 1, below=True),
    Goal(50, None, "start_s", 1.5, below=True),
)


def times(ratio: float | None) -> str:
    """A ratio for people, a dash where the peer did not run."""
    return "-" if ratio is None else f"{ratio:.2f}" if ratio < 10 else f"{ratio:.1f}"


def at_least(row: Summary, figure: str) -> str:
    """Milliseconds; marked where the window was too short to see the slow ones."""
    return f"{'≥' if row['censored'] else ''}{row[figure]:,.0f}"


def summarise(runs: Sequence[Run]) -> list[Summary]:
    """A row for each cell and bot, in the order of the runs."""
    keys = dict.fromkeys((run["people"], run["latency_ms"], run["bot"]) for run in runs)
    return [_summary(runs, Cell(people, latency), bot) for people, latency, bot in keys]


def _summary(runs: Sequence[Run], cell: Cell, bot: str) -> Summary:
    here = [run for run in runs if (run["people"], run["latency_ms"]) == (cell.people, cell.latency_ms)]
    mine = [run for run in here if run["bot"] == bot]
    return {
        "people": cell.people,
        "latency_ms": cell.latency_ms,
        "bot": bot,
        **{name: median(run[name] for run in mine) for name in (*MEDIANS, "rss_mib", "start_s")},
        **{name: sum(run[name] for run in mine) for name in FAULTS},
        "censored": any(run["censored"] for run in mine),
        "ratios": {peer: ratio for peer in PEERS if (ratio := _ratio(here, bot, peer)) is not None},
    }


def _ratio(runs: Iterable[Run], bot: str, peer: str) -> float | None:
    rates = {(run["round"], run["bot"]): run["answered_per_s"] for run in runs}
    pairs = [(rate, rates.get((number, peer))) for (number, name), rate in rates.items() if name == bot]
    ratios = [rate / other for rate, other in pairs if other]
    return median(ratios) if ratios else None


def table(rows: Sequence[Summary]) -> str:
    """One Markdown table with its heading, for the rows of one cell."""
    first = rows[0]
    lines = [f"**{first['people']} people at once, {first['latency_ms']} ms a call**", ""]
    lines += [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
    lines += [f"| {' | '.join(show(row) for show in COLUMNS.values())} |" for row in rows]
    return "\n".join(lines)


def judged(rows: Sequence[Summary]) -> list[tuple[str, bool]]:
    """Every goal in every cell it covers: a line that says how it stands, and whether it is met."""
    product = [row for row in rows if row["bot"] == PRODUCT]
    return [verdict for row in product for goal in GOALS if goal.covers(row) and (verdict := _judge(goal, row))]


def _judge(goal: Goal, row: Summary) -> tuple[str, bool] | None:
    value = row["ratios"].get(goal.figure) if goal.figure in PEERS else row[goal.figure]
    if value is None:
        return None
    what = f"× {goal.figure}" if goal.figure in PEERS else goal.figure
    where = f"{row['people']} people, {row['latency_ms']} ms"
    sign = "<=" if goal.below else ">="
    met = goal.met(value)
    return f"- {'met' if met else '**missed**'}: {where}: {what} {value:.2f} (goal {sign} {goal.bound:g})", met

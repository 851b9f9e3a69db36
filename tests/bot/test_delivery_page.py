"""docs/delivery.md tells the truth: its states, its errors and its figures are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

from bot import channel, delivery
from bot.send_outcomes import RESEND_AFTER_S
from storage.migrate import known_migrations
from storage.outbox import RESENDS, Lane

PAGE = (Path(__file__).parents[2] / "docs/delivery.md").read_text("utf-8")


def table(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its first two lines."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_states_are_those_of_the_schema() -> None:
    """All of them, and no other."""
    schema = "".join(script for _, _, script in known_migrations())
    outbox = schema.partition("CREATE TABLE outbox")[2]
    states = re.findall(r"'(\w+)'", re.findall(r"CHECK \(state IN \((.*?)\)", outbox)[0])
    assert [row[0].strip("`") for row in table("States")] == states


def test_every_error_of_a_channel_has_its_row() -> None:
    """A new class of error without a row is noticed."""
    errors = {cls.__name__ for cls in channel.SendError.__subclasses__()}
    named = {
        name for row in table("What the platform can answer") if (name := row[0].split(" ")[0].strip("`")) in errors
    }
    assert named == errors


def test_the_figures_are_those_of_the_code() -> None:
    """Waits, tries and lanes."""
    waits = ", ".join(str(seconds) for seconds in delivery._BACKOFF_S)
    resends = ", ".join(str(seconds) for seconds in RESEND_AFTER_S)
    assert f"waits {waits} s" in PAGE and f"after {resends} s" in PAGE
    assert f"within {delivery._FEVER_S:.0f} s" in PAGE and f"at most {RESENDS} times" in PAGE
    assert len(RESEND_AFTER_S) == RESENDS
    lanes = {
        "answers": Lane.REPLY,
        "urgent calls": Lane.URGENT,
        "reminders": Lane.REMINDER,
        "broadcasts": Lane.BROADCAST,
    }
    assert all(f"{name} ({lane.value})" in PAGE for name, lane in lanes.items()) and len(lanes) == len(Lane)

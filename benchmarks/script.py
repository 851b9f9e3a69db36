"""What a simulated person answers to what the bot says; the words are data, in scripts.toml."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).with_name("scripts.toml")


@dataclass(frozen=True, slots=True)
class Step:
    """One question, and what is done about it: `say` or `press`, each a row to choose from; neither at the end."""

    ask: re.Pattern[str]
    say: tuple[str, ...]
    press: tuple[re.Pattern[str], ...]

    def words(self, number: int) -> str:
        """What person `number` types."""
        return self.say[number % len(self.say)].format(n=number % 1_000_000)

    def button(self, number: int, buttons: list[dict[str, Any]]) -> dict[str, Any] | None:
        """The button that person `number` presses, or None when it is not there."""
        wanted = self.press[number % len(self.press)]
        return next((button for button in buttons if wanted.search(button["text"])), None)


@dataclass(frozen=True, slots=True)
class Script:
    """A whole conversation."""

    start: str
    ignore: tuple[re.Pattern[str], ...]
    steps: tuple[Step, ...]

    def find(self, text: str, after: int) -> int | None:
        """The number of the step that `text` asks, those after step `after` first; None when it asks none."""
        count = len(self.steps)
        order = (*range(after + 1, count), *range(after + 1))
        return next((number for number in order if self.steps[number].ask.search(text)), None)

    def ignores(self, text: str) -> bool:
        """Whether `text` is no question."""
        return any(pattern.search(text) for pattern in self.ignore)


def listed(value: str | list[str] | None) -> tuple[str, ...]:
    """A setting that may be one text or a list, as a tuple."""
    return tuple([value] if isinstance(value, str) else value or ())


def patterns(value: str | list[str] | None) -> tuple[re.Pattern[str], ...]:
    """The same as patterns."""
    return tuple(re.compile(text, re.IGNORECASE) for text in listed(value))


def load_script(name: str) -> Script:
    """The script `name` of scripts.toml. Raises KeyError when there is none."""
    table = tomllib.loads(SCRIPTS.read_text(encoding="utf-8"))[name]
    steps = tuple(
        Step(patterns(row["ask"])[0], listed(row.get("say")), patterns(row.get("press"))) for row in table["steps"]
    )
    return Script(table["start"], patterns(table["ignore"]), steps)

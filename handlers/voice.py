"""A voice: sentences in one language, with or without a turn (reminders are said when nobody has said anything)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from core.dates import show_date, show_time
from core.dialogue import Button
from core.words import Words


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: the words, in which language, and what every sentence may need. `contact` is whom to ask."""

    words: Words
    language: str
    organisation: str
    contact: str
    zone: ZoneInfo

    def text(self, message: str, **params: object) -> str:
        """A sentence of the catalogue."""
        return self.words.say(self.language, message, **params)

    def figure(self, number: int) -> str:
        """A whole number in groups: 3.950 in Vietnamese, 3,950 in English."""
        return f"{number:,}" if self.language == "en" else f"{number:,}".replace(",", ".")

    def channel(self, name: str) -> str:
        """A channel as people know it: one of them has a name of its own."""
        return {"telegram": "Telegram", "paper": self.text("channel.paper")}.get(name, name)

    def hour(self, text: str) -> str:
        """A local "HH:MM" as notices print it."""
        return show_time(time.fromisoformat(text)) if self.language == "vi" else text

    def moment(self, at: int) -> str:
        """A moment (ms UTC) on the local clock: "14:05, 22/11/2026"."""
        local = datetime.fromtimestamp(at / 1000, self.zone)
        return f"{local:%H:%M}, {show_date(local.date())}"

    def menu(self, commands: Sequence[str]) -> tuple[Button, ...]:
        """Buttons that mean commands ("/next", "/join LS-11"); they never go stale."""
        return tuple(Button(self.text(f"menu.{command.split()[0][1:]}"), command) for command in commands)

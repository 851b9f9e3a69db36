"""One message of the bot as a channel really showed it, compared with the neutral form that transcripts are written in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.dialogue import Button, Reply, numbered_text

# What no two runs have in common: the minute of a consent, the channel it came by, the number of an incident.
_VARIES = (
    (re.compile(r"\b\d\d:\d\d(?=, (?:22|2[3-9])/11/2026)"), "08:00"),
    (re.compile(r"((?:[Mm]ã vé|Mã vé của bạn|[Tt]icket|Your ticket):? )[2-9A-Z]{3} [2-9A-Z]{3}"), r"\1ABC 234"),
    (re.compile(r"\((?:Telegram|web|terminal)\)"), "(…)"),
)
_CHOICES = re.compile(r"\n+(?:\d+\. .*|\[.*\])$")
_NUMBERED = re.compile(r"^(\d+\. )(.+)$", re.MULTILINE)


def steady(text: str) -> str:
    """The text without what differs from run to run, and without blanks at the ends of lines."""
    for pattern, instead in _VARIES:
        text = pattern.sub(instead, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def cut(label: str, longest: int) -> str:
    """The label as a button shows it that has no room for more."""
    return label if len(label) <= longest else f"{label[: longest - 1]}…"


@dataclass(frozen=True, slots=True)
class Said:
    """`text` and `buttons` as received; `extras`: "(file …)" and "(map …)"; `printed`: the channel has text alone."""

    text: str
    buttons: tuple[Button, ...] = ()
    extras: tuple[str, ...] = ()
    printed: bool = False
    buttons_hidden: bool = False
    longest_label: int = 0

    def forms(self) -> list[str]:
        """The message in the neutral form. Buttons do not show whether a figure chooses as well, so either writing is right."""
        tail = "\n".join(self.extras)
        if self.printed or not self.buttons:
            return [steady(f"{self.text}\n{tail}")]
        replies = (Reply(self.text, self.buttons, numbered=numbered) for numbered in (False, True))
        return [steady(f"{numbered_text(reply)}\n{tail}") for reply in replies]

    def fits(self, written: str) -> bool:
        """True where this is what the transcript says."""
        if self.buttons_hidden:
            while (shorter := _CHOICES.sub("", written)) != written:
                written = shorter
        if self.longest_label:
            written = _NUMBERED.sub(lambda found: found[1] + cut(found[2], self.longest_label), written)
        return written in self.forms()

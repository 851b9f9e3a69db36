"""Transcripts: plays that a nurse can read, one text file each.

    # A donor registers by taps
    # language: en
    # unit: YT
    # channels: telegram

    Donor: /dangky

    Bot: Câu 1/7. Họ và tên của bạn?
        Ví dụ: Nguyễn Thị Ánh

    Donor: [Nam]

Lines after the first of a message are indented. `[Nam]` is a tap on the button with that label; a channel without buttons has it typed.
`(sticker)`, `(photo)`, `(voice)`, `(my number)`, `(another's number 0912 345 678)`, `(file plan.xlsx)` (of tests/data, or made by
tests/plan_books.py or tests/list_books.py) are sent as such. `(after 3 days)` on a line of its own moves the clock. Headers:
the title, then `language` (of the client), `unit` (of the officer), `plan` (a file of tests/data),
`channels` (all, if it is not said).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

_SPEAKER = re.compile(r"(?P<who>[A-Z][a-z]+): ?(?P<text>.*)")
_HEADER = re.compile(r"# (?P<key>language|unit|plan|channels): (?P<value>.+)")
_LATER = re.compile(r"\(after (?P<number>\d+) (?P<unit>days|hours)\)")
BOT = "Bot"


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `who` is "" for a move of the clock."""

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What somebody does, and everything the bot says to it."""

    cue: Line
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Play:
    """A whole transcript."""

    path: Path
    title: str
    headers: dict[str, str] = field(default_factory=dict)
    scenes: tuple[Scene, ...] = ()

    @property
    def channels(self) -> list[str]:
        """Where it is played."""
        return self.headers.get("channels", "terminal web telegram").split()

    def with_answers(self, answers: list[list[str]]) -> str:
        """The file with these answers in place of the written ones."""
        lines = [f"# {self.title}", *(f"# {key}: {value}" for key, value in self.headers.items()), ""]
        for scene, said in zip(self.scenes, answers, strict=True):
            messages = [scene.cue, *(Line(BOT, text) for text in said)]
            lines += [line for message in messages for line in (*_written(message), "")]
        return "\n".join(lines).rstrip("\n") + "\n"


def _written(line: Line) -> list[str]:
    first, *rest = line.text.splitlines() or [""]
    head = f"{line.who}: {first}" if line.who else first
    return [head.rstrip(), *(f"    {more}".rstrip() for more in rest)]


def later(text: str) -> tuple[int, str] | None:
    """(3, "days") of "(after 3 days)"."""
    found = _LATER.fullmatch(text)
    return (int(found["number"]), found["unit"]) if found else None


def read_play(path: Path) -> Play:
    """The play of a file. Raises ValueError for a line that belongs to nothing."""
    title, headers, lines = "", {}, []
    for raw in path.read_text("utf-8").splitlines():
        if header := _HEADER.fullmatch(raw):
            headers[header["key"]] = header["value"]
        elif raw.startswith("# "):
            title = title or raw[2:]
        elif raw.startswith("    ") or (not raw and lines):
            lines[-1] = replace(lines[-1], text=f"{lines[-1].text}\n{raw[4:]}")
        elif later(raw):
            lines.append(Line("", raw))
        elif spoken := _SPEAKER.fullmatch(raw):
            lines.append(Line(spoken["who"], spoken["text"]))
        elif raw:
            raise ValueError(f"{path.name}: whose line is this? {raw!r}")
    return Play(path, title, headers, tuple(_scenes([replace(line, text=line.text.strip("\n")) for line in lines])))


def _scenes(lines: list[Line]) -> list[Scene]:
    scenes: list[Scene] = []
    for line in lines:
        if line.who == BOT:
            scenes[-1] = replace(scenes[-1], answers=(*scenes[-1].answers, line.text))
        else:
            scenes.append(Scene(line))
    return scenes

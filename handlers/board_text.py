"""A board in words: the same facts of a unit in the chat, in the picture, in files and in what officers are told."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from core.board import Board, Line, expected
from core.emulation import Rule
from core.rounds import Round, needed_for_target
from core.units import UnitIndex

_FIRST = 4  # Of more units than are shown, so many of the best; the rest of the room is for those who need a call.


class Speaker(Protocol):
    """Who says it: a voice in a chat, or the paper of a document."""

    @property
    def language(self) -> str:
        """What the reader reads."""

    def text(self, message: str, **params: object) -> str:
        """A sentence of the catalogue."""


class Cut(NamedTuple):
    """Of many lines the first and the last, and how many stand between."""

    first: list[Line]
    between: int
    last: list[Line]


def cut(lines: list[Line], most: int) -> Cut:
    """All of them, or the best few and the last."""
    if len(lines) <= most:
        return Cut(lines, 0, [])
    last = most - _FIRST
    return Cut(lines[:_FIRST], len(lines) - most, lines[-last:])


def figure(speaker: Speaker, number: int) -> str:
    """A whole number in groups: 3.950 in Vietnamese, 3,950 in English."""
    return f"{number:,}" if speaker.language == "en" else f"{number:,}".replace(",", ".")


def name(speaker: Speaker, index: UnitIndex, line: Line) -> str:
    """The unit as boards print it; the words for everybody else where the line is no unit's."""
    unit = index.get(line.unit_id)
    return index.label(unit) if unit else speaker.text("board.rest")


def share(speaker: Speaker, line: Line) -> str:
    """How far the unit is with its quota: "156/180 · 86 %"; without a quota, how many are coming."""
    certain = figure(speaker, line.people.certain)
    if line.quota is None:
        return speaker.text("board.no_quota", certain=certain)
    quota = figure(speaker, line.quota)
    if line.percent is None:
        return f"{certain}/{quota}"
    return speaker.text("board.share", certain=certain, quota=quota, percent=figure(speaker, line.percent))


def facts(speaker: Speaker, line: Line, round_: Round) -> str:
    """What else there is to say of a line, in one sentence without its name; "" where there is nothing."""
    people = line.people
    counts = {"maybe": people.maybe, "waiting": people.waiting, "came": people.came}
    said = [speaker.text(f"board.{key}", count=figure(speaker, count)) for key, count in counts.items() if count]
    said += [_gave(speaker, line)] if people.came else [missing(speaker, line, round_)]
    said += [speaker.text("board.reported", count=line.reported)] if line.reported else []
    return " · ".join(filter(None, said))


def _gave(speaker: Speaker, line: Line) -> str:
    count = figure(speaker, line.people.gave)
    if line.gave_percent is None:
        return speaker.text("board.gave", count=count)
    return speaker.text("board.gave_share", count=count, percent=line.gave_percent)


def missing(speaker: Speaker, line: Line, round_: Round) -> str:
    """How many registrations are missing, and how many donors that are at the expected yield."""
    if not line.quota or line.missing is None:
        return ""
    if not line.missing:
        return speaker.text("board.enough")
    said = speaker.text("board.missing", count=figure(speaker, line.missing))
    if not round_.yield_percent:
        return said
    donors = expected(line.quota, round_.yield_percent) - expected(line.people.certain, round_.yield_percent)
    return speaker.text("board.missing_donors", missing=said, donors=figure(speaker, donors))


def outlook(speaker: Speaker, board: Board, round_: Round) -> list[str]:
    """Of the whole round: whether anything is asked, what it may bring at the expected yield, what its target still needs."""
    certain, target, yield_percent = board.total.people.certain, round_.target, round_.yield_percent
    lines = [] if board.has_quotas else [speaker.text("board.no_quotas")]
    if board.total.people.came or not yield_percent:
        return lines
    donors = figure(speaker, expected(certain, yield_percent))
    lines += [speaker.text("board.expected", donors=donors, share=yield_percent)]
    needed = needed_for_target(round_)
    if needed is not None and target is not None:
        message = "board.target_missing" if needed > certain else "board.target_met"
        more = figure(speaker, max(0, needed - certain))
        lines.append(speaker.text(message, target=figure(speaker, target), needed=figure(speaker, needed), more=more))
    return lines


def decimal(speaker: Speaker, number: float) -> str:
    """A number as it is written: "62,5" in Vietnamese, "62.5" in English."""
    text = f"{number:g}"
    return text if speaker.language == "en" else text.replace(".", ",")


def rule_of_points(speaker: Speaker, rule: Rule) -> str:
    """How points are counted, in one sentence a part."""
    facts = {
        "per_percent": decimal(speaker, rule.per_percent),
        "cap": rule.percent_cap,
        "per_donation": decimal(speaker, rule.per_donation),
        "per_list": decimal(speaker, rule.per_list),
    }
    text = speaker.text("points.rule", **facts)
    return f"{text} {speaker.text('points.most', most=decimal(speaker, rule.most))}" if rule.most else text

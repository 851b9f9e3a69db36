"""Reminding the officers of units that are behind: who would be told what is shown first, and a person presses send."""

from __future__ import annotations

from datetime import datetime, time

from core.board import Line
from core.dates import show_date
from core.dialogue import Button, Reply
from core.unclear import Unclear
from core.vietnamese import nfc
from handlers import board_text
from handlers.board_text import Speaker
from handlers.form import Answers, AskAgain, Given, GoTo, Prompt, labelled
from handlers.progress import scope
from handlers.progress.board import SHARE, read_share, shares
from handlers.progress.scope import Seen
from handlers.turn import Turn
from storage import nudges, records
from storage.nudges import Officer
from storage.outbox import Draft, Lane

# Which units were shown, and what is said to their officers.
_UNITS, _WORDS = "_units", "_said"
_LISTED = 20  # Units on one screen, beside the message.
_LONGEST = 1000


async def ask_share(turn: Turn, _: Answers) -> Prompt:
    """Who counts as behind."""
    return Prompt(turn.text("progress.ask_nudge"), shares(turn))


@scope.reads
async def read_share_of(_: Turn, answers: Answers, given: Given, __: Seen) -> object:
    """Go on with the units under it."""
    answers[SHARE] = read_share(given)
    answers.pop(_UNITS, None)
    raise GoTo("nudge")


def _behind(seen: Seen, share: int) -> list[Line]:
    """Units under the share, and those from which nobody comes although nothing was asked of anybody."""
    return seen.board.under(share) if seen.board.has_quotas else seen.board.silent()


async def _officers(turn: Turn, lines: list[Line]) -> list[Officer]:
    """Whom to tell; nobody reminds themselves."""
    found = await nudges.officers(turn.tx, [line.unit_id for line in lines if line.unit_id is not None])
    return [officer for officer in found if officer.address != turn.person.address]


@scope.asks
async def ask_nudge(turn: Turn, answers: Answers, seen: Seen) -> Prompt:
    """The units, how many officers of each can be told, and what they would be told."""
    lines = _behind(seen, answers[SHARE])
    answers[_UNITS] = [line.unit_id for line in lines]
    if not lines:
        return Prompt(turn.text("progress.nobody_behind"))
    officers = await _officers(turn, lines)
    reached = [officer for officer in officers if officer.reachable]
    shown = [_with_officers(turn, seen, line, officers) for line in lines[:_LISTED]]
    more = [turn.text("progress.more_in_file", count=len(lines) - _LISTED)] if len(lines) > _LISTED else []
    head = turn.text("progress.nudge", count=len(lines), people=len(reached))
    parts = ["\n".join([head, *shown, *more])]
    if not reached:
        return Prompt("\n\n".join([*parts, turn.text("progress.nobody_to_tell")]))
    first = reached[0]
    example = message(turn, seen, first, lines, words=answers.get(_WORDS, "")).text
    parts.append(turn.text("progress.nudge_example", text=example))
    return Prompt("\n\n".join(parts), labelled(turn, send="progress.do.send", edit="progress.do.edit"))


def _with_officers(turn: Turn, seen: Seen, line: Line, officers: list[Officer]) -> str:
    """A unit and whom it has: without one that can be written to, somebody must be phoned."""
    mine = [officer for officer in officers if line.unit_id in officer.unit_ids]
    reached = sum(officer.reachable for officer in mine)
    sentence = "progress.has_officers" if reached else "progress.cut_off" if mine else "progress.no_officer"
    named = turn.text(
        "progress.line",
        name=board_text.name(turn.voice, seen.index, line),
        share=board_text.share(turn.voice, line),
    )
    return f"{named} – {turn.text(sentence, count=reached)}"


def message(turn: Turn, seen: Seen, officer: Officer, lines: list[Line], *, words: str) -> Reply:
    """What one officer is told: how far their own units are, and the sender's `words` ("": the usual ones)."""
    voice = turn.house.voice(officer.language)
    mine = [line for line in lines if line.unit_id in officer.unit_ids]
    figures = "\n".join(_figures(voice, seen, line) for line in mine)
    deadline = seen.round.deadline_on
    until = voice.text("next.deadline", date=show_date(deadline)) if deadline and deadline > turn.today else ""
    text = voice.text("progress.nudge_text", name=seen.round.name, date=show_date(seen.round.held_on), figures=figures)
    parts = (
        text,
        until,
        words or voice.text("progress.nudge_words"),
        voice.text("progress.nudge_from", organisation=turn.settings.organisation),
    )
    button = Button(voice.text("menu.progress"), f"/progress {seen.round.code}")
    return Reply("\n\n".join(filter(None, parts)), buttons=(button,))


def _figures(voice: Speaker, seen: Seen, line: Line) -> str:
    share = board_text.share(voice, line)
    named = voice.text("progress.line", name=board_text.name(voice, seen.index, line), share=share)
    facts = board_text.facts(voice, line, seen.round)
    return f"{named}\n   {facts}" if facts else named


@scope.reads
async def read_nudge(turn: Turn, answers: Answers, given: Given, seen: Seen) -> object:
    """Send, or change the words first."""
    if given.value is None:
        raise Unclear("unclear.choice")
    if given.value == "edit":
        raise GoTo("words")
    told = await _told_today(turn, seen)
    officers = await _officers(turn, _still_behind(seen, answers))
    if any(officer.person_id in told for officer in officers):
        raise GoTo("nudge_again")
    raise GoTo("again", await _send(turn, answers, seen, officers))


async def ask_words(turn: Turn, answers: Answers) -> Prompt:
    """The sender's own words."""
    words = answers.get(_WORDS) or turn.text("progress.nudge_words")
    return Prompt(turn.text("progress.ask_words", words=words), labelled(turn, usual="progress.do.usual"))


async def read_words(_: Turn, answers: Answers, given: Given) -> object:
    """Keep them, and show the message with them."""
    if given.value == "usual":
        answers.pop(_WORDS, None)
        raise GoTo("nudge")
    words = "\n".join(filter(None, (nfc(line).strip() for line in given.text.splitlines())))
    if len(words) > _LONGEST:
        raise Unclear("unclear.long", highest=_LONGEST)
    if not any(letter.isalpha() for letter in words):
        raise Unclear("unclear.nudge_words")
    answers[_WORDS] = words
    raise GoTo("nudge")


@scope.asks
async def ask_nudge_again(turn: Turn, answers: Answers, seen: Seen) -> Prompt:
    """Some of them were reminded today: an extra confirmation."""
    officers = await _officers(turn, _still_behind(seen, answers))
    told = await _told_today(turn, seen)
    again = [officer for officer in officers if officer.person_id in told]
    rest = [officer for officer in officers if officer.reachable and officer.person_id not in told]
    ways = {"all": "progress.do.send_again"} | ({"rest": "progress.do.send_rest"} if rest else {})
    return Prompt(turn.text("progress.told_today", count=len(again)), labelled(turn, **ways))


@scope.reads
async def read_nudge_again(turn: Turn, answers: Answers, given: Given, seen: Seen) -> object:
    """To all, or to those who have not been reminded today."""
    if given.value is None:
        raise Unclear("unclear.choice")
    officers = await _officers(turn, _still_behind(seen, answers))
    if given.value == "rest":
        told = await _told_today(turn, seen)
        officers = [officer for officer in officers if officer.person_id not in told]
    raise GoTo("again", await _send(turn, answers, seen, officers))


def _still_behind(seen: Seen, answers: Answers) -> list[Line]:
    """Of the units that were shown, those that are behind even now. Raises AskAgain where there is none."""
    shown = set(answers.get(_UNITS) or ())
    lines = [line for line in _behind(seen, answers[SHARE]) if line.unit_id in shown]
    if not lines:
        raise AskAgain
    return lines


async def _told_today(turn: Turn, seen: Seen) -> set[int]:
    midnight = datetime.combine(turn.today, time(), turn.settings.zone)
    return await nudges.told_since(turn.tx, seen.round.id, int(midnight.timestamp() * 1000))


async def _send(turn: Turn, answers: Answers, seen: Seen, officers: list[Officer]) -> str:
    """Put the messages in line, at night for the morning, and on record; what is said of it."""
    lines = _still_behind(seen, answers)
    reached = [officer for officer in officers if officer.reachable]
    awake = turn.settings.timetable.awake(turn.now)
    later = int(awake.timestamp() * 1000) if awake > turn.now else 0
    for officer in reached:
        reply = message(turn, seen, officer, lines, words=answers.get(_WORDS, ""))
        key = nudges.key(seen.round.id, officer.person_id, turn.at)
        turn.tell(Draft(key, officer.address, reply, Lane.REMINDER, not_before=later))
    await records.add_audit(
        turn.tx,
        turn.person.address,
        "nudge",
        at=turn.at,
        round=seen.round.code,
        units=len(lines),
        rows=len(reached),
    )
    answers.pop(_WORDS, None)
    said = turn.text("progress.nudged", people=len(reached))
    return f"{said} {turn.text('progress.nudged_later', hour=f'{awake:%H:%M}')}" if later else said

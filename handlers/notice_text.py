"""Notices in words: what a window says to one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from core.board import Line
from core.dates import show_date
from core.dialogue import Button, DocumentRef, Reply
from core.joins import spaced
from core.notices import Window
from core.rounds import Round
from handlers import board_text, round_text
from handlers.voice import Voice
from storage.notices import Recipient


def round_notice(voice: Voice, window: Window, recipient: Recipient, today: date) -> Reply:
    """A notice about a round to who answered it. `today`: the local day on which it is read."""
    assert window.round is not None
    round_, notice = window.round, window.notice
    text = voice.text(
        f"notice.{notice.name}.{recipient.state}",
        lead=lead(voice, round_, today),
        mine=mine(voice, recipient),
        map=map_line(voice, round_),
        **facts(voice, round_),
    )
    return Reply(text, voice.menu([f"{button} {round_.code}" for button in notice.buttons]))


def facts(voice: Voice, round_: Round) -> dict[str, str]:
    """The round in words for who takes part: until when others may join is no concern of theirs."""
    return round_text.facts(voice, replace(round_, deadline_on=None))


def lead(voice: Voice, round_: Round, today: date) -> str:
    """How far away the round is: "Hôm nay diễn ra", "Còn 3 ngày nữa là đến"."""
    days = (round_.held_on - today).days
    message = {0: "notice.today", 1: "notice.tomorrow"}.get(days, "notice.in_days")
    return voice.text(message, count=days)


def mine(voice: Voice, recipient: Recipient) -> str:
    """The person's own hour and ticket, on lines of their own; nothing for who holds no seat."""
    if recipient.state != "certain":
        return ""
    hour = [voice.text("notice.slot", hour=voice.hour(recipient.slot))] if recipient.slot else []
    return "".join(f"• {line}\n" for line in (*hour, voice.text("notice.ticket", ticket=spaced(recipient.ticket))))


def map_line(voice: Voice, round_: Round) -> str:
    """A link to the map, on a line of its own. (Not a pin: at Telegram that is a message of its own, and takes no words and buttons.)"""
    pin = round_text.pin(round_)
    if pin is None:
        return ""
    url = f"https://www.openstreetmap.org/?mlat={pin.lat}&mlon={pin.lon}#map=17/{pin.lat}/{pin.lon}"
    return f"• {voice.text('notice.map', url=url)}\n"


def eligible_notice(voice: Voice, day: date, round_: Round | None, *, staff_first: bool) -> Reply:
    """That the person may give again, with the next round for them where there is one.

    `staff_first`: something is known that the staff must see first, so it says no more than that the wait is over, and whom to ask.
    """
    message = "notice.eligible.staff" if staff_first else "notice.eligible.again"
    contact = round_.contact if round_ and round_.contact else voice.contact
    opening = voice.text(message, first=show_date(day), contact=contact)
    if round_ is None:
        return Reply(voice.text("notice.eligible.alone", opening=opening), voice.menu(["/next", "/reminders"]))
    facts = round_text.facts(voice, round_)
    text = voice.text("notice.eligible.round", opening=opening, map=map_line(voice, round_), **facts)
    return Reply(text, voice.menu(["/join" + f" {round_.code}", "/reminders"]))


def deadline_notice(voice: Voice, round_: Round, line: Line, today: date) -> Reply:
    """To an officer: the list of their unit is due soon, who is on it, and what is still missing of what was asked."""
    assert round_.deadline_on is not None
    text = voice.text(
        "notice.deadline.text",
        name=round_.name,
        date=show_date(round_.held_on),
        deadline=show_date(round_.deadline_on),
        days=(round_.deadline_on - today).days,
        share=board_text.share(voice, line),
    )
    facts = board_text.facts(voice, line, round_)
    button = Button(voice.text("menu.progress"), f"/progress {round_.code}")
    return Reply("\n".join(filter(None, (text, f"• {facts}" if facts else ""))), (button,))


def with_list(voice: Voice, notice: Reply, params: Mapping[str, Any]) -> Reply:
    """The notice with the list as a file, where anybody is on it. (What goes with a file has no buttons: Telegram.)"""
    if not params["rows"]:
        return notice
    text = voice.text("notice.deadline.attached", text=notice.text, round=params["round"])
    return Reply(text, document=DocumentRef("registration.xlsx", dict(params)))

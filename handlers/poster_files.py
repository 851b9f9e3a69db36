"""The poster of a unit, on its way to whoever asked: to print, and to look at or pass on."""

from __future__ import annotations

from core.links import UNIT
from core.units import Unit
from handlers.turn import Turn

_KINDS = ("pdf", "png")


def send(turn: Turn, unit: Unit) -> None:
    """Both files, or why there is none. A poster is for the wall: in the house's language, whatever its officer reads."""
    link = next(iter(turn.house.links.to(f"{UNIT}{unit.code}")), "")
    if not link:
        turn.say("poster.no_link")
        return
    turn.say("poster.working", name=unit.name)
    facts = {"unit": unit.code, "link": link, "contact": turn.settings.contact, "language": turn.house.words.default}
    for kind in _KINDS:
        turn.document(f"poster.{kind}", turn.text(f"poster.{kind}_ready", name=unit.name), kind=kind, **facts)

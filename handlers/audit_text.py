"""The log of who did what, in words: one sentence an action, and the facts beside it. An action without a row here is a test's failure."""

from __future__ import annotations

from typing import Any

from core.units import UnitIndex
from handlers.voice import Voice

# Action -> the kind under which the log lists it.
ACTIONS: dict[str, str] = {
    "invited": "roles",
    "invite_withdrawn": "roles",
    "appointed": "roles",
    "removed": "roles",
    "resigned": "roles",
    "member_removed": "roles",
    "export": "exports",
    "import": "imports",
    "round": "rounds",
    "unit": "units",
    "unmapped": "units",
    "quotas": "units",
    "nudge": "messages",
    "broadcast": "messages",
    "phone_opened": "phones",
    "person": "people",
    "linked": "people",
    "question": "questions",
    "faq": "questions",
    "refused": "refusals",
}
KINDS = tuple(dict.fromkeys(ACTIONS.values()))
# What an entry says beside its sentence, in this order.
_FACTS = (
    *(
        "role",
        "person",
        "unit",
        "units",
        "round",
        "rounds",
        "list",
        "change",
        "question",
        "topic",
        "language",
        "command",
        "broadcast",
    ),
    *("rows", "added", "changed", "joined", "withdrawn", "left", "people", "donors", "format"),
)


def actions_of(kind: str) -> tuple[str, ...]:
    """The actions that the log lists under a kind; all for ""."""
    return tuple(action for action, of_kind in ACTIONS.items() if of_kind == kind)


def sentence(voice: Voice, action: str, detail: dict[str, Any], index: UnitIndex) -> str:
    """What was done, with its facts: "xuất danh sách (đơn vị Sở Y tế, 30 dòng)"."""
    what = voice.text(f"audit.{action}") if action in ACTIONS else voice.text("audit.other", action=action)
    facts = ", ".join(_facts(voice, detail, index))
    return voice.text("audit.with_facts", what=what, facts=facts) if facts else what


def _facts(voice: Voice, detail: dict[str, Any], index: UnitIndex) -> list[str]:
    shown = ((key, _value(voice, key, detail[key], index)) for key in _FACTS if key in detail)
    return [voice.text(f"audit.fact.{key}", value=value) for key, value in shown if value]


def _value(voice: Voice, key: str, value: object, index: UnitIndex) -> str:
    """A code, a name of the catalogue, or a figure; "" for what says nothing."""
    match key, value:
        case "unit", "all":
            return voice.text("export.all")
        case "unit", str(code):
            unit = index.by_code(code)
            return unit.name if unit else code
        case "role", str(role):
            return voice.text(f"role.{role}")
        case "command", str(command):  # As menus call it, in the reader's language.
            return voice.text(f"menu.{command}") if voice.words.has(f"menu.{command}") else f"/{command}"
        case (("list" | "change"), str(name)):
            message = f"audit.{key}.{name}"
            return voice.text(message) if voice.words.has(message) else name
        case _, list(many):
            return ", ".join(map(str, many[:5])) + (" …" if len(many) > 5 else "")
        case _, bool() | None:
            return ""
        case _, int(number):
            return voice.figure(number)
    return str(value)

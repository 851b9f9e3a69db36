"""Whatever the code writes into the log can be read there as a sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bot.i18n import load_words
from handlers import audit_text
from handlers.unit_office.reform import STEPS

HOUSE = Path(__file__).parents[2]
WRITERS = {"add_audit", "audit"}


def written() -> Iterator[tuple[str, str]]:
    """("action", "export") and ("list", "plan") of every call that writes into the log, where they stand there as words."""
    for folder in ("storage", "handlers", "bot"):
        for path in (HOUSE / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                name = getattr(node, "func", None)
                if isinstance(node, ast.Call) and getattr(name, "attr", getattr(name, "id", "")) in WRITERS:
                    # The office of people has one action, and names what was done to a record.
                    kind = "change" if path.parent.name == "person_office" and node.func.attr == "audit" else "action"
                    yield from _said(node, kind)


def _said(call: ast.Call, kind: str) -> Iterator[tuple[str, str]]:
    words = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    yield from ((kind, word) for word in words if re.fullmatch("[a-z_]+", word) and word != "cli")
    for given in call.keywords:
        if given.arg in ("list", "change"):
            yield from ((given.arg, c.value) for c in ast.walk(given.value) if isinstance(c, ast.Constant))  # type: ignore[misc]


def test_every_action_has_a_sentence_and_a_kind() -> None:
    """Those that are written, and no others; what was exported or changed has its word."""
    said = set(written()) | {("change", way) for way in STEPS}
    assert ("action", "export") in said and ("list", "plan") in said
    words = load_words("vi")
    assert {name for key, name in said if key == "action"} - set(audit_text.ACTIONS) == set()
    missing = {f"audit.{key}.{name}" for key, name in said if key != "action" and not words.has(f"audit.{key}.{name}")}
    assert missing == set()

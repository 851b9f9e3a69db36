"""How a message with choices looks on Telegram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.dialogue import Button, Reply

_TEXT = 4096  # UTF-16 units of one message. Source: Bot API, sendMessage
_ROW = 24  # Letters that fit side by side on a narrow phone.
_ROW_BUTTONS = 4
_LABEL = 60


def markup(reply: Reply) -> dict[str, Any] | None:
    """The reply_markup of a message. A keyboard that asks for a contact cannot be inline; it goes away once used."""
    if reply.contact:
        rows: list[list[dict[str, Any]]] = [[{"text": reply.contact, "request_contact": True}]]
        rows += [[{"text": button.label} for button in reply.buttons]] if reply.buttons else []
        return {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}
    if reply.tidy:
        return {"remove_keyboard": True}
    if not reply.buttons:
        return None
    plain = [button for button in reply.buttons if not button.nav]
    nav = [button for button in reply.buttons if button.nav]
    inline = [[_inline(button) for button in row] for row in (*_rows(plain), nav) if row]
    return {"inline_keyboard": inline}


def _inline(button: Button) -> dict[str, str]:
    label = button.label if len(button.label) <= _LABEL else f"{button.label[: _LABEL - 1]}…"
    return {"text": label, "callback_data": button.token}


def _rows(buttons: Sequence[Button]) -> list[list[Button]]:
    """Short labels share a row, long ones have their own."""
    rows: list[list[Button]] = []
    width = _ROW
    for button in buttons:
        length = len(button.label) + 3
        if not rows or width + length > _ROW or len(rows[-1]) == _ROW_BUTTONS:
            rows.append([])
            width = 0
        rows[-1].append(button)
        width += length
    return rows


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def paragraphs(text: str) -> list[str]:
    """The text in parts that Telegram takes, cut at line ends where there are any."""
    if len(text) <= _TEXT // 2:  # A letter has at most two UTF-16 units: nearly every message ends here.
        return [text.strip("\n") or "…"]
    parts = [""]
    for line in text.splitlines(keepends=True) or [text]:
        for piece in (line[start : start + _TEXT // 2] for start in range(0, len(line) or 1, _TEXT // 2)):
            if _units(parts[-1]) + _units(piece) > _TEXT:
                parts.append("")
            parts[-1] += piece
    return [part.strip("\n") or "…" for part in parts]

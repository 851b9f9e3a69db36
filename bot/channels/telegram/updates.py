"""Telegram's updates as inbound data. Every shape is untrusted; what means nothing to us becomes None and is confirmed all the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.dialogue import Blocked, Contact, File, Inbound, Input, Moved, Other, Press, Text, file_name, typed

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
# What a form cannot read, by the field that names it. Order: the first that is there.
_KINDS = (
    "sticker",
    "photo",
    "voice",
    "video_note",
    "video",
    "audio",
    "animation",
    "location",
    "venue",
    "document",
    "poll",
    "dice",
    "story",
)
_LONGEST_ID = 512  # Telegram's have some eighty letters.
# Service messages that nobody typed.
_SILENT = ("pinned_message", "new_chat_members", "left_chat_member", "new_chat_title", "group_chat_created", "via_bot")


def read_update(raw: Mapping[str, Any], username: str) -> Inbound | None:
    """The one thing somebody did, or None. `username`: ours, for commands that name a bot."""
    try:
        for key, reader in (("message", _message), ("callback_query", _press), ("my_chat_member", _membership)):
            if key in raw:
                return reader(raw[key], username)
        if "edited_message" in raw:
            return _inbound(raw["edited_message"], Other("edited")) if _is_private(raw["edited_message"]) else None
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
        return None  # A shape that the Bot API does not describe.
    return None


def press_id(raw: Mapping[str, Any]) -> str | None:
    """The id under which a press wants to be acknowledged."""
    query = raw.get("callback_query")
    return str(query["id"]) if isinstance(query, dict) and "id" in query else None


def _is_private(message: Mapping[str, Any]) -> bool:
    return bool(message["chat"]["type"] == "private")


def _inbound(message: Mapping[str, Any], what: Input) -> Inbound | None:
    sender = message.get("from")
    if not isinstance(sender, dict) or sender.get("is_bot"):  # a channel's post, an anonymous admin, another bot
        return None
    chat = int(message["chat"]["id"])
    return Inbound(f"telegram:{chat}", what, str(sender.get("language_code") or ""), _is_private(message))


def _message(message: Mapping[str, Any], username: str) -> Inbound | None:
    if "migrate_to_chat_id" in message:
        chat = int(message["chat"]["id"])
        return Inbound(f"telegram:{chat}", Moved(f"telegram:{int(message['migrate_to_chat_id'])}"), "", private=False)
    if any(key in message for key in _SILENT):
        return None
    what = _content(message, username, private=_is_private(message))
    return _inbound(message, what) if what else None


def _content(message: Mapping[str, Any], username: str, *, private: bool) -> Input | None:
    text = message.get("text")
    if isinstance(text, str):
        return _words(text, username, private=private)
    if not private:
        return None
    contact = message.get("contact")
    if isinstance(contact, dict):
        # A client may send anybody's card; only Telegram's own user id on it says whose it is.
        own = contact.get("user_id") is not None and contact["user_id"] == message["from"]["id"]
        return Contact(str(contact.get("phone_number", ""))[:32], own)
    kind = next((kind for kind in _KINDS if kind in message), "unknown")
    if kind == "photo":  # Of the sizes that Telegram makes, the last is the largest.
        return replace(_file({"file_name": "photo.jpg", **message["photo"][-1]}), photo=True)
    return _file(message["document"]) if kind == "document" else Other(kind)


def _file(document: Mapping[str, Any]) -> File:
    return File(
        file_name(str(document.get("file_name") or "")),
        int(document.get("file_size") or 0),
        str(document["file_id"])[:_LONGEST_ID],
    )


def _words(text: str, username: str, *, private: bool) -> Input | None:
    what = typed(text)
    if isinstance(what, Text):
        return what if private else None
    _, _, target = text.split(maxsplit=1)[0].partition("@")
    if target and target.lower() != username.lower():
        return Other("other_bot") if private else None
    return what


def _press(query: Mapping[str, Any], _: str) -> Inbound | None:
    message, token = query.get("message"), query.get("data")
    if not isinstance(message, dict) or not isinstance(token, str) or not _is_private(message):
        return None
    if int(message["chat"]["id"]) != int(query["from"]["id"]):
        return None  # In a private chat there is nobody else who could press.
    return _inbound({"chat": message["chat"], "from": query["from"]}, Press(token[:64]))


def _membership(change: Mapping[str, Any], _: str) -> Inbound | None:
    if not _is_private(change):
        return None
    return _inbound(change, Blocked(change["new_chat_member"]["status"] == "kicked"))

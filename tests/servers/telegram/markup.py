"""Inline keyboards and reply keyboards: what the real server refuses.

Source: tdlib/telegram-bot-api get_reply_markup, tdlib/td ReplyMarkup.cpp.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from tests.servers.telegram.errors import bad

Json = dict[str, Any]
MAX_BUTTONS, MAX_MARKUP_BYTES, MAX_DATA_BYTES = 100, 10_000, 64
ACTIONS = """url callback_data web_app login_url switch_inline_query switch_inline_query_current_chat
switch_inline_query_chosen_chat copy_text callback_game pay""".split()
REQUESTS = """request_users request_chat request_managed_bot request_contact request_location request_poll
web_app""".split()
STYLES = (None, "danger", "success", "primary")


def check_markup(markup: Json | None, chat_type: str) -> Json | None:
    """The markup, or None when it is absent or empty. Raises ApiError."""
    if markup is None or markup.get("inline_keyboard") == [] or markup.get("keyboard") == []:
        return None
    rows: list[list[Json]] = markup.get("inline_keyboard") or markup.get("keyboard") or []
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise bad("reply markup is too long")
    for button in (button for row in rows for button in row):
        if "inline_keyboard" in markup:
            check_inline(button)
        else:
            check_key(button, chat_type)
    if len(json.dumps(markup, ensure_ascii=False).encode()) > MAX_MARKUP_BYTES:
        raise bad("reply markup is too long")
    if "remove_keyboard" in markup and not markup["remove_keyboard"]:
        return None
    return markup


def check_inline(button: Json) -> None:
    """One inline button: a text and exactly one action."""
    if not button["text"].strip():
        raise bad("inline keyboard button text must be non-empty")
    actions = [action for action in ACTIONS if action in button]
    if not actions:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad(f"can't parse inline keyboard button: exactly one of {', '.join(actions)} must be used (fake)")
    if button.get("style") not in STYLES:
        raise bad("can't parse inline keyboard button: invalid button style specified")
    if not 1 <= len(button.get("callback_data", "x").encode()) <= MAX_DATA_BYTES:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button:
        check_url(button["url"], "URL", ("http", "https", "tg"))
    if "web_app" in button:
        check_url(button["web_app"]["url"], "Web App URL", ("https",))


def check_url(url: str, name: str, schemes: tuple[str, ...]) -> None:
    """A link button needs a real address: `localhost` is refused as the real server refuses it."""
    said = f"inline keyboard button {name} '{url}' is invalid"
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in schemes:
        raise bad(f"{said}: {'Only HTTPS links are allowed' if schemes == ('https',) else 'Unsupported URL protocol'}")
    if parts.scheme != "tg" and "." not in (parts.hostname or "").strip("."):
        raise bad(f"{said}: Wrong HTTP URL")


def check_key(button: Json, chat_type: str) -> None:
    """One key of a reply keyboard: a text and at most one request."""
    if not button["text"].strip():
        raise bad("keyboard button text must be non-empty")
    asked = [request for request in REQUESTS if button.get(request)]
    if len(asked) > 1:
        raise bad(f"can't parse keyboard button: at most one of {', '.join(asked)} can be used (fake)")
    if chat_type == "private":
        return
    if "request_contact" in asked:
        raise bad("phone number can be requested in private chats only")
    if "request_location" in asked:
        raise bad("location can be requested in private chats only")

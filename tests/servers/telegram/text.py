"""What the real server does to a text on its way: parse, clean, trim, find entities. Offsets are UTF-16 code units.

Source: tdlib/td MessageEntity.cpp (fix_formatted_text), misc.cpp (clean_input_string).
"""

import re
from typing import Any

from tests.servers.telegram.errors import bad
from tests.servers.telegram.markdown import parse_markdown
from tests.servers.telegram.markup_html import parse_html

Json = dict[str, Any]
MAX_TEXT, MAX_CAPTION = 4096, 1024
# Control characters become a space; CR, line separators and bidirectional overrides vanish.
CLEAN = dict.fromkeys((*range(10), 11, 12, *range(14, 32)), " ")
CLEAN |= dict.fromkeys((13, *range(0x2028, 0x202F)), "")
CLEANED = re.compile("[\x00-\x09\x0b-\x1f\u2028-\u202e]")
PARSERS = {"html": parse_html, "markdownv2": parse_markdown}
ENTITY_TYPES = frozenset(
    """mention hashtag cashtag bot_command url email phone_number bank_card_number bold italic underline strikethrough
    spoiler blockquote expandable_blockquote code pre text_link text_mention custom_emoji date_time""".split()
)
FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/]))|(?P<url>https?://[^\s<>\"]+)"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)|(?P<mention>(?<!\w)@\w{4,32})|(?P<hashtag>(?<!\w)#\w*[^\W\d]\w*)"
)
MARKS = frozenset("/@#:")


def utf16(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def found_entities(text: str) -> list[Json]:
    """Commands, links, addresses, mentions and hashtags, as every Telegram text carries them."""
    if MARKS.isdisjoint(text):
        return []
    return [
        {"type": match.lastgroup, "offset": utf16(text[: match.start()]), "length": utf16(match.group())}
        for match in FOUND.finditer(text)
    ]


def checked_entities(text: str, entities: list[Json]) -> list[Json]:
    """Explicit entities, refused where they leave the text or cut a character."""
    end_of_text = utf16(text)
    for entity in entities:
        if entity["type"] not in ENTITY_TYPES:
            raise bad("can't parse MessageEntity: Unsupported type specified")
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if start < 0 or entity["length"] < 0:
            raise bad(f"receive an entity with incorrect offset {start}")
        said = f"entity beginning at UTF-16 offset {start} ends"
        if end > end_of_text:
            raise bad(f"{said} after the end of the text at UTF-16 offset {end_of_text}")
        if cuts_a_character(text, start) or cuts_a_character(text, end):
            raise bad(f"{said} in a middle of a UTF-16 symbol at byte offset {len(text.encode())}")
    return [entity for entity in entities if entity["length"]]


def cuts_a_character(text: str, offset: int) -> bool:
    """Whether a UTF-16 offset lies between the two halves of a surrogate pair."""
    units = text.encode("utf-16-le")[: offset * 2][-2:]
    return len(units) == 2 and 0xD8 <= units[1] <= 0xDB


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """The text without outer white space; entities moved and cut with it."""
    stripped = text.strip()
    if stripped == text:
        return text, entities
    lead, size = utf16(text[: len(text) - len(text.lstrip())]), utf16(stripped)
    moved = []
    for entity in entities:
        start = max(0, entity["offset"] - lead)
        end = min(size, entity["offset"] + entity["length"] - lead)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return stripped, moved


def formatted(raw: str, parse_mode: str | None, entities: list[Json] | None) -> tuple[str, list[Json]]:
    """(text, entities) as the chat will show them. Raises ApiError."""
    text = raw.translate(CLEAN) if CLEANED.search(raw) else raw
    mode = (parse_mode or "none").lower()
    if mode in PARSERS:
        text, marked = PARSERS[mode](text)
    elif mode == "none":
        marked = checked_entities(text, entities or [])
    else:
        raise bad("unsupported parse_mode")
    text, marked = trimmed(text, marked)
    found = [entity for entity in found_entities(text) if not any(overlaps(entity, other) for other in marked)]
    return text, sorted(marked + found, key=lambda entity: (entity["offset"], -entity["length"]))


def overlaps(one: Json, other: Json) -> bool:
    """Whether two entities share a character."""
    return bool(one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"])


def message_text(params: Json) -> tuple[str, list[Json]]:
    """The text of sendMessage and editMessageText, 1 to 4096 units long. Raises ApiError.

    Source: Bot API sendMessage, "1-4096 characters after entities parsing"; in UTF-16 units, the stricter reading.
    """
    if "text" not in params:
        raise bad("message text is empty")
    text, entities = formatted(params["text"], params.get("parse_mode"), params.get("entities"))
    if not text:
        raise bad("text must be non-empty")
    if utf16(text) > MAX_TEXT:
        raise bad("message is too long")
    return text, entities


def caption_fields(params: Json) -> Json:
    """`caption` and `caption_entities` of a message, or nothing. Raises ApiError."""
    text, entities = formatted(params.get("caption", ""), params.get("parse_mode"), params.get("caption_entities"))
    if utf16(text) > MAX_CAPTION:
        raise bad("message caption is too long")
    fields: Json = {"caption": text} if text else {}
    return {**fields, "caption_entities": entities} if text and entities else fields

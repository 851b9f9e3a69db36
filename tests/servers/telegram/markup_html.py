"""parse_mode HTML, with the refusals of the real parser. Source: tdlib/td MessageEntity.cpp parse_html."""

import re
from typing import Any

from tests.servers.telegram.marked import Builder, link

Json = dict[str, Any]
TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "blockquote": "blockquote",
    "a": "",
    "pre": "pre",
    "code": "code",
}
CHARACTER = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]{1,6})|#(?P<dec>[0-9]{1,7})|(?P<name>lt|gt|amp|quot)(?![A-Za-z]));?")
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
TAG_NAME = re.compile(r"[^\s>]*")
ATTRIBUTE = re.compile(r"\s*([^\s=>]*)\s*")
TOKEN = re.compile(r"[A-Za-z0-9.-]*")
PLAIN = re.compile(r"[^<&]+")


def character(match: re.Match[str]) -> str:
    """The character that a reference stands for; an impossible one stays as written."""
    if match["name"]:
        return NAMED[match["name"]]
    code = int(match["hex"], 16) if match["hex"] else int(match["dec"])
    return chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF else match.group()


def parse_html(source: str) -> tuple[str, list[Json]]:
    """(text, entities). Raises ApiError "can't parse entities: ..."."""
    if "<" not in source and "&" not in source:
        return source, []
    out = Builder(source)
    at = 0
    while at < len(source):
        at = step(out, at)
    if out.stack:
        raise out.error(f'Can\'t find end tag corresponding to start tag "{out.stack[-1].kind}"')
    return out.text(), out.entities


def step(out: Builder, at: int) -> int:
    """Consume one run of plain text, one reference or one tag; the position after it."""
    source = out.source
    if source[at] == "<":
        return end_tag(out, at) if source.startswith("</", at) else start_tag(out, at)
    match = CHARACTER.match(source, at) if source[at] == "&" else None
    if match:
        out.emit(character(match))
        return match.end()
    plain = PLAIN.match(source, at)
    out.emit(plain.group() if plain else source[at])
    return plain.end() if plain else at + 1


def start_tag(out: Builder, begin: int) -> int:
    """Open an entity; the position after its tag."""
    match = TAG_NAME.match(out.source, begin + 1)
    assert match
    name, at = match.group().lower(), match.end()
    if at == len(out.source):
        raise out.error("Unclosed start tag", begin)
    if name not in TAGS:
        raise out.error(f'Unsupported start tag "{name}"', begin)
    argument = ""
    while True:
        key, value, at = attribute(out, name, at, begin)
        if not key:
            break
        argument = argument_of(name, key, value) or argument
    if name == "span" and argument != "spoiler":
        raise out.error('Tag "span" must have class "tg-spoiler"', begin)
    out.open(name, begin, argument)
    return at


def attribute(out: Builder, tag: str, at: int, begin: int) -> tuple[str, str, int]:
    """(name, value, position after it); the name is empty and the position after `>` at the end of the tag."""
    source = out.source
    match = ATTRIBUTE.match(source, at)
    assert match
    key, at = match[1], match.end()
    if not key and source[at : at + 1] == ">":
        return "", "", at + 1
    if not key:
        said = f'Empty attribute name in the tag "{tag}"' if at < len(source) else f'Unclosed start tag "{tag}"'
        raise out.error(said, begin)
    if source[at : at + 1] != "=":
        if (tag, key) == ("blockquote", "expandable"):
            return key, key, at
        raise out.error(f'Expected equal sign in declaration of an attribute of the tag "{tag}"', begin)
    at += 1 + len(source[at + 1 :]) - len(source[at + 1 :].lstrip())
    return key, *attribute_value(out, at, begin)


def attribute_value(out: Builder, at: int, begin: int) -> tuple[str, int]:
    """(value, position after it): quoted, or a token of letters, digits, dots and hyphens."""
    source = out.source
    if source[at : at + 1] in ('"', "'"):
        end = source.find(source[at], at + 1)
        if end < 0 or end + 1 >= len(source):
            raise out.error("Unclosed start tag", begin)
        return CHARACTER.sub(character, source[at + 1 : end]), end + 1
    token = TOKEN.match(source, at)
    assert token
    if token.end() == len(source):
        raise out.error("Unclosed start tag", begin)
    if not source[token.end()].isspace() and source[token.end()] != ">":
        raise out.error("Unexpected end of name token", at)
    return token.group().lower(), token.end()


def argument_of(tag: str, key: str, value: str) -> str:
    """What an attribute means for its tag; nothing for the attributes Telegram does not know."""
    if (tag, key) in (("a", "href"), ("tg-emoji", "emoji-id"), ("blockquote", "expandable")):
        return value
    if (tag, key) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, key) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    return ""


def end_tag(out: Builder, begin: int) -> int:
    """Close the innermost entity; the position after the tag."""
    if not out.stack:
        raise out.error("Unexpected end tag", begin)
    match = TAG_NAME.match(out.source, begin + 2)
    assert match
    name, at = match.group().lower(), match.end()
    at += len(out.source[at:]) - len(out.source[at:].lstrip())
    if out.source[at : at + 1] != ">":
        raise out.error("Unclosed end tag", begin)
    opened = out.stack[-1].kind
    if name and name != opened:
        raise out.error(
            f"Unmatched end tag at byte offset {len(out.source[:begin].encode())}, "
            f'expected "</{opened}>", found "</{name}>"'
        )
    close(out)
    return at + 1


def close(out: Builder) -> None:
    """Write down the innermost entity by its tag."""
    opened = out.stack[-1]
    if opened.kind == "a":
        kind, fields = link(opened.argument or out.text()[opened.begin :])
        out.close(kind, **fields)
    elif opened.kind == "tg-emoji" and not opened.argument.isdecimal():
        raise out.error("Invalid custom emoji identifier specified")
    elif opened.kind == "tg-emoji":
        out.close("custom_emoji", custom_emoji_id=opened.argument)
    elif opened.kind in ("pre", "code"):
        close_code(out)
    else:
        out.close("expandable_blockquote" if opened.argument == "expandable" else TAGS[opened.kind])


def close_code(out: Builder) -> None:
    """`<pre><code class="language-x">` is one `pre` entity with a language."""
    opened = out.stack[-1]
    outer = out.stack[-2] if len(out.stack) > 1 else None
    if opened.kind == "code" and outer and outer.kind == "pre" and outer.begin == opened.begin and opened.argument:
        outer.argument = opened.argument
        out.close()
        return
    extra = {"language": opened.argument} if opened.kind == "pre" and opened.argument else {}
    out.close(opened.kind, **extra)

"""parse_mode MarkdownV2, with the refusals of the real parser. Source: tdlib/td MessageEntity.cpp parse_markdown_v2."""

import re
from typing import Any

from tests.servers.telegram.marked import Builder, link

Json = dict[str, Any]
RESERVED = frozenset("_*[]()~`>#+-=|{}.!\n")
PLAIN = re.compile(r"[^_*\[\]()~`>#+\-=|{}.!\n\\]+")
# name in error messages -> (mark that ends it, entity type)
KINDS = {
    "Bold": ("*", "bold"),
    "Italic": ("_", "italic"),
    "Underline": ("__", "underline"),
    "Strikethrough": ("~", "strikethrough"),
    "Spoiler": ("||", "spoiler"),
    "Code": ("`", "code"),
    "Pre": ("```", "pre"),
    "TextUrl": ("]", ""),
    "CustomEmoji": ("]", ""),
    "BlockQuote": ("", "blockquote"),
}
# Longest first: `__` before `_`.
STARTS = {"```": "Pre", "__": "Underline", "||": "Spoiler", "![": "CustomEmoji"}
STARTS |= {"_": "Italic", "*": "Bold", "~": "Strikethrough", "[": "TextUrl", "`": "Code"}


def parse_markdown(source: str) -> tuple[str, list[Json]]:
    """(text, entities). Raises ApiError "can't parse entities: ..."."""
    out = Builder(source)
    at = 0
    while at < len(source):
        at = step(out, at)
    if out.stack and out.stack[-1].kind == "BlockQuote":
        out.close("blockquote")
    if out.stack:
        raise unclosed(out)
    return out.text(), out.entities


def unclosed(out: Builder) -> Exception:
    """The refusal of a mark without its end."""
    return out.error(f"Can't find end of {out.stack[-1].kind} entity", out.stack[-1].at)


def step(out: Builder, at: int) -> int:
    """Consume one run of plain text, one escape or one mark; the position after it."""
    source = out.source
    plain = PLAIN.match(source, at)
    if plain:
        out.emit(plain.group())
        return plain.end()
    if source[at] == "\\" and at + 1 < len(source) and 0 < ord(source[at + 1]) <= 126:
        out.emit(source[at + 1])
        return at + 2
    inside = out.stack[-1].kind if out.stack else ""
    if source[at] == "\\" or (inside in ("Code", "Pre") and source[at] != "`"):
        out.emit(source[at])
        return at + 1
    if source[at] == "\n":
        return line_end(out, at)
    if inside and ends(source, at, inside):
        return end(out, at)
    return begin(out, at)


def ends(source: str, at: int, kind: str) -> bool:
    """Whether the mark here ends an entity of this kind."""
    mark = KINDS[kind][0]
    return bool(mark) and source.startswith(mark, at) and not (kind == "Italic" and source.startswith("__", at))


def line_end(out: Builder, at: int) -> int:
    """A new line ends a quote unless the next line goes on quoting; `>` after it begins one."""
    quoting = any(opened.kind == "BlockQuote" for opened in out.stack)
    goes_on = out.source.startswith(">", at + 1)
    if quoting and not goes_on:
        if out.stack[-1].kind != "BlockQuote":
            raise unclosed(out)
        out.close("blockquote")
    out.emit("\n")
    if goes_on and not quoting:
        out.open("BlockQuote", at + 1)
    return at + 2 if goes_on else at + 1


def begin(out: Builder, at: int) -> int:
    """Open an entity, or refuse a reserved character that stands alone; the position after the mark."""
    source = out.source
    if source[at] == ">" and at == 0:
        out.open("BlockQuote", at)
        return 1
    for mark, kind in STARTS.items():
        if source.startswith(mark, at):
            return pre(out, at) if kind == "Pre" else opened(out, kind, at, len(mark))
    raise out.error(f"Character '{source[at]}' is reserved and must be escaped with the preceding '\\'")


def opened(out: Builder, kind: str, at: int, size: int) -> int:
    """Open an entity; the position after its mark."""
    out.open(kind, at)
    return at + size


def pre(out: Builder, at: int) -> int:
    """Open a code block with its language, skipping the first new line."""
    match = re.compile(r"```(?:([^\s`]+)(?=\s))?\n?").match(out.source, at)
    assert match
    out.open("Pre", at, match[1] or "")
    return match.end()


def end(out: Builder, at: int) -> int:
    """Close the innermost entity; the position after its mark and address."""
    inside = out.stack[-1]
    mark, kind = KINDS[inside.kind]
    at += len(mark)
    if inside.kind == "Pre":
        out.close("pre", **({"language": inside.argument} if inside.argument else {}))
        return at
    if mark != "]":
        out.close(kind)
        return at
    url, at = address(out, at, inside.kind)
    if inside.kind == "CustomEmoji":
        out.close("custom_emoji", custom_emoji_id=url.partition("tg://emoji?id=")[2])
        return at
    name, fields = link(url or out.text()[inside.begin :])
    out.close(name, **fields)
    return at


def address(out: Builder, at: int, kind: str) -> tuple[str, int]:
    """(address in the brackets after a link, position after them)."""
    if not out.source.startswith("(", at):
        if kind == "CustomEmoji":
            raise out.error("Custom emoji entity must contain a tg://emoji URL")
        return "", at
    match = re.compile(r"((?:\\.|[^)\\])*)\)", re.DOTALL).match(out.source, at + 1)
    if not match:
        raise out.error("Can't find end of a URL", at + 1)
    return re.sub(r"\\(.)", r"\1", match[1]), match.end()

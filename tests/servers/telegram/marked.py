"""A text under construction: its UTF-16 length, its open and closed entities. Both parsers build one."""

from dataclasses import dataclass, field
from typing import Any

from tests.servers.telegram.errors import ApiError, bad

Json = dict[str, Any]


@dataclass(slots=True)
class Open:
    """An entity that has begun; `at` is where its mark stands in the source."""

    kind: str
    offset: int
    begin: int
    at: int
    argument: str = ""


@dataclass(slots=True)
class Builder:
    """Collects the visible text and its entities."""

    source: str
    parts: list[str] = field(default_factory=list)
    offset: int = 0
    length: int = 0
    stack: list[Open] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def emit(self, piece: str) -> None:
        """Append visible text."""
        self.parts.append(piece)
        self.length += len(piece)
        self.offset += len(piece) if piece.isascii() else len(piece.encode("utf-16-le", "surrogatepass")) // 2

    def text(self) -> str:
        """The visible text so far."""
        return "".join(self.parts)

    def open(self, kind: str, at: int, argument: str = "") -> None:
        """Begin an entity here."""
        self.stack.append(Open(kind, self.offset, self.length, at, argument))

    def close(self, kind: str | None = None, **extra: Any) -> None:
        """End the innermost entity; an empty one, or one of no kind, leaves no trace."""
        opened = self.stack.pop()
        length = self.offset - opened.offset
        if length and kind:
            self.entities.append({"type": kind, "offset": opened.offset, "length": length, **extra})

    def error(self, text: str, at: int | None = None) -> ApiError:
        """The refusal, with the byte offset that Telegram counts in."""
        where = "" if at is None else f" at byte offset {len(self.source[:at].encode())}"
        return bad(f"can't parse entities: {text}{where}")


def link(url: str) -> tuple[str | None, Json]:
    """(kind, fields) of a link: a mention of a user, a web link, or nothing for an address that is none."""
    user_id = url.partition("tg://user?id=")[2]
    if user_id.isdecimal():
        return "text_mention", {"user": {"id": int(user_id), "is_bot": False, "first_name": ""}}
    if url.startswith(("http://", "https://", "tg://", "mailto:", "tel:")):
        return "text_link", {"url": url}
    host = url.partition("/")[0]
    return ("text_link", {"url": f"http://{url}"}) if "." in host.strip(".") and " " not in url else (None, {})

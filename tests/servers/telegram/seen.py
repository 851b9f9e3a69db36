"""A message of the bot as a person sees it."""

from dataclasses import dataclass
from typing import Any

from tests.servers.telegram.world import Json, Message


def keys_of(markup: Json | None) -> list[list[Json]]:
    """The rows of a reply keyboard."""
    rows: list[list[Json]] = (markup or {}).get("keyboard", [])
    return rows


def button_named(markup: Json | None, label: str | int) -> Json | None:
    """The inline button with this label, or the one at this place, counted row by row."""
    buttons = [button for row in (markup or {}).get("inline_keyboard", []) for button in row]
    if isinstance(label, int):
        return buttons[label] if -len(buttons) <= label < len(buttons) else None
    return next((button for button in buttons if button["text"] == label), None)


@dataclass(frozen=True, slots=True)
class Seen:
    """A look at a message at one moment: a later edit does not change it."""

    message: Message
    body: Json
    files: dict[str, Json]

    @property
    def id(self) -> int:
        """The message id."""
        return self.message.id

    @property
    def text(self) -> str:
        """The text or the caption, without marks."""
        return str(self.body.get("text", self.body.get("caption", "")))

    @property
    def buttons(self) -> list[list[str]]:
        """The labels of the inline buttons, row by row."""
        rows = self.body.get("reply_markup", {}).get("inline_keyboard", [])
        return [[button["text"] for button in row] for row in rows]

    @property
    def entities(self) -> list[Json]:
        """The entities of the text or caption."""
        return self.body.get("entities") or self.body.get("caption_entities") or []

    @property
    def document(self) -> tuple[str, bytes] | None:
        """(name, content) of an attached file."""
        body = self.body.get("document")
        return (body["file_name"], self.files[body["file_id"]]["content"]) if body else None

    @property
    def photo(self) -> bytes | None:
        """The content of an attached picture."""
        sizes = self.body.get("photo")
        return self.files[sizes[-1]["file_id"]]["content"] if sizes else None

    @property
    def venue(self) -> Json | None:
        """A named place: location, title, address."""
        return self.body.get("venue")

    @property
    def location(self) -> Json | None:
        """A point on the map."""
        return self.body.get("location")

    @property
    def edited(self) -> bool:
        """Whether the bot has changed this message."""
        return "edit_date" in self.body

    def __getitem__(self, key: str) -> Any:
        return self.body[key]

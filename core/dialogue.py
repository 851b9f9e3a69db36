"""What a channel hands in and what is handed out: plain data that every channel and every storey shares."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from core.vietnamese import nfc


@dataclass(frozen=True, slots=True)
class Text:
    """Words that a person typed; at most MAX_TEXT characters are kept by the channels."""

    text: str


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed: "<version>.<step>:<value>" answers the question shown, "/command args" is a menu button.

    `token` is untrusted: clients may send anything.
    """

    token: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command: lower-case name without slash, and the rest of the line."""

    name: str
    args: str = ""


@dataclass(frozen=True, slots=True)
class Start:
    """The conversation was opened, perhaps through a deep link."""

    payload: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact card. `own` is true only where the platform vouches that the card is the sender's."""

    phone: str
    own: bool


@dataclass(frozen=True, slots=True)
class File:
    """A file that somebody sent. `name` and `size` (bytes) are what the client says; `remote`: where its channel finds it.

    `photo`: it was sent as a photo rather than as a file.
    """

    name: str
    size: int
    remote: str
    photo: bool = False


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file that was sent has been read, or could not be: ours to say, never a client's."""

    upload: int


@dataclass(frozen=True, slots=True)
class Other:
    """Anything a form cannot read: sticker, photo, voice, location, poll, an edited message."""

    kind: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """The person blocked (or unblocked) the bot."""

    blocked: bool


@dataclass(frozen=True, slots=True)
class Expired:
    """Presses may have been lost in an outage: the open question is offered again."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The platform gave the chat another address (Telegram: group becomes supergroup)."""

    address: str


Input = Text | Press | Command | Start | Contact | File | FileRead | Other | Blocked | Expired | Moved
_INPUTS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (Text, Press, Command, Start, Contact, File, FileRead, Other, Blocked, Expired, Moved)
}

MAX_TEXT = 4096
MAX_FILE_NAME = 80  # Of a longer one the end is kept, where its kind stands.
_MAX_PAYLOAD = 64  # Telegram: the start parameter of a link.


def typed(line: str) -> Text | Command | Start:
    """What a typed line means: words, or a command ("/name args", "/name@bot args")."""
    line = line[:MAX_TEXT]
    if not line.startswith("/"):
        return Text(line)
    head, *rest = line[1:].split(maxsplit=1) or [""]
    name, args = head.partition("@")[0].lower(), "".join(rest).strip()
    return Start(args[:_MAX_PAYLOAD]) if name == "start" else Command(name, args)


def file_name(raw: str) -> str:
    """A client's name of a file as it may be shown and kept: no folders, one line, not too long."""
    return nfc(raw.replace("\\", "/").rpartition("/")[2])[-MAX_FILE_NAME:] or "?"


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing a person did. `address` is "<channel>:<chat>"; `language` is the client's hint ("vi", "en-GB") or ""."""

    address: str
    input: Input
    language: str = ""
    private: bool = True

    @property
    def channel(self) -> str:
        """Name of the channel it came by."""
        return self.address.partition(":")[0]

    def to_json(self) -> dict[str, Any]:
        """Plain data for the inbox row."""
        return {
            "kind": type(self.input).__name__,
            "input": {name: getattr(self.input, name) for name in self.input.__slots__},
            "language": self.language,
            "private": self.private,
        }

    @staticmethod
    def from_json(address: str, data: dict[str, Any]) -> Inbound:
        """The inverse of `to_json`."""
        return Inbound(address, _INPUTS[data["kind"]](**data["input"]), data["language"], data["private"])


class Choice(NamedTuple):
    """One offered answer. `nav` marks back and cancel, which carry no number.

    `aliases` are further words that mean it; "@id" stands for the words that the catalogue lists under a message id.
    """

    value: str
    label: str
    aliases: tuple[str, ...] = ()
    nav: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A point on a map. Degrees WGS 84."""

    name: str
    address: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """A file to be rendered at delivery: which document, with which parameters (JSON values only)."""

    document: str
    params: dict[str, Any] = field(default_factory=dict)


class Button(NamedTuple):
    """A choice as it goes over the wire: `token` comes back in `Press`."""

    label: str
    token: str
    nav: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to one chat, in the person's language, before a channel gives it its form.

    `numbered`: where a channel has no buttons, a number chooses; otherwise the words do. `contact` asks for the person's own card,
    `tidy` takes away what `contact` put under the message box.
    """

    text: str = ""
    buttons: tuple[Button, ...] = ()
    numbered: bool = True
    contact: str = ""
    tidy: bool = False
    place: Place | None = None
    document: DocumentRef | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data for the outbox row; what is empty is left out."""
        data: dict[str, Any] = {}
        if self.text:
            data["text"] = self.text
        if self.buttons:
            data["buttons"] = [[b.label, b.token, b.nav] for b in self.buttons]
        if not self.numbered:
            data["numbered"] = False
        if self.contact:
            data["contact"] = self.contact
        if self.tidy:
            data["tidy"] = True
        if self.place:
            data["place"] = asdict(self.place)
        if self.document:
            data["document"] = asdict(self.document)
        return data

    @staticmethod
    def from_json(data: dict[str, Any]) -> Reply:
        """The inverse of `to_json`."""
        place, document = data.get("place"), data.get("document")
        return Reply(
            text=data.get("text", ""),
            buttons=tuple(Button(*b) for b in data.get("buttons", ())),
            numbered=data.get("numbered", True),
            contact=data.get("contact", ""),
            tidy=data.get("tidy", False),
            place=Place(**place) if place else None,
            document=DocumentRef(**document) if document else None,
        )


def numbered_text(reply: Reply) -> str:
    """The whole message as text alone: what a channel without buttons shows, and what transcripts are written in."""
    lines = [reply.text] if reply.text else []
    # A menu button is a command: there is no open question that a number could answer.
    options = [b for b in reply.buttons if not b.nav and not b.token.startswith("/")]
    words = [b.label for b in reply.buttons if b not in options]
    if options and reply.numbered:
        lines += [f"{number}. {button.label}" for number, button in enumerate(options, 1)]
    elif options:
        words = [b.label for b in options] + words
    if words:
        lines.append(" · ".join(f"[{word}]" for word in words))
    return "\n".join(lines)

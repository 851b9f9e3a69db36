"""What a channel is, and the ways in which sending can fail."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.dialogue import Reply


class SendError(Exception):
    """A message was not confirmed by the platform."""


class Blocked(SendError):
    """The person cannot be reached any more: blocked, deactivated, no such chat."""


class Throttled(SendError):
    """The platform asks to wait."""

    def __init__(self, retry_after_s: float) -> None:
        """Seconds until the next try."""
        super().__init__(f"retry after {retry_after_s} s")
        self.retry_after_s = retry_after_s


class Unreachable(SendError):
    """The network failed. `maybe_sent`: whether the message may have arrived all the same."""

    def __init__(self, reason: str, *, maybe_sent: bool) -> None:
        """`reason`: the error's class, for the log."""
        super().__init__(reason)
        self.maybe_sent = maybe_sent


class Rejected(SendError):
    """The platform will never take this message."""


class ChatMoved(SendError):
    """The chat has another address now."""

    def __init__(self, address: str) -> None:
        """The new address."""
        super().__init__("chat moved")
        self.address = address


class Unauthorised(SendError):
    """The platform no longer knows us (token revoked): nothing can be sent until a person has seen to it."""


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A document as bytes on disk, under the name that the person sees. `picture`: it is shown in the chat where that can be done."""

    path: Path
    name: str
    picture: bool = False


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message as delivery hands it to a channel. `id` is the outbox row: the same id again is the same message."""

    id: int
    address: str
    reply: Reply
    file: RenderedFile | None = None

    @property
    def chat(self) -> str:
        """The address without its channel."""
        return self.address.partition(":")[2]


class Channel(Protocol):
    """A platform. Its inbound half writes to the inbox by itself; this is what delivery needs of it."""

    name: str

    async def send(self, parcel: Parcel) -> str:
        """Send one message; the platform's id of it. Raises SendError."""

    async def edit(self, address: str, external_id: str, reply: Reply) -> None:
        """Change words and buttons of a message sent before (progress of long work); the same again is no error. Raises SendError."""

"""What Telegram remembers: chats, messages, files and the queue of updates. No network here."""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from tests.servers.telegram.errors import ApiError, bad, forbidden
from tests.servers.telegram.schema import NUMBER

Json = dict[str, Any]
# Source: tdlib/telegram-bot-api add_update, message_date + 86400 and add_update(..., 150, ...).
MESSAGE_LIFE_S, CALLBACK_LIFE_S = 86_400, 150
# Source: tdlib/td TQueue.cpp: 100,000 events; an offset more than 10 past the tail is "in the future".
MAX_QUEUE, FUTURE = 100_000, 10
SILENT = frozenset(("chat_member", "message_reaction", "message_reaction_count"))


@dataclass(slots=True)
class Message:
    """One message of a chat; `body` is the object the API shows, kept up to date by edits."""

    id: int
    body: Json
    from_bot: bool
    markup: Json | None = None
    deleted: bool = False


@dataclass(slots=True)
class Chat:
    """A private chat, group, supergroup or channel as the bot knows it."""

    body: Json
    met: bool = False
    refusal: ApiError | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    events: list[tuple[str, Message | Json]] = field(default_factory=list)
    keyboard: Json | None = None
    last_id: int | None = None
    waiting: list[asyncio.Future[None]] = field(default_factory=list)

    @property
    def id(self) -> int:
        """The chat id."""
        return int(self.body["id"])

    @property
    def type(self) -> str:
        """private, group, supergroup or channel."""
        return str(self.body["type"])

    def happened(self, kind: str, what: Message | Json) -> None:
        """Note what the people of the chat now see (`sent`, `edited`, `toast`, `action`) and wake who waits for it."""
        self.events.append((kind, what))
        waiting, self.waiting = self.waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def next_event(self) -> None:
        """Return when something happens in this chat."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(future)
        await future


@dataclass(slots=True)
class Pending:
    """An update that the bot has not confirmed."""

    update_id: int
    body: Json
    lane: str
    expires_at: float


class UpdateQueue:
    """The updates of one bot, confirmed by offset. Source: tdlib/td TQueue.cpp."""

    def __init__(self, first_id: int) -> None:
        self.tail = first_id
        self.items: OrderedDict[int, Pending] = OrderedDict()
        self.allowed: frozenset[str] | None = None
        self.arrived = asyncio.Event()

    def push(self, body: Json, lane: str, expires_at: float) -> int | None:
        """Queue an update; its id, or None when the bot does not want its kind or the queue is full."""
        kind = next((key for key in body if key != "update_id"), "")
        if not self.wants(kind) or len(self.items) >= MAX_QUEUE:
            return None
        update_id = body.get("update_id", self.tail)
        self.items[update_id] = Pending(update_id, {"update_id": update_id, **body}, lane, expires_at)
        self.tail = max(self.tail, update_id + 1)
        self.arrived.set()
        return int(update_id)

    def wants(self, kind: str) -> bool:
        """Whether allowed_updates lets this kind through; by default all but reactions and member changes."""
        return kind not in SILENT if self.allowed is None else kind in self.allowed

    def take(self, offset: int, limit: int, now: float) -> list[Json]:
        """Forget everything below the offset, then show up to `limit` updates. They stay until confirmed."""
        if offset < 0:
            offset = max(self.tail + offset, 0)
        if offset <= self.tail + FUTURE:
            self.confirm(offset)
        shown = [pending.body for pending in self.living(now, limit)]
        if not self.items:
            self.arrived.clear()
        return shown

    def confirm(self, offset: int) -> None:
        """Forget the updates below the offset."""
        while self.items and (first := next(iter(self.items))) < offset:
            del self.items[first]

    def living(self, now: float, limit: int = MAX_QUEUE) -> list[Pending]:
        """The oldest updates whose time has not run out; those before them whose time has are dropped."""
        found: list[Pending] = []
        expired: list[int] = []
        for pending in self.items.values():
            if pending.expires_at <= now:
                expired.append(pending.update_id)
                continue
            found.append(pending)
            if len(found) == limit:
                break
        for update_id in expired:
            del self.items[update_id]
        return found


class World:
    """The state of the fake server; every id comes from a counter that starts at the seed."""

    def __init__(self, bot_id: int, seed: int) -> None:
        self.bot: Json = {"id": bot_id, "is_bot": True, "first_name": "Giọt Hồng", "username": "giothong_test_bot"}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, Json] = {}
        self.queries: dict[str, Json] = {}
        self.queue = UpdateQueue(100_000 + seed)
        self.shift_s = 0.0
        self._last_message_id = seed
        self._last_serial = seed

    def now(self) -> float:
        """Unix time on Telegram's clock, which tests move."""
        return time.time() + self.shift_s

    def serial(self) -> int:
        """The next number for queries and files."""
        self._last_serial += 1
        return self._last_serial

    def next_message_id(self, chat: Chat) -> int:
        """Supergroups and channels count for themselves, all other chats of a bot together."""
        if chat.last_id is not None:
            chat.last_id += 1
            return chat.last_id
        self._last_message_id += 1
        return self._last_message_id

    def post(self, chat: Chat, fields: Json, *, from_bot: bool, markup: Json | None = None) -> Message:
        """Store a message in a chat."""
        message_id = self.next_message_id(chat)
        body: Json = {"message_id": message_id}
        if chat.type == "channel":
            body["sender_chat"] = chat.body
        elif from_bot:
            body["from"] = self.bot
        body |= {"chat": chat.body, "date": int(self.now()), **fields}
        if markup and "inline_keyboard" in markup:
            body["reply_markup"] = markup
        message = Message(message_id, body, from_bot, markup)
        chat.messages[message_id] = message
        return message

    def push(self, body: Json, lane: str = "", life_s: float = MESSAGE_LIFE_S) -> int | None:
        """Queue an update for the bot."""
        return self.queue.push(body, lane, self.now() + life_s)

    def chat_for(self, chat_id: Any) -> Chat:
        """The chat of this id or @username. Raises ApiError when the bot never met it."""
        if isinstance(chat_id, str) and not chat_id.startswith("@"):
            chat_id = int(chat_id) if NUMBER.fullmatch(chat_id) else None
        if isinstance(chat_id, str):
            name = chat_id.removeprefix("@")
            chat_id = next((chat.id for chat in self.chats.values() if chat.body.get("username") == name), None)
        chat = self.chats.get(chat_id) if chat_id is not None else None
        if chat is None or not chat.met:
            raise bad("chat not found")
        return chat

    def writable(self, chat_id: Any) -> Chat:
        """The chat, if the bot may write there. Raises ApiError."""
        chat = self.chat_for(chat_id)
        if chat.refusal:
            raise chat.refusal
        return chat

    def keep_file(self, kind: str, name: str, content: bytes, mime_type: str) -> Json:
        """Store a file; its Document or PhotoSize object."""
        serial = self.serial()
        file_id = f"{kind}-{serial}-fake"
        path = f"{kind}s/file_{serial}{name[name.rfind('.') :] if '.' in name else ''}"
        self.files[file_id] = {"content": content, "path": path, "name": name, "mime_type": mime_type}
        return {"file_id": file_id, "file_unique_id": f"u{serial}", "file_size": len(content)}


def kicked(chat_type: str) -> ApiError:
    """What a bot hears after it was removed."""
    return forbidden(f"bot was kicked from the {chat_type} chat")

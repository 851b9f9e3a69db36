"""The people on the other side: they talk, press, send the wrong things, block the bot, and wait for its answers."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

from tests.servers.telegram.errors import BLOCKED, DEACTIVATED, bad, forbidden
from tests.servers.telegram.seen import Seen, button_named, keys_of
from tests.servers.telegram.text import found_entities
from tests.servers.telegram.world import CALLBACK_LIFE_S, Chat, Json, Message, World, kicked

OWN = -1
MEMBER: Json = {"status": "member"}
GONE: Json = {"status": "kicked", "until_date": 0}
ADDRESSED = re.compile(r"/\w+@(\w+)")


class Place:
    """A chat as its people see it: what the bot sent, and what comes next."""

    def __init__(self, world: World, chat: Chat) -> None:
        self.world, self.chat = world, chat
        self.id = chat.id
        self._read = {"answer": 0, "toast": 0}

    @property
    def messages(self) -> list[Seen]:
        """The bot's messages that are still there, oldest first, as they stand now."""
        sent = (message for message in self.chat.messages.values() if message.from_bot and not message.deleted)
        return [Seen(message, message.body, self.world.files) for message in sent]

    @property
    def last(self) -> Seen:
        """The bot's latest message."""
        return self.messages[-1]

    @property
    def keyboard(self) -> list[list[str]]:
        """The labels of the keys under the input field; none when there is no keyboard."""
        return [[key["text"] for key in row] for row in keys_of(self.chat.keyboard)]

    @property
    def toasts(self) -> list[str]:
        """Every text that an answered button press has shown."""
        return [what["text"] for kind, what in self.chat.events if kind == "toast" and isinstance(what, dict)]

    def act(self) -> None:
        """Something new is about to be said: what the bot did before is no answer to it."""
        self._read = dict.fromkeys(self._read, len(self.chat.events))

    async def _next(self, group: str, kinds: tuple[str, ...], timeout_s: float) -> Message | Json:
        """The next event of these kinds that was not read yet. Raises TimeoutError."""
        try:
            async with asyncio.timeout(timeout_s):
                while (what := self._unread(group, kinds)) is None:
                    await self.chat.next_event()
                return what
        except TimeoutError:
            raise TimeoutError(f"no {group} in chat {self.id} within {timeout_s} s") from None

    def _unread(self, group: str, kinds: tuple[str, ...]) -> Message | Json | None:
        """The oldest event of these kinds that was not read, now read; None when there is none."""
        while self._read[group] < len(self.chat.events):
            kind, what = self.chat.events[self._read[group]]
            self._read[group] += 1
            if kind in kinds:
                return what
        return None

    async def silence(self, seconds: float = 0.3) -> None:
        """Nothing more comes for so long. Raises AssertionError with what came."""
        try:
            more = await self.answer(seconds)
        except TimeoutError:
            return
        raise AssertionError(f"one message too many in chat {self.id}: {more.text!r}")

    async def answer(self, timeout_s: float = 5.0) -> Seen:
        """The next message the bot sends or edits after the last thing said here. Raises TimeoutError."""
        message = await self._next("answer", ("sent", "edited"), timeout_s)
        assert isinstance(message, Message)
        return Seen(message, message.body, self.world.files)

    async def answers(self, count: int, timeout_s: float = 5.0) -> list[Seen]:
        """The next `count` messages."""
        return [await self.answer(timeout_s) for _ in range(count)]

    async def toast(self, timeout_s: float = 5.0) -> str:
        """The text shown for the last button press, empty when it only stopped waiting. Raises TimeoutError."""
        toast = await self._next("toast", ("toast",), timeout_s)
        assert isinstance(toast, dict)
        return str(toast["text"])

    def push(self, kind: str, body: Json, user_id: int | None = None) -> None:
        """Queue an update of this chat; a press has its person's own lane. Source: [TBA] queue ids."""
        press = kind == "callback_query"
        lane = f"{kind}:{user_id}" if press else f"chat:{self.id}"
        self.world.push({kind: body}, lane, CALLBACK_LIFE_S if press else 86_400)

    def post(self, user: Json | None, fields: Json, *, kind: str = "message") -> Message:
        """Store a message of a person and tell the bot."""
        self.act()
        self.chat.met = True
        message = self.world.post(self.chat, ({"from": user} if user else {}) | fields, from_bot=False)
        self.push(kind, message.body)
        return message

    def press_data(self, user: Json, data: str, message: Message) -> str:
        """Send a press with any data, as a bad client may; the query id."""
        self.act()
        query_id = str(4_000_000_000 + self.world.serial())
        self.world.queries[query_id] = {"at": self.world.now(), "from": user, "chat": self.chat, "answered": 0}
        gone: Json = {"chat": self.chat.body, "message_id": message.id, "date": 0}
        body = gone if message.deleted else message.body
        press = {"id": query_id, "from": user, "message": body, "chat_instance": str(self.id), "data": data}
        self.push("callback_query", press, user["id"])
        return query_id

    def found(self, label: str | int) -> tuple[Seen, Json] | None:
        """(message, button) of the newest message that has it; a number counts the buttons of the newest keyboard."""
        for seen in reversed(self.messages):
            if button := button_named(seen.body.get("reply_markup"), label):
                return seen, button
            if isinstance(label, int) and seen.buttons:
                return None
        return None


class Person(Place):
    """A Telegram user in a private chat with the bot."""

    def __init__(self, world: World, chat: Chat, user: Json) -> None:
        super().__init__(world, chat)
        self.user = user
        self.phone = f"8490{chat.id % 10_000_000:07d}"

    def say(self, text: str) -> Message:
        """Type a text; a command is marked as one."""
        return self.send(text_fields(text))

    def send(self, fields: Json) -> Message:
        """Send anything: the fields of a Message beside id, chat, sender and date."""
        return self.post(self.user, fields)

    def start(self, payload: str = "") -> Message:
        """Follow the bot's link."""
        return self.say(f"/start {payload}".strip())

    def press(self, label: str | int) -> str | Message:
        """Tap a button of the newest message that has it, or a key under the input field."""
        found = self.found(label)
        if found:
            return self.press_old(found[0], label)
        key = button_named({"inline_keyboard": keys_of(self.chat.keyboard)}, label)
        if key is None:
            shown = self.messages[-1].buttons if self.messages else []
            raise LookupError(f"no button {label!r}; the last message has {shown}, the keyboard {self.keyboard}")
        return self._press_key(key)

    def press_old(self, seen: Seen, label: str | int) -> str:
        """Tap a button of a message as it stood when it was seen, even if it was edited or deleted since."""
        button = button_named(seen.body.get("reply_markup"), label)
        if button is None or "callback_data" not in button:
            raise LookupError(f"no callback button {label!r} in {seen.buttons}")
        return self.press_data(self.user, button["callback_data"], seen.message)

    def _press_key(self, key: Json) -> Message:
        shown = self.chat.keyboard
        if shown and shown.get("one_time_keyboard"):
            self.chat.keyboard = None
        if key.get("request_contact"):
            return self.share_contact()
        if key.get("request_location"):
            return self.send_location()
        return self.say(key["text"])

    def share_contact(self, phone: str | None = None, *, owner: int | None = OWN, first_name: str = "") -> Message:
        """Send a phone card: one's own, that of another user id, or (owner None) of somebody outside Telegram."""
        contact: Json = {"phone_number": phone or self.phone, "first_name": first_name or self.user["first_name"]}
        if owner is not None:
            contact["user_id"] = self.id if owner == OWN else owner
        return self.send({"contact": contact})

    def send_location(self, latitude: float = 21.853, longitude: float = 106.761) -> Message:
        """Send a point, by default the town of Lạng Sơn."""
        return self.send({"location": {"latitude": latitude, "longitude": longitude}})

    def sticker(self) -> Message:
        """Send a sticker."""
        size = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
        return self.send({"sticker": {**self.world.keep_file("sticker", "a.webp", b"webp", "image/webp"), **size}})

    def photo(self, caption: str = "", content: bytes = b"\xff\xd8\xff") -> Message:
        """Send a picture."""
        size = {**self.world.keep_file("photo", "a.jpg", content, "image/jpeg"), "width": 90, "height": 90}
        return self.send({"photo": [size], **({"caption": caption} if caption else {})})

    def voice(self) -> Message:
        """Send a voice note."""
        return self.send({"voice": {**self.world.keep_file("voice", "a.oga", b"OggS", "audio/ogg"), "duration": 2}})

    def document(self, name: str = "list.xlsx", content: bytes = b"PK", *, claimed_size: int | None = None) -> Message:
        """Send a file; `claimed_size` makes the bot believe that it is larger."""
        kept = self.world.keep_file("document", name, content, "application/octet-stream")
        if claimed_size is not None:
            self.world.files[kept["file_id"]]["size"] = kept["file_size"] = claimed_size
        return self.send({"document": {**kept, "file_name": name, "mime_type": "application/octet-stream"}})

    def edit(self, message_id: int, text: str) -> None:
        """Change one's own earlier message."""
        self.act()
        message = self.chat.messages[message_id]
        message.body = message.body | {"edit_date": int(self.world.now())} | text_fields(text)
        self.push("edited_message", message.body)

    def forward(self, text: str, origin: Json | None = None) -> Message:
        """Forward a text of a hidden user, or of the given MessageOrigin."""
        hidden = {"type": "hidden_user", "date": int(self.world.now()), "sender_user_name": "Người ẩn danh"}
        return self.send({"forward_origin": origin or hidden, **text_fields(text)})

    def block(self) -> None:
        """Stop the bot: it hears of it, and every message to this person is refused."""
        self.chat.refusal = forbidden(BLOCKED)
        self._changed(MEMBER, GONE)

    def unblock(self) -> None:
        """Let the bot write again."""
        self.chat.refusal = None
        self._changed(GONE, MEMBER)

    def deactivate(self) -> None:
        """Delete one's account; nobody tells the bot."""
        self.chat.refusal = forbidden(DEACTIVATED)

    def _changed(self, old: Json, new: Json) -> None:
        self.push("my_chat_member", membership(self.world, self.chat, self.user, (old, new)))


class Group(Place):
    """A group, supergroup or channel with the bot in it."""

    def __init__(self, world: World, chat: Chat, *, privacy: bool = True) -> None:
        super().__init__(world, chat)
        self.privacy = privacy

    def say(self, person: Person, text: str) -> Message:
        """A member writes; under privacy mode the bot gets only commands that may be its own, and mentions."""
        if self.privacy and not self._for_bot(text):
            return self.world.post(self.chat, {"from": person.user, **text_fields(text)}, from_bot=False)
        return self.post(person.user, text_fields(text))

    def _for_bot(self, text: str) -> bool:
        addressed = ADDRESSED.match(text)
        ours = str(self.world.bot["username"])
        return addressed[1] == ours if addressed else text.startswith("/") or f"@{ours}" in text

    def channel_post(self, text: str) -> Message:
        """A post of the channel itself: an update without a sender."""
        return self.post(None, text_fields(text), kind="channel_post")

    def press(self, person: Person, label: str | int) -> str:
        """A member taps a button of the newest message that has it."""
        found = self.found(label)
        if found is None:
            raise LookupError(f"no button {label!r} in this group")
        return self.press_data(person.user, found[1]["callback_data"], found[0].message)

    def invite(self, person: Person) -> None:
        """A member adds the bot."""
        self.chat.met, self.chat.refusal = True, None
        self.push("my_chat_member", membership(self.world, self.chat, person.user, ({"status": "left"}, MEMBER)))

    def kick(self, person: Person) -> None:
        """A member removes the bot."""
        self.chat.refusal = kicked(self.chat.type)
        self.push("my_chat_member", membership(self.world, self.chat, person.user, (MEMBER, GONE)))

    def migrate(self) -> "Group":
        """The group becomes a supergroup with another id; the old one is refused with `migrate_to_chat_id`."""
        new_id = -1_000_000_000_000 + self.id
        chat = Chat({**self.chat.body, "id": new_id, "type": "supergroup"}, met=True, last_id=0)
        self.world.chats[new_id] = chat
        new = Group(self.world, chat, privacy=self.privacy)
        self.post(None, {"migrate_to_chat_id": new_id})
        new.post(None, {"migrate_from_chat_id": self.id})
        upgraded = "group chat was upgraded to a supergroup chat"
        self.chat.refusal = bad(upgraded, migrate_to_chat_id=new_id)
        return new


def membership(world: World, chat: Chat, user: Json, change: tuple[Json, Json]) -> Json:
    """A ChatMemberUpdated about the bot."""
    old, new = ({"user": world.bot, **state} for state in change)
    body: Json = {"chat": chat.body, "from": user, "date": int(world.now())}
    return {**body, "old_chat_member": old, "new_chat_member": new}


def text_fields(text: str) -> Json:
    """`text` with the entities Telegram finds in it."""
    entities = found_entities(text)
    return {"text": text, "entities": entities} if entities else {"text": text}


class Crowd:
    """Makes people and groups with ids in order."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self._next_user, self._next_group = 1001 + seed, 5001 + seed
        self.people: dict[int, Person] = {}

    def person(self, first_name: str = "Lan", *, user_id: int | None = None, **fields: Any) -> Person:
        """A new person whom the bot has not met; `fields` go into the User (language_code, last_name, ...)."""
        if user_id is None:
            user_id, self._next_user = self._next_user, self._next_user + 1
        user: Json = {"id": user_id, "is_bot": False, "first_name": first_name, "language_code": "vi", **fields}
        named = {key: user[key] for key in ("first_name", "last_name", "username") if user.get(key)}
        chat = Chat({"id": user_id, "type": "private", **named})
        self.world.chats[user_id] = chat
        known = {key: value for key, value in user.items() if value is not None}
        self.people[user_id] = Person(self.world, chat, known)
        return self.people[user_id]

    def group(self, title: str = "Công đoàn", *, kind: str = "group", privacy: bool = True) -> Group:
        """A new group, supergroup or channel that the bot has met."""
        number, self._next_group = self._next_group, self._next_group + 1
        chat_id = -number if kind == "group" else -1_000_000_000_000 - number
        chat = Chat({"id": chat_id, "type": kind, "title": title}, met=True, last_id=None if kind == "group" else 0)
        self.world.chats[chat_id] = chat
        return Group(self.world, chat, privacy=privacy)

    def __iter__(self) -> Iterator[Person]:
        return iter(self.people.values())

"""The Telegram channel: what is polled or pushed goes into the inbox before it is confirmed, what delivery hands over is sent."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from aiohttp import web
from telegram import Bot, BotCommand, BotCommandScope, BotCommandScopeChat, BotCommandScopeDefault, InputFile
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.channel import (
    Blocked,
    ChatMoved,
    Parcel,
    Rejected,
    RenderedFile,
    SendError,
    Throttled,
    Unauthorised,
    Unreachable,
)
from bot.channels.telegram.check import root_of
from bot.channels.telegram.keyboards import markup, paragraphs
from bot.channels.telegram.updates import ALLOWED_UPDATES, press_id, read_update
from bot.channels.telegram.wire import NotSent, Wire
from bot.clock import monotonic
from bot.config import TelegramSection
from bot.logs import event
from core.dialogue import Expired, Inbound, Reply
from core.json_text import unpack
from storage.inbox import Delivered

_LOG = logging.getLogger("giothong.telegram")
_POLL_S = 25  # Telegram caps a long poll at 50 s; shorter ones notice a dead connection sooner.
_SILENCE_S = 90.0  # No poll came back for so long: fresh connections are tried.
_PRESS_LIFE_S = 150.0  # Telegram drops a press that waited longer. Source: tdlib/telegram-bot-api, Client.cpp
_ACKS = 16
_CAPTION = 1024
_BACKOFF_S = (1, 2, 4, 8, 15, 30)

Menu = Mapping[str, Sequence[tuple[str, str]]]  # language ("" for all others) -> (name, what it does)
Receive = Callable[[Sequence[Delivered]], Awaitable[None]]


@dataclass
class Outage:
    """Who may have lost a press while we were away. `since`: when a poll last came back, ms UTC, 0 if never."""

    last_poll: Callable[[], Awaitable[int]]
    polled: Callable[[], Awaitable[None]]
    waiting: Callable[[int], Awaitable[list[str]]]
    now: Callable[[], int]
    noted: float = field(default=0.0)


class TelegramChannel:
    """One bot at Telegram."""

    name = "telegram"

    def __init__(self, config: TelegramSection, receive: Receive, outage: Outage, menu: Menu) -> None:
        """`receive` keeps updates; they are confirmed after it returns. `menu`: what everybody's chat lists."""
        token = config.token.get_secret_value()
        root = root_of(config.base_url)
        self._config = config
        self._receive = receive
        self._outage = outage
        self._menu = menu
        self._wire = Wire(f"{root}/bot{token}", config.proxy)
        self._files = f"{root}/file/bot{token}"
        self._pictures: dict[Any, str] = {}  # pictures that go to many: ours -> what Telegram calls them
        self._bot = Bot(token, base_url=f"{root}/bot", request=self._wire, get_updates_request=self._wire)
        self._username = ""
        self._id = token.partition(":")[0]
        self._acks = asyncio.Semaphore(_ACKS)
        self._background: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self.last_success = monotonic()
        self.met: Callable[[str], None] = lambda _: None  # Told our name, once Telegram has said it.

    def healthy(self) -> bool:
        """True while polls come back (or webhooks are awaited)."""
        return self._config.mode == "webhook" or monotonic() - self.last_success < _SILENCE_S

    def stop(self) -> None:
        """Fetch nothing more."""
        self._stopping.set()

    async def close(self) -> None:
        """Finish what runs beside, close connections."""
        for task in self._background:
            task.cancel()
        await self._wire.shutdown()

    async def run(self) -> None:
        """Meet Telegram, then poll (or register the webhook) until `stop`."""
        await self._wire.initialize()
        if not await self._until_it_works(self._meet):
            return
        self._beside(self._set_menu())
        if self._config.mode == "webhook":
            await self._until_it_works(self._register_webhook)
            await self._stopping.wait()
            return
        await self._poll()

    async def _until_it_works(self, step: Callable[[], Awaitable[None]]) -> bool:
        """Try a step until Telegram answers; False where we were stopped before."""
        failures = 0
        while not self._stopping.is_set():
            try:
                await step()
            except TelegramError as error:
                event(_LOG, "start_failed", logging.WARNING, step=step.__name__, error=type(error).__name__)
                await self._pause(_wait_s(error, failures))
                failures += 1
            else:
                return True
        return False

    async def _meet(self) -> None:
        self._username = str((await self._wire.call("getMe", {}))["username"])
        self.met(self._username)

    async def _register_webhook(self) -> None:
        secret = self._config.webhook_secret.get_secret_value()
        await self._bot.set_webhook(
            self._config.webhook_url, allowed_updates=ALLOWED_UPDATES, secret_token=secret, max_connections=40
        )

    async def _set_menu(self) -> None:
        try:
            await self._show(BotCommandScopeDefault(), self._menu)
        except TelegramError as error:
            event(_LOG, "menu_failed", logging.WARNING, error=type(error).__name__)

    async def show_menu(self, chat: str, commands: Menu) -> None:
        """What one chat lists, by language; an empty list: what everybody's does. Raises SendError."""
        try:
            await self._show(BotCommandScopeChat(int(chat)), commands)
        except TelegramError as error:
            raise _send_error(error) from error

    async def _show(self, scope: BotCommandScope, commands: Menu) -> None:
        for language, listed in commands.items():
            code = language or None
            if listed:
                shown = [BotCommand(name, title[:256]) for name, title in listed]
                await self._bot.set_my_commands(shown, scope=scope, language_code=code)
            else:
                await self._bot.delete_my_commands(scope=scope, language_code=code)

    async def _poll(self) -> None:
        """Fetch, keep, and only then confirm by asking for what comes after."""
        offset: int | None = None
        failures = 0
        # The first poll after silence only looks: whose press was lost shall not wait for the end of a long poll.
        wait_s = 0
        while not self._stopping.is_set():
            try:
                updates = await self._fetch(offset, wait_s)
                if updates is None:
                    return
                await self._keep(updates)
            except Conflict:
                # Another poller, or a webhook left from before: polls end only when the other one does.
                event(_LOG, "poll_conflict", logging.ERROR, hint="another program polls with this token")
                with contextlib.suppress(TelegramError):
                    await self._bot.delete_webhook()
                await self._pause(5)
            except TelegramError as error:
                event(_LOG, "poll_failed", logging.WARNING, error=type(error).__name__)
                failures += 1
                wait_s = 0
                if monotonic() - self.last_success > _SILENCE_S:
                    await self._wire.renew()
                await self._pause(_wait_s(error, failures))
            except Exception:  # noqa: BLE001 (the database would not take them: unconfirmed, Telegram keeps them for us)
                _LOG.exception("inbox_failed")
                await self._pause(1)
            else:
                failures, wait_s = 0, _POLL_S
                offset = int(updates[-1]["update_id"]) + 1 if updates else offset

    async def _fetch(self, offset: int | None, wait_s: int) -> list[dict[str, Any]] | None:
        """One poll that waits so long for updates; None when stopped."""
        parameters: dict[str, Any] = {"timeout": wait_s, "limit": 100, "allowed_updates": ALLOWED_UPDATES}
        if offset is not None:
            parameters["offset"] = offset
        poll = asyncio.ensure_future(self._wire.call("getUpdates", parameters, wait_s + 10))
        stop = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait((poll, stop), return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not poll.done():
            poll.cancel()  # A poll has no effect at Telegram before the next one.
            return None
        updates: list[dict[str, Any]] = await poll
        return updates

    async def _keep(self, updates: list[dict[str, Any]]) -> None:
        noting = self._outage.noted == 0.0 or monotonic() - self._outage.noted > _PRESS_LIFE_S / 5
        silent_since = await self._silent_since() if noting else 0
        await self._receive(self._read(updates))
        self.last_success = monotonic()
        for raw in updates:
            if query := press_id(raw):
                self._beside(self._acknowledge(query))
        if silent_since:
            addresses = await self._outage.waiting(silent_since)
            again = [Delivered(f"{self._id}:outage:{silent_since}:{a}", Inbound(a, Expired())) for a in addresses]
            await self._receive(again)
        if noting:  # Last: whoever dies before this finds the same silence, and the same keys, once more.
            await self._outage.polled()
            self._outage.noted = monotonic()

    def _read(self, updates: list[dict[str, Any]]) -> list[Delivered]:
        """The bot's id goes into the key: another bot's updates, after a change of token, have numbers of their own."""
        read = ((raw.get("update_id"), read_update(raw, self._username)) for raw in updates)
        return [Delivered(f"{self._id}:{number}", inbound) for number, inbound in read if inbound]

    async def _silent_since(self) -> int:
        """When polls stopped coming back, if that is so long ago that presses were dropped; else 0."""
        last = await self._outage.last_poll()
        return last if last and self._outage.now() - last > _PRESS_LIFE_S * 1000 else 0

    async def _acknowledge(self, query: str) -> None:
        """Stop the little clock on the button. Not a message: if it fails, nothing is lost."""
        async with self._acks:
            with contextlib.suppress(TelegramError):
                await self._wire.call("answerCallbackQuery", {"callback_query_id": query})

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def webhook(self, request: web.Request) -> web.Response:
        """An update that Telegram pushes. 200 only once it is kept; the secret is checked before anything is read."""
        secret = self._config.webhook_secret.get_secret_value().encode()
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "").encode()
        if not secret or not hmac.compare_digest(secret, given):
            return web.Response(status=403)
        try:
            raw = unpack(await request.read())
            number = int(raw["update_id"])
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError, web.RequestPayloadError):
            return web.Response(status=400)
        try:
            await self._receive(self._read([{**raw, "update_id": number}]))
        except Exception:  # noqa: BLE001 (503: Telegram keeps it and comes again)
            _LOG.exception("inbox_failed update=%s", number)
            return web.Response(status=503, headers={"Retry-After": "5"})
        if query := press_id(raw):
            self._beside(self._acknowledge(query))
        return web.Response()

    async def send(self, parcel: Parcel) -> str:
        """Send one message."""
        try:
            return await self._send(parcel)
        except TelegramError as error:
            raise _send_error(error) from error

    async def _send(self, parcel: Parcel) -> str:
        reply, chat = parcel.reply, int(parcel.chat)
        if parcel.file:
            return await self._send_file(chat, reply, parcel.file)
        if reply.place:
            place = reply.place
            venue = await self._bot.send_venue(chat, place.lat, place.lon, place.name, place.address)
            return str(venue.message_id)
        *first, last = paragraphs(reply.text)
        for part in first:
            await self._wire.call("sendMessage", {"chat_id": chat, "text": part})
        body: dict[str, Any] = {"chat_id": chat, "text": last, "link_preview_options": {"is_disabled": True}}
        if keyboard := markup(reply):
            body["reply_markup"] = keyboard
        sent = await self._wire.call("sendMessage", body)
        return str(sent["message_id"])

    async def fetch(self, remote: str, limit_bytes: int) -> bytes:
        """A file that somebody sent, or a little more than its first `limit_bytes`; `remote` is its id. Raises SendError."""
        try:
            file = await self._wire.call("getFile", {"file_id": remote})
            return await self._wire.download(f"{self._files}/{quote(str(file['file_path']))}", limit_bytes)
        except TelegramError as error:
            raise _send_error(error) from error
        except (KeyError, TypeError) as error:  # 200 without a path: the next try may bring one
            raise Unreachable(type(error).__name__, maybe_sent=False) from error

    async def _send_file(self, chat: int, reply: Reply, file: RenderedFile) -> str:
        """A file with its words. A picture that goes to many is uploaded once; then Telegram knows it by a name of its own."""
        shared = reply.document.params.get("picture") if reply.document else None
        caption, keyboard = reply.text[:_CAPTION] or None, markup(reply)
        more: dict[str, Any] = {"caption": caption, "reply_markup": keyboard}
        if known := self._pictures.get(shared):
            return str((await self._bot.send_photo(chat, known, **more)).message_id)
        with file.path.open("rb") as content:
            body = InputFile(content, file.name, read_file_handle=False)
            send = self._bot.send_photo if file.picture else self._bot.send_document
            message = await send(chat, body, **more)
        if shared and message.photo:
            self._pictures[shared] = message.photo[-1].file_id
        return str(message.message_id)

    async def edit(self, address: str, external_id: str, reply: Reply) -> None:
        """Change words and buttons of a message."""
        body: dict[str, Any] = {
            "chat_id": int(address.partition(":")[2]),
            "message_id": int(external_id),
            "text": reply.text,
        }
        if keyboard := markup(reply):
            body["reply_markup"] = keyboard
        try:
            await self._wire.call("editMessageText", body)
        except TelegramError as error:
            if _UNCHANGED not in error.message:
                raise _send_error(error) from error


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _wait_s(error: TelegramError, failures: int) -> float:
    if isinstance(error, RetryAfter):
        return _seconds(error)
    return 60 if isinstance(error, InvalidToken) else _BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)]


# Telegram tells these apart in words alone.
_UNCHANGED = "message is not modified"
_GONE = ("chat not found", "user is deactivated", "peer_id_invalid", "have no rights to send")


def _send_error(error: TelegramError) -> SendError:
    """Telegram's errors in the words of delivery. Source: reliability table in docs/delivery.md."""
    match error:
        case RetryAfter():
            return Throttled(_seconds(error))
        case ChatMigrated(new_chat_id=chat):
            return ChatMoved(f"telegram:{chat}")
        case Forbidden():
            return Blocked("forbidden")
        case InvalidToken() | Conflict():
            return Unauthorised(type(error).__name__)
        case BadRequest():
            gone = any(words in error.message.lower() for words in _GONE)
            return Blocked("gone") if gone else Rejected(error.message)
    return Unreachable(type(error).__name__, maybe_sent=not isinstance(error, NotSent))

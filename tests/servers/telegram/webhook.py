"""Delivery of updates to the bot's own address. Source: tdlib/telegram-bot-api WebhookActor.cpp."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.servers.telegram.errors import bad, refuse
from tests.servers.telegram.methods import Request
from tests.servers.telegram.polling import Poller
from tests.servers.telegram.world import Json, Pending, World

PORTS = (443, 80, 88, 8443)
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
ANSWER_WITHIN_S, MAX_RETRY_AFTER_S, LONGEST_PAUSE_S = 60.0, 3600, (60, 120)


class Webhook:
    """One address, one worker per lane (a chat's messages, a person's button presses), retries with backoff."""

    def __init__(self, world: World, poller: Poller, seed: int) -> None:
        self.world, self.poller = world, poller
        self.settings: Json = {}
        # Tests shorten every pause by this factor; addresses like http://127.0.0.1:8080 pass as on a local server.
        self.pause_factor, self.plain_http = 1.0, True
        self.answer_within_s = ANSWER_WITHIN_S
        self.deliveries: list[Json] = []
        self.execute: Callable[[str, Json], Awaitable[object]] | None = None
        self._random = random.Random(seed)
        self._errors: Json = {}
        self._dispatcher: asyncio.Task[None] | None = None
        self._waiting: list[asyncio.Future[None]] = []
        self._lanes: dict[str, asyncio.Task[None]] = {}

    async def set(self, request: Request) -> bool:
        """Start delivering to a new address; an empty one takes the webhook away. Raises ApiError."""
        params = request.params
        await self.stop()
        if params.get("drop_pending_updates"):
            self.world.queue.items.clear()
        url = params.get("url", "")
        self._check(url, params.get("secret_token"))
        if "allowed_updates" in params:
            self.world.queue.allowed = frozenset(params["allowed_updates"]) or None
        self.poller.interrupt(refuse(409, "terminated by setWebhook request"))
        self.settings, self._errors = ({**params, "url": url} if url else {}), {}
        if url:
            self._dispatcher = asyncio.create_task(self._dispatch())
        return True

    def _check(self, url: str, secret: str | None) -> None:
        if secret is not None and not SECRET.fullmatch(secret):
            raise bad("secret token contains unallowed characters")
        if not url:
            return
        parts = urlsplit(url)
        if not parts.hostname:
            raise bad("invalid webhook URL specified")
        if self.plain_http:
            return
        if parts.scheme != "https":
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if (parts.port or 443) not in PORTS:
            raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")

    async def delete(self, request: Request) -> bool:
        """Back to polling; what was not delivered stays in the queue."""
        return await self.set(Request(request.world, {**request.params, "url": ""}))

    def info(self, _: Request) -> Json:
        """What getWebhookInfo tells."""
        body = {
            "url": self.settings.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.world.queue.living(self.world.now())),
        }
        if self.settings:
            body |= {"max_connections": self.settings.get("max_connections", 40), **self._errors}
        allowed = self.world.queue.allowed
        return body if allowed is None else {**body, "allowed_updates": sorted(allowed)}

    async def stop(self) -> None:
        """End every delivery."""
        tasks = [task for task in (self._dispatcher, *self._lanes.values()) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._dispatcher, self._lanes = None, {}

    async def _dispatch(self) -> None:
        """Give every lane that has updates a worker."""
        limit = asyncio.Semaphore(self.settings.get("max_connections", 40))
        async with ClientSession(timeout=ClientTimeout(total=self.answer_within_s)) as session:
            while True:
                self.world.queue.arrived.clear()
                for pending in self.world.queue.living(self.world.now()):
                    task = self._lanes.get(pending.lane)
                    if task is None or task.done():
                        self._lanes[pending.lane] = asyncio.create_task(self._serve(session, pending.lane, limit))
                await self.world.queue.arrived.wait()

    def _first(self, lane: str) -> Pending | None:
        """The oldest living update of a lane."""
        now = self.world.now()
        waiting = self.world.queue.items.values()
        return next((item for item in waiting if item.lane == lane and item.expires_at > now), None)

    async def _serve(self, session: ClientSession, lane: str, limit: asyncio.Semaphore) -> None:
        """One update after the other; a failing one holds its lane until it is taken or expires."""
        tries = 0
        while pending := self._first(lane):
            async with limit:
                pause_s = await self._deliver(session, pending, tries)
            if pause_s is None:
                self.world.queue.items.pop(pending.update_id, None)
                self._tell_drained()
                tries = 0
                continue
            tries += 1
            await asyncio.sleep(pause_s * self.pause_factor)

    async def drained(self) -> None:
        """Return when the last waiting update has been taken."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future

    def _tell_drained(self) -> None:
        if self.world.queue.items:
            return
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def _deliver(self, session: ClientSession, pending: Pending, tries: int) -> float | None:
        """Post one update: None when it was taken, else the seconds to wait before the next try."""
        secret = self.settings.get("secret_token")
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        attempt: Json = {"update_id": pending.update_id, "lane": pending.lane, "try": tries + 1, "status": None}
        self.deliveries.append(attempt)
        asked_s: str | None = None
        try:
            async with session.post(self.settings["url"], json=pending.body, headers=headers) as answer:
                attempt["status"] = answer.status
                asked_s = answer.headers.get("Retry-After")
                body = await answer.json() if answer.ok and answer.content_type == "application/json" else None
        except (ClientError, TimeoutError, ValueError) as error:
            return self._failed(f"{type(error).__name__}", tries, None)
        if not answer.ok:
            return self._failed(f"Wrong response from the webhook: {answer.status} {answer.reason}", tries, asked_s)
        if isinstance(body, dict) and "method" in body and self.execute:
            await self.execute(body.pop("method"), body)
        return None

    def _failed(self, text: str, tries: int, asked_s: str | None) -> float:
        """Note the error for getWebhookInfo; at once the first time, then 2, 4, ... up to one or two minutes."""
        self._errors = {"last_error_date": int(self.world.now()), "last_error_message": text}
        if asked_s and asked_s.isdecimal():
            return float(min(int(asked_s), MAX_RETRY_AFTER_S))
        return 0.0 if not tries else float(min(2**tries, self._random.randint(*LONGEST_PAUSE_S)))

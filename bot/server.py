"""The one HTTP server: web chat, webhooks, health."""

from __future__ import annotations

import errno
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web

from bot.config import ConfigError, WebSection
from bot.logs import event

_LOG = logging.getLogger("giothong.server")
_BODY_BYTES = 1_048_576  # The largest update of Telegram is far smaller; more is refused before it is parsed.

Health = Callable[[], Awaitable[dict[str, Any]]]


class Server:
    """Serves the routes it is given."""

    def __init__(self, config: WebSection, routes: Sequence[web.RouteDef], health: Health) -> None:
        """`health`: facts for /health; its "ok" decides between 200 and 503."""
        self._config = config
        self._health = health
        app = web.Application(client_max_size=_BODY_BYTES)
        app.add_routes([*routes, web.get("/health", self._show_health)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        self.port = config.port

    async def _show_health(self, _: web.Request) -> web.Response:
        facts = await self._health()
        return web.json_response(facts, status=200 if facts["ok"] else 503)

    async def start(self) -> None:
        """Listen. Raises ConfigError where the port is taken."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._config.host, self._config.port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            taken = error.errno == errno.EADDRINUSE
            why = "is taken by another program; choose another one" if taken else f"cannot be opened: {error.strerror}"
            raise ConfigError(f"web.port: {self._config.host}:{self._config.port} {why}") from None
        self.port = self._runner.addresses[0][1]
        event(_LOG, "listening", host=self._config.host, port=self.port)

    async def close(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

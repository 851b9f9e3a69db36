"""The real program as a process, and a real browser in front of it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

PATIENCE_MS = 30_000  # A slow machine is no failure.
# What a browser itself says when nobody answers; everything else in the console is ours.
_NOBODY_THERE = re.compile(r"net::ERR_|Failed to load resource")


class Program:
    """`giothong` as its users start it. It may be killed and started again on the same data and port."""

    def __init__(self, *arguments: str) -> None:
        """`arguments` of the command line; "{port}" in one of them becomes a free port, as does the port of the configuration."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = str(free.getsockname()[1])
        self._command = [sys.executable, "-m", "bot", *(word.format(port=self._port) for word in arguments)]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self._port}/"

    def start(self) -> None:
        """Start, and wait until it answers."""
        self._process = subprocess.Popen(self._command, env=os.environ | {"GIOTHONG_WEB__PORT": self._port})
        until = time.monotonic() + PATIENCE_MS / 1000
        while time.monotonic() < until and self._process.poll() is None:
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", int(self._port))) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError(f"the program did not start: {self._command}")

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process:
            self._process.send_signal(how)
            self._process.wait(timeout=30)
        self._process = None


class Talk:
    """One chat on the page, as a person uses it."""

    def __init__(self, page: Page, seat: str) -> None:
        """`seat`: donor, officer, admin of the demonstration, me of the public page."""
        self.page = page
        self.root = page.locator(f'section.chat[data-seat="{seat}"]')
        self.bubbles = self.root.locator(".bubble")
        self.answers = self.root.locator('.bubble[data-from="bot"]')
        self.mine = self.root.locator('.bubble[data-from="me"]')

    def ready(self) -> None:
        """Wait until the line stands."""
        expect(self.root).to_have_attribute("data-state", "ready")

    def type(self, text: str) -> None:
        """Type into the composer and press Enter."""
        self.root.locator("textarea").fill(text)
        self.root.locator("textarea").press("Enter")

    def say(self, text: str, answer: str) -> None:
        """Type, and wait for an answer with these words."""
        with self._answered(answer):
            self.type(text)

    def tap(self, label: str, answer: str) -> None:
        """Press a button of the open question, and wait for an answer with these words."""
        with self._answered(answer):
            self.choice(label).click()

    def choice(self, label: str) -> Locator:
        """A button of the open question."""
        return self.root.locator(".choices:not(.past) .choice", has_text=label).first

    def texts(self) -> list[str]:
        """The words of every bubble, in order."""
        return self.root.locator(".bubble .text").all_inner_texts()

    def _answered(self, words: str) -> Any:
        return _Answered(self, words)


class _Answered:
    """Leaves once a new answer with these words stands there."""

    def __init__(self, talk: Talk, words: str) -> None:
        self._talk, self._words, self._before = talk, words, talk.answers.count()

    def __enter__(self) -> None:
        """Count."""

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is None:
            expect(self._talk.answers.nth(self._before)).to_be_visible()
            expect(self._talk.answers.last).to_contain_text(self._words)


class Desk:
    """Opens pages and keeps what their consoles complain of."""

    def __init__(self, browser: Browser) -> None:
        """No page yet."""
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(self, url: str, width: int = 1440, height: int = 900, **options: Any) -> Page:
        """A page of a browser that nobody has used before."""
        defaults = {"locale": "vi-VN", "reduced_motion": "reduce", "timezone_id": "America/New_York"}
        context = self._browser.new_context(viewport={"width": width, "height": height}, **(defaults | options))
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(url)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _NOBODY_THERE.search(message.text):
            self.complaints.append(message.text)

    def close(self) -> None:
        """Close every browser window."""
        for context in self._contexts:
            context.close()

"""A real browser for the tests of this folder; without one they are skipped with the reason."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.stage import PATIENCE_MS, Desk, Program


def _chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


# A module long, no longer: while Playwright's blocking interface is open its event loop runs, and asynchronous tests cannot.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless browser; without one the test is skipped."""
    path = _chromium()
    if path is None:
        pytest.skip("no Chromium here (Debian: apt install chromium; or name one: CHROMIUM=/path/to/chromium)")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Desk]:
    """Pages whose consoles must stay silent: no script error, nothing that the security policy refused."""
    desk = Desk(chromium)
    yield desk
    desk.close()
    assert desk.complaints == []


@pytest.fixture
def demo(chromium: Browser, tmp_path: Path) -> Iterator[Program]:
    """The demonstration."""
    program = Program("demo", "--port={port}", "--no-open", "--data", str(tmp_path / "demo.db"))
    program.start()
    yield program
    program.stop()


@pytest.fixture
def house(chromium: Browser, tmp_path: Path) -> Iterator[Program]:
    """The real thing: one chat, no seats, no clock."""
    config = tmp_path / "config.toml"
    config.write_text(f'[storage]\nurl = "sqlite:///{tmp_path}/house.db"\n', "utf-8")
    program = Program("run", "--config", str(config))
    program.start()
    yield program
    program.stop()

"""What every test shares: seeded randomness, no silent skips in CI, and the program on a temporary database."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from bot.app import App
from tests.program import AtTelegram, at_telegram, program
from tests.servers.telegram import FakeTelegram

_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
# No deadline: a loaded machine is slow, not wrong. Derandomised everywhere: the same tree gives the same answer.
settings.register_profile(
    "house", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """In CI nothing is skipped in silence: a skip is a failure. (What CI leaves to a later job is deselected by its mark.)"""
    report = yield
    if _CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which in CI is a failure: {report.longrepr}"
    return report


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """The program, started on 22 November 2026 at eight in the morning, with a web chat and without Telegram."""
    async with program(tmp_path) as app:
        yield app


@pytest.fixture
async def telegram(tmp_path: Path) -> AsyncIterator[AtTelegram]:
    """The program at a fake Telegram, over real HTTP."""
    async with FakeTelegram() as server, program(tmp_path, telegram=at_telegram(server)) as app:
        yield AtTelegram(server, app)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def telegram_shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AtTelegram]:
    """As `telegram`, one for a whole module of many small cases; each brings its own people."""
    folder = tmp_path_factory.mktemp("shared")
    async with FakeTelegram() as server, program(folder, telegram=at_telegram(server)) as app:
        yield AtTelegram(server, app)

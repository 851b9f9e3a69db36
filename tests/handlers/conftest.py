"""A house to talk in, without channels."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.app import open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from tests.handlers.conversations import House
from tests.program import DATA, NOW, config_of


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One database for a module; each test brings people of its own."""
    async with open_app(config_of(tmp_path_factory.mktemp("house")), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        yield House(app)

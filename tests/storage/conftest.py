"""A database of the product's own schema in a folder of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database, open_database
from storage.migrate import migrate


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Migrated and empty."""
    database = await open_database(f"sqlite:///{tmp_path / 'house.db'}")
    await migrate(database, 1)
    yield database
    await database.close()

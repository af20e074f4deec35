from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orchestrator.store.sqlite import SqliteStore


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with SqliteStore.open(tmp_path / "s", retention_seconds=60) as store:
        yield store

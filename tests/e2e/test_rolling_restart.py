"""Tests that every process can be restarted, one after another, while calls go on."""

from pathlib import Path

import pytest

from bench.soak.__main__ import roll
from bench.soak.chorus import chorus, has_redis


@pytest.mark.skipif(not has_redis(), reason="redis-server is not installed (Debian's package redis-server)")
async def test_no_call_fails_while_all_replicas_are_restarted(folder: Path) -> None:
    async with chorus(folder, orchestrators=3, proxies=3) as running:
        report = await roll(running, 80, at_once=2)
    assert report.failed == []

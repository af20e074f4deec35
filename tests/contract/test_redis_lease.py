"""Tests a lease whose client loses a cancellation, as Python 3.11's wait_for may (CPython issue 86296)."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from typing_extensions import override

from orchestrator.store.redis import RedisStore
from rpckit import task_end
from rpckit.task_end import end
from tests.fakes.redis_server import PASSWORD, redis_server
from tests.patience import PATIENCE

LEASE_SECONDS = 3.0


class LosingRedis(Redis):
    """Goes on with the first script that it is cancelled in."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.renewing = asyncio.Event()

    @override
    async def execute_command(self, *args: Any, **options: Any) -> Any:
        if args[0] == "EVALSHA" and not self.renewing.is_set():
            self.renewing.set()
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
        return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]


async def test_a_lease_ends_though_its_renewal_loses_the_cancellation(tmp_path: Path) -> None:
    async with redis_server(tmp_path) as server:
        client = LosingRedis(port=server.port, password=PASSWORD)
        try:
            async with asyncio.timeout(PATIENCE):
                async with RedisStore(client, 60, LEASE_SECONDS).lease("r1"):
                    await client.renewing.wait()
        finally:
            await client.aclose()


async def test_nobody_renews_the_lease_of_a_run_that_is_cancelled_again_while_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_end, "_AGAIN_SECONDS", 0.01)
    async with redis_server(tmp_path) as server:
        client = LosingRedis(port=server.port, password=PASSWORD)
        store = RedisStore(client, 60, LEASE_SECONDS)

        async def hold() -> None:
            async with store.lease("r1"):
                await asyncio.Event().wait()

        try:
            async with asyncio.timeout(PATIENCE):
                run = asyncio.create_task(hold())
                await client.renewing.wait()
                await end([run])
                async with store.lease("r1"):
                    pass
        finally:
            await client.aclose()

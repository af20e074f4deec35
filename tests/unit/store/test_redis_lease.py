import asyncio

import pytest
from redis.asyncio import Redis
from redis.exceptions import LockError
from redis.exceptions import TimeoutError as RedisTimeoutError

from orchestrator.store import redis_lease
from orchestrator.store.redis_lease import LEASE_SECONDS, take_lease
from orchestrator.store.store import SILENCE_SECONDS
from tests.fakes.clock import run_in_virtual_time


class LockBehindDeadConnection:
    """Is taken at once. The first renewal goes into a connection that is dead, and of which nobody hears."""

    renewed_at: list[float]

    def __init__(self, *_: object, **__: object) -> None:
        type(self).renewed_at = []

    async def acquire(self, *, blocking: bool) -> bool:
        return not blocking

    async def reacquire(self) -> None:
        self.renewed_at.append(asyncio.get_running_loop().time())
        if len(self.renewed_at) > 1:
            raise LockError
        await asyncio.sleep(SILENCE_SECONDS)
        raise RedisTimeoutError

    async def release(self) -> None:
        pass


def test_a_lease_is_renewed_before_it_expires_though_a_connection_died(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(redis_lease, "_OwnLock", LockBehindDeadConnection)

    async def run() -> float:
        taken_at = asyncio.get_running_loop().time()
        lease = await take_lease(Redis(), "r1", LEASE_SECONDS)
        assert lease is not None
        async with lease:
            await asyncio.sleep(2 * LEASE_SECONDS)
        return LockBehindDeadConnection.renewed_at[1] - taken_at

    # A busy loop renews it a little later than it means to.
    assert run_in_virtual_time(run()) < LEASE_SECONDS - 0.3

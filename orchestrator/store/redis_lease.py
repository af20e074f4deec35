"""Keeps the orchestrators that share a Redis from running one request at the same time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError
from typing_extensions import override

from orchestrator.store.connection import CLIENT_ERRORS, explained
from orchestrator.store.store import SILENCE_SECONDS
from rpckit.task_end import end

# A replica that dies loses its lease after this long at most. One that lives renews it so often that it has
# it still after a silence that the store is waited for. A renewal that goes into a dead connection takes as
# long, so that two pauses and the silence have to be shorter than the lease.
LEASE_SECONDS = SILENCE_SECONDS + 2.0
_RENEWALS = 10


class _OwnLock(Lock):
    """Knows a lock that it took when the command was sent for the first of two times."""

    @override
    async def do_acquire(self, token: str | bytes) -> bool:
        return await super().do_acquire(token) or await self.redis.get(self.name) == token


async def take_lease(
    client: Redis, request_id: str, lease_seconds: float
) -> AbstractAsyncContextManager[None] | None:
    """Takes the lease of a request, which is renewed until the block ends; None: another replica has it.

    Raises:
        StoreError: The Redis fails.
    """
    lock = _OwnLock(client, f"chorus:lease:{request_id}", timeout=lease_seconds, thread_local=False)
    with explained():
        is_taken = await lock.acquire(blocking=False)
    return _held(lock, lease_seconds) if is_taken else None


@asynccontextmanager
async def _held(lock: Lock, lease_seconds: float) -> AsyncIterator[None]:
    renewing = asyncio.create_task(_renew(lock, lease_seconds / _RENEWALS))
    try:
        yield
    finally:
        await end([renewing])
        # A lease that is not released expires.
        with suppress(*CLIENT_ERRORS):
            await lock.release()


async def _renew(lock: Lock, every_seconds: float) -> None:
    while True:
        await asyncio.sleep(every_seconds)
        try:
            await lock.reacquire()
        except LockError:
            return
        except CLIENT_ERRORS:
            # The Redis may be back before the lease expires.
            continue

"""The connection to the one Redis of several orchestrators."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError

from orchestrator.store.store import StoreError

# A server that is there answers in a few milliseconds.
_PATIENCE_SECONDS = 0.5


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Redis]:
    """Connects as needed, and disconnects after the block. A server that is not there may come later.

    Raises:
        StoreError: The server refuses the password.
    """
    client = Redis.from_url(
        url,
        socket_timeout=_PATIENCE_SECONDS,
        socket_connect_timeout=_PATIENCE_SECONDS,
        # Of a connection that a restart of the server has cut.
        retry=Retry(NoBackoff(), 1),
    )
    try:
        with suppress(OSError, RedisError):
            await _checked_password(client)
        yield client
    finally:
        await client.aclose()


async def _checked_password(client: Redis) -> None:
    try:
        await client.ping()
    except AuthenticationError:
        raise StoreError("the server refuses the password") from None


@contextmanager
def explained() -> Iterator[None]:
    """Turns Redis's errors into StoreError, which names what went wrong, never what was sent."""
    try:
        yield
    except (OSError, RedisError) as error:
        raise StoreError(type(error).__name__) from None

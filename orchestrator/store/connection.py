"""Connects to the one Redis of several orchestrators."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from orchestrator.store.store import StoreError, StoreSilentError

# A Redis that is up answers in a few milliseconds; a process that is busy hears it later. It is asked twice.
_PATIENCE_SECONDS = 1.0
# With uvloop, to write to a connection that was lost a moment ago is a RuntimeError, which redis-py passes on
# as it is.
CLIENT_ERRORS = (OSError, RedisError, RuntimeError)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Redis]:
    """Connects as needed, and disconnects after the block. The server need not be up yet.

    Raises:
        StoreError: The server refuses the password.
    """
    client = Redis.from_url(
        url,
        socket_timeout=_PATIENCE_SECONDS,
        socket_connect_timeout=_PATIENCE_SECONDS,
        # A restart of the server cuts the connection: the first operation after it is sent again.
        retry=Retry(NoBackoff(), 1),
        retry_on_error=[RuntimeError],
    )
    try:
        with suppress(*CLIENT_ERRORS):
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
    """Turns Redis's errors into StoreError, which names what went wrong and holds nothing that was sent."""
    try:
        yield
    except RedisTimeoutError:
        raise StoreSilentError("no answer") from None
    except CLIENT_ERRORS as error:
        raise StoreError(type(error).__name__) from None

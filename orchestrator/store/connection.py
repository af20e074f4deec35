"""Connects to the one Redis of several orchestrators."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import TimeoutError as RedisTimeoutError

from orchestrator.store.store import SILENCE_SECONDS, StoreError, StoreSilentError

# Operations that wait have a connection each. All calls that are admitted at once need fewer.
_MAX_CONNECTIONS = 1000
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
        max_connections=_MAX_CONNECTIONS,
        socket_timeout=SILENCE_SECONDS,
        socket_connect_timeout=SILENCE_SECONDS,
        # A restart of the server cuts the connection: the first operation after it is sent again. One that is
        # silent is not asked twice.
        retry=Retry(NoBackoff(), 1, (ConnectionLost,)),
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

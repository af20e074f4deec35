"""Asks each provider once, by a call that costs nothing, whether it takes the key that is set."""

import asyncio
import logging
from collections.abc import Collection

from rpckit import log
from services.cloud_proxy.endpoints import Sdk
from services.cloud_proxy.provider import Provider
from services.cloud_proxy.settings import Connection

# A cloud's own door to a model has no list of models, or another one.
_CHECKED = frozenset({Sdk.OPENAI, Sdk.ANTHROPIC, Sdk.GOOGLE, Sdk.HUGGINGFACE})
_TIMEOUT_SECONDS = 5.0
# A key that was refused may have been made valid since, or its provider had a fault.
_AGAIN_SECONDS = 300.0


class KeyCheck:
    """Knows the connections whose key was refused.

    Only a provider that says so refuses a key: one that cannot be reached, or that offers no such call, has
    not said anything.

    Args:
        again_seconds: After which a refused key is tried again.
    """

    def __init__(self, again_seconds: float = _AGAIN_SECONDS) -> None:
        self._again_seconds = again_seconds
        self._refused: set[Connection] = set()

    @property
    def refused(self) -> Collection[Connection]:
        """The connections whose key was refused when it was last tried."""
        return self._refused

    async def run(self, connection: Connection, provider: Provider) -> None:
        """Tries a key, if there is one, and again from time to time while it is refused."""
        if not connection.key or connection.endpoint.sdk not in _CHECKED:
            return
        while await _is_refused(provider):
            if connection not in self._refused:
                fields = {"provider": connection.endpoint.name, "setting": connection.key_variable}
                log.event("key refused", level=logging.WARNING, **fields)
            self._refused.add(connection)
            await asyncio.sleep(self._again_seconds)
        self._refused.discard(connection)


async def _is_refused(provider: Provider) -> bool:
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            return await provider.refuses_key()
    except TimeoutError:
        return False

"""Tells by aiohttp's own error what a connection that failed under an SDK means.

The SDKs' own errors do not tell: OpenAI's SDK makes a time-out of a refused connection.
"""

import aiohttp

from rpckit.errors import ChorusError, Unavailable
from services.cloud_proxy.provider_errors import ConnectionLost


def broken_connection(error: BaseException, provider: str) -> ChorusError:
    """Returns Unavailable if nothing was sent, our reason if we left the response, else ConnectionLost."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, aiohttp.ClientError | ChorusError):
        cause = cause.__cause__
    if isinstance(cause, ChorusError):
        return cause
    if isinstance(cause, aiohttp.ClientConnectorError):
        return Unavailable(f"{provider} cannot be reached")
    return ConnectionLost(f"{provider}: the connection broke")

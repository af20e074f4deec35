"""What a connection that failed under an SDK means, told by aiohttp's own error.

The SDKs' translations do not tell it: OpenAI's makes a time-out of a refused connection.
"""

import aiohttp

from rpckit.errors import ChorusError, Unavailable
from services.cloud_proxy.failures import Dropped


def broken_connection(error: BaseException, provider: str) -> ChorusError:
    """Unavailable if nothing was sent, else Dropped."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, aiohttp.ClientError):
        cause = cause.__cause__
    if isinstance(cause, aiohttp.ClientConnectorError):
        return Unavailable(f"{provider} cannot be reached")
    return Dropped(f"{provider}: the connection broke")

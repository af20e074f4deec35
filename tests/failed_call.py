"""What a call ends with that fails, as the tests of every process read it."""

from collections.abc import Awaitable
from typing import Any

import grpc
import pytest

from rpckit.errors import ChorusError, from_rpc_error


async def failure(call: Awaitable[Any]) -> ChorusError:
    """Returns the error that a call ends with."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return from_rpc_error(caught.value)

"""The way to a server of Chorus."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import grpc

from rpckit.channel import connect
from rpckit.errors import from_rpc_error


@dataclass(frozen=True, slots=True)
class Server:
    """Where Chorus is ("HOST:PORT"), and how many seconds one call to it may take."""

    address: str
    timeout: float

    @asynccontextmanager
    async def connected(self, service: str) -> AsyncIterator[grpc.aio.Channel]:
        """A channel that closes with the block, and cancels what still runs on it.

        Raises:
            ChorusError: A call in the block failed.
        """
        try:
            async with connect(self.address, service) as channel:
                yield channel
        except grpc.aio.AioRpcError as error:
            raise from_rpc_error(error) from None

"""The way to a server of Chorus."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import grpc

from rpckit.channel import connect
from rpckit.errors import from_rpc_error
from rpckit.settings import Environment, Security


@dataclass(frozen=True, slots=True)
class Server:
    """Where Chorus is ("HOST:PORT"), and how many seconds one call to it may take.

    Attributes:
        token: Says who calls; empty: the certificate does, or nothing.
    """

    address: str
    timeout: float
    security: Security
    token: str = field(repr=False)

    @classmethod
    def read(cls, environment: Environment, address: str, timeout: float) -> "Server":
        """Reads how to talk to it from CHORUS_TOKEN and the variables that all of Chorus shares.

        Raises:
            SettingError: A variable holds what it cannot hold.
        """
        token = environment.text("CHORUS_TOKEN")
        return cls(address, timeout, Security.read(environment, shows_own=not token), token)

    @asynccontextmanager
    async def connected(self, service: str) -> AsyncIterator[grpc.aio.Channel]:
        """A channel that closes with the block, and cancels what still runs on it.

        Raises:
            ChorusError: A call in the block failed.
            SettingError: What is said would leave the machine in plaintext.
        """
        try:
            async with connect(self.address, service, security=self.security, token=self.token) as channel:
                yield channel
        except grpc.aio.AioRpcError as error:
            raise from_rpc_error(error) from None

"""The way to a server of Chorus."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from rpckit.channel import connect
from rpckit.errors import STATUS_KEY, ChorusError, NotSupported, Unavailable, from_rpc_error
from rpckit.settings import Environment, Security

_LOOK_SECONDS = 2.0


class NothingAnswersError(Unavailable):
    """Nothing answers at the address."""


class NoOrchestratorError(NotSupported):
    """What answers at the address does not have the service that was called."""


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
            raise await self._explained(error, service) from None

    async def _explained(self, error: grpc.aio.AioRpcError, service: str) -> ChorusError:
        """What the server said; where it said nothing, whether there is one."""
        if error.code() != grpc.StatusCode.UNAVAILABLE or STATUS_KEY in dict(error.trailing_metadata() or ()):
            return from_rpc_error(error)
        # A channel that watches health calls no server that is not ready, nor one that lacks the service.
        async with connect(
            self.address, service, watch_health=False, security=self.security, token=self.token
        ) as channel:
            stub: Any = health_pb2_grpc.HealthStub(channel)
            try:
                await stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=_LOOK_SECONDS)
            except grpc.aio.AioRpcError as found:
                if found.code() in (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNIMPLEMENTED):
                    return NoOrchestratorError("")
                return NothingAnswersError("")
        return from_rpc_error(error)

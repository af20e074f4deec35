"""A channel that goes on when this process gets a new certificate, which no channel of grpc's can take."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import grpc

from rpckit.certificates import Certificate, CertificateFolder


class RenewedChannel(grpc.aio.Channel):
    """After a change of certificate new calls go through a new channel; those that run end on theirs."""

    def __init__(
        self, certificates: CertificateFolder, make: Callable[[Certificate], grpc.aio.Channel]
    ) -> None:
        self._certificates = certificates
        self._make = make
        self._certificate = certificates.current()
        self._channel = make(self._certificate)

    def unary_unary(self, *args: Any, **kwargs: Any) -> Any:
        """See `grpc.aio.Channel`."""
        return self._following(lambda channel: channel.unary_unary(*args, **kwargs))

    def unary_stream(self, *args: Any, **kwargs: Any) -> Any:
        """See `grpc.aio.Channel`."""
        return self._following(lambda channel: channel.unary_stream(*args, **kwargs))

    def stream_unary(self, *args: Any, **kwargs: Any) -> Any:
        """See `grpc.aio.Channel`."""
        return self._following(lambda channel: channel.stream_unary(*args, **kwargs))

    def stream_stream(self, *args: Any, **kwargs: Any) -> Any:
        """See `grpc.aio.Channel`."""
        return self._following(lambda channel: channel.stream_stream(*args, **kwargs))

    def _following(self, method_of: Callable[[grpc.aio.Channel], Any]) -> Callable[..., Any]:
        def start(*args: Any, **kwargs: Any) -> Any:
            channel = self._latest()
            call = method_of(channel)(*args, **kwargs)
            # A channel that nothing refers to closes: its last call is what keeps an old one open.
            call.add_done_callback(lambda _: channel)
            return call

        return start

    def _latest(self) -> grpc.aio.Channel:
        certificate = self._certificates.current()
        if certificate != self._certificate:
            self._certificate = certificate
            self._channel = self._make(certificate)
        return self._channel

    async def close(self, grace: float | None = None) -> None:
        """See `grpc.aio.Channel`. Calls on older channels end by themselves."""
        await self._channel.close(grace)

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        """See `grpc.aio.Channel`."""
        return self._channel.get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        """See `grpc.aio.Channel`."""
        await self._channel.wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        """See `grpc.aio.Channel`."""
        await self._channel.channel_ready()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

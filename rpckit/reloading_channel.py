"""A channel that begins anew while it is open, which no channel of grpc's own can."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import grpc
from typing_extensions import override

from rpckit.certificates import Certificate, CertificateFolder


class ReloadingChannel(grpc.aio.Channel):
    """Opens a new channel after a change of certificate; calls in flight end on the channel they began on.

    Args:
        certificates: Shows whom this process is; None for plaintext.
        make: Opens a channel with a certificate.
    """

    def __init__(
        self, certificates: CertificateFolder | None, make: Callable[[Certificate | None], grpc.aio.Channel]
    ) -> None:
        self._certificates = certificates
        self._make = make
        self._certificate = self._current_certificate()
        self._channel = make(self._certificate)

    def renew(self) -> None:
        """Opens a new channel, which looks its name up at once.

        grpc looks a name up that it did not find after a second, and then ever more seldom, up to every two
        minutes. No option changes that.
        """
        self._channel = self._make(self._certificate)

    @override
    def unary_unary(self, *args: Any, **kwargs: Any) -> Any:
        return self._on_latest_channel(lambda channel: channel.unary_unary(*args, **kwargs))

    @override
    def unary_stream(self, *args: Any, **kwargs: Any) -> Any:
        return self._on_latest_channel(lambda channel: channel.unary_stream(*args, **kwargs))

    @override
    def stream_unary(self, *args: Any, **kwargs: Any) -> Any:
        return self._on_latest_channel(lambda channel: channel.stream_unary(*args, **kwargs))

    @override
    def stream_stream(self, *args: Any, **kwargs: Any) -> Any:
        return self._on_latest_channel(lambda channel: channel.stream_stream(*args, **kwargs))

    def _on_latest_channel(self, method_of: Callable[[grpc.aio.Channel], Any]) -> Callable[..., Any]:
        def start(*args: Any, **kwargs: Any) -> Any:
            channel = self._latest()
            call = method_of(channel)(*args, **kwargs)
            # grpc closes a channel that nothing refers to. Each call refers to its own, so an old channel
            # stays open until its last call has ended.
            call.add_done_callback(lambda _: channel)
            return call

        return start

    def _latest(self) -> grpc.aio.Channel:
        certificate = self._current_certificate()
        if certificate != self._certificate:
            self._certificate = certificate
            self._channel = self._make(certificate)
        return self._channel

    def _current_certificate(self) -> Certificate | None:
        return None if self._certificates is None else self._certificates.current()

    @override
    async def close(self, grace: float | None = None) -> None:
        # Older channels close by themselves, each with its last call.
        await self._channel.close(grace)

    @override
    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        return self._channel.get_state(try_to_connect)

    @override
    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        await self._channel.wait_for_state_change(last_observed_state)

    @override
    async def channel_ready(self) -> None:
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

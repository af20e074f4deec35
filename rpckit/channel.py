"""Opens channels to other servers of Chorus, with balancing, retries, TLS and context propagation."""

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Any

import grpc
from opentelemetry.trace import Span, SpanKind
from typing_extensions import override

from rpckit.call import REQUEST_ID_KEY, current_call
from rpckit.cancelled_batch import finish_batch, finish_reads
from rpckit.certificates import Certificate, CertificateFolder
from rpckit.reloading_channel import ReloadingChannel
from rpckit.settings import Security
from rpckit.trace import end_span
from rpckit.transport import (
    CLIENT_PING_SECONDS,
    CLIENT_PING_TIMEOUT_SECONDS,
    COMMON_OPTIONS,
    Option,
    ping_options,
)

_MAX_ATTEMPTS = 3
_PLAINTEXT = Security()


def connect(
    target: str, service: str, *, watch_health: bool = True, security: Security = _PLAINTEXT, token: str = ""
) -> ReloadingChannel:
    """Opens a channel to every replica behind `target`, for one service.

    Calls go round robin over the replicas that report themselves healthy. One that hangs is left out after
    2 s, until it answers again; its calls go to the others. Only UNAVAILABLE and what a server cancels are
    retried, and gRPC's retry throttling stops the retries while many calls fail. A call made while another is
    served inherits its request id, its trace and what is left of its deadline, less the reserve for our own
    answer.

    Args:
        target: A gRPC target, for example "127.0.0.1:50052" or "dns:///gemma:50052".
        service: The full name of the service that will be called.
        watch_health: With False, calls also go to a server that reports itself not ready.
        security: Without certificates the target must be on this machine, unless plaintext was asked for.
        token: The bearer token that says who calls; it never leaves the machine in plaintext.

    Raises:
        SettingError: The call or its token would leave the machine in plaintext.
    """
    security.check(target, secret=bool(token))
    options = _options(service, security, watch_health=watch_health)

    def opened(certificate: Certificate | None) -> grpc.aio.Channel:
        if certificate is None:
            return grpc.aio.insecure_channel(target, options=options)
        credentials = certificate.for_client()
        return grpc.aio.secure_channel(target, credentials, options=options)

    return _ContextChannel(security.certificates, opened, token)


def _options(service: str, security: Security, *, watch_health: bool) -> list[Option]:
    config: dict[str, object] = {
        "loadBalancingConfig": [{"round_robin": {}}],
        "methodConfig": [
            {
                "name": [{"service": service}],
                "retryPolicy": {
                    "maxAttempts": _MAX_ATTEMPTS,
                    "initialBackoff": "0.05s",
                    "maxBackoff": "1s",
                    "backoffMultiplier": 2,
                    # As a server stops, grpc ends with CANCELLED the calls that have not begun.
                    "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"],
                },
            },
        ],
        # Of calls that all fail no more than 20 are tried again, and of others a fifth.
        "retryThrottling": {"maxTokens": 40, "tokenRatio": 0.2},
    }
    if watch_health:
        config["healthCheckConfig"] = {"serviceName": service}
    options: list[Option] = [
        *COMMON_OPTIONS,
        *ping_options(CLIENT_PING_SECONDS, CLIENT_PING_TIMEOUT_SECONDS),
        # Otherwise a new channel waits with an old one until the address is tried again.
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.service_config", json.dumps(config)),
        ("grpc.enable_retries", 1),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 2000),
        # gRPC resolves the name again after a lost connection, but not more often than this. With its default
        # of 30 s a new replica would wait that long for its first call.
        ("grpc.dns_min_time_between_resolutions_ms", 5000),
    ]
    if security.server_name:
        options.append(("grpc.ssl_target_name_override", security.server_name))
    return options


class _ContextChannel(ReloadingChannel):
    """Gives a call the token, and the request id, deadline and trace of the call that is being served.

    An interceptor of grpc.aio would do it in a task of its own, and pass on each message of a stream.
    """

    def __init__(
        self,
        certificates: CertificateFolder | None,
        make: Callable[[Certificate | None], grpc.aio.Channel],
        token: str,
    ) -> None:
        super().__init__(certificates, make)
        self._token = (("authorization", f"Bearer {token}"),) if token else ()
        self._ending_spans: set[asyncio.Task[None]] = set()

    @override
    def unary_unary(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return self._in_context(method, super().unary_unary(method, *args, **kwargs), finish_batch)

    @override
    def unary_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return self._in_context(method, super().unary_stream(method, *args, **kwargs), finish_reads)

    def _in_context(
        self, method: str, start: Callable[..., Any], finish: Callable[[Any], None]
    ) -> Callable[..., Any]:
        name = method.removeprefix("/")

        def begin(
            request: Any,
            *,
            timeout: float | None = None,
            metadata: Iterable[tuple[str, str | bytes]] | None = None,
            **kwargs: Any,
        ) -> Any:
            headers = grpc.aio.Metadata(*(metadata or ()), *self._token)
            served = current_call.get()
            if served is None:
                call = start(request, timeout=timeout, metadata=headers, **kwargs)
                finish(call)
                return call
            remaining = served.deadline.with_reserve().remaining()
            span, trace = served.trace.start(name, SpanKind.CLIENT)
            for key, value in ((REQUEST_ID_KEY, served.request_id), *trace.headers().items()):
                headers.add(key, value)
            try:
                call = start(
                    request,
                    timeout=remaining if timeout is None else min(timeout, remaining),
                    metadata=headers,
                    **kwargs,
                )
            except BaseException:
                end_span(span, grpc.StatusCode.CANCELLED)
                raise
            finish(call)
            if span.is_recording():
                # The code is not awaited here, because grpc would then not hear of a cancellation.
                call.add_done_callback(lambda ended: self._end_span_of(ended, span))
            return call

        return begin

    def _end_span_of(self, call: grpc.aio.Call, span: Span) -> None:
        async def end_with_code() -> None:
            end_span(span, await call.code())

        task = asyncio.get_running_loop().create_task(end_with_code())
        self._ending_spans.add(task)
        task.add_done_callback(self._ending_spans.discard)

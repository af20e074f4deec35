"""Opens channels to other servers of Chorus, with balancing, retries, TLS and context propagation."""

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Any

import grpc
from opentelemetry.trace import Span, SpanKind
from typing_extensions import override

from rpckit.call import REQUEST_ID_KEY, Call, current_call
from rpckit.cancelled_batch import finish_batch, finish_reads
from rpckit.certificates import Certificate
from rpckit.reloading_channel import ReloadingChannel
from rpckit.settings import Security
from rpckit.trace import Trace, end_span
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
    2 s, until it answers again; its calls go to the others. Only UNAVAILABLE is retried, and
    gRPC's retry throttling stops the retries while many calls fail. A call made while another is served
    inherits its request id, its trace and what is left of its deadline, less the reserve for our own answer.

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
    interceptors = (_UnaryContextPropagation(token), _StreamContextPropagation(token))

    def opened(certificate: Certificate | None) -> grpc.aio.Channel:
        if certificate is None:
            return grpc.aio.insecure_channel(target, options=options, interceptors=interceptors)
        credentials = certificate.for_client()
        return grpc.aio.secure_channel(target, credentials, options=options, interceptors=interceptors)

    return ReloadingChannel(security.certificates, opened)


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
                    "retryableStatusCodes": ["UNAVAILABLE"],
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


class _ContextPropagation:
    """Gives a call the token, and the request id, deadline and trace of the call that is being served."""

    def __init__(self, token: str) -> None:
        self._token = (("authorization", f"Bearer {token}"),) if token else ()
        self._ending_spans: set[asyncio.Task[None]] = set()

    async def _start(
        self, continuation: Callable[..., Any], details: grpc.aio.ClientCallDetails, request: Any
    ) -> Any:
        if self._token:
            details = _extended(details, details.timeout, self._token)
        served = current_call.get()
        if served is None:
            return await continuation(details, request)
        span, trace = served.trace.start(_span_name(details.method), SpanKind.CLIENT)
        try:
            call = await continuation(_propagated(details, served, trace), request)
        except BaseException:
            end_span(span, grpc.StatusCode.CANCELLED)
            raise
        if span.is_recording():
            # The code is not awaited here, because grpc would then not hear of a cancellation.
            call.add_done_callback(lambda ended: self._end_span_of(ended, span))
        return call

    def _end_span_of(self, call: grpc.aio.Call, span: Span) -> None:
        async def end_with_code() -> None:
            end_span(span, await call.code())

        task = asyncio.get_running_loop().create_task(end_with_code())
        self._ending_spans.add(task)
        task.add_done_callback(self._ending_spans.discard)


class _UnaryContextPropagation(_ContextPropagation, grpc.aio.UnaryUnaryClientInterceptor):
    @override
    async def intercept_unary_unary(
        self,
        continuation: Callable[..., Any],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        call = await self._start(continuation, client_call_details, request)
        finish_batch(call)
        return call


class _StreamContextPropagation(_ContextPropagation, grpc.aio.UnaryStreamClientInterceptor):
    @override
    async def intercept_unary_stream(
        self,
        continuation: Callable[..., Any],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        call = await self._start(continuation, client_call_details, request)
        finish_reads(call)
        return call


def _propagated(
    details: grpc.aio.ClientCallDetails, served: Call, trace: Trace
) -> grpc.aio.ClientCallDetails:
    remaining = served.deadline.with_reserve().remaining()
    timeout = remaining if details.timeout is None else min(details.timeout, remaining)
    return _extended(details, timeout, ((REQUEST_ID_KEY, served.request_id), *trace.headers().items()))


def _extended(
    details: grpc.aio.ClientCallDetails, timeout: float | None, more: Iterable[tuple[str, str]]
) -> grpc.aio.ClientCallDetails:
    return grpc.aio.ClientCallDetails(
        details.method,
        timeout,
        grpc.aio.Metadata(*(details.metadata or ()), *more),
        details.credentials,
        details.wait_for_ready,
    )


def _span_name(method: str | bytes) -> str:
    """Drops the leading slash. grpc.aio passes bytes here, though its stubs promise a str."""
    return (method.decode() if isinstance(method, bytes) else method).removeprefix("/")

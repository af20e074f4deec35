"""The one way to reach another server of Chorus."""

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Any

import grpc
from opentelemetry.trace import Span, SpanKind

from rpckit.call import REQUEST_ID_KEY, Call, current_call
from rpckit.certificates import Certificate
from rpckit.reloading_channel import RenewedChannel
from rpckit.settings import Security
from rpckit.trace import Trace, end
from rpckit.transport import COMMON_OPTIONS, Option

_MAX_ATTEMPTS = 3
_LOCAL = Security()


def connect(
    target: str, service: str, *, watch_health: bool = True, security: Security = _LOCAL, token: str = ""
) -> grpc.aio.Channel:
    """A channel to every replica behind `target`, for one service.

    Calls go round robin over the replicas that report themselves healthy; only UNAVAILABLE is retried, and
    the more seldom the more calls fail. A call made while another is served inherits its request id and what
    is left of its deadline, less the reserve for our own answer.

    Args:
        target: A gRPC target, for example "127.0.0.1:50052" or "dns:///gemma:50052".
        service: The full name of the service that will be called.
        watch_health: False reaches a server that says it is not ready, too.
        security: Without certificates the target is on this machine, or plaintext was asked for.
        token: Says who calls; it never leaves the machine in plaintext.

    Raises:
        SettingError: What is said would leave the machine in plaintext.
    """
    security.check(target, secret=bool(token))
    options = _options(service, security, watch_health=watch_health)
    interceptors = (_InheritUnary(token), _InheritStream(token))
    if security.certificates is None:
        return grpc.aio.insecure_channel(target, options=options, interceptors=interceptors)

    def secured(certificate: Certificate) -> grpc.aio.Channel:
        credentials = certificate.for_client()
        return grpc.aio.secure_channel(target, credentials, options=options, interceptors=interceptors)

    return RenewedChannel(security.certificates, secured)


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
        "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.2},
    }
    if watch_health:
        config["healthCheckConfig"] = {"serviceName": service}
    options: list[Option] = [
        *COMMON_OPTIONS,
        ("grpc.service_config", json.dumps(config)),
        ("grpc.enable_retries", 1),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 2000),
        # A lost connection has the name looked up again, but not more often than this: with grpc's 30 s a new
        # replica would wait that long for its first call.
        ("grpc.dns_min_time_between_resolutions_ms", 5000),
    ]
    if security.server_name:
        options.append(("grpc.ssl_target_name_override", security.server_name))
    return options


class _Inherit:
    """A call made while another is served goes on with its request id, its deadline and its trace."""

    def __init__(self, token: str) -> None:
        self._token = (("authorization", f"Bearer {token}"),) if token else ()
        self._endings: set[asyncio.Task[None]] = set()

    async def _start(
        self, continuation: Callable[..., Any], details: grpc.aio.ClientCallDetails, request: Any
    ) -> Any:
        if self._token:
            details = _changed(details, details.timeout, self._token)
        served = current_call.get()
        if served is None:
            return await continuation(details, request)
        span, trace = served.trace.start(_name(details.method), SpanKind.CLIENT)
        try:
            call = await continuation(_inherited(details, served, trace), request)
        except BaseException:
            end(span, grpc.StatusCode.CANCELLED)
            raise
        if span.is_recording():
            # Not awaited here: grpc would then not hear of a cancellation.
            call.add_done_callback(lambda ended: self._end(span, ended))
        return call

    def _end(self, span: Span, call: grpc.aio.Call) -> None:
        async def end_with_code() -> None:
            end(span, await call.code())

        task = asyncio.get_running_loop().create_task(end_with_code())
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)


class _InheritUnary(_Inherit, grpc.aio.UnaryUnaryClientInterceptor):
    async def intercept_unary_unary(
        self,
        continuation: Callable[..., Any],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        return await self._start(continuation, client_call_details, request)


class _InheritStream(_Inherit, grpc.aio.UnaryStreamClientInterceptor):
    async def intercept_unary_stream(
        self,
        continuation: Callable[..., Any],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        return await self._start(continuation, client_call_details, request)


def _inherited(details: grpc.aio.ClientCallDetails, served: Call, trace: Trace) -> grpc.aio.ClientCallDetails:
    remaining = served.deadline.with_reserve().remaining()
    timeout = remaining if details.timeout is None else min(details.timeout, remaining)
    return _changed(details, timeout, ((REQUEST_ID_KEY, served.request_id), *trace.headers().items()))


def _changed(
    details: grpc.aio.ClientCallDetails, timeout: float | None, more: Iterable[tuple[str, str]]
) -> grpc.aio.ClientCallDetails:
    return grpc.aio.ClientCallDetails(
        details.method,
        timeout,
        grpc.aio.Metadata(*(details.metadata or ()), *more),
        details.credentials,
        details.wait_for_ready,
    )


def _name(method: str | bytes) -> str:
    """Without the slash in front. The stubs say it is a text; it is bytes."""
    return (method.decode() if isinstance(method, bytes) else method).removeprefix("/")

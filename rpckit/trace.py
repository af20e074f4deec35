"""Spans of a trace. A span holds names, codes and counts: never a text, a caller or a key."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from opentelemetry.context import Context
from opentelemetry.trace import NoOpTracer, Span, SpanKind, StatusCode, Tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from rpckit.errors import ChorusError, reason_name

_PROPAGATOR = TraceContextTextMapPropagator()


@dataclass(frozen=True, slots=True)
class Trace:
    """Where the spans of one call hang; by itself nowhere.

    The span is not made OpenTelemetry's current one: a stream may be closed from another task than began it.
    """

    tracer: Tracer = field(default_factory=NoOpTracer)
    context: Context = field(default_factory=Context)

    def start(self, name: str, kind: SpanKind = SpanKind.INTERNAL) -> tuple[Span, "Trace"]:
        """A span below this one's, which whoever starts it ends, and where further ones hang."""
        span = self.tracer.start_span(name, self.context, kind)
        return span, Trace(self.tracer, set_span_in_context(span, self.context))

    @contextmanager
    def span(self, name: str, **attributes: str) -> Iterator[Span]:
        """A span around the block."""
        span, _ = self.start(name)
        span.set_attributes(attributes)
        try:
            yield span
        except ChorusError as error:
            end(span, error.code, reason_name(error.reason))
            raise
        except BaseException:
            end(span, grpc.StatusCode.CANCELLED)
            raise
        end(span, grpc.StatusCode.OK)

    def headers(self) -> dict[str, str]:
        """What tells a server to go on with this trace."""
        headers: dict[str, str] = {}
        _PROPAGATOR.inject(headers, self.context)
        return headers


NO_TRACE = Trace()


def continued(tracer: Tracer, metadata: Iterable[tuple[str, Any]]) -> Trace:
    """The trace that a caller's metadata names, or a new one."""
    headers = {key: value for key, value in metadata if isinstance(value, str)}
    return Trace(tracer, _PROPAGATOR.extract(headers, Context()))


def end(span: Span, code: grpc.StatusCode, reason: str = "") -> None:
    """Ends a span with how its call ended."""
    span.set_attribute("rpc.grpc.status_code", code.name)
    if reason:
        span.set_attribute("chorus.reason", reason)
    if code is not grpc.StatusCode.OK:
        span.set_status(StatusCode.ERROR)
    span.end()

"""Starts and ends spans of a trace. A span holds names, codes and counts: never a text, a caller or a key."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from opentelemetry.context import Context
from opentelemetry.trace import (
    NoOpTracer,
    Span,
    SpanKind,
    StatusCode,
    Tracer,
    format_span_id,
    format_trace_id,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from rpckit.errors import ChorusError, reason_name

_PROPAGATOR = TraceContextTextMapPropagator()


@dataclass(frozen=True, slots=True)
class Trace:
    """Carries the parent under which the spans of one call are started; the default drops every span.

    The parent is carried here and not as OpenTelemetry's current span, because a stream may be closed by
    another task than the one that began it.
    """

    tracer: Tracer = field(default_factory=NoOpTracer)
    context: Context = field(default_factory=Context)

    def start(
        self,
        name: str,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Mapping[str, str | int | float | bool] | None = None,
    ) -> tuple[Span, "Trace"]:
        """Starts a child span, which the caller must end, and returns it with the Trace below it."""
        span = self.tracer.start_span(name, self.context, kind, attributes)
        return span, Trace(self.tracer, set_span_in_context(span, self.context))

    @contextmanager
    def span(self, name: str, **attributes: str) -> Iterator[Span]:
        """Holds a child span open while the block runs."""
        span, _ = self.start(name)
        span.set_attributes(attributes)
        with end_span_of_block(span):
            yield span

    def headers(self) -> dict[str, str]:
        """Returns the metadata that lets a server continue this trace (W3C Trace Context)."""
        headers: dict[str, str] = {}
        _PROPAGATOR.inject(headers, self.context)
        return headers


NO_TRACE = Trace()


def extract_trace(tracer: Tracer, metadata: Iterable[tuple[str, Any]]) -> Trace:
    """Returns the trace that a caller's metadata names, or a new one."""
    headers = {key: value for key, value in metadata if isinstance(value, str)}
    return Trace(tracer, _PROPAGATOR.extract(headers, Context()))


@contextmanager
def end_span_of_block(span: Span) -> Iterator[None]:
    """Ends a span with the block, as the block ends."""
    try:
        yield
    except ChorusError as error:
        end_span(span, error.code, reason_name(error.reason))
        raise
    except BaseException:
        end_span(span, grpc.StatusCode.CANCELLED)
        raise
    end_span(span, grpc.StatusCode.OK)


def exemplar_of(span: Span) -> dict[str, str] | None:
    """Returns what leads from a metric to this span's trace; None: the trace is not exported."""
    context = span.get_span_context()
    if not (context.is_valid and context.trace_flags.sampled):
        return None
    return {"trace_id": format_trace_id(context.trace_id), "span_id": format_span_id(context.span_id)}


def end_span(span: Span, code: grpc.StatusCode, reason: str = "") -> None:
    """Ends a span and records the code and reason that its call ended with."""
    span.set_attribute("rpc.grpc.status_code", code.name)
    if reason:
        span.set_attribute("chorus.reason", reason)
    if code is not grpc.StatusCode.OK:
        span.set_status(StatusCode.ERROR)
    span.end()

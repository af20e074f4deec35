"""Tells of model calls as OpenTelemetry's conventions for generative AI do (v0.1.0), never of content.

This module alone knows those words. Prometheus has underscores where they have dots.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from opentelemetry.trace import Span, SpanKind
from prometheus_client import CollectorRegistry, Counter, Histogram

from chorus.model.v1 import generation_pb2, model_service_pb2
from modelkit.usage import usage_of
from rpckit.errors import ChorusError, reason_name
from rpckit.trace import Trace, end_span_of_block, exemplar_of

_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_LABELS = ("gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model")
_FINISH_REASONS = {
    generation_pb2.FINISH_REASON_STOP: "stop",
    generation_pb2.FINISH_REASON_LENGTH: "length",
}
_CANCELLED = "CANCELLED"


class Operation(StrEnum):
    """What a model is asked to do."""

    CHAT = "chat"
    GENERATE_CONTENT = "generate_content"


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One call of a model, whatever retries it takes.

    Attributes:
        provider: A well-known `gen_ai.provider.name`, or a word of our own where there is none.
        model: As its provider names it.
        is_local: Whether the model runs in this process.
    """

    provider: str
    model: str
    request: model_service_pb2.GenerateRequest
    operation: Operation = Operation.CHAT
    streaming: bool = False
    is_local: bool = False

    @property
    def labels(self) -> tuple[str, str, str]:
        """The attributes that every metric has."""
        return self.operation.value, self.provider, self.model

    def attributes(self) -> Mapping[str, str | int | float | bool]:
        """Returns what is known of the call before it is made."""
        asked: dict[str, str | int | float | bool] = {
            "gen_ai.operation.name": self.operation.value,
            "gen_ai.provider.name": self.provider,
            "gen_ai.request.model": self.model,
            "gen_ai.request.stream": self.streaming,
        }
        output = self.request.output_format
        if output.HasField("json_schema"):
            asked["gen_ai.output.type"] = "json"
        sampling = self.request.sampling
        if sampling.HasField("max_output_tokens"):
            asked["gen_ai.request.max_tokens"] = sampling.max_output_tokens
        for name in ("temperature", "top_p", "seed"):
            if sampling.HasField(name):
                asked[f"gen_ai.request.{name}"] = getattr(sampling, name)
        return asked


@dataclass(slots=True)
class ModelCallEnd:
    """What is known of a call once it has ended."""

    trace: Trace
    usage: generation_pb2.Usage = field(default_factory=generation_pb2.Usage)
    completion: model_service_pb2.Completion | None = None


class ModelCalls:
    """Starts a span for each model call, and measures its time and tokens."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "gen_ai_client_inference_duration_seconds",
            "How long model calls took, with their retries.",
            (*_LABELS, "error_type"),
            buckets=_SECONDS,
            registry=registry,
        )
        self._tokens = {
            kind: Counter(f"gen_ai_client_inference_usage_{name}", said, _LABELS, registry=registry)
            for kind, name, said in (
                ("input_tokens", "input_tokens", "Tokens read."),
                ("output_tokens", "output_tokens", "Tokens written."),
                ("cached_input_tokens", "cache_read_input_tokens", "Tokens read from a cache."),
                ("cache_write_tokens", "cache_write_input_tokens", "Tokens written to a cache."),
                ("reasoning_tokens", "reasoning_output_tokens", "Tokens written while thinking."),
            )
        }

    @contextmanager
    def observe(self, call: ModelCall, trace: Trace) -> Iterator[ModelCallEnd]:
        """Holds a span open while the block makes a call, and counts what the block says of its end."""
        kind = SpanKind.INTERNAL if call.is_local else SpanKind.CLIENT
        span, below = trace.start(f"{call.operation.value} {call.model}", kind, call.attributes())
        end = ModelCallEnd(below)
        started = time.monotonic()
        error_type = _CANCELLED
        try:
            with end_span_of_block(span):
                try:
                    yield end
                    error_type = ""
                except ChorusError as error:
                    error_type = reason_name(error.reason)
                    if not end.usage.ByteSize():
                        end.usage = usage_of(error) or end.usage
                    raise
                finally:
                    _describe(span, end, error_type)
        finally:
            self._count(call, end.usage, error_type, time.monotonic() - started, span)

    def _count(
        self,
        call: ModelCall,
        usage: generation_pb2.Usage,
        error_type: str,
        seconds: float,
        span: Span,
    ) -> None:
        exemplar = exemplar_of(span)
        self._seconds.labels(*call.labels, error_type).observe(seconds, exemplar)
        for kind, counter in self._tokens.items():
            if tokens := getattr(usage, kind):
                counter.labels(*call.labels).inc(tokens, exemplar)


def _describe(span: Span, end: ModelCallEnd, error_type: str) -> None:
    usage, completion = end.usage, end.completion
    said: dict[str, str | int | list[str]] = {
        "gen_ai.usage.input_tokens": usage.input_tokens,
        "gen_ai.usage.output_tokens": usage.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": usage.cached_input_tokens,
        "gen_ai.usage.cache_write.input_tokens": usage.cache_write_tokens,
        "gen_ai.usage.reasoning.output_tokens": usage.reasoning_tokens,
    }
    known: dict[str, str | int | list[str]] = {key: value for key, value in said.items() if value}
    if completion is not None:
        known["gen_ai.response.finish_reasons"] = [_FINISH_REASONS.get(completion.finish_reason, "other")]
        if completion.model_version:
            known["gen_ai.response.model"] = completion.model_version
    if error_type:
        known["error.type"] = error_type
    span.set_attributes(known)

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.exposition import generate_latest

from chorus.model.v1.content_pb2 import Part, Turn
from chorus.model.v1.generation_pb2 import FINISH_REASON_STOP, OutputFormat, Sampling, Usage
from chorus.model.v1.model_service_pb2 import Completion, GenerateRequest
from modelkit.gen_ai import ModelCall, ModelCalls, Operation
from modelkit.usage import with_usage
from rpckit.errors import RateLimited
from rpckit.trace import NO_TRACE, Trace

PRIVATE = "나는 비밀이다"
USAGE = Usage(
    input_tokens=100, output_tokens=20, cached_input_tokens=30, cache_write_tokens=4, reasoning_tokens=5
)
REQUEST = GenerateRequest(
    system_instruction=PRIVATE,
    turns=[Turn(parts=[Part(text=PRIVATE)])],
    output_format=OutputFormat(json_schema='{"title": "나는 비밀이다"}'),
    sampling=Sampling(max_output_tokens=500, temperature=0.5, top_p=0.25, seed=7, stop_sequences=[PRIVATE]),
)
CALL = ModelCall("openai", "gpt-4o-mini", REQUEST, streaming=True)
LABELS = {
    "gen_ai_operation_name": "chat",
    "gen_ai_provider_name": "openai",
    "gen_ai_request_model": "gpt-4o-mini",
}
USED = "gen_ai_client_inference_usage_"
SECONDS = "gen_ai_client_inference_duration_seconds"


def page_of(registry: CollectorRegistry) -> str:
    """What Prometheus reads, in the format that has exemplars."""
    page: Any = generate_latest(registry)  # type: ignore[no-untyped-call]
    return str(page.decode())


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def exported() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def trace(exported: InMemorySpanExporter) -> Iterator[Trace]:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exported))
    yield Trace(provider.get_tracer("test"))
    provider.shutdown()


def test_a_call_is_told_in_the_conventions_words(
    registry: CollectorRegistry, exported: InMemorySpanExporter, trace: Trace
) -> None:
    with ModelCalls(registry).observe(CALL, trace) as end:
        with end.trace.span("attempt"):
            pass
        end.usage = USAGE
        end.completion = Completion(finish_reason=FINISH_REASON_STOP, model_version="gpt-4o-mini-2026")
    attempt, span = exported.get_finished_spans()
    assert (span.name, span.kind) == ("chat gpt-4o-mini", SpanKind.CLIENT)
    assert attempt.parent == span.get_span_context()
    assert dict(span.attributes or {}) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.request.stream": True,
        "gen_ai.output.type": "json",
        "gen_ai.request.max_tokens": 500,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.top_p": 0.25,
        "gen_ai.request.seed": 7,
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 20,
        "gen_ai.usage.cache_read.input_tokens": 30,
        "gen_ai.usage.cache_write.input_tokens": 4,
        "gen_ai.usage.reasoning.output_tokens": 5,
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.response.model": "gpt-4o-mini-2026",
        "rpc.grpc.status_code": "OK",
    }
    assert registry.get_sample_value(f"{SECONDS}_count", LABELS | {"error_type": ""}) == 1
    for name, tokens in (
        ("input_tokens", 100),
        ("output_tokens", 20),
        ("cache_read_input_tokens", 30),
        ("cache_write_input_tokens", 4),
        ("reasoning_output_tokens", 5),
    ):
        assert registry.get_sample_value(f"{USED}{name}_total", LABELS) == tokens


def test_no_content_is_told(
    registry: CollectorRegistry, exported: InMemorySpanExporter, trace: Trace
) -> None:
    with ModelCalls(registry).observe(CALL, trace):
        pass
    assert PRIVATE not in repr(exported.get_finished_spans()[0].attributes)
    assert PRIVATE not in page_of(registry)


@pytest.mark.parametrize(
    ("error", "error_type"),
    [(RateLimited("wait"), "RATE_LIMITED"), (asyncio.CancelledError(), "CANCELLED")],
)
def test_how_a_call_fails_is_told(
    registry: CollectorRegistry,
    exported: InMemorySpanExporter,
    trace: Trace,
    error: BaseException,
    error_type: str,
) -> None:
    with pytest.raises(type(error)), ModelCalls(registry).observe(CALL, trace):
        raise error
    (span,) = exported.get_finished_spans()
    assert (span.attributes or {})["error.type"] == error_type
    assert not span.status.is_ok
    assert not span.events
    assert registry.get_sample_value(f"{SECONDS}_count", LABELS | {"error_type": error_type}) == 1


def test_what_a_failed_call_used_is_counted(registry: CollectorRegistry) -> None:
    with pytest.raises(RateLimited), ModelCalls(registry).observe(CALL, NO_TRACE):
        raise with_usage(RateLimited("wait"), USAGE)
    assert registry.get_sample_value(f"{USED}output_tokens_total", LABELS) == 20


def test_a_model_of_this_process_is_called_inside(
    registry: CollectorRegistry, exported: InMemorySpanExporter, trace: Trace
) -> None:
    call = ModelCall("x", "y", GenerateRequest(), Operation.GENERATE_CONTENT, is_local=True)
    with ModelCalls(registry).observe(call, trace):
        pass
    (span,) = exported.get_finished_spans()
    assert (span.name, span.kind) == ("generate_content y", SpanKind.INTERNAL)


@pytest.mark.parametrize("traced", [True, False])
def test_an_exemplar_leads_to_the_trace_if_there_is_one(
    registry: CollectorRegistry, exported: InMemorySpanExporter, trace: Trace, traced: bool
) -> None:
    with ModelCalls(registry).observe(CALL, trace if traced else NO_TRACE) as end:
        end.usage = USAGE
    page = page_of(registry)
    counted = [line for line in page.splitlines() if line.startswith(f"{USED}input_tokens_total")]
    if traced:
        (span,) = exported.get_finished_spans()
        context = span.get_span_context()
        assert context is not None
        assert f'trace_id="{context.trace_id:032x}"' in counted[0]
    else:
        assert "trace_id" not in page

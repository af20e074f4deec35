from prometheus_client import CollectorRegistry

from chorus.feedback.v1.feedback_pb2 import ModelFeedback, ModelResult
from chorus.model.v1.failure_pb2 import ERROR_REASON_TIMEOUT, Failure
from chorus.model.v1.generation_pb2 import Usage
from orchestrator.metrics import ModelMetrics, store_failures


def test_answers_tokens_and_money_are_counted_by_model() -> None:
    registry = CollectorRegistry()
    metrics = ModelMetrics(registry)
    metrics.answer(ModelResult(model="a/b", feedback=ModelFeedback()))
    metrics.answer(ModelResult(model="a/b", failure=Failure(reason=ERROR_REASON_TIMEOUT)))
    for _ in range(2):
        metrics.use("a/b", Usage(input_tokens=100, output_tokens=20, cost_usd_nanos=1_500_000_000))
    metrics.use("free/one", Usage(output_tokens=1))

    assert registry.get_sample_value("chorus_answers_total", {"model": "a/b", "outcome": "OK"}) == 1
    assert registry.get_sample_value("chorus_answers_total", {"model": "a/b", "outcome": "TIMEOUT"}) == 1
    assert registry.get_sample_value("chorus_tokens_total", {"model": "a/b", "kind": "input"}) == 200
    assert registry.get_sample_value("chorus_cost_usd_total", {"model": "a/b"}) == 3
    assert registry.get_sample_value("chorus_cost_usd_total", {"model": "free/one"}) == 0


def test_what_the_store_failed_in_is_counted_by_operation() -> None:
    registry = CollectorRegistry()
    count = store_failures(registry)
    for operation in ("open_request", "keep_result", "open_request"):
        count(operation)
    assert registry.get_sample_value("chorus_store_failures_total", {"operation": "open_request"}) == 2

from prometheus_client import CollectorRegistry

from chorus.feedback.v1.feedback_pb2 import ModelFeedback, ModelResult
from chorus.model.v1.failure_pb2 import ERROR_REASON_TIMEOUT, Failure
from chorus.model.v1.generation_pb2 import Usage
from orchestrator.metrics import ModelMetrics, store_failures
from rpckit.call import Call, Deadline, current_call

NAMED = frozenset({"lms", "tutor"})


def test_answers_tokens_and_money_are_counted_by_model() -> None:
    registry = CollectorRegistry()
    metrics = ModelMetrics(registry)
    metrics.answer(ModelResult(model="a/b", feedback=ModelFeedback()))
    metrics.answer(ModelResult(model="a/b", failure=Failure(reason=ERROR_REASON_TIMEOUT)))
    for _ in range(2):
        metrics.use("a/b", Usage(input_tokens=100, output_tokens=20, cost_usd_nanos=1_500_000_000))
    metrics.use("free/one", Usage(output_tokens=1))

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, labels | {"caller": "other"})

    assert value("chorus_answers_total", model="a/b", outcome="OK") == 1
    assert value("chorus_answers_total", model="a/b", outcome="TIMEOUT") == 1
    assert value("chorus_tokens_total", model="a/b", kind="input") == 200
    assert value("chorus_cost_usd_total", model="a/b") == 3
    assert value("chorus_cost_usd_total", model="free/one") == 0


def test_callers_that_were_named_are_told_apart_and_all_others_are_one() -> None:
    registry = CollectorRegistry()
    metrics = ModelMetrics(registry, NAMED)
    for caller in ("lms", "tutor", "", "stranger-1", "stranger-2"):
        token = current_call.set(Call("/x", "r", Deadline.after(1), caller=caller))
        metrics.answer(ModelResult(model="a/b", feedback=ModelFeedback()))
        metrics.use("a/b", Usage(input_tokens=10, cost_usd_nanos=1_000_000_000))
        current_call.reset(token)
    series = [each for family in registry.collect() for each in family.samples]
    assert {each.labels["caller"] for each in series} == {"lms", "tutor", "other"}
    counted = {each.labels["caller"]: each.value for each in series if each.name == "chorus_cost_usd_total"}
    assert counted == {"lms": 1, "tutor": 1, "other": 3}


def test_what_the_store_failed_in_is_counted_by_operation() -> None:
    registry = CollectorRegistry()
    count = store_failures(registry)
    for operation in ("open_request", "keep_result", "open_request"):
        count(operation)
    assert registry.get_sample_value("chorus_store_failures_total", {"operation": "open_request"}) == 2

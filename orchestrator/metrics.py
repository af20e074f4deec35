"""Counts the panel's answers, tokens and cost, and what the store failed in.

Models' names come from their servers, so they are few.
"""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter

from chorus.feedback.v1 import feedback_pb2
from chorus.model.v1 import generation_pb2
from rpckit.errors import reason_name

_NANOS = 1_000_000_000


class ModelMetrics:
    """Counts answers, tokens and money."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._answers = Counter(
            "chorus_answers", "Answers of the panel's models.", ("model", "outcome"), registry=registry
        )
        self._tokens = Counter(
            "chorus_tokens", "Tokens that models read and wrote.", ("model", "kind"), registry=registry
        )
        self._cost = Counter(
            "chorus_cost_usd", "What models cost, as far as known.", ("model",), registry=registry
        )

    def answer(self, result: feedback_pb2.ModelResult) -> None:
        """Counts one model's outcome: OK, or the reason of its failure."""
        outcome = "OK" if result.HasField("feedback") else reason_name(result.failure.reason)
        self._answers.labels(result.model, outcome).inc()

    def use(self, model: str, usage: generation_pb2.Usage) -> None:
        """Counts the tokens and the cost of one generation, failed or not."""
        # Cached input is a part of the input, and reasoning a part of the output.
        kinds = {
            "input": usage.input_tokens,
            "output": usage.output_tokens,
            "cached_input": usage.cached_input_tokens,
            "reasoning": usage.reasoning_tokens,
        }
        for kind, tokens in kinds.items():
            self._tokens.labels(model, kind).inc(tokens)
        self._cost.labels(model).inc(usage.cost_usd_nanos / _NANOS)


def store_failures(registry: CollectorRegistry) -> Callable[[str], None]:
    """Returns what counts an operation of the store that failed, by its name."""
    failures = Counter(
        "chorus_store_failures", "Operations that the store failed in.", ("operation",), registry=registry
    )
    return lambda operation: failures.labels(operation).inc()

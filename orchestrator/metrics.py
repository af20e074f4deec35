"""Counts the panel's answers, tokens and cost, and what the store failed in.

Models' names come from their servers, so they are few; callers' from the settings.
"""

from collections.abc import Callable

from opentelemetry.trace import get_current_span
from prometheus_client import CollectorRegistry, Counter

from chorus.feedback.v1 import feedback_pb2
from chorus.model.v1 import generation_pb2
from rpckit.call import current_call, current_trace
from rpckit.errors import reason_name
from rpckit.metrics import caller_label
from rpckit.trace import exemplar_of

_NANOS = 1_000_000_000


class ModelMetrics:
    """Counts answers, tokens and money, for the caller whose call is being served.

    Args:
        registry: Where they are counted.
        callers: Those that have a label of their own.
    """

    def __init__(self, registry: CollectorRegistry, callers: frozenset[str] = frozenset()) -> None:
        self._callers = callers
        self._answers = Counter(
            "chorus_answers",
            "Answers of the panel's models.",
            ("model", "outcome", "caller"),
            registry=registry,
        )
        self._tokens = Counter(
            "chorus_tokens",
            "Tokens that models read and wrote.",
            ("model", "kind", "caller"),
            registry=registry,
        )
        self._cost = Counter(
            "chorus_cost_usd", "What models cost, as far as known.", ("model", "caller"), registry=registry
        )

    def answer(self, result: feedback_pb2.ModelResult) -> None:
        """Counts one model's outcome: OK, or the reason of its failure."""
        outcome = "OK" if result.HasField("feedback") else reason_name(result.failure.reason)
        self._answers.labels(result.model, outcome, self._caller()).inc(1, _exemplar())

    def use(self, model: str, usage: generation_pb2.Usage) -> None:
        """Counts the tokens and the cost of one generation, failed or not."""
        # Cached input is a part of the input, and reasoning a part of the output.
        kinds = {
            "input": usage.input_tokens,
            "output": usage.output_tokens,
            "cached_input": usage.cached_input_tokens,
            "reasoning": usage.reasoning_tokens,
        }
        caller, exemplar = self._caller(), _exemplar()
        for kind, tokens in kinds.items():
            self._tokens.labels(model, kind, caller).inc(tokens, exemplar)
        self._cost.labels(model, caller).inc(usage.cost_usd_nanos / _NANOS, exemplar)

    def _caller(self) -> str:
        call = current_call.get()
        return caller_label(call.caller if call else "", self._callers)


def _exemplar() -> dict[str, str] | None:
    return exemplar_of(get_current_span(current_trace().context))


def store_failures(registry: CollectorRegistry) -> Callable[[str], None]:
    """Returns what counts an operation of the store that failed, by its name."""
    failures = Counter(
        "chorus_store_failures", "Operations that the store failed in.", ("operation",), registry=registry
    )
    return lambda operation: failures.labels(operation).inc()

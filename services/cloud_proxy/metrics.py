"""Counts what the providers are asked and what that takes, by model of the catalog."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge

from chorus.model.v1 import generation_pb2
from modelkit.gen_ai import ModelCalls
from rpckit.errors import ChorusError, reason_name

_NANOS = 1_000_000_000


class ProviderMetrics:
    """Counts attempts, retries among them, those not made, tokens and money."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.calls = ModelCalls(registry)
        outcome = ("model", "outcome")
        self._attempts = Counter(
            "chorus_provider_attempts", "Attempts at the providers.", outcome, registry=registry
        )
        self._refusals = Counter(
            "chorus_provider_refusals",
            "Attempts not made: they would have been in vain.",
            ("model", "reason"),
            registry=registry,
        )
        self._circuits = Gauge(
            "chorus_provider_circuit_open",
            "Whether calls are kept from a model that fails: 1 yes, 0 no.",
            ("model",),
            registry=registry,
        )
        self._tokens = Counter(
            "chorus_provider_tokens", "Tokens read and written.", ("model", "kind"), registry=registry
        )
        self._cost = Counter(
            "chorus_provider_cost_usd",
            "What the providers cost, as far as known.",
            ("model",),
            registry=registry,
        )
        self._unknown_costs = Counter(
            "chorus_provider_unknown_costs",
            "Calls of which the provider did not say what all of their attempts took.",
            ("model",),
            registry=registry,
        )

    @contextmanager
    def attempt(self, model: str) -> Iterator[None]:
        """Counts the block as one attempt, labelled OK, CANCELLED or with the reason of its failure."""
        outcome = "CANCELLED"
        try:
            yield
            outcome = "OK"
        except ChorusError as error:
            outcome = reason_name(error.reason)
            raise
        finally:
            self._attempts.labels(model, outcome).inc()

    def count_refusal(self, model: str, error: ChorusError) -> None:
        """Counts an attempt that was not made."""
        self._refusals.labels(model, reason_name(error.reason)).inc()

    def set_circuit(self, model: str, is_open: bool) -> None:
        """Sets whether calls are kept from a model."""
        self._circuits.labels(model).set(is_open)

    def count_usage(self, model: str, usage: generation_pb2.Usage) -> None:
        """Counts what all attempts of one call used."""
        # Cached input and what is written to a cache are parts of the input, and reasoning one of the output.
        kinds = {
            "input": usage.input_tokens,
            "output": usage.output_tokens,
            "cached_input": usage.cached_input_tokens,
            "cache_write": usage.cache_write_tokens,
            "reasoning": usage.reasoning_tokens,
        }
        for kind, tokens in kinds.items():
            self._tokens.labels(model, kind).inc(tokens)
        self._cost.labels(model).inc(usage.cost_usd_nanos / _NANOS)
        if usage.basis == generation_pb2.USAGE_BASIS_UNKNOWN:
            self._unknown_costs.labels(model).inc()

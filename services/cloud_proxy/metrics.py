"""Counts what the providers are asked and what that takes, by model of the catalog."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge

from chorus.model.v1 import generation_pb2
from rpckit.errors import ChorusError, reason_name

_NANOS = 1_000_000_000


class ProviderMetrics:
    """Counts attempts, retries among them, those not made, tokens and money."""

    def __init__(self, registry: CollectorRegistry) -> None:
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
        self._tokens.labels(model, "input").inc(usage.input_tokens)
        self._tokens.labels(model, "output").inc(usage.output_tokens)
        self._cost.labels(model).inc(usage.cost_usd_nanos / _NANOS)

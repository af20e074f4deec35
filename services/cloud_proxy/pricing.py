"""Computes what a call costs at its provider."""

from chorus.model.v1 import generation_pb2, model_pb2
from modelkit.usage import total_usage

_TOKENS_PER_PRICE = 1_000_000


def cost_usd_nanos(usage: generation_pb2.Usage, price: model_pb2.Price) -> int:
    """Returns the price of what was counted, rounded up to a whole 1e-9 USD."""
    fresh = usage.input_tokens - usage.cached_input_tokens
    total = (
        fresh * price.input_usd_nanos
        + usage.cached_input_tokens * price.cached_input_usd_nanos
        + usage.output_tokens * price.output_usd_nanos
    )
    return -(-total // _TOKENS_PER_PRICE)


class AttemptCosts:
    """Collects what the attempts of one call consumed."""

    def __init__(self, price: model_pb2.Price | None) -> None:
        self._price = price
        self._usages: list[generation_pb2.Usage] = []

    def add(self, usage: generation_pb2.Usage | None) -> None:
        """Adds an attempt. None means that it may be billed and that the provider did not say how much."""
        priced = generation_pb2.Usage(basis=generation_pb2.USAGE_BASIS_UNKNOWN)
        if usage is not None:
            priced.CopyFrom(usage)
            if self._price is not None:
                priced.cost_usd_nanos = cost_usd_nanos(usage, self._price)
        self._usages.append(priced)

    def total(self) -> generation_pb2.Usage | None:
        """Returns the sum so far, or None if nothing was consumed."""
        return total_usage(self._usages) if self._usages else None

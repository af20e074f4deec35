"""What a call costs."""

from chorus.model.v1 import generation_pb2, model_pb2

_TOKENS_PER_PRICE = 1_000_000
_UNKNOWN = generation_pb2.USAGE_BASIS_UNKNOWN


def cost_usd_nanos(usage: generation_pb2.Usage, price: model_pb2.Price) -> int:
    """The price of what was counted, rounded up to a whole 1e-9 USD."""
    fresh = usage.input_tokens - usage.cached_input_tokens
    total = (
        fresh * price.input_usd_nanos
        + usage.cached_input_tokens * price.cached_input_usd_nanos
        + usage.output_tokens * price.output_usd_nanos
    )
    return -(-total // _TOKENS_PER_PRICE)


class Bill:
    """Adds up what the attempts of one call consumed."""

    def __init__(self, price: model_pb2.Price | None) -> None:
        self._price = price
        self._total: generation_pb2.Usage | None = None

    def add(self, usage: generation_pb2.Usage | None) -> None:
        """Adds an attempt. None: it may be billed, and the provider did not say for how much."""
        total = self._total or generation_pb2.Usage(basis=generation_pb2.USAGE_BASIS_MEASURED)
        if usage is None:
            total.basis = _UNKNOWN
        else:
            total.input_tokens += usage.input_tokens
            total.output_tokens += usage.output_tokens
            total.cached_input_tokens += usage.cached_input_tokens
            total.reasoning_tokens += usage.reasoning_tokens
            # The values of UsageBasis go from the strongest to the weakest.
            total.basis = max(total.basis, usage.basis)
            if self._price is not None:
                total.cost_usd_nanos = cost_usd_nanos(total, self._price)
        self._total = total

    def total(self) -> generation_pb2.Usage | None:
        """What is known so far; None if nothing was consumed."""
        return self._total

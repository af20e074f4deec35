"""Computes what a call costs at its provider."""

from types import TracebackType
from typing import Self

from chorus.model.v1 import generation_pb2, model_pb2
from modelkit.answer_limits import AnswerTooLarge
from modelkit.usage import total_usage
from rpckit.errors import ChorusError, Timeout
from services.cloud_proxy.provider_errors import ConnectionLost, NoAnswer

_TOKENS_PER_PRICE = 1_000_000
# With any other error before the first word, the provider has said that it does nothing.
_MAY_BE_BILLED = (Timeout, ConnectionLost, NoAnswer, AnswerTooLarge)


def cost_usd_nanos(usage: generation_pb2.Usage, price: model_pb2.Price) -> int:
    """Returns the price of what was counted, rounded up to a whole 1e-9 USD."""
    has_own = price.HasField("cache_write_usd_nanos")
    cache_write = price.cache_write_usd_nanos if has_own else price.input_usd_nanos
    fresh = max(0, usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens)
    total = (
        fresh * price.input_usd_nanos
        + usage.cached_input_tokens * price.cached_input_usd_nanos
        + usage.cache_write_tokens * cache_write
        + usage.output_tokens * price.output_usd_nanos
    )
    return -(-total // _TOKENS_PER_PRICE)


class AttemptCosts:
    """Collects what the attempts of one call consumed."""

    def __init__(self, price: model_pb2.Price | None) -> None:
        self._price = price
        self._usages: list[generation_pb2.Usage] = []

    def attempt(self) -> "Attempt":
        """Returns the account of one more attempt."""
        return Attempt(self)

    def add(self, usage: generation_pb2.Usage | None) -> None:
        """Adds an attempt. None means that it may be billed and that the provider did not say how much."""
        priced = generation_pb2.Usage(basis=generation_pb2.USAGE_BASIS_UNKNOWN)
        # An answer takes tokens: counts that are all zero were never filled in.
        if usage is not None and (usage.input_tokens or usage.output_tokens):
            priced.CopyFrom(usage)
            if self._price is not None:
                priced.cost_usd_nanos = cost_usd_nanos(usage, self._price)
        self._usages.append(priced)

    def total(self) -> generation_pb2.Usage | None:
        """Returns the sum so far, or None if nothing was consumed."""
        return total_usage(self._usages) if self._usages else None


class Attempt:
    """The account of one attempt, open during a `with`.

    One that ends without a settlement may be billed: it was cut off, timed out, failed in its middle, or its
    caller left. Only a provider that refuses before its first word takes nothing.

    Attributes:
        has_begun: Whether any of the answer has come.
    """

    def __init__(self, costs: AttemptCosts) -> None:
        self._costs = costs
        self._is_settled = False
        self.has_begun = False

    def settle(self, usage: generation_pb2.Usage | None) -> None:
        """Books what the provider counted; None if it did not say."""
        self._is_settled = True
        self._costs.add(usage)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        is_refused = isinstance(error, ChorusError) and not isinstance(error, _MAY_BE_BILLED)
        if not self._is_settled and (self.has_begun or not is_refused):
            self._costs.add(None)

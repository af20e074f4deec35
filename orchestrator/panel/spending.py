"""Reserves money before a model is asked, and settles it by what the answer cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from chorus.model.v1 import failure_pb2, generation_pb2, model_pb2, model_service_pb2
from modelkit.reasoning import output_room
from modelkit.usage import usage_of
from orchestrator.panel.reasoning import BYTES_PER_TOKEN
from rpckit.errors import BudgetExceeded, ChorusError

_PER_MILLION = 1_000_000

# These failures may cut an answer off in the middle; what it used by then is not known.
_CUT_OFF = frozenset({failure_pb2.ERROR_REASON_TIMEOUT, failure_pb2.ERROR_REASON_INTERNAL})


@dataclass(slots=True)
class Spending:
    """What one call may cost and has committed so far, in 1e-9 USD; without a limit all is allowed."""

    limit: int | None
    committed: int = 0


@dataclass(slots=True)
class Charge:
    """One generation on a bill.

    Attributes:
        usage: What it used: unknown until it is said. None: nothing.
        has_begun: Whether anything of the answer has come, so that it is billed however it ends.
    """

    usage: generation_pb2.Usage | None = field(
        default_factory=lambda: generation_pb2.Usage(basis=generation_pb2.USAGE_BASIS_UNKNOWN),
    )
    has_begun: bool = False


def most_cost(model: model_pb2.Model, request: model_service_pb2.GenerateRequest) -> int:
    """Returns the most that one answer of a model whose price is known may cost, in 1e-9 USD."""
    price = model.price
    input_tokens = -(-request.ByteSize() // BYTES_PER_TOKEN)
    # A prompt may be written to a cache, which some providers bill above what they bill for reading it.
    input_price = max(price.input_usd_nanos, price.cache_write_usd_nanos)
    output_tokens = output_room(model, request.sampling)
    cost = input_tokens * input_price + output_tokens * price.output_usd_nanos
    return -(-cost // _PER_MILLION)


@dataclass(slots=True)
class Bill:
    """What one model has used of a call's spending, attempt by attempt."""

    model: model_pb2.Model
    spending: Spending
    usages: list[generation_pb2.Usage] = field(default_factory=list)

    @contextmanager
    def charge(self, request: model_service_pb2.GenerateRequest) -> Iterator[Charge]:
        """Reserves the most that a request may cost, and books what it cost after the block.

        What an error of the block says it used counts. A server that fails and says nothing has used nothing,
        unless the call was cut off or its answer had begun. Where it is not known what was used, the whole
        reservation counts.

        Raises:
            BudgetExceeded: It could pass the limit, or the model's price is not known.
        """
        reserved = self._most(request)
        self.spending.committed += reserved
        charge = Charge()
        try:
            yield charge
        except ChorusError as error:
            said = usage_of(error)
            if said is not None or not (charge.has_begun or error.reason in _CUT_OFF):
                charge.usage = said
            raise
        finally:
            usage = charge.usage
            if usage is None:
                self.spending.committed -= reserved
            else:
                self.usages.append(usage)
                self.spending.committed += usage.cost_usd_nanos
                if usage.HasField("cost_usd_nanos") and usage.basis != generation_pb2.USAGE_BASIS_UNKNOWN:
                    self.spending.committed -= reserved

    def affords(self, request: model_service_pb2.GenerateRequest) -> bool:
        """Returns whether `charge` would reserve the money for a request now."""
        try:
            self._most(request)
        except BudgetExceeded:
            return False
        return True

    def _most(self, request: model_service_pb2.GenerateRequest) -> int:
        limit = self.spending.limit
        if limit is None:
            return 0
        if not self.model.HasField("price"):
            raise BudgetExceeded("its price is not known", metadata={"limit_usd_nanos": str(limit)})
        needed = most_cost(self.model, request)
        if self.spending.committed + needed > limit:
            raise BudgetExceeded(
                "it could pass the caller's cost limit",
                metadata={"limit_usd_nanos": str(limit), "needed_usd_nanos": str(needed)},
            )
        return needed

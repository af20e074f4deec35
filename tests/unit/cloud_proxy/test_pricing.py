from chorus.model.v1 import generation_pb2, model_pb2
from services.cloud_proxy.pricing import AttemptCosts, cost_usd_nanos

PRICE = model_pb2.Price(input_usd_nanos=1_000_000_000, cached_input_usd_nanos=1, output_usd_nanos=5 * 10**9)
MEASURED = generation_pb2.USAGE_BASIS_MEASURED


def usage(**counts: int) -> generation_pb2.Usage:
    return generation_pb2.Usage(basis=MEASURED, **counts)


def test_cached_input_has_its_own_price() -> None:
    spent = usage(input_tokens=100, cached_input_tokens=20, output_tokens=50, reasoning_tokens=10)
    # 80 at 1 USD, 20 for next to nothing, 50 at 5 USD a million; the rest of a nanodollar is rounded up.
    assert cost_usd_nanos(spent, PRICE) == 80_000 + 1 + 250_000


def test_nothing_costs_nothing() -> None:
    assert cost_usd_nanos(usage(), PRICE) == 0


def test_a_bill_adds_up_its_attempts() -> None:
    costs = AttemptCosts(PRICE)
    costs.add(usage(input_tokens=100, output_tokens=1))
    costs.add(usage(input_tokens=100, output_tokens=2, reasoning_tokens=1, cached_input_tokens=50))
    assert costs.total() == usage(
        input_tokens=200,
        output_tokens=3,
        reasoning_tokens=1,
        cached_input_tokens=50,
        cost_usd_nanos=150_000 + 1 + 15_000,
    )


def test_a_bill_is_as_sure_as_its_weakest_part() -> None:
    costs = AttemptCosts(PRICE)
    costs.add(usage(input_tokens=100))
    costs.add(None)
    total = costs.total()
    assert total is not None
    assert total.basis == generation_pb2.USAGE_BASIS_UNKNOWN
    assert total.cost_usd_nanos == 100_000


def test_a_model_without_a_price_has_no_cost() -> None:
    costs = AttemptCosts(None)
    costs.add(usage(input_tokens=100))
    total = costs.total()
    assert total is not None
    assert not total.HasField("cost_usd_nanos")


def test_what_consumed_nothing_has_no_bill() -> None:
    assert AttemptCosts(PRICE).total() is None

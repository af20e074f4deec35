import pytest

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


@pytest.mark.parametrize(
    ("cache_write", "expected"), [(None, 100_000), (0, 70_000), (1_250_000_000, 107_500)]
)
def test_what_is_written_to_a_cache_has_its_own_price_or_that_of_input(
    cache_write: int | None, expected: int
) -> None:
    price = model_pb2.Price(input_usd_nanos=1_000_000_000, cache_write_usd_nanos=cache_write)
    assert cost_usd_nanos(usage(input_tokens=100, cache_write_tokens=30), price) == expected


def test_thinking_costs_what_writing_does_once() -> None:
    price = model_pb2.Price(output_usd_nanos=5 * 10**9)
    thought = usage(output_tokens=9_500, reasoning_tokens=9_000)
    assert cost_usd_nanos(thought, price) == 9_500 * 5_000


def test_counts_that_contradict_each_other_never_lower_a_price() -> None:
    price = model_pb2.Price(input_usd_nanos=1_000_000_000)
    assert cost_usd_nanos(usage(input_tokens=10, cached_input_tokens=30), price) == 0


def test_an_answer_of_no_tokens_was_not_counted() -> None:
    costs = AttemptCosts(PRICE)
    costs.add(usage())
    assert costs.total() == generation_pb2.Usage(basis=generation_pb2.USAGE_BASIS_UNKNOWN)


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

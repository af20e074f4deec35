import pytest

from chorus.model.v1.generation_pb2 import (
    USAGE_BASIS_UNKNOWN,
    Sampling,
    Usage,
)
from chorus.model.v1.model_pb2 import Model, Price
from chorus.model.v1.model_service_pb2 import GenerateRequest
from orchestrator.panel.spending import Bill, Spending
from rpckit.errors import BadOutput, BudgetExceeded, Timeout, Unavailable

# 1,000 tokens of output cost 2,000,000 nanodollars.
PRICED = Model(price=Price(input_usd_nanos=0, output_usd_nanos=2_000_000_000))
REQUEST = GenerateRequest(sampling=Sampling(max_output_tokens=1000))
MOST = 2_000_000


def test_what_it_cost_takes_the_place_of_what_was_reserved() -> None:
    spending = Spending(limit=MOST)
    bill = Bill(PRICED, spending)
    with bill.charge(REQUEST) as charge:
        assert spending.committed == MOST
        charge.usage = Usage(output_tokens=10, cost_usd_nanos=20_000)
    assert spending.committed == 20_000
    assert bill.usages == [charge.usage]


def test_side_by_side_the_limit_holds_for_the_sum_of_what_is_reserved() -> None:
    spending = Spending(limit=2 * MOST - 1)
    with (
        Bill(PRICED, spending).charge(REQUEST),
        pytest.raises(BudgetExceeded) as caught,
        Bill(PRICED, spending).charge(REQUEST),
    ):
        pass
    assert caught.value.metadata == {"limit_usd_nanos": str(2 * MOST - 1), "needed_usd_nanos": str(MOST)}


def test_an_unknown_cost_counts_in_full() -> None:
    spending = Spending(limit=MOST)
    bill = Bill(PRICED, spending)
    with pytest.raises(LookupError), bill.charge(REQUEST):
        raise LookupError
    assert spending.committed == MOST
    assert bill.usages == [Usage(basis=USAGE_BASIS_UNKNOWN)]


def test_a_call_that_used_nothing_gives_all_back() -> None:
    spending = Spending(limit=MOST)
    bill = Bill(PRICED, spending)
    with bill.charge(REQUEST) as charge:
        charge.usage = None
    assert (spending.committed, bill.usages) == (0, [])


def test_what_a_failure_says_it_used_counts() -> None:
    spending = Spending(limit=MOST)
    bill = Bill(PRICED, spending)
    used = Usage(output_tokens=10, cost_usd_nanos=20_000)
    with pytest.raises(BadOutput), bill.charge(REQUEST):
        raise BadOutput("", details=[used])
    assert (spending.committed, bill.usages) == (20_000, [used])


def test_a_cut_off_attempt_counts_in_full_beside_what_the_earlier_ones_used() -> None:
    spending = Spending(limit=MOST)
    bill = Bill(PRICED, spending)
    earlier = Usage(output_tokens=10, cost_usd_nanos=20_000, basis=USAGE_BASIS_UNKNOWN)
    with pytest.raises(Timeout), bill.charge(REQUEST):
        raise Timeout("", details=[earlier])
    assert (spending.committed, bill.usages) == (MOST + 20_000, [earlier])


def test_a_cut_off_attempt_of_which_nothing_is_said_is_unknown() -> None:
    spending = Spending(limit=MOST)
    bill = Bill(PRICED, spending)
    with pytest.raises(Timeout), bill.charge(REQUEST):
        raise Timeout("")
    assert (spending.committed, bill.usages) == (MOST, [Usage(basis=USAGE_BASIS_UNKNOWN)])


def test_a_failure_that_names_no_usage_used_nothing() -> None:
    spending = Spending(limit=MOST)
    bill = Bill(PRICED, spending)
    with pytest.raises(Unavailable), bill.charge(REQUEST):
        raise Unavailable("")
    assert (spending.committed, bill.usages) == (0, [])


def fail_after_the_beginning(bill: Bill, used: Usage | None = None) -> None:
    with bill.charge(REQUEST) as charge:
        charge.has_begun = True
        charge.usage = used or charge.usage
        raise Unavailable("")


def test_an_answer_that_had_begun_is_billed_whatever_its_server_leaves_unsaid() -> None:
    spending = Spending(limit=MOST)
    bill = Bill(PRICED, spending)
    with pytest.raises(Unavailable):
        fail_after_the_beginning(bill)
    assert (spending.committed, bill.usages) == (MOST, [Usage(basis=USAGE_BASIS_UNKNOWN)])


def test_what_a_whole_answer_used_is_known_though_its_call_fails_after_it() -> None:
    spending = Spending(limit=MOST)
    bill = Bill(PRICED, spending)
    used = Usage(output_tokens=10, cost_usd_nanos=20_000)
    with pytest.raises(Unavailable):
        fail_after_the_beginning(bill, used)
    assert (spending.committed, bill.usages) == (20_000, [used])


def test_the_prompt_is_reserved_too() -> None:
    priced = Model(price=Price(input_usd_nanos=3_000_000))
    request = GenerateRequest(system_instruction="x" * 3_000_000)
    spending = Spending(limit=2_999_999)
    with pytest.raises(BudgetExceeded), Bill(priced, spending).charge(request):
        pass


def test_what_a_model_thinks_is_reserved_too() -> None:
    thinker = Model()
    thinker.CopyFrom(PRICED)
    thinker.max_reasoning_tokens = 30_000
    spending = Spending(limit=31 * MOST)
    with Bill(thinker, spending).charge(REQUEST) as charge:
        assert spending.committed == 31 * MOST
        charge.usage = Usage(output_tokens=30_500, reasoning_tokens=30_000, cost_usd_nanos=61_000_000)
    assert spending.committed == 61_000_000
    with pytest.raises(BudgetExceeded), Bill(thinker, Spending(limit=31 * MOST - 1)).charge(REQUEST):
        pass


def test_a_prompt_may_have_to_be_written_to_a_cache() -> None:
    priced = Model(price=Price(input_usd_nanos=3_000_000, cache_write_usd_nanos=3_750_000))
    request = GenerateRequest(system_instruction="x" * 3_000_000)
    with Bill(priced, Spending(limit=10**9)).charge(request) as charge:
        pass
    assert charge.usage is not None
    with pytest.raises(BudgetExceeded), Bill(priced, Spending(limit=3_749_999)).charge(request):
        pass


def test_with_a_limit_a_model_of_unknown_price_is_not_asked() -> None:
    with pytest.raises(BudgetExceeded), Bill(Model(), Spending(limit=10**12)).charge(REQUEST):
        pass


def test_without_a_limit_any_model_is() -> None:
    with Bill(Model(), Spending(limit=None)).charge(REQUEST):
        pass

import pytest

from rpckit.call import Deadline
from rpckit.errors import (
    BadOutput,
    ChorusError,
    ContentBlocked,
    Internal,
    ProviderAuth,
    QuotaExhausted,
    RateLimited,
    Timeout,
    Unavailable,
)
from rpckit.retry_budget import RetryBudget, is_out_of_retries
from services.cloud_proxy.circuit_breaker import CircuitOpen
from services.cloud_proxy.provider_errors import ConnectionLost, EmptyAnswer, NoAnswer
from services.cloud_proxy.retry import Retries


async def attempts(error: ChorusError, *, seconds: float = 60, spent: RetryBudget | None = None) -> int:
    retries = Retries(spent or RetryBudget(), Deadline.after(seconds))
    count = 1
    while await retries.again(error):
        count += 1
    return count


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Unavailable("x", retry_delay=0.0), 3),
        (ConnectionLost("x", retry_delay=0.0), 3),
        (RateLimited("x", retry_delay=0.0), 3),
        (CircuitOpen("x", retry_delay=0.0), 1),
        (RateLimited("x"), 1),
        (NoAnswer("x"), 2),
        (EmptyAnswer("x"), 2),
        (BadOutput("x"), 1),
        (QuotaExhausted("x"), 1),
        (ProviderAuth("x"), 1),
        (ContentBlocked("x"), 1),
        (Timeout("x"), 1),
        (Internal("x"), 1),
    ],
    ids=repr,
)
async def test_only_named_reasons_are_tried_again(error: ChorusError, expected: int) -> None:
    assert await attempts(error) == expected


async def test_a_delay_that_does_not_fit_is_not_waited_for() -> None:
    assert await attempts(RateLimited("x", retry_delay=7), seconds=5) == 1
    assert await attempts(Unavailable("x", retry_delay=7), seconds=5) == 1


async def test_an_empty_budget_ends_retries() -> None:
    spent = RetryBudget(least=0)
    assert await attempts(Unavailable("x", retry_delay=0.0), spent=spent) == 1


async def test_a_call_that_is_a_retry_is_not_tried_again_and_takes_from_the_budget() -> None:
    budget = RetryBudget()
    for _ in range(3):
        retries = Retries(budget, Deadline.after(60), is_retry=True)
        assert not await retries.again(Unavailable("x", retry_delay=0.0))
    with pytest.raises(RateLimited) as caught:
        Retries(budget, Deadline.after(60), is_retry=True)
    assert is_out_of_retries(caught.value)
    assert not is_out_of_retries(RateLimited("x"))

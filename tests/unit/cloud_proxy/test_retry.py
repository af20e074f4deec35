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
from services.cloud_proxy.provider_errors import ConnectionLost, EmptyAnswer, NoAnswer
from services.cloud_proxy.retry import Retries, RetryBudget
from tests.fakes.clock import FakeClock


def budget(clock: FakeClock) -> RetryBudget:
    return RetryBudget(clock=clock)


def taken(budget: RetryBudget) -> int:
    count = 0
    while budget.withdraw():
        count += 1
    return count


def test_quiet_times_have_a_second_of_retries() -> None:
    clock = FakeClock()
    spent = budget(clock)
    assert taken(spent) == 10
    clock.now += 0.5
    assert taken(spent) == 5
    clock.now += 100
    assert taken(spent) == 10


def test_calls_earn_a_fifth() -> None:
    clock = FakeClock()
    spent = budget(clock)
    taken(spent)
    for _ in range(100):
        spent.deposit()
    assert taken(spent) in {19, 20}


def test_what_calls_have_earned_is_capped() -> None:
    spent = budget(FakeClock())
    for _ in range(10_000):
        spent.deposit()
    # 100 that calls have earned, and the 10 of a quiet second.
    assert taken(spent) == 110


def test_a_backend_that_fails_every_call_sees_a_fifth_more() -> None:
    clock = FakeClock()
    spent = budget(clock)
    calls, retries = 10_000, 0
    for _ in range(calls):
        clock.now += 0.001
        spent.deposit()
        while spent.withdraw():
            retries += 1
    seconds = clock.now
    assert retries <= 0.2 * calls + 10 * seconds + 11


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
    spent = RetryBudget(per_second=0)
    assert await attempts(Unavailable("x", retry_delay=0.0), spent=spent) == 1

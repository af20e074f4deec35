import random

from rpckit.retry_budget import RetryBudget, RetryBudgets
from tests.fakes.clock import FakeClock


def taken(budget: RetryBudget) -> int:
    count = 0
    while budget.withdraw():
        count += 1
    return count


def test_a_quiet_backend_has_a_few_retries_a_minute() -> None:
    clock = FakeClock()
    budget = RetryBudget(clock=clock)
    assert taken(budget) == 3
    clock.now += 59
    assert taken(budget) == 0
    clock.now += 1
    assert taken(budget) == 3
    clock.now += 1000
    assert taken(budget) == 3


def test_calls_earn_a_fifth_for_a_minute() -> None:
    clock = FakeClock()
    budget = RetryBudget(clock=clock)
    for _ in range(100):
        budget.count_call()
    assert taken(budget) == 20
    for _ in range(1000):
        budget.count_call()
    clock.now += 60
    assert taken(budget) == 3


def test_a_backend_that_fails_every_call_sees_a_fifth_more() -> None:
    clock = FakeClock()
    budget = RetryBudget(clock=clock)
    chance = random.Random(0)  # noqa: S311 - it guards no secret
    calls: list[float] = []
    retries: list[float] = []
    for _ in range(5000):
        clock.now += chance.expovariate(chance.choice((0.5, 5.0, 50.0)))
        budget.count_call()
        calls.append(clock.now)
        retries += [clock.now] * (budget.withdraw() + budget.withdraw())
    for at in retries:
        minute = sum(at - 60 < each <= at for each in calls)
        assert sum(at - 60 < each <= at for each in retries) <= max(3, 0.2 * minute)
    assert 0.1 * len(calls) < len(retries) <= 0.2 * len(calls)


def test_each_backend_has_its_own() -> None:
    budgets = RetryBudgets(FakeClock())
    assert taken(budgets.of("a")) == 3
    assert taken(budgets.of("a")) == 0
    assert taken(budgets.of("b")) == 3

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest

from rpckit.errors import (
    BadOutput,
    ChorusError,
    ContentBlocked,
    ProviderAuth,
    QuotaExhausted,
    RateLimited,
    Timeout,
    Unavailable,
)
from services.cloud_proxy.circuit_breaker import CircuitBreaker, CircuitOpen
from tests.fakes.clock import FakeClock

SETTING = {"setting": "A_KEY"}


class Model:
    """A model behind a breaker, on a clock of its own."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.changes: list[bool] = []
        self.breaker = CircuitBreaker(self.changes.append, self.clock)

    def ask(self, failure: BaseException | None = None, seconds: float = 1.0) -> bool:
        """Makes one attempt that ends so after some seconds; returns whether it went out."""
        went_out = False
        with suppress(BaseException), self.breaker.attempt():
            went_out = True
            self.clock.now += seconds
            if failure is not None:
                raise failure
        return went_out

    def asked(self, times: int, failure: BaseException | None = None, seconds: float = 1.0) -> int:
        """Returns how many of several attempts went out."""
        return sum(self.ask(failure, seconds) for _ in range(times))

    def refusal(self) -> ChorusError:
        """Returns the error of a call that is refused."""
        with pytest.raises(ChorusError) as caught:
            self.breaker.check()
        return caught.value


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.mark.parametrize("failure", [ProviderAuth("x", metadata=SETTING), QuotaExhausted("x")], ids=repr)
def test_a_wrong_key_or_a_quota_that_is_gone_opens_it_at_once(model: Model, failure: ChorusError) -> None:
    assert model.asked(10, failure) == 1
    refusal = model.refusal()
    assert type(refusal) is type(failure)
    assert refusal.metadata == failure.metadata
    assert refusal.text == "x; it is tried again in 30 s"
    model.clock.now += 30
    assert model.asked(10) == 10


@pytest.mark.parametrize("failure", [Unavailable("x"), Timeout("x")], ids=repr)
def test_many_failures_open_it_and_one_answer_closes_it(model: Model, failure: ChorusError) -> None:
    model.asked(3)
    assert model.asked(10, failure) == 5 - 3 + 1
    refusal = model.refusal()
    assert isinstance(refusal, CircuitOpen)
    assert refusal.retry_delay == 5
    model.clock.now += 5
    assert model.asked(10) == 10
    assert model.changes == [True, False]


def test_a_few_failures_among_many_answers_do_not_open_it(model: Model) -> None:
    for _ in range(30):
        assert model.ask(Unavailable("x"))
        assert model.asked(2) == 2


def test_what_failed_more_than_a_minute_ago_is_forgotten(model: Model) -> None:
    for _ in range(10):
        assert model.asked(4, Unavailable("x"), seconds=0) == 4
        model.clock.now += 60


def test_only_one_call_at_a_time_tries_whether_it_is_back(model: Model) -> None:
    model.ask(QuotaExhausted("x"))
    model.clock.now += 30
    with model.breaker.attempt():
        assert model.asked(10) == 0
        assert model.refusal().text == "x; it is being tried again"
    assert model.asked(10) == 10


def test_the_pause_doubles_up_to_two_minutes(model: Model) -> None:
    model.asked(5, Unavailable("x"), seconds=0)
    pauses = []
    for _ in range(7):
        pauses.append(model.refusal().retry_delay)
        model.clock.now += pauses[-1] or 0
        assert model.asked(10, Unavailable("x"), seconds=0) == 1
    assert pauses == [5, 10, 20, 40, 80, 120, 120]
    model.clock.now += 120
    model.ask()
    model.asked(5, Unavailable("x"), seconds=0)
    assert model.refusal().retry_delay == 5


def test_a_pause_that_the_provider_names_is_kept_to(model: Model) -> None:
    model.ask(QuotaExhausted("x", retry_delay=400))
    model.clock.now += 399
    assert not model.ask()
    model.clock.now += 1
    assert model.ask()


def test_no_provider_shuts_itself_out_for_longer_than_ten_minutes(model: Model) -> None:
    model.ask(QuotaExhausted("x", retry_delay=float("inf")))
    model.clock.now += 600
    assert model.ask()


@pytest.mark.parametrize("left", [Timeout("x"), asyncio.CancelledError(), GeneratorExit()], ids=repr)
def test_impatient_callers_do_not_open_it(model: Model, left: BaseException) -> None:
    assert model.asked(50, left, seconds=9) == 50
    model.asked(10, seconds=30)
    assert model.asked(50, left, seconds=29) == 50


@pytest.mark.parametrize("left", [Timeout("x"), asyncio.CancelledError(), GeneratorExit()], ids=repr)
def test_silence_for_longer_than_answers_take_opens_it(model: Model, left: BaseException) -> None:
    model.asked(2)
    assert model.asked(10, left, seconds=2) < 10


@pytest.mark.parametrize("left", [asyncio.CancelledError(), GeneratorExit()], ids=repr)
def test_who_leaves_an_answer_that_has_begun_does_not_open_it(model: Model, left: BaseException) -> None:
    model.asked(2)
    for _ in range(10):
        with suppress(BaseException), model.breaker.attempt() as watched:
            watched.has_begun = True
            model.clock.now += 60
            raise left
    assert model.changes == []


def test_after_quick_answers_too_a_second_of_silence_says_nothing(model: Model) -> None:
    model.asked(10, seconds=0.01)
    assert model.asked(50, GeneratorExit(), seconds=0.9) == 50


def test_an_impatient_trial_decides_nothing(model: Model) -> None:
    model.asked(3)
    model.ask(QuotaExhausted("x"))
    model.clock.now += 30
    assert model.ask(Timeout("x"), seconds=0.5)
    assert model.changes == [True]
    assert model.ask(asyncio.CancelledError(), seconds=0.5)
    assert model.asked(10) == 10
    assert model.changes == [True, False]


@pytest.mark.parametrize("failure", [BadOutput("x"), ContentBlocked("x"), RateLimited("x")], ids=repr)
def test_what_a_provider_answers_does_not_open_it(model: Model, failure: ChorusError) -> None:
    assert model.asked(50, failure) == 50


def test_a_trial_that_gets_a_refusal_of_its_request_closes_it(model: Model) -> None:
    model.ask(QuotaExhausted("x"))
    model.clock.now += 30
    model.ask(ContentBlocked("x"))
    assert model.asked(10) == 10


def test_attempts_from_before_it_opened_change_nothing(model: Model) -> None:
    def attempt(failure: ChorusError | None) -> Iterator[None]:
        with suppress(ChorusError), model.breaker.attempt():
            yield
            if failure is not None:
                raise failure

    before = [attempt(Unavailable("x")), attempt(None)]
    for each in before:
        next(each)
    model.ask(QuotaExhausted("x"))
    for each in before:
        next(each, None)
    assert model.changes == [True]
    model.clock.now += 29
    assert not model.ask()

import pytest

from bench.soak.ledger import STEADY, BoughtTwice, Ledger
from chorus.feedback.v1.feedback_pb2 import ModelFeedback, ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse
from chorus.feedback.v1.merged_pb2 import MergedFeedback, Panel
from chorus.model.v1.failure_pb2 import (
    ERROR_REASON_BAD_OUTPUT,
    ERROR_REASON_TIMEOUT,
    ERROR_REASON_UNAVAILABLE,
    ErrorReason,
)
from chorus.model.v1.generation_pb2 import USAGE_BASIS_MEASURED, USAGE_BASIS_UNKNOWN, UsageBasis


def response(
    feedback_id: str = "f", *, state: Panel.State.ValueType = Panel.STATE_COMPLETE, cost: int = 0
) -> GetFeedbackResponse:
    whole = GetFeedbackResponse(feedback_id=feedback_id, merged=MergedFeedback(panel=Panel(state=state)))
    whole.results.append(ModelResult(model=STEADY, feedback=ModelFeedback()))
    whole.usage.cost_usd_nanos = cost
    return whole


def wrong_after(ledger: Ledger, *responses: GetFeedbackResponse) -> list[str]:
    for each in responses:
        with ledger.asking(1) as earlier:
            ledger.answer(1, each, earlier)
    return [*+ledger.wrong]


def test_the_same_answer_again_is_right_and_may_say_that_it_is_replayed() -> None:
    replayed = response()
    replayed.replayed = True
    assert wrong_after(Ledger(), response(), replayed) == []


def test_what_a_partial_answer_lacked_may_come_later() -> None:
    assert wrong_after(Ledger(), response(state=Panel.STATE_PARTIAL), response(cost=1)) == []


@pytest.mark.parametrize(
    ("second", "wrong"),
    [
        (response(cost=1), "stored whole, and answered otherwise"),
        (response("g", state=Panel.STATE_PARTIAL), "stored, and answered under another name"),
    ],
)
def test_what_is_lost_or_changed_is_wrong(second: GetFeedbackResponse, wrong: str) -> None:
    assert wrong in wrong_after(Ledger(), response(), second)


def test_an_answer_may_be_bought_twice_if_it_was_in_flight_when_a_process_died() -> None:
    ledger = Ledger()
    with ledger.asking(1):
        ledger.doubt_all_in_flight()
    with ledger.asking(2):
        pass
    sold = {"1 a": "xx", "2 a b": "xx", "2 b": "x", "3 a": "x"}
    assert ledger.bought_twice(sold, ()) == BoughtTwice([(2, "a b")], in_doubt=1, sent_again=0)


def test_an_answer_may_be_bought_twice_if_grpc_sent_its_call_again() -> None:
    ledger = Ledger()
    for number, call_id in ((1, "first"), (2, "second")):
        with ledger.asking(number), ledger.timeline.attempt([number], "call", call_id):
            pass
    found = ledger.bought_twice({"1 steady": "xx", "2 steady": "xx"}, {"first"})
    assert found == BoughtTwice([(2, "steady")], in_doubt=0, sent_again=1)


@pytest.mark.parametrize(("is_cut", "wrong"), [(True, []), (False, [(1, "steady")])])
def test_a_caller_whose_connection_broke_may_buy_twice_and_one_that_was_refused_not(
    is_cut: bool, wrong: list[tuple[int, str]]
) -> None:
    ledger = Ledger()
    ledger.fail("UNAVAILABLE", "call", [1], is_cut=is_cut)
    assert ledger.failures == {"UNAVAILABLE": 1}
    assert ledger.bought_twice({"1 steady": "xx"}, ()).wrong == wrong


def test_what_was_not_stored_may_be_bought_again() -> None:
    ledger = Ledger()
    failed = response()
    failed.store_failed = True
    assert wrong_after(ledger, failed, response("g")) == []
    assert ledger.in_doubt == {1}


def test_an_answer_without_the_steady_model_is_counted_by_the_reason() -> None:
    ledger = Ledger()
    assert wrong_after(ledger, GetFeedbackResponse(feedback_id="f")) == []
    assert ledger.partial == {"it was not asked": 1}


@pytest.mark.parametrize(
    ("reason", "basis", "wrong"),
    [
        (ERROR_REASON_TIMEOUT, USAGE_BASIS_UNKNOWN, ["other"]),
        (ERROR_REASON_UNAVAILABLE, USAGE_BASIS_UNKNOWN, ["other"]),
        # The provider has refused it.
        (ERROR_REASON_UNAVAILABLE, USAGE_BASIS_MEASURED, ["other", "steady"]),
        (ERROR_REASON_BAD_OUTPUT, USAGE_BASIS_UNKNOWN, ["other", "steady"]),
    ],
)
def test_what_one_model_had_on_its_way_may_be_bought_again(
    reason: ErrorReason.ValueType, basis: UsageBasis.ValueType, wrong: list[str]
) -> None:
    ledger = Ledger()
    left_behind = response(state=Panel.STATE_PARTIAL)
    left_behind.results[0].failure.reason = reason
    left_behind.results[0].usage.basis = basis
    wrong_after(ledger, left_behind)
    twice = ledger.bought_twice({"1 other": "xx", "1 steady": "xx"}, ())
    assert [model for _, model in twice.wrong] == wrong

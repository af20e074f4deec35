import pytest

from bench.soak.ledger import STEADY, Ledger
from chorus.feedback.v1.feedback_pb2 import ModelFeedback, ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse
from chorus.feedback.v1.merged_pb2 import MergedFeedback, Panel
from chorus.model.v1.failure_pb2 import ERROR_REASON_TIMEOUT


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
    assert ledger.bought_twice({"1 a": 2, "2 a": 2, "2 b": 1, "3 a": 1}) == (1, 1)


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


def test_what_was_on_its_way_when_the_others_were_enough_may_be_bought_again() -> None:
    ledger = Ledger()
    left_behind = response(state=Panel.STATE_PARTIAL)
    left_behind.results[0].failure.reason = ERROR_REASON_TIMEOUT
    wrong_after(ledger, left_behind)
    assert ledger.in_doubt == {1}

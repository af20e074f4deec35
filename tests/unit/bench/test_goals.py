import pytest

from bench.evaluate.goal import Goal, exit_code, unmeasured
from bench.evaluate.summaries import says_something_new
from chorus.feedback.v1 import feedback_pb2, merged_pb2

MET = Goal("E1", "", "", "", met=True)
MISSED = Goal("E2", "", "", "", met=False)
WITHOUT_DATA = unmeasured("E6", "", "", "no ratings")
WITHOUT_ESSAYS = unmeasured("E7", "", "", "no essays", ships=False)


@pytest.mark.parametrize(
    ("goals", "code"),
    [
        ([MET], 0),
        ([MET, WITHOUT_ESSAYS], 0),
        ([MET, WITHOUT_DATA], 2),
        ([WITHOUT_DATA, MISSED, WITHOUT_ESSAYS], 1),
    ],
)
def test_a_missed_goal_and_one_without_data_end_the_evaluation_differently(
    goals: list[Goal], code: int
) -> None:
    assert exit_code(goals) == code


def cited(quote: str) -> list[merged_pb2.MergedPoint]:
    point = feedback_pb2.Point(observation="Well said.", anchor=feedback_pb2.Anchor(quote=quote))
    return [merged_pb2.MergedPoint(members=[merged_pb2.MergedPoint.Member(model="a/a", point=point)])]


@pytest.mark.parametrize(
    "text", ["You write ‘The “domain…’ and “If so…”.", "You write ‘Stone’s “domain…’ and “If so…”."]
)
def test_a_quotation_may_hold_a_quotation_mark(text: str) -> None:
    sources = [*cited("The “domain” is wide."), *cited("Stone’s “domain” is wide."), *cited("If so, why?")]
    assert not says_something_new(text, sources)
    assert says_something_new(text, cited("The domain is wide."))

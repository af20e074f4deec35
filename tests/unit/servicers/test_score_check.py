import pytest

from chorus.feedback.v1.feedback_pb2 import Anchor, CriterionScore
from chorus.feedback.v1.feedback_service_pb2 import RecordScoresRequest
from chorus.feedback.v1.submission_pb2 import Criterion, Level, Rubric
from orchestrator.servicers.score_check import check_scores
from rpckit.errors import InvalidRequest

LEVELS = [Level(score=1), Level(score=5)]
RUBRIC = Rubric(criteria=[Criterion(id=each, levels=LEVELS) for each in "cde"])


def of_one(**fields: object) -> RecordScoresRequest:
    score = CriterionScore(criterion_id="c", **fields)  # type: ignore[arg-type]
    return RecordScoresRequest(rater="t", scores=[score])


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (RecordScoresRequest(feedback_id="f"), {"rater", "scores"}),
        (RecordScoresRequest(rater="t", scores=[CriterionScore()] * 1000), {"scores"}),
        (
            RecordScoresRequest(
                rater="t",
                scores=[
                    CriterionScore(criterion_id="x", score=1),
                    CriterionScore(criterion_id="c", score=6),
                    CriterionScore(criterion_id="c", score=1),
                ],
            ),
            {"scores[0].criterion_id", "scores[1].score", "scores[2].criterion_id"},
        ),
        (of_one(score=float("nan")), {"scores[0].score"}),
        (of_one(evidence=[Anchor(start=2, end=2)]), {"scores[0].evidence[0]"}),
        (of_one(evidence=[Anchor(start=-1, end=1, quote="ab")]), {"scores[0].evidence[0]"}),
        (of_one(evidence=[Anchor(start=0, end=3, quote="가나")]), {"scores[0].evidence[0].quote"}),
        (
            of_one(evidence=[Anchor(end=1, quote="가", match=7)]),  # type: ignore[arg-type]
            {"scores[0].evidence[0].match"},
        ),
    ],
)
def test_malformed_scores_name_their_fields(request_: RecordScoresRequest, fields: set[str]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_scores(request_, RUBRIC)
    assert set(caught.value.metadata) == fields


def test_sound_scores_pass_and_one_may_be_left_open() -> None:
    check_scores(of_one(score=4.5, evidence=[Anchor(start=3, end=5, quote="가나")]), RUBRIC)
    check_scores(of_one(), RUBRIC)

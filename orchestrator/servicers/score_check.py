"""Checks a person's scores against the rubric of their feedback."""

from collections.abc import Iterator

from chorus.feedback.v1 import feedback_service_pb2, submission_pb2
from modelkit.generate_request import Violation
from orchestrator.servicers.rater_check import (
    MAX_EVIDENCE,
    anchor_violations,
    rater_violations,
    size_violations,
    text_violations,
)
from rpckit.errors import InvalidRequest


def check_scores(request: feedback_service_pb2.RecordScoresRequest, rubric: submission_pb2.Rubric) -> None:
    """Checks a person's scores by the rubric of the feedback.

    Raises:
        InvalidRequest: It names every field that is wrong.
    """
    found = dict(_violations(request, rubric))
    if found:
        raise InvalidRequest(found)


def _violations(
    request: feedback_service_pb2.RecordScoresRequest,
    rubric: submission_pb2.Rubric,
) -> Iterator[Violation]:
    yield from rater_violations("rater", request.rater)
    if not 1 <= len(request.scores) <= len(rubric.criteria):
        yield "scores", f"not 1 to {len(rubric.criteria)}, one a criterion"
        return
    yield from size_violations("scores", request)
    scales = {each.id: (each.levels[0].score, each.levels[-1].score) for each in rubric.criteria}
    seen: set[str] = set()
    for place, score in enumerate(request.scores):
        path = f"scores[{place}]"
        if score.criterion_id not in scales:
            yield f"{path}.criterion_id", "not in the rubric that was used"
        elif score.criterion_id in seen:
            yield f"{path}.criterion_id", "named twice"
        elif score.HasField("score"):
            lowest, highest = scales[score.criterion_id]
            if not lowest <= score.score <= highest:
                yield f"{path}.score", f"not from {lowest:g} to {highest:g}"
        seen.add(score.criterion_id)
        yield from text_violations(f"{path}.rationale", score.rationale)
        if len(score.evidence) > MAX_EVIDENCE:
            yield f"{path}.evidence", f"{len(score.evidence)} passages, more than {MAX_EVIDENCE}"
        for number, anchor in enumerate(score.evidence[:MAX_EVIDENCE]):
            yield from anchor_violations(f"{path}.evidence[{number}]", anchor)

"""Checks a person's scores against the rubric of their feedback."""

from collections.abc import Iterator

from chorus.feedback.v1 import feedback_service_pb2, submission_pb2
from rpckit.errors import InvalidRequest

_MAX_RATER = 64


def checked_rubric(
    request: feedback_service_pb2.RecordScoresRequest,
    rubric: submission_pb2.Rubric | None,
) -> submission_pb2.Rubric:
    """The rubric of the feedback, by which the scores hold; None: there is no such feedback.

    Raises:
        InvalidRequest: It names every field that is wrong.
    """
    if rubric is None:
        raise InvalidRequest({"feedback_id": "there is no such feedback, or it has expired"})
    found = dict(_violations(request, rubric))
    if found:
        raise InvalidRequest(found)
    return rubric


def _violations(
    request: feedback_service_pb2.RecordScoresRequest,
    rubric: submission_pb2.Rubric,
) -> Iterator[tuple[str, str]]:
    if not 1 <= len(request.rater) <= _MAX_RATER:
        yield "rater", f"not 1 to {_MAX_RATER} characters"
    if not 1 <= len(request.scores) <= len(rubric.criteria):
        yield "scores", f"not 1 to {len(rubric.criteria)}, one a criterion"
        return
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

"""Makes the request for a work's review, and reads from the answer what a class shows of it."""

import json

from chorus.feedback.v1 import feedback_service_pb2, merged_pb2, submission_pb2
from chorus.model.v1 import generation_pb2
from clients.web.server.classes.tables import Assignment, Work
from clients.web.server.classes.work_queue import Reviewed

_WHOLE = (generation_pb2.USAGE_BASIS_MEASURED, generation_pb2.USAGE_BASIS_ESTIMATED)
_CONTESTED = merged_pb2.AGREEMENT_CONTESTED


def request_of(assignment: Assignment, work: Work) -> feedback_service_pb2.GetFeedbackRequest:
    """Returns the same request each time, so that the orchestrator takes a repeat for one.

    Neither the file's name, nor the pseudonym, nor the title is in it.
    """
    request = feedback_service_pb2.GetFeedbackRequest(
        submission=submission_pb2.Submission(
            text=work.text,
            task=assignment.task,
            language_code=assignment.text_language,
            reference_answer=assignment.notes,
            author_level=assignment.level,
        ),
        models=json.loads(assignment.models),
        feedback_language_code=assignment.feedback_language,
        request_id=work.request_id,
    )
    if assignment.rubric:
        request.rubric.ParseFromString(assignment.rubric)
    if work.reserve_nanos is not None:
        request.policy.max_cost_usd_nanos = work.reserve_nanos
    return request


def reviewed(response: feedback_service_pb2.GetFeedbackResponse) -> Reviewed:
    """Returns what is kept of an answer."""
    merged, usage = response.merged, response.usage
    points = sum(each.agreement == _CONTESTED for each in merged.points)
    scores = sum(each.agreement == _CONTESTED for each in merged.scores)
    return Reviewed(
        feedback=response.SerializeToString(),
        feedback_id="" if response.store_failed else response.feedback_id,
        cost_nanos=usage.cost_usd_nanos,
        is_cost_whole=usage.HasField("cost_usd_nanos") and usage.basis in _WHOLE,
        asked=merged.panel.asked,
        answered=merged.panel.answered,
        contested=points + scores,
        spread=_spread(response),
    )


def _spread(response: feedback_service_pb2.GetFeedbackResponse) -> float:
    """Returns how much of its scale a score's plausible range takes, on average; 0: nobody could judge."""
    scales = {
        each.id: each.levels[-1].score - each.levels[0].score
        for each in response.rubric.criteria
        if each.levels
    }
    shares = [
        (each.high - each.low) / scale
        for each in response.merged.scores
        if each.HasField("low") and each.HasField("high") and (scale := scales.get(each.criterion_id, 0)) > 0
    ]
    return sum(shares) / len(shares) if shares else 0.0

"""Merges many models' feedback into one: scores, points with their agreement and order, and a summary."""

from collections.abc import Sequence

from chorus.feedback.v1 import feedback_pb2, merged_pb2, submission_pb2
from orchestrator.merge import policy
from orchestrator.merge.align import align
from orchestrator.merge.calibration import Calibration
from orchestrator.merge.candidate import merge_candidates
from orchestrator.merge.opinion import Opinion
from orchestrator.merge.points import merge_points
from orchestrator.merge.scores import merge_scores, total
from orchestrator.merge.template_summary import template_summary
from orchestrator.rubrics.default import default_criteria
from orchestrator.submission.reading import SubmissionReading

_NEUTRAL = Calibration()


def merge(
    reading: SubmissionReading,
    rubric: submission_pb2.Rubric,
    opinions: Sequence[Opinion],
    *,
    feedback_language: str,
    suspected_injections: Sequence[feedback_pb2.Anchor] = (),
    calibration: Calibration = _NEUTRAL,
) -> merged_pb2.MergedFeedback:
    """Returns the opinions as one feedback, which does not depend on their order. It lacks its `panel`.

    This is a pure function that takes some tens of milliseconds of processor time.

    Args:
        reading: The submission that the anchors of the points refer to.
        rubric: The criteria that the scores refer to.
        opinions: One opinion for each model that answered.
        feedback_language: The language that the points are in.
        suspected_injections: The passages that the rules suspect. What the models suspect is added.
        calibration: What is known of the models as raters.
    """
    ordered = sorted(opinions, key=lambda opinion: opinion.model)
    scores = merge_scores(rubric, ordered, calibration)
    clusters = align(merge_candidates(ordered, default_criteria(rubric)), feedback_language)
    points = merge_points(reading, rubric, clusters, scores)
    return merged_pb2.MergedFeedback(
        points=points,
        scores=scores,
        summary=template_summary(points, feedback_language, reading.text),
        suspected_injections=_all_suspected(suspected_injections, ordered),
        version=policy.VERSION,
        calibration_version=calibration.id,
        total=total(rubric, scores),
    )


def _all_suspected(
    by_rule: Sequence[feedback_pb2.Anchor], opinions: Sequence[Opinion]
) -> list[feedback_pb2.Anchor]:
    """Returns what the rules or a model suspect, each place once and in order."""
    suspected = {(each.start, each.end): each for each in by_rule}
    for opinion in opinions:
        for each in opinion.feedback.suspected_injections:
            suspected.setdefault((each.start, each.end), each)
    return [suspected[place] for place in sorted(suspected)]

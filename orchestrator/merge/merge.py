"""The merge: scores, points, their agreement and order, and a summary."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from chorus.feedback.v1 import feedback_pb2, merged_pb2, submission_pb2
from orchestrator.merge import policy
from orchestrator.merge.agreement import agreement_of, contradict
from orchestrator.merge.align import Cluster, align
from orchestrator.merge.calibration import Calibration
from orchestrator.merge.candidate import Statement, statements
from orchestrator.merge.opinion import Opinion
from orchestrator.merge.order import criterion_levels, criterion_weights, importance
from orchestrator.merge.scores import merge_scores, total
from orchestrator.merge.wording import template_summary
from orchestrator.rubrics.default import default_criteria
from orchestrator.submission.reading import SubmissionReading

_NEUTRAL = Calibration()
_ID_LENGTH = 12


def merge(
    reading: SubmissionReading,
    rubric: submission_pb2.Rubric,
    opinions: Sequence[Opinion],
    *,
    feedback_language: str,
    suspected_injections: Sequence[feedback_pb2.Anchor] = (),
    calibration: Calibration = _NEUTRAL,
) -> merged_pb2.MergedFeedback:
    """Every model's feedback as one, in whatever order the opinions come; `panel` is left to the caller.

    `suspected_injections` are the passages that the rules suspect; what the models suspect is added to them.
    A pure function, and some tens of milliseconds of processor time.
    """
    ordered = sorted(opinions, key=lambda opinion: opinion.model)
    scores = merge_scores(rubric, ordered, calibration)
    said = statements(ordered, default_criteria(rubric))
    clusters = align(reading, said, feedback_language)
    points = _points(reading, rubric, clusters, scores)
    return merged_pb2.MergedFeedback(
        points=points,
        scores=scores,
        summary=template_summary(points, feedback_language),
        suspected_injections=_suspected_injections(suspected_injections, ordered),
        version=f"{policy.VERSION}+{calibration.id}",
        total=total(rubric, scores),
    )


def _suspected_injections(
    by_rule: Sequence[feedback_pb2.Anchor], opinions: Sequence[Opinion]
) -> list[feedback_pb2.Anchor]:
    """What the rules or a model suspect, each place once."""
    suspected = {(each.start, each.end): each for each in by_rule}
    for opinion in opinions:
        for each in opinion.feedback.suspected_injections:
            suspected.setdefault((each.start, each.end), each)
    return [suspected[place] for place in sorted(suspected)]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A merged point, where it starts and its statements."""

    start: int
    merged: merged_pb2.MergedPoint
    statements: Sequence[Statement]


def _points(
    reading: SubmissionReading,
    rubric: submission_pb2.Rubric,
    clusters: Sequence[Cluster],
    scores: Sequence[merged_pb2.MergedScore],
) -> list[merged_pb2.MergedPoint]:
    weights, levels = criterion_weights(rubric), criterion_levels(rubric, scores)
    before: Counter[str] = Counter()
    placed = []
    for cluster in sorted(clusters, key=lambda each: _first(each.statements).key):
        first = _first(cluster.statements)
        matter = _matter(reading, first)
        merged = _merged_point(cluster.statements, _id(matter, before[matter]))
        merged.importance = importance(cluster.statements, weights, levels)
        placed.append(_Placed(first.key[0], merged, cluster.statements))
        before[matter] += 1
    _cross_link(placed)
    placed.sort(key=lambda each: (-each.merged.importance, each.start, each.merged.id))
    return [each.merged for each in placed]


def _merged_point(said: Sequence[Statement], identifier: str) -> merged_pb2.MergedPoint:
    members = [
        merged_pb2.MergedPoint.Member(model=opinion.model, point=point)
        for each in said
        for opinion, point in zip(each.opinions, each.points, strict=True)
    ]
    opinions = [opinion for each in said for opinion in each.opinions]
    return merged_pb2.MergedPoint(
        id=identifier,
        members=members,
        families=len({each.family for each in opinions}),
        agreement=agreement_of(opinions),
    )


def _cross_link(placed: Sequence[_Placed]) -> None:
    praise = [(each.merged, one) for each in placed for one in each.statements if one.strength]
    criticism = [(each.merged, one) for each in placed for one in each.statements if one.improvement]
    for (praised, one), (criticised, other) in product(praise, criticism):
        if contradict(one, other):
            for merged, opposite in ((praised, criticised), (criticised, praised)):
                merged.agreement = merged_pb2.AGREEMENT_CONTESTED
                if opposite.id not in merged.contradicts:
                    merged.contradicts.append(opposite.id)


def _first(said: Sequence[Statement]) -> Statement:
    return min(said, key=lambda each: each.key)


def _matter(reading: SubmissionReading, statement: Statement) -> str:
    """What a point is about, in the words of the work: it outlives a change elsewhere in the text."""
    sentence = ""
    if statement.place is not None:
        place = reading.sentences[reading.sentence_at(statement.place[0]) - 1]
        sentence = reading.visible_text[place.start : place.end]
    return "\n".join((str(statement.point.polarity), statement.point.issue, sentence))


def _id(matter: str, ordinal: int) -> str:
    return hashlib.sha256(f"{matter}\n{ordinal}".encode()).hexdigest()[:_ID_LENGTH]

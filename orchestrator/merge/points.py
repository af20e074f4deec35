"""Makes a merged point of each cluster, links the contradictory ones, and puts them in order."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from chorus.feedback.v1 import merged_pb2, submission_pb2
from orchestrator.merge.agreement import agreement_of, contradict, subjects
from orchestrator.merge.align import PointCluster
from orchestrator.merge.candidate import MergeCandidate
from orchestrator.merge.order import criterion_levels, importance, relative_criterion_weights
from orchestrator.submission.reading import SubmissionReading

_ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class _PlacedPoint:
    """A merged point with its candidates. `start` is its offset in the text as received, or -1."""

    start: int
    merged: merged_pb2.MergedPoint
    candidates: Sequence[MergeCandidate]


def merge_points(
    reading: SubmissionReading,
    rubric: submission_pb2.Rubric,
    clusters: Sequence[PointCluster],
    scores: Sequence[merged_pb2.MergedScore],
) -> list[merged_pb2.MergedPoint]:
    """Returns one merged point for each cluster, the most important first."""
    weights, levels = relative_criterion_weights(rubric), criterion_levels(rubric, scores)
    same_subject: Counter[str] = Counter()
    placed = []
    for cluster in sorted(clusters, key=lambda each: _first(each.candidates).key):
        first = _first(cluster.candidates)
        subject = _subject(reading, first)
        merged = _merged_point(cluster.candidates, _id(subject, same_subject[subject]))
        merged.importance = importance(cluster.candidates, weights, levels)
        placed.append(_PlacedPoint(first.key[0], merged, cluster.candidates))
        same_subject[subject] += 1
    _link_contradictions(placed)
    placed.sort(key=lambda each: (-each.merged.importance, each.start, each.merged.id))
    return [each.merged for each in placed]


def _merged_point(candidates: Sequence[MergeCandidate], identifier: str) -> merged_pb2.MergedPoint:
    members = [
        merged_pb2.MergedPoint.Member(model=opinion.model, point=point)
        for each in candidates
        for opinion, point in zip(each.opinions, each.points, strict=True)
    ]
    opinions = [opinion for each in candidates for opinion in each.opinions]
    return merged_pb2.MergedPoint(
        id=identifier,
        members=members,
        families=len({each.family for each in opinions}),
        agreement=agreement_of(opinions),
    )


def _link_contradictions(placed: Sequence[_PlacedPoint]) -> None:
    criticism = [(each.merged, one) for each in placed for one in each.candidates if one.is_improvement]
    by_subject: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
    for index, (_, one) in enumerate(criticism):
        for subject in subjects(one):
            by_subject[subject].add(index)
    praise = [(each.merged, one) for each in placed for one in each.candidates if one.is_strength]
    for praised, one in praise:
        for index in sorted(set[int]().union(*(by_subject.get(each, ()) for each in subjects(one)))):
            criticised, other = criticism[index]
            if contradict(one, other):
                for merged, opposite in ((praised, criticised), (criticised, praised)):
                    merged.agreement = merged_pb2.AGREEMENT_CONTESTED
                    if opposite.id not in merged.contradicts:
                        merged.contradicts.append(opposite.id)


def _first(candidates: Sequence[MergeCandidate]) -> MergeCandidate:
    return min(candidates, key=lambda each: each.key)


def _subject(reading: SubmissionReading, candidate: MergeCandidate) -> str:
    """Returns the polarity, the issue and the sentence, which an edit elsewhere in the text leaves alone."""
    sentence = ""
    if candidate.span is not None:
        span = reading.sentences[reading.sentence_at(candidate.span[0]) - 1]
        sentence = reading.visible_text[span.start : span.end]
    return "\n".join((str(candidate.point.polarity), candidate.point.issue, sentence))


def _id(subject: str, ordinal: int) -> str:
    return hashlib.sha256(f"{subject}\n{ordinal}".encode()).hexdigest()[:_ID_LENGTH]

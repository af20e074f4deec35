"""The candidates for merging: the points of all models, identical ones as one candidate."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chorus.feedback.v1 import feedback_pb2
from modelkit.answer_form.issues import ISSUES, OTHER
from orchestrator.merge.opinion import Opinion

Span = tuple[int, int]
"""A half-open range of the text as received, or of the numbers of its sentences."""


@dataclass(frozen=True, slots=True)
class MergeCandidate:
    """One point, and every model that made it in these very words.

    Attributes:
        point: The point as the first of the models made it.
        opinions: The opinions that hold the point.
        points: The point of each opinion; they differ in their ids alone.
        group: The group of the point's issue.
        span: Where the point stands in the text as received; None for a point about the whole text.
        sentences: Where the sentences begin that the point is about.
        key: The sort key: the start, the content, and a number where one model repeats itself.
    """

    point: feedback_pb2.Point
    opinions: Sequence[Opinion]
    points: Sequence[feedback_pb2.Point]
    group: str
    span: Span | None
    sentences: frozenset[int]
    key: tuple[int, bytes, int]

    @property
    def is_strength(self) -> bool:
        """Returns whether the point praises."""
        return self.point.polarity == feedback_pb2.POLARITY_STRENGTH

    @property
    def is_in_set_words(self) -> bool:
        """Returns whether rules alone made the point and offer no rewrite: they say the same of any text."""
        return not self.point.suggested_rewrite and all(each.is_rule_based for each in self.opinions)

    @property
    def is_improvement(self) -> bool:
        """Returns whether the point criticises. A question neither praises nor criticises."""
        return self.point.polarity == feedback_pb2.POLARITY_IMPROVEMENT


def merge_candidates(
    opinions: Iterable[Opinion], default_criteria: Mapping[str, str]
) -> list[MergeCandidate]:
    """Returns all models' points in an order that depends on their content alone.

    Identical points of different models are one candidate, so an echo has no weight when points are compared.
    A point without a criterion gets the default criterion of its issue.
    """
    made: dict[tuple[int, bytes, int], list[tuple[Opinion, feedback_pb2.Point]]] = {}
    for opinion in opinions:
        repetitions: Counter[bytes] = Counter()
        for each in opinion.feedback.points:
            point = _with_criterion(each, default_criteria)
            content = _content(point)
            start = point.anchor.start if point.HasField("anchor") else -1
            made.setdefault((start, content, repetitions[content]), []).append((opinion, point))
            repetitions[content] += 1
    return [_candidate(key, makers) for key, makers in sorted(made.items(), key=lambda item: item[0])]


def overlap(one: MergeCandidate, other: MergeCandidate) -> float | None:
    """Returns the shared part of two spans, as a share of the shorter one.

    It is 0 for disjoint spans, and None if one of the candidates is about the whole text.
    """
    if one.span is None or other.span is None:
        return None
    shared = min(one.span[1], other.span[1]) - max(one.span[0], other.span[0])
    shorter = min(one.span[1] - one.span[0], other.span[1] - other.span[0])
    return max(shared, 0) / shorter


def _candidate(
    key: tuple[int, bytes, int], makers: Sequence[tuple[Opinion, feedback_pb2.Point]]
) -> MergeCandidate:
    _, point = makers[0]
    return MergeCandidate(
        point=point,
        opinions=[opinion for opinion, _ in makers],
        points=[each for _, each in makers],
        group=ISSUES.get(point.issue, ISSUES[OTHER]).group,
        span=(point.anchor.start, point.anchor.end) if point.HasField("anchor") else None,
        sentences=frozenset(each.start for each in point.sentences),
        key=key,
    )


def _with_criterion(point: feedback_pb2.Point, default_criteria: Mapping[str, str]) -> feedback_pb2.Point:
    if point.criterion_id:
        return point
    group = ISSUES.get(point.issue, ISSUES[OTHER]).group
    filled = feedback_pb2.Point()
    filled.CopyFrom(point)
    filled.criterion_id = default_criteria.get(point.issue) or default_criteria.get(group, "")
    return filled


def _content(point: feedback_pb2.Point) -> bytes:
    copy = feedback_pb2.Point()
    copy.CopyFrom(point)
    copy.ClearField("id")
    return copy.SerializeToString(deterministic=True)

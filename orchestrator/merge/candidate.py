"""Who said what: the points of all models, each known by its content."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chorus.feedback.v1 import feedback_pb2
from modelkit.answer_form.issues import ISSUES, OTHER
from orchestrator.merge.opinion import Opinion

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Statement:
    """One observation, and every model that made it in these very words.

    `place` is its range in the text as received, None if it is about the whole.
    """

    point: feedback_pb2.Point
    opinions: Sequence[Opinion]
    points: Sequence[feedback_pb2.Point]
    group: str
    place: Range | None
    key: tuple[int, bytes, int]

    @property
    def strength(self) -> bool:
        """Whether it praises."""
        return self.point.polarity == feedback_pb2.POLARITY_STRENGTH

    @property
    def improvement(self) -> bool:
        """Whether it criticises; a question does neither."""
        return self.point.polarity == feedback_pb2.POLARITY_IMPROVEMENT


def statements(opinions: Iterable[Opinion], default_criteria: Mapping[str, str]) -> list[Statement]:
    """All models' points in an order that depends on their content alone.

    Identical points of different models are one statement, so that an echo weighs nothing when points are
    compared. A point without a criterion gets the default one of its issue.
    """
    said: dict[tuple[int, bytes, int], list[tuple[Opinion, feedback_pb2.Point]]] = {}
    for opinion in opinions:
        before: Counter[bytes] = Counter()
        for each in opinion.feedback.points:
            point = _with_criterion(each, default_criteria)
            content = _content(point)
            start = point.anchor.start if point.HasField("anchor") else -1
            said.setdefault((start, content, before[content]), []).append((opinion, point))
            before[content] += 1
    return [_statement(key, voices) for key, voices in sorted(said.items(), key=lambda item: item[0])]


def overlap(one: Statement, other: Statement) -> float | None:
    """The share of the shorter place that both share; 0 if disjoint, None if one is about the whole."""
    if one.place is None or other.place is None:
        return None
    shared = min(one.place[1], other.place[1]) - max(one.place[0], other.place[0])
    shorter = min(one.place[1] - one.place[0], other.place[1] - other.place[0])
    return max(shared, 0) / shorter


def _statement(
    key: tuple[int, bytes, int], voices: Sequence[tuple[Opinion, feedback_pb2.Point]]
) -> Statement:
    _, point = voices[0]
    issue = ISSUES.get(point.issue, ISSUES[OTHER])
    place = (point.anchor.start, point.anchor.end) if point.HasField("anchor") else None
    return Statement(
        point,
        [opinion for opinion, _ in voices],
        [each for _, each in voices],
        issue.group,
        place,
        key,
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

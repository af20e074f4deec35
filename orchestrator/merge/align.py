"""Finds which points of different models are the same point, by average-linkage clustering."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chorus.feedback.v1 import feedback_pb2
from chorus.feedback.v1.feedback_pb2 import POLARITY_IMPROVEMENT, POLARITY_STRENGTH
from orchestrator.merge import policy
from orchestrator.merge.candidate import MergeCandidate, Span, overlap
from orchestrator.merge.korean_subjects import SubjectSimilarity
from orchestrator.merge.related_issues import (
    are_across_groups,
    are_language_and_matter,
    are_related,
    are_two_conventions,
    are_unrelated_in_group,
    is_local,
    is_singular,
)
from orchestrator.merge.remedies import Remedy, are_different, remedy_of
from orchestrator.merge.text_similarity import TextSimilarity
from orchestrator.submission.reading import SubmissionReading

# Below this similarity of place, issue and criterion no text similarity lifts a pair to the threshold.
_TEXT_DECIDES_FROM = (
    policy.LINKAGE_THRESHOLD - policy.TEXT_SIMILARITY_WEIGHT * policy.MAX_TEXT_SIMILARITY_Z_SCORE
)

Pair = tuple[int, int]
"""The indices of two candidates or clusters, the lower one first."""


@dataclass(frozen=True, slots=True)
class PointCluster:
    """Candidates that are one point. The first is the medoid, which is the most similar to the others."""

    candidates: Sequence[MergeCandidate]


def align(
    reading: SubmissionReading, candidates: Sequence[MergeCandidate], language_code: str
) -> list[PointCluster]:
    """Clusters the candidates, which come in order.

    No cluster ever holds two candidates that must not be joined.
    """
    similarities = _similarities(reading, candidates, language_code)
    return [
        PointCluster([candidates[index] for index in _medoid_first(indices, candidates, similarities)])
        for indices in _average_linkage(len(candidates), similarities)
    ]


def _similarities(
    reading: SubmissionReading, candidates: Sequence[MergeCandidate], language_code: str
) -> dict[Pair, float]:
    """Returns the similarity of every two candidates that may be joined."""
    remedies = [remedy_of(each.point) for each in candidates]
    said = SubjectSimilarity(candidates, language_code)
    similarities = {
        (one, other): _structural(candidates[one], candidates[other])
        + _remedy_similarity(remedies[one], remedies[other])
        + said.similarity(one, other)
        for one, other in _joinable_pairs(reading, candidates)
    }
    # Texts are compared only where they can decide, and are taken to be as similar as usual elsewhere. The
    # analysis of Korean is most of the merge's time.
    close = [pair for pair, structural in similarities.items() if structural >= _TEXT_DECIDES_FROM]
    if not close:
        return similarities
    compared = sorted({index for pair in close for index in pair})
    texts = TextSimilarity([_words(candidates[index].point) for index in compared], language_code)
    position = {index: number for number, index in enumerate(compared)}
    for one, other in close:
        z_score = texts.z_score(position[one], position[other])
        similarities[one, other] += policy.TEXT_SIMILARITY_WEIGHT * z_score
    return similarities


def _joinable_pairs(reading: SubmissionReading, candidates: Sequence[MergeCandidate]) -> Iterator[Pair]:
    """Yields the pairs that may be joined. Candidates in passages far from each other are not looked at."""
    facts = [_Facts.of(reading, each) for each in candidates]
    for one, first in enumerate(facts):
        for other in range(one + 1, len(facts)):
            second = facts[other]
            # The candidates come in the order of their places, after those that are about the whole text.
            if first.sentences and second.sentences and not _are_near(first.sentences, second.sentences):
                break
            if _may_join(first, second):
                yield one, other


@dataclass(frozen=True, slots=True)
class _Facts:
    """What decides whether a candidate may be joined with others."""

    candidate: MergeCandidate
    models: frozenset[str]
    polarity: feedback_pb2.Polarity.ValueType
    sentences: Span | None

    @classmethod
    def of(cls, reading: SubmissionReading, candidate: MergeCandidate) -> "_Facts":
        models = frozenset(each.model for each in candidate.opinions)
        return cls(candidate, models, candidate.point.polarity, _sentence_numbers(reading, candidate.span))


_OPPOSITES = frozenset({(POLARITY_STRENGTH, POLARITY_IMPROVEMENT), (POLARITY_IMPROVEMENT, POLARITY_STRENGTH)})


def _may_join(first: _Facts, second: _Facts) -> bool:
    """Returns whether two candidates in passages near to each other may be joined."""
    if (first.polarity, second.polarity) in _OPPOSITES or not first.models.isdisjoint(second.models):
        return False
    one, other = first.candidate, second.candidate
    if are_two_conventions(one, other):
        return False
    shared = overlap(one, other)
    if are_across_groups(one, other):
        return shared is not None and shared >= policy.ACROSS_GROUPS_MIN_OVERLAP
    return bool(shared is None or shared or not (is_local(one) or is_local(other)))


def _are_near(earlier: Span, later: Span) -> bool:
    return later[0] - earlier[1] <= policy.MAX_SENTENCE_DISTANCE


def _structural(one: MergeCandidate, other: MergeCandidate) -> float:
    """Returns the similarity of place, issue and criterion, without that of the texts."""
    same_issue = one.point.issue == other.point.issue
    same_criterion = one.point.criterion_id == other.point.criterion_id != ""
    return (
        _place_similarity(one, other)
        + policy.SAME_ISSUE_BONUS * same_issue
        + policy.UNRELATED_ISSUES_PENALTY * are_unrelated_in_group(one, other)
        + _group_similarity(one, other)
        + policy.SAME_CRITERION_BONUS * same_criterion
    )


def _group_similarity(one: MergeCandidate, other: MergeCandidate) -> float:
    if not are_across_groups(one, other):
        return 0.0
    if are_related(one, other):
        return policy.RELATED_ISSUES_BONUS
    language = policy.LANGUAGE_AND_MATTER_PENALTY * are_language_and_matter(one, other)
    return policy.ACROSS_GROUPS_PENALTY + language


def _place_similarity(one: MergeCandidate, other: MergeCandidate) -> float:
    if one.span is None or other.span is None:
        whole = one.span == other.span
        if one.point.issue == other.point.issue and (whole or is_singular(one.point.issue)):
            return policy.WHOLE_TEXT_BONUS
        return 0.0 if whole else policy.WHOLE_AND_PART_PENALTY
    shared = overlap(one, other)
    if not shared:
        return policy.DISJOINT_PENALTY
    return policy.OVERLAP_WEIGHT * shared + policy.EXTENT_WEIGHT * _extent(one.span, other.span)


def _extent(one: Span, other: Span) -> float:
    """Returns the shared part of two spans that meet, as a share of what they cover together."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared / (max(one[1], other[1]) - min(one[0], other[0]))


def _remedy_similarity(one: Remedy, other: Remedy) -> float:
    return policy.DIFFERENT_REMEDIES_PENALTY * are_different(one, other) + policy.ONE_REWRITES_PENALTY * (
        one.rewrites != other.rewrites
    )


def _words(point: feedback_pb2.Point) -> str:
    return f"{point.observation} {point.next_step} {point.suggested_rewrite}"


def _sentence_numbers(reading: SubmissionReading, span: Span | None) -> Span | None:
    """Returns the numbers of the first and the last sentence that the span touches."""
    if span is None:
        return None
    return reading.sentence_at(span[0]), reading.sentence_at(span[1] - 1)


def _average_linkage(count: int, similarities: Mapping[Pair, float]) -> list[list[int]]:
    """Joins the two most similar clusters while their average similarity reaches the threshold."""
    clusters = {index: [index] for index in range(count)}
    # The sum of the similarities between two clusters. It is missing where a pair must not be joined.
    sums = dict(similarities)
    neighbours: list[set[int]] = [set() for _ in range(count)]
    for one, other in sums:
        neighbours[one].add(other)
        neighbours[other].add(one)

    def distance(pair: Pair) -> float:
        one, other = pair
        return -sums[pair] / (len(clusters[one]) * len(clusters[other]))

    # The closest pair first. What is said of a pair that has changed since stays in the heap.
    closest = [(distance(pair), *pair) for pair in sums]
    heapq.heapify(closest)
    while closest:
        said, one, other = heapq.heappop(closest)
        if (one, other) not in sums or distance((one, other)) != said:
            continue
        if -said < policy.LINKAGE_THRESHOLD:
            break
        del sums[one, other]
        clusters[one] += clusters.pop(other)
        for third in neighbours[one] - neighbours[other] - {other}:
            del sums[_pair(one, third)]
            neighbours[third].remove(one)
        for third in neighbours[other] - {one}:
            absorbed = sums.pop(_pair(other, third))
            neighbours[third].remove(other)
            if third in neighbours[one]:
                sums[_pair(one, third)] += absorbed
        neighbours[one] &= neighbours[other]
        for pair in (_pair(one, third) for third in neighbours[one]):
            heapq.heappush(closest, (distance(pair), *pair))
    return list(clusters.values())


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def _medoid_first(
    indices: Sequence[int], candidates: Sequence[MergeCandidate], similarities: Mapping[Pair, float]
) -> list[int]:
    def rank(index: int) -> tuple[float, int, str]:
        similarity = sum(similarities[_pair(index, other)] for other in sorted(indices) if other != index)
        # A lower match is a better one, but an unset one is 0: a point without a quotation comes last.
        match = candidates[index].point.anchor.match or len(policy.MATCH_CONFIDENCES) + 1
        return -similarity, match, candidates[index].opinions[0].model

    return sorted(indices, key=rank)

"""Finds which points of different models are the same point, by average-linkage clustering."""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

from orchestrator.merge import policy
from orchestrator.merge.candidate import MergeCandidate, overlap
from orchestrator.merge.issue_pairs import are_two_conventions
from orchestrator.merge.pair_features import (
    ALL_WORDS,
    OWN_WORDS,
    WORDS_FEATURES,
    PointContent,
    pair_features,
    similarity,
    weight_of,
    words_feature,
)
from orchestrator.merge.text_similarity import TextSimilarity

# Below this similarity no words lift a pair to the threshold.
_WORDS_DECIDE_FROM = (
    policy.LINKAGE_THRESHOLD
    - max(sum(max(weight_of(name), 0.0) for name in kind) for kind in WORDS_FEATURES)
    * policy.MAX_TEXT_SIMILARITY_Z_SCORE
)

# Sixteen models with twelve points each name a sentence in common some thousand times.
_MOST_PAIRS_OF_SENTENCES = 4000

Pair = tuple[int, int]
"""The indices of two candidates or clusters, the lower one first."""


@dataclass(frozen=True, slots=True)
class PointCluster:
    """Candidates that are one point. The first is the medoid, which is the most similar to the others.

    What rules say of any text in the same words comes after what a model says of this one.
    """

    candidates: Sequence[MergeCandidate]


def align(candidates: Sequence[MergeCandidate], language_code: str) -> list[PointCluster]:
    """Clusters the candidates, which come in order.

    No cluster ever holds two candidates that must not be joined.
    """
    similarities = _similarities(candidates, language_code)
    return [
        PointCluster([candidates[index] for index in _medoid_first(indices, candidates, similarities)])
        for indices in _average_linkage(len(candidates), similarities)
    ]


def _similarities(candidates: Sequence[MergeCandidate], language_code: str) -> dict[Pair, float]:
    """Returns the similarity of every two candidates that may be joined."""
    pairs = list(joinable_pairs(candidates))
    contents = {
        index: PointContent.of(candidates[index], language_code)
        for index in sorted({index for pair in pairs for index in pair})
    }
    features = {(one, other): pair_features(contents[one], contents[other]) for one, other in pairs}
    similarities = {pair: similarity(each) for pair, each in features.items()}
    # Words are compared only where they can decide, and are taken to be as similar as usual elsewhere.
    close = [pair for pair, without_words in similarities.items() if without_words >= _WORDS_DECIDE_FROM]
    compared = sorted({index for pair in close for index in pair})
    words = {
        OWN_WORDS: TextSimilarity([contents[index].own_words for index in compared], language_code),
        ALL_WORDS: TextSimilarity([contents[index].said for index in compared], language_code),
    }
    position = {index: number for number, index in enumerate(compared)}
    for one, other in close:
        for name, texts in words.items():
            weight = weight_of(words_feature(name, features[one, other]))
            similarities[one, other] += weight * texts.z_score(position[one], position[other])
    return similarities


def joinable_pairs(candidates: Sequence[MergeCandidate]) -> Iterator[Pair]:
    """Yields the pairs that may be joined, in order. Most that stand apart are not looked at."""
    models = [frozenset(each.model for each in candidate.opinions) for candidate in candidates]
    for one, other in sorted({*_meeting_pairs(candidates), *_pairs_of_sentences(candidates)}):
        if models[one].isdisjoint(models[other]) and _may_join(candidates[one], candidates[other]):
            yield one, other


def _meeting_pairs(candidates: Sequence[MergeCandidate]) -> Iterator[Pair]:
    """Yields the pairs whose spans meet, or of which one is about the whole text."""
    for one, first in enumerate(candidates):
        for other in range(one + 1, len(candidates)):
            second = candidates[other]
            # The candidates come in the order of their places, after those that are about the whole text.
            if first.span and second.span and second.span[0] >= first.span[1]:
                break
            yield one, other


def _pairs_of_sentences(candidates: Sequence[MergeCandidate]) -> Iterator[Pair]:
    """Yields the pairs that name a sentence in common, some of them more than once, and not too many."""
    by_sentence: defaultdict[int, list[int]] = defaultdict(list)
    for index, candidate in enumerate(candidates):
        for sentence in sorted(candidate.sentences):
            by_sentence[sentence].append(index)
    pairs = (pair for indices in by_sentence.values() for pair in combinations(indices, 2))
    yield from islice(pairs, _MOST_PAIRS_OF_SENTENCES)


def _may_join(one: MergeCandidate, other: MergeCandidate) -> bool:
    """Returns whether the points of different models may be the same, for all that they say."""
    if one.is_strength != other.is_strength or are_two_conventions(one, other):
        return False
    shared = overlap(one, other)
    # What stands elsewhere is another fault: who mends one still has the other. Unless both name a sentence,
    # and one of them others besides.
    return shared is None or shared > 0 or _name_one_sentence_of_several(one, other)


def _name_one_sentence_of_several(one: MergeCandidate, other: MergeCandidate) -> bool:
    return not one.sentences.isdisjoint(other.sentences) and len(one.sentences | other.sentences) > 1


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
    def rank(index: int) -> tuple[bool, float, int, str]:
        similarity = sum(similarities[_pair(index, other)] for other in sorted(indices) if other != index)
        # A lower match is a better one, but an unset one is 0: a point without a quotation comes last.
        match = candidates[index].point.anchor.match or len(policy.MATCH_CONFIDENCES) + 1
        candidate = candidates[index]
        return candidate.is_in_set_words, -similarity, match, candidate.opinions[0].model

    return sorted(indices, key=rank)

"""Which points of different models are the same point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from orchestrator.merge import policy
from orchestrator.merge.candidate import Range, Statement, overlap
from orchestrator.merge.related_issues import are_kin, is_local, may_be_one
from orchestrator.merge.text_similarity import likeness
from orchestrator.submission.reading import SubmissionReading

_WORDS_DECIDE_FROM = policy.JOIN_FROM - policy.LEXICAL * policy.LEXICAL_LIMIT

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Statements that are one point, the one most similar to the others first."""

    statements: Sequence[Statement]


def align(reading: SubmissionReading, statements: Sequence[Statement], language_code: str) -> list[Cluster]:
    """Joins the statements, which come in order, by average linkage.

    No cluster ever holds two statements that must not be joined.
    """
    similarities = _similarities(reading, statements, language_code)
    return [
        Cluster([statements[place] for place in _most_similar_first(places, statements, similarities)])
        for places in _linked(len(statements), similarities)
    ]


def _similarities(
    reading: SubmissionReading, statements: Sequence[Statement], language_code: str
) -> dict[Pair, float]:
    """The similarity of every two statements that may be joined."""
    sentences = [_sentences(reading, each.place) for each in statements]
    allowed = [
        (one, other)
        for one, other in combinations(range(len(statements)), 2)
        if _may_join(statements[one], statements[other], sentences[one], sentences[other])
    ]
    structures = {(one, other): _structure(statements[one], statements[other]) for one, other in allowed}
    # Words are compared only where they can decide, and are as alike as usual elsewhere: analysing Korean is
    # most of the merge's time.
    close = [pair for pair, structure in structures.items() if structure >= _WORDS_DECIDE_FROM]
    if not close:
        return structures
    compared = sorted({place for pair in close for place in pair})
    alike = likeness([statements[place].point.observation for place in compared], language_code)
    index = {place: number for number, place in enumerate(compared)}
    for one, other in close:
        structures[one, other] += policy.LEXICAL * alike(index[one], index[other])
    return structures


def _may_join(
    one: Statement, other: Statement, its_sentences: Range | None, other_sentences: Range | None
) -> bool:
    if not may_be_one(one, other):
        return False
    if (one.strength and other.improvement) or (one.improvement and other.strength):
        return False
    if {each.model for each in one.opinions} & {each.model for each in other.opinions}:
        return False
    shared = overlap(one, other)
    if are_kin(one, other):
        return shared is not None and shared >= policy.KIN_OVERLAP
    if its_sentences is None or other_sentences is None or shared:
        return True
    if is_local(one) or is_local(other):
        return False
    first, second = sorted((its_sentences, other_sentences))
    return second[0] - first[1] <= policy.MAX_SENTENCES_APART


def _structure(one: Statement, other: Statement) -> float:
    shared = overlap(one, other)
    place = 0.0 if shared is None else policy.OVERLAP * shared or policy.DISJOINT
    same_issue = one.point.issue == other.point.issue
    same_criterion = one.point.criterion_id == other.point.criterion_id != ""
    return place + policy.SAME_ISSUE * same_issue + policy.SAME_CRITERION * same_criterion


def _sentences(reading: SubmissionReading, place: Range | None) -> Range | None:
    if place is None:
        return None
    return reading.sentence_at(place[0]), reading.sentence_at(place[1] - 1)


def _linked(count: int, similarities: Mapping[Pair, float]) -> list[list[int]]:
    clusters = {place: [place] for place in range(count)}
    # Sum of the similarities between two clusters; a pair that must not be joined is not there.
    sums = dict(similarities)

    def linkage(pair: Pair) -> tuple[float, int, int]:
        one, other = pair
        return sums[pair] / (len(clusters[one]) * len(clusters[other])), -one, -other

    while sums:
        one, other = best = max(sums, key=linkage)
        if linkage(best)[0] < policy.JOIN_FROM:
            break
        del sums[best]
        for third in clusters.keys() - {one, other}:
            kept, gone = _pair(one, third), _pair(other, third)
            if kept in sums and gone in sums:
                sums[kept] += sums[gone]
            else:
                sums.pop(kept, None)
            sums.pop(gone, None)
        clusters[one] += clusters.pop(other)
    return list(clusters.values())


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def _most_similar_first(
    places: Sequence[int], statements: Sequence[Statement], similarities: Mapping[Pair, float]
) -> list[int]:
    def rank(place: int) -> tuple[float, int, str]:
        similar = sum(similarities[_pair(place, other)] for other in sorted(places) if other != place)
        # An unset match is the lowest value: what quotes nothing comes last.
        match = statements[place].point.anchor.match or len(policy.MATCH_TRUST) + 1
        return -similar, match, statements[place].opinions[0].model

    return sorted(places, key=rank)

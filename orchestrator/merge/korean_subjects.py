"""Compares what Korean points are about, by the stems of their words.

Two Korean comments on one fault share hardly a word: "호응이 맞지 않습니다", "'때문이다'로 끝나야 합니다".
So their morphemes do not tell whether they are about the same, but a closed list of what a teacher speaks
of does.
"""

import re
from collections.abc import Mapping, Sequence

from chorus.feedback.v1 import feedback_pb2
from modelkit.language import primary_subtag
from orchestrator.merge import policy
from orchestrator.merge.candidate import MergeCandidate

_SUBJECTS: Mapping[str, re.Pattern[str]] = {
    "agreement": re.compile(r"호응|서술어|주어와|앞말과|앞뒤가 맞"),
    "tense": re.compile(r"시제|과거|현재형|때를 나타"),
    "long sentence": re.compile(
        r"쉼표|문장[을이]? (?:나누|길|너무)|끊[어으]|나누(?:세요|어|는|면|자)|(?:너무|무척) 길|두 문장|늘어놓"
    ),
    "spacing": re.compile(r"띄|붙[여이]"),
    "register": re.compile(
        r"말투|문체|높임|반말|존댓말|'-?(?:다|요|습니다|어요|니다)'|합니다체|해요체|글말|입말|구어|윗사람|딱딱"
    ),
    "missing part": re.compile(r"목적어|주어가|조사"),
    "source": re.compile(r"출처|기관|누가|누구|통계|인용"),
    "figure": re.compile(r"숫자|얼마|몇 |비율|횟수|자료|표로"),
    "other side": re.compile(r"반대|반론|다른 입장|상대|비용|현실"),
    "detail": re.compile(r"구체|예를|자세|보여 주|생생|실감"),
    "off the matter": re.compile(r"관계|상관|벗어|뒷받침하지|필요하지 않|지우|빼(?:는|세|자|고)"),
    "repetition": re.compile(r"되풀이|반복|두 번|중복|겹"),
    "truth": re.compile(r"사실|과학|다릅니다|달라요|맞지 않는 (?:내용|결론)"),
    "scope": re.compile(r"모든|범위|단정|부풀|지나치|단순화|일반화"),
    "opening": re.compile(r"글머리|첫|시작|처음"),
    "ending": re.compile(r"마무리|끝(?:맺|났|에|으|을)|맺"),
    "link": re.compile(r"이어지지|갑자기|연결|잇는|논리|비약"),
    "vagueness": re.compile(r"막연|모호|정확하지|알 수 없|알기 어렵|애매"),
    "reason": re.compile(r"까닭|이유|왜|동기"),
    "order": re.compile(r"차례|순서"),
    "word": re.compile(r"낱말|단어|표현|뜻"),
}


class SubjectSimilarity:
    """How far every two candidates of a list speak of the same; the same for all where that is not known."""

    def __init__(self, candidates: Sequence[MergeCandidate], language_code: str) -> None:
        korean = primary_subtag(language_code) == "ko"
        self._subjects = [_subjects_of(each.point) for each in candidates] if korean else None

    def similarity(self, one: int, other: int) -> float:
        """Returns what the two candidates' subjects add to their similarity."""
        if self._subjects is None:
            return policy.UNKNOWN_SUBJECTS_PENALTY
        first, second = self._subjects[one], self._subjects[other]
        if not first or not second:
            return 0.0
        shared = 2 * len(first & second) / (len(first) + len(second))
        return policy.SHARED_SUBJECTS_WEIGHT * shared if shared else policy.NO_SHARED_SUBJECT_PENALTY


def _subjects_of(point: feedback_pb2.Point) -> frozenset[str]:
    """Returns the subjects that a point names; none if it names none of the list."""
    text = f"{point.observation} {point.next_step}"
    return frozenset(name for name, stems in _SUBJECTS.items() if stems.search(text))

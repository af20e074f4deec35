"""Tells whether a sentence may be a reason for a claim beside it. A reason needs no "because".

Most statements may be one, so only what is surely none is told apart: a question, another demand, and what
the author once did where it has nothing to do with the claim. In doubt a sentence is taken for a reason.
"""

import re
from collections.abc import Mapping

from services.proofreader.hangul import CODA_SSANGSIOT, coda, is_syllable
from services.proofreader.structure.markers import CLAIM, REASON, Patterns

# What a claim itself may say for it: a purpose, a condition or a consequence.
_WITHIN: Patterns = {
    "ko": re.compile(
        r"위해|위하여|점에서|도록|뿐만? 아니라|뿐더러|[가-힣][려자]면 |[가-힣]면 |[가-힣]다면|려고"
    ),
    "en": re.compile(
        r"\b(?:if|so that|in order to|given|thanks to|unless|without|when|which|would|helps?|causes?|leads?"
        r"|makes?|to (?:avoid|help|improve|keep|make|prevent|protect|reduce|save|stop|learn|become|get))\b",
        re.IGNORECASE,
    ),
}
# What ought to be, unlike what the author takes to be so.
_DEMAND: Patterns = {
    "ko": re.compile(r"[가-힣]야 (?:한|합|해|된|됩|돼)|필요가 있"),
    "en": re.compile(r"\b(?:should|must|ought|have to|has to|need to|needs to)\b", re.IGNORECASE),
}
# What the author did, and where the sentence speaks of what stands before it.
_DID: Patterns = {
    "ko": re.compile(r"(?:나|저|우리)(?:는|도)|(?:내|제)가"),
    "en": re.compile(
        r"^(?:\w+,? ){0,2}(?:i|we) (?:\w+ly )?(?:\w+ed|ate|bought|came|did|drank|felt|found|got|had|left|made"
        r"|met|ran|said|sat|saw|slept|spent|took|was|went|were|wrote)\b",
        re.IGNORECASE,
    ),
}
_SPEAKS_OF_IT: Patterns = {
    "ko": re.compile(r"(?:^|\s)(?:이|그|이런|그런|이러한|그러한|이렇게|그렇게|이것|그것)(?:\s|[은는이도을])"),
    "en": re.compile(
        r"^(?:\w+ )?(?:it|its|they|their|this|that|these|those|he|she|such|there)\b", re.IGNORECASE
    ),
}
# Words of every claim: that two sentences share them joins nothing.
_COMMON: Mapping[str, frozenset[str]] = {
    "ko": frozenset(("우리", "생각", "한다", "합니", "해야", "것이", "사람", "해요")),
    "en": frozenset(("shou", "must", "beli", "thin", "opin", "argu", "peop", "ever", "alwa")),
}
_WORD: Patterns = {"ko": re.compile(r"[가-힣]{2,}"), "en": re.compile(r"[a-z]{4,}")}
# So much of a word is its stem, and a shorter sentence than this is a remark.
_STEM: Mapping[str, int] = {"ko": 2, "en": 4}
_FEWEST_WORDS: Mapping[str, int] = {"ko": 3, "en": 4}
_CLOSING_MARKS = ".!?…\"'”’) "
_KOREAN_ENDING = re.compile(r"(?:다|습니다|어요|아요|지요|죠)$")


def argues_for_itself(claim: str, language: str) -> bool:
    """Returns whether a claim holds a sign of a reason."""
    return bool(REASON[language].search(claim) or _WITHIN[language].search(claim))


def may_argue(sentence: str, claim: str, language: str) -> bool:
    """Returns whether a sentence beside a claim may be a reason for it."""
    if REASON[language].search(sentence):
        return True
    if sentence.rstrip("\"'”’) ").endswith("?"):
        return False
    if CLAIM[language].search(sentence):
        # What the author takes to be so may be why something should be done. One demand argues for no other.
        return bool(_DEMAND[language].search(sentence)) != bool(_DEMAND[language].search(claim))
    is_remark = len(sentence.split()) < _FEWEST_WORDS[language]
    if is_remark or _tells_what_the_author_did(sentence, language):
        return bool(_SPEAKS_OF_IT[language].search(sentence)) or _share_a_word(sentence, claim, language)
    return True


def _tells_what_the_author_did(sentence: str, language: str) -> bool:
    if language != "ko":
        return bool(_DID[language].search(sentence))
    last = _KOREAN_ENDING.sub("", sentence.rstrip(_CLOSING_MARKS))[-1:]
    return bool(_DID[language].search(sentence)) and is_syllable(last) and coda(last) == CODA_SSANGSIOT


def _share_a_word(sentence: str, claim: str, language: str) -> bool:
    return not _stems(sentence, language).isdisjoint(_stems(claim, language))


def _stems(sentence: str, language: str) -> set[str]:
    words = _WORD[language].findall(sentence.lower())
    return {each[: _STEM[language]] for each in words} - _COMMON[language]

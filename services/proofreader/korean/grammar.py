"""Checks spacing and particles in Korean, where the grammar leaves no choice.

What the spelling rules allow both ways (auxiliary verbs, compound nouns, hours and dates) is left alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from services.proofreader.finding import Finding
from services.proofreader.hangul import CODA_RIEUL, coda, is_syllable
from services.proofreader.korean.analyser import AnalysedText, Morpheme
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading

_NOUNS = frozenset({"NNG", "NNP", "NNB", "NP", "NR", "XSN"})
# Nouns that are written apart after a form like "할", "한" or "하는".
_DEPENDENT_NOUNS = frozenset(
    {
        "수",
        "것",
        "거",
        "때",
        "줄",
        "만큼",
        "대로",
        "뿐",
        "적",
        "채",
        "척",
        "지",
        "리",
        "따름",
        "셈",
        "무렵",
        "동안",
        "탓",
    }
)
_COUNTED = frozenset({"명", "개", "살", "마리", "권", "잔", "병", "가지", "사람", "달", "시간"})
_NUMERALS = frozenset({"한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "스무"})
# Words of which "안" or "못" is a part.
_ONE_WORD_WITH_NEGATION = frozenset({"되", "하", "나", "쓰", "생기", "살", "미치", "지않"})
_SURE_PARTICLES = frozenset(
    {
        "을",
        "를",
        "는",
        "은",
        "에서",
        "에게",
        "까지",
        "부터",
        "와",
        "의",
        "처럼",
        "한테",
        "만큼",
        "보다",
        "으로",
        "마다",
        "조차",
    }
)
# Particles that depend on what they follow: after a consonant, after a vowel.
_PARTICLE_PAIRS = (("을", "를"), ("은", "는"), ("이", "가"), ("과", "와"), ("으로", "로"))
_AFTER_CONSONANT = dict(_PARTICLE_PAIRS)
_AFTER_VOWEL = {second: first for first, second in _PARTICLE_PAIRS}
# What has more syllables on a side is no word.
_LONGEST_WORD = 40
_CODA_NIEUN = 4


# Helping verbs that are written apart always; after "-어" they may be joined.
_APART = frozenset({("고", "있"), ("고", "싶"), ("지", "않"), ("지", "못하"), ("어야", "하")})


class _Pair(NamedTuple):
    """Two morphemes, one after the other, and the half-open range of the words that they are in."""

    one: Morpheme
    two: Morpheme
    start: int
    end: int


def korean_grammar(analysed: AnalysedText, reading: Reading) -> Iterator[Finding]:
    """Finds missing and needless spaces, and particles in the wrong form, sentence by sentence."""
    submission = analysed.submission
    for _, morphemes in analysed.sentences:
        sure = list(_sure_pairs(submission, reading.through(pairwise(morphemes))))
        yield from _missing_spaces(submission.text, reading.through(sure))
        for pair in reading.through(sure):
            yield from _between(submission.text, pair)


def _sure_pairs(submission: ParsedText, pairs: Iterable[tuple[Morpheme, Morpheme]]) -> Iterator[_Pair]:
    """Yields the author's own, of morphemes that are known, in something as short as a word may be."""
    text = submission.text
    for one, two in pairs:
        if one.known and two.known and submission.is_own(one.start, two.end):
            start, end = _word_start(text, one.start), _word_end(text, two.end)
            if one.start - start < _LONGEST_WORD and end - two.end < _LONGEST_WORD:
                yield _Pair(one, two, start, end)


def _missing_spaces(text: str, pairs: Iterable[_Pair]) -> Iterator[Finding]:
    cuts: dict[tuple[int, int], list[int]] = defaultdict(list)
    for one, two, start, end in pairs:
        # A particle cannot begin a word: the analysis is wrong.
        misread = one.tag.startswith("J") and one.start == start
        if one.end == two.start and one.start < two.start and not misread and _needs_space(one, two):
            cuts[start, end].append(two.start)
    for (start, end), places in cuts.items():
        apart = " ".join(text[first:last] for first, last in pairwise([start, *places, end]))
        yield _finding("spacing_missing", "spacing", text, start, end, apart)


def _between(text: str, pair: _Pair) -> Iterator[Finding]:
    one, two, start, end = pair
    if one.end == two.start:
        right = _right_particle(text, one, two)
        if right:
            corrected = text[start : two.start] + right + text[two.end : end]
            yield _finding("particle", "sentence_error", text, start, end, corrected)
    elif text[one.end : two.start] == " " and _should_be_anh(one, two):
        corrected = text[start : two.start] + "않" + text[two.start + 1 : end]
        yield _finding("confusion_an", "spelling", text, start, end, corrected)
    elif text[one.end : two.start] == " " and _needs_no_space(text, one, two):
        joined = text[start : one.end] + text[two.start : end]
        yield _finding("spacing_needless", "spacing", text, start, end, joined)


def _needs_space(one: Morpheme, two: Morpheme) -> bool:
    if two.form == "때문" and two.tag == "NNB":
        return one.tag in {"ETN", "NNG", "NP"}
    if one.tag == "ETM":
        # "-ㄹ지" and "-는지" are endings, however the rest was read; the noun follows "-ㄴ".
        if two.form == "지" and one.form not in {"ᆫ", "은"}:
            return False
        if one.form == "는" and two.tag == "NNG" and len(two.form) > 1:
            # "받는소리" and "먹는샘물" are words.
            return two.form not in {"소리", "샘물"}
        return two.tag in {"NNB", "NNG"} and two.form in _DEPENDENT_NOUNS
    if one.tag == "EC" and two.tag == "VX":
        return (one.form, two.form) in _APART
    if one.tag in {"MM", "NR"}:
        return one.form in _NUMERALS and two.form in _COUNTED
    if one.tag == "MAG" and one.form in {"안", "못"}:
        return two.tag in {"VV", "VA"} and two.form not in _ONE_WORD_WITH_NEGATION
    if two.form in {"있", "없"} and (one.tag == "JX" or (one.tag == "NNB" and one.form == "수")):
        return two.tag in {"VV", "VA"}
    if one.form in {"를", "을", "는"} and one.tag in {"JKO", "JX"} and two.tag == "NNG":
        return len(two.form) > 1
    return one.tag in {"JKO", "JKS"} and two.tag in {"MAG", "VV", "VA"}


def _should_be_anh(one: Morpheme, two: Morpheme) -> bool:
    """Returns whether it is "-지 안다", since the verb "안다" is no auxiliary."""
    return (one.form, one.tag, two.form, two.tag) == ("지", "EC", "안", "VV")


def _needs_no_space(text: str, one: Morpheme, two: Morpheme) -> bool:
    if one.tag == "EC":
        return one.form == "어" and two.form == "지" and two.tag == "VX"
    if one.tag.startswith("J") and two.tag.startswith("J") and two.form in {"부터", "까지"}:
        return True
    if one.tag not in _NOUNS:
        return False
    if two.tag == "VCP":
        # "본 이라면" is "the one who saw it": a verb, and the noun for a person.
        return not (len(one.form) == 1 and coda(one.form) in {_CODA_NIEUN, CODA_RIEUL})
    if two.tag == "XSN" and two.form == "들":
        return True
    written = text[two.start : two.end]
    stands_alone = _word_end(text, two.start) == two.end
    sure = written in _SURE_PARTICLES or (written in {"만", "도"} and one.tag == "NP")
    return two.tag.startswith("J") and sure and stands_alone


def _right_particle(text: str, noun: Morpheme, particle: Morpheme) -> str:
    """Returns the form that the particle should have, or "" where it is right."""
    last, written = text[noun.end - 1], text[particle.start : particle.end]
    if noun.tag not in _NOUNS or not particle.tag.startswith("J") or not is_syllable(last):
        return ""
    if coda(last) and not (written == "로" and coda(last) == CODA_RIEUL):
        return _AFTER_VOWEL.get(written, "")
    return _AFTER_CONSONANT.get(written, "") if not coda(last) else ""


def _finding(wording: str, issue: str, text: str, start: int, end: int, rewrite: str) -> Finding:
    values = {"word": text[start:end], "correction": rewrite}
    return Finding(wording, issue, start, end, values=values, rewrite=rewrite)


def _word_start(text: str, position: int) -> int:
    first = max(0, position - _LONGEST_WORD)
    while position > first and "가" <= text[position - 1] <= "힣":
        position -= 1
    return position


def _word_end(text: str, position: int) -> int:
    last = min(len(text), position + _LONGEST_WORD)
    while position < last and "가" <= text[position] <= "힣":
        position += 1
    return position

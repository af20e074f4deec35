"""Finds particles in the wrong form, also where the analysis sees no particle."""

import functools
import re
from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.hangul import CODA_RIEUL, coda
from services.proofreader.korean.analyser import KoreanAnalyser
from services.proofreader.parsed_text import ParsedSentence, ParsedText
from services.proofreader.reading import Reading

# After a consonant, after a vowel.
_PAIRS = (
    ("은", "는"),
    ("이", "가"),
    ("을", "를"),
    ("과", "와"),
    ("으로", "로"),
    ("이랑", "랑"),
    ("이나", "나"),
    ("이라고", "라고"),
    ("이라는", "라는"),
)
_AFTER_CONSONANT = {vowel: consonant for consonant, vowel in _PAIRS}
_AFTER_VOWEL = dict(_PAIRS)
_CANDIDATE = re.compile(
    r"(?<![\w])([가-힣]{1,8}?)(으로|이랑|이나|이라고|이라는|라고|라는|[은는이가을를과와로랑나])(?![\w])"
)
_NOUNS = frozenset({"NNG", "NNP", "NP", "XSN"})
# By so much the right form has to be likelier there, as a logarithm.
_ENOUGH_GAIN = 4.5
# Forms of verbs: "낫다", "짓다", "잇다", "붓다", "긋다".
_VERBS = frozenset({"나은", "지은", "이은", "부은", "그은", "나을", "지을", "이을", "부을", "그을"})
_BESIDE = re.compile(r"\S*\s?\S*\s?\Z"), re.compile(r"\s?\S*\s?\S*")
_MOST_BESIDE = 40
# Of so many words that came last it is kept whether they may be faults, in 1 MiB.
_MOST_KEPT = 4_096


class KoreanParticles:
    """Compares each noun that may carry the wrong form with the same noun and the right one."""

    def __init__(self, analyser: KoreanAnalyser) -> None:
        self._analyser = analyser
        self._may_be_fault = functools.lru_cache(_MOST_KEPT)(self._find_whether_fault)

    def find(self, submission: ParsedText, reading: Reading) -> Iterator[Finding]:
        """Reads the text sentence by sentence."""
        for sentence in submission.sentences:
            reading.check()
            for found in _CANDIDATE.finditer(submission.text, sentence.start, sentence.end):
                right = _right_form(found[1], found[2])
                if not right:
                    continue
                reading.check()
                if reading.has_spent():
                    reading.leave_unread(found.start())
                    return
                if submission.is_own(*found.span()) and self._is_fault(found, right, sentence):
                    word, corrected = found.group(), found[1] + right
                    values = {"word": word, "correction": corrected}
                    yield Finding(
                        "particle", "sentence_error", *found.span(), values=values, rewrite=corrected
                    )

    def _is_fault(self, found: re.Match[str], right: str, sentence: ParsedSentence) -> bool:
        word, corrected = found.group(), found[1] + right
        if not self._may_be_fault(found[1], found[2], right):
            return False
        before, after = _beside(found, sentence)
        gain = self._analyser.score(before + corrected + after) - self._analyser.score(before + word + after)
        return gain >= _ENOUGH_GAIN

    def _find_whether_fault(self, noun: str, particle: str, right: str) -> bool:
        """Returns whether the right form makes a noun and its particle of what is neither with the other."""
        word = noun + particle
        return word not in _VERBS and not self._is_noun(word) and self._is_noun_with(noun, right)

    def _is_noun(self, word: str) -> bool:
        morphemes = self._analyser.read(word).morphemes
        return len(morphemes) == 1 and morphemes[0].known

    def _is_noun_with(self, noun: str, particle: str) -> bool:
        *nouns, last = self._analyser.read(noun + particle).morphemes
        is_particle = last.tag.startswith("J") and last.start == len(noun)
        return is_particle and bool(nouns) and all(each.known and each.tag in _NOUNS for each in nouns)


def _right_form(noun: str, particle: str) -> str:
    """Returns the form that the particle should have, or "" where it is right."""
    last = coda(noun[-1])
    if particle == "으로" and last == CODA_RIEUL:
        return "로"
    # After "ㄹ" these are endings too, as in "살라고".
    if last and not (particle in {"로", "라고", "라는"} and last == CODA_RIEUL):
        return _AFTER_CONSONANT.get(particle, "")
    return _AFTER_VOWEL.get(particle, "") if not last or particle == "으로" else ""


def _beside(found: re.Match[str], sentence: ParsedSentence) -> tuple[str, str]:
    """Returns the two words before and after it in its sentence."""
    text, (before, after) = found.string, _BESIDE
    first = before.search(text[max(sentence.start, found.start() - _MOST_BESIDE) : found.start()])
    last = after.match(text[found.end() : min(sentence.end, found.end() + _MOST_BESIDE)])
    return first.group() if first else "", last.group() if last else ""

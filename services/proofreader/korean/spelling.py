"""Finds misspelt Korean words by likelihood.

A word is suspected where the analyser does not know it or finds it very unlikely where it stands. It is
called misspelt only if changing one letter of it makes its surroundings far likelier, and leads to words that
the analyser knows; or if it holds a syllable that no Korean word has.
"""

import functools
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.proofreader.finding import Finding
from services.proofreader.hangul import CODA_SIOT, coda, is_usual, sound_alike, without_coda
from services.proofreader.korean.analyser import AnalysedText, KoreanAnalyser, Morpheme
from services.proofreader.korean.letter_choices import likeliest_words
from services.proofreader.korean.word_parts import WordParts
from services.proofreader.parsed_text import ParsedSentence
from services.proofreader.reading import Reading

# Logarithms of likelihoods, as Kiwi gives them.
_SUSPICIOUS = -13.0
# A known word that is likelier than this as a whole has hardly any variant that is likelier by enough.
_WORTH_TRYING = -20.5
_UNLIKELY = -7.0
_ENOUGH_GAIN_UNKNOWN = 8.0
_ENOUGH_GAIN_KNOWN = 14.0
# A variant that alone is not likelier by this is hardly likelier by enough among its neighbours.
_LEAST_GAIN_ALONE = 2.0
# By less than this no variant leads clearly, so that none is offered.
_CLEAR_LEAD = 2.0
# A word takes some 5 ms.
_MAX_SUSPECTS = 80
# So many of the words one letter away, the likeliest alone, are tried among their neighbours.
_VARIANTS = 5
# The likeliest variants are kept for so many words, those that came last, in 2 MiB.
_MOST_KEPT = 1_024
_NEIGHBOURS = 2
# They have no more characters than this on each side.
_MOST_BESIDE = 100
# No word of one stem and its endings is longer, and each syllable has dozens of others one letter away.
_LONGEST_WORD = 20

_WORD = re.compile(r"(?<!\w)[가-힣]++(?!\w)")
_WITH_SPACE = re.compile(r"\S*\s*")
_TITLE = r"(?:씨|님|양|군|선생|교수|박사|작가|감독)"
_ADDRESS = re.compile(rf"[가-힣]{{2,3}}씨|[가-힣]++\s{{1,9}}+{_TITLE}(?![가-힣]{{3}})")
_PROPER_NOUN = "NNP"
# Names, and interjections: one inside a word comes of a name that was cut to pieces.
_NO_COMMON_WORDS = frozenset({_PROPER_NOUN, "IC"})
_FUNCTIONAL = frozenset("JE")
# The word of a poem that every pupil learns, and no dictionary has it.
_QUOTED_OFTEN = "즈려밟"


@dataclass(frozen=True, slots=True)
class _Suspect:
    start: int
    end: int
    sentence: ParsedSentence
    morphemes: tuple[Morpheme, ...]

    @property
    def least_score(self) -> float:
        return min(each.score for each in self.morphemes)

    @property
    def known(self) -> bool:
        return all(each.known for each in self.morphemes)

    def unlikely_places(self) -> frozenset[int]:
        """Returns which of its syllables are in a morpheme that is unknown or unlikely."""
        return frozenset(
            place - self.start
            for each in self.morphemes
            if not each.known or each.score < _UNLIKELY
            for place in range(max(each.start, self.start), min(each.end, self.end))
        )

    def changeable_places(self) -> Sequence[int]:
        """Returns which of its syllables may be misspelt.

        What the analysis finds likely is left out: all of it in an unknown word, and in a known one, whose
        stem may be a likely one by mistake, its last syllable.
        """
        unlikely = self.unlikely_places()
        last = self.end - self.start - 1
        return tuple(place for place in range(last + 1) if place in unlikely or (self.known and place < last))


@dataclass(frozen=True, slots=True)
class _Correction:
    """Says what was probably meant.

    Attributes:
        text: What was meant; "" if another variant is almost as likely.
        of_ending: Whether only a particle or an ending differs.
    """

    text: str
    of_ending: bool


class KoreanSpelling:
    """Finds misspelt words and what was probably meant."""

    def __init__(self, analyser: KoreanAnalyser) -> None:
        self._analyser = analyser
        self._parts = WordParts.of_kiwi()
        self._likely_variants = functools.lru_cache(_MOST_KEPT)(self._find_likely_variants)

    def find(self, analysed: AnalysedText, reading: Reading) -> Iterator[Finding]:
        """Looks closely at the words that the analysis makes suspect."""
        submission = analysed.submission
        suspects = list(_suspects(analysed, reading))
        forms = Counter(each.form for suspect in suspects for each in suspect.morphemes if not each.known)
        corrections: dict[tuple[str, str, str], _Correction | None] = {}
        likeliest = sorted(suspects, key=lambda each: (each.known, each.least_score))[:_MAX_SUSPECTS]
        for suspect in sorted(likeliest, key=lambda each: each.start):
            reading.check()
            if reading.has_spent():
                reading.leave_unread(suspect.start)
                return
            # A word of no dictionary that is written the same way twice is taken for a name.
            word = submission.text[suspect.start : suspect.end]
            if any(forms[each.form] > 1 for each in suspect.morphemes) or word.startswith(_QUOTED_OFTEN):
                continue
            before, after = _surroundings(submission.text, suspect)
            place = (before, word, after)
            if place not in corrections:
                enough = _ENOUGH_GAIN_KNOWN if suspect.known else _ENOUGH_GAIN_UNKNOWN
                corrections[place] = self._correction(before, suspect, word, after, enough)
            correction = corrections[place]
            if correction:
                wording, issue = (
                    ("ending", "sentence_error") if correction.of_ending else ("spelling", "spelling")
                )
                if not correction.text:
                    wording = "spelling_unsure"
                values = {"word": word, "correction": correction.text}
                yield Finding(
                    wording, issue, suspect.start, suspect.end, values=values, rewrite=correction.text
                )
            elif not is_usual(word):
                yield Finding(
                    "spelling_unusual", "spelling", suspect.start, suspect.end, values={"word": word}
                )

    def _correction(
        self, before: str, suspect: _Suspect, word: str, after: str, enough: float
    ) -> _Correction | None:
        """Returns a word that is likelier there by so much, if there is one."""
        variants = self._likely_variants(word, suspect.changeable_places(), suspect.unlikely_places())
        if not variants:
            return None
        own = self._analyser.read(before + word + after)
        readings = {each: self._analyser.read(before + each + after) for each in variants}
        best, *others = sorted(variants, key=lambda each: -readings[each].score)
        reading = readings[best]
        if reading.score - own.score < enough or _drops_saisiot(word, best):
            return None
        written, meant = (
            _within(each, len(before), len(before) + len(word)) for each in (own.morphemes, reading.morphemes)
        )
        if not all(each.known and each.tag not in _NO_COMMON_WORDS for each in meant):
            return None
        is_sure = not others or reading.score - readings[others[0]].score >= _CLEAR_LEAD
        if not _sounds_like(word, best):
            # Who writes by ear means a word that sounds the same rather than a likelier one.
            is_sure &= not any(
                _sounds_like(word, each) and readings[each].score - own.score >= enough for each in others
            )
        return _Correction(best if is_sure else "", of_ending=_contents(written) == _contents(meant))

    def _find_likely_variants(
        self, word: str, places: Sequence[int], suspected: frozenset[int]
    ) -> Sequence[str]:
        """Returns the words one letter away that are likeliest alone, as far as they are likelier than it."""
        plausible = self._parts.plausible(word, places, suspected)
        least = self._analyser.score(word) + _LEAST_GAIN_ALONE
        return likeliest_words(self._analyser, word, plausible, least=least, most=_VARIANTS)


def _sounds_like(word: str, other: str) -> bool:
    return len(word) == len(other) and all(map(sound_alike, word, other))


def _drops_saisiot(word: str, meant: str) -> bool:
    """Returns whether only the "ㅅ" between two nouns is gone: no dictionary has all words with it."""
    return any(
        coda(one) == CODA_SIOT and without_coda(one) == other
        for one, other in zip(word[:-1], meant[:-1], strict=True)
    )


def _suspects(analysed: AnalysedText, reading: Reading) -> Iterator[_Suspect]:
    submission = analysed.submission
    for sentence, morphemes in analysed.sentences:
        reading.check()
        ends = [each.end for each in morphemes]
        starts = [each.start for each in morphemes]
        for found in _WORD.finditer(submission.text, sentence.start, sentence.end):
            start, end = found.span()
            if end - start > _LONGEST_WORD or not submission.is_own(start, end):
                continue
            inside = morphemes[bisect_right(ends, start) : bisect_left(starts, end)]
            suspect = _Suspect(start, end, sentence, inside)
            is_suspicious = inside and _is_suspicious(suspect, found.group())
            if is_suspicious and not _ADDRESS.match(submission.text, start):
                yield suspect


def _is_suspicious(suspect: _Suspect, word: str) -> bool:
    if not is_usual(word) or not suspect.known:
        return True
    is_name = any(each.tag == _PROPER_NOUN for each in suspect.morphemes)
    unlikely = (
        suspect.least_score < _SUSPICIOUS and sum(each.score for each in suspect.morphemes) < _WORTH_TRYING
    )
    return not is_name and unlikely


def _surroundings(text: str, suspect: _Suspect) -> tuple[str, str]:
    """Returns the few words before and after it in its sentence, with the space between."""
    sentence = suspect.sentence
    before = text[max(sentence.start, suspect.start - _MOST_BESIDE) : suspect.start]
    after = text[suspect.end : min(sentence.end, suspect.end + _MOST_BESIDE)]
    return (
        "".join(_WITH_SPACE.findall(before)[-_NEIGHBOURS - 1 :]),
        "".join(_WITH_SPACE.findall(after)[: _NEIGHBOURS + 1]),
    )


def _within(morphemes: tuple[Morpheme, ...], start: int, end: int) -> tuple[Morpheme, ...]:
    return tuple(each for each in morphemes if each.start < end and start < each.end)


def _contents(morphemes: tuple[Morpheme, ...]) -> list[tuple[str, str]]:
    """Returns the morphemes without particles and endings."""
    return [(each.form, each.tag) for each in morphemes if each.tag[0] not in _FUNCTIONAL]

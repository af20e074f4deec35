"""Adapts Kiwi, the analyser of Korean morphemes, to what the rules need."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.proofreader.korean.kiwi import load_kiwi
from services.proofreader.korean.word_parts import WordParts
from services.proofreader.parsed_text import ParsedSentence, ParsedText
from services.proofreader.reading import Reading

if TYPE_CHECKING:
    from kiwipiepy import Token

# The share of its processor time in which a reading analyses the text; the rest is for the words.
_SHARE = 0.6
# Kiwi cannot be stopped, so it reads no more than this at once. Only where no word ends is a word cut.
_PASSAGE = re.compile(r"\S(?:.{0,598}\S)?(?=\s|\Z)|\S.{0,599}", re.DOTALL)

# Particles and endings; what holds one: the copula, suffixes that make verbs, forms of a stem and its ending.
_FUNCTIONAL = frozenset("JE")
_WITH_ENDING = frozenset({"VCP", "XSV", "XSA", "UN"})
# Longer names are many, and seldom misspelt.
_LONGEST_NAME = 3


@dataclass(frozen=True, slots=True)
class Morpheme:
    """A morpheme with its tag of the Sejong set, its half-open range and its log-likelihood there."""

    form: str
    tag: str
    start: int
    end: int
    score: float
    known: bool


@dataclass(frozen=True, slots=True)
class Analysis:
    """The likeliest analysis of a passage, with its log-likelihood."""

    score: float
    morphemes: tuple[Morpheme, ...]


@dataclass(frozen=True, slots=True)
class AnalysedText:
    """A text and the morphemes of its sentences, of as many as the reading had time for."""

    submission: ParsedText
    sentences: tuple[tuple[ParsedSentence, tuple[Morpheme, ...]], ...]


class KoreanAnalyser:
    """Analyses Korean. Threads may share it."""

    def __init__(self) -> None:
        # The dictionary of typos holds misspelt words as if they were right; without it less is loaded too.
        self._kiwi = load_kiwi(num_workers=1, load_typo_dict=False)
        # The first call loads the model.
        self.read("가")

    def word_parts(self) -> WordParts:
        """Returns the forms of the dictionary, of names the short ones."""
        return WordParts(
            (each.form, each.tag[0] in _FUNCTIONAL or each.tag in _WITH_ENDING)
            for each in self._dictionary()
            if each.tag != "NNP" or len(each.form) <= _LONGEST_NAME
        )

    def _dictionary(self) -> Iterator[Token]:
        for number in itertools.count():
            try:
                yield self._kiwi.morpheme(number)
            except ValueError:
                # There are no more.
                return

    def read(self, passage: str, offset: int = 0) -> Analysis:
        """Reads a short passage that begins `offset` characters into its text."""
        ((tokens, score),) = self._kiwi.analyze(passage)
        return Analysis(score, tuple(_morpheme(each, offset) for each in tokens))

    def score(self, passage: str) -> float:
        """Returns the log-likelihood of a short passage."""
        ((_, score),) = self._kiwi.analyze(passage)
        return float(score)

    def read_text(self, submission: ParsedText, reading: Reading) -> AnalysedText:
        """Reads a text sentence by sentence."""
        return AnalysedText(submission, tuple(self._sentences(submission, reading)))

    def _sentences(
        self, submission: ParsedText, reading: Reading
    ) -> Iterator[tuple[ParsedSentence, tuple[Morpheme, ...]]]:
        for sentence in submission.sentences:
            morphemes: list[Morpheme] = []
            for passage in _PASSAGE.finditer(submission.text, sentence.start, sentence.end):
                reading.check()
                if reading.has_spent(_SHARE):
                    reading.leave_unread(passage.start())
                    yield sentence, tuple(morphemes)
                    return
                morphemes += self.read(passage.group(), passage.start()).morphemes
            yield sentence, tuple(morphemes)


def _morpheme(token: Token, offset: int) -> Morpheme:
    return Morpheme(
        form=token.form,
        tag=token.tag,
        start=offset + token.start,
        end=offset + token.end,
        score=token.score,
        known=not token.oov,
    )

"""Adapts Kiwi, the analyser of Korean morphemes, to what the rules need."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from services.proofreader.hangul import is_syllable
from services.proofreader.korean.kiwi import load_kiwi
from services.proofreader.parsed_text import ParsedSentence, ParsedText
from services.proofreader.reading import Reading

if TYPE_CHECKING:
    from kiwipiepy import Token, TypoTransformer

# The share of its processor time in which a reading analyses the text; the rest is for the words.
_SHARE = 0.6
# Kiwi cannot be stopped, so it reads no more than this at once. Only where no word ends is a word cut.
_PASSAGE = re.compile(r"\S(?:.{0,598}\S)?(?=\s|\Z)|\S.{0,599}", re.DOTALL)
# Letters of old Korean, which no text of today has: one that opens a syllable, and one that ends it.
_OPENING_MARK, _FINAL_MARK = "\ua960", "\ud7cb"
# What each letter costs tells which one was chosen, and is too little to weigh.
_LEAST_COST, _COST_STEP = 1e-4, 1e-5
_MOST_COST = 1.0
# So unlikely are unknown words made that no analysis holds one if there is another.
_UNLIKELINESS_OF_UNKNOWN = 100.0
# What is less likely than the best up to the same place by more is dropped; Kiwi alone drops from 8 on.
_NARROW_BEAM = 5.0
# Their costs are no letters'.
_SURPLUS_CODAS = frozenset({"Z_CODA", "Z_SIOT"})


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
class LikeliestLetter:
    """The likeliest analysis of a passage with any of some letters in one place.

    Attributes:
        score: Its log-likelihood.
        number: Which letter it has; None if it does not tell.
        forms: Its morphemes, one after the other.
    """

    score: float
    number: int | None
    forms: str


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
        self._known_alone = replace(
            self._kiwi.global_config, oov_rule_bias=_UNLIKELINESS_OF_UNKNOWN, cutoff_threshold=_NARROW_BEAM
        )
        # The first call loads the model.
        self.read("가")

    def read(self, passage: str, offset: int = 0) -> Analysis:
        """Reads a short passage that begins `offset` characters into its text."""
        ((tokens, score),) = self._kiwi.analyze(passage)
        return Analysis(score, tuple(_morpheme(each, offset) for each in tokens))

    def score(self, passage: str) -> float:
        """Returns the log-likelihood of a short passage."""
        ((_, score),) = self._kiwi.analyze(passage)
        return float(score)

    def read_likeliest(self, before: str, letters: Sequence[str], after: str) -> LikeliestLetter | None:
        """Reads a word with each of some letters in one place, all in one analysis.

        Kiwi can take what is written for a typo. Here a mark is written, for any of the letters, so that it
        goes once through what all these words have in common.

        Args:
            before: What precedes the letter.
            letters: Open syllables, or final consonants as letters of their own.
            after: What follows it.

        Returns:
            The likeliest analysis without an unknown morpheme, if any of the words has one.
        """
        mark = _OPENING_MARK if is_syllable(letters[0]) else _FINAL_MARK
        ((tokens, score),) = self._kiwi.analyze(
            before + mark + after,
            oov_handling="rule",
            typos=_typos(mark, letters),
            typo_cost_threshold=_MOST_COST,
            override_config=self._known_alone,
        )
        if any(each.oov for each in tokens):
            return None
        cost = sum(each.typo_cost for each in tokens if each.tag not in _SURPLUS_CODAS)
        number = round((cost - _LEAST_COST) / _COST_STEP)
        forms = "".join(each.form for each in tokens)
        return LikeliestLetter(score, number if 0 <= number < len(letters) else None, forms)

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


def _typos(mark: str, letters: Sequence[str]) -> TypoTransformer:
    from kiwipiepy import TypoDefinition, TypoTransformer  # noqa: PLC0415

    costs = (_LEAST_COST + number * _COST_STEP for number in range(len(letters)))
    return TypoTransformer(
        [TypoDefinition([letter], [mark], cost) for letter, cost in zip(letters, costs, strict=True)]
    )


def _morpheme(token: Token, offset: int) -> Morpheme:
    return Morpheme(
        form=token.form,
        tag=token.tag,
        start=offset + token.start,
        end=offset + token.end,
        score=token.score,
        known=not token.oov,
    )

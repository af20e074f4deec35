"""Reads the morphemes of a Korean text once, for all the rules that need them."""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.korean.analyser import KoreanAnalyser
from services.proofreader.korean.grammar import korean_grammar
from services.proofreader.korean.particles import KoreanParticles
from services.proofreader.korean.spelling import KoreanSpelling
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading


class KoreanMorphology:
    """Finds particles in the wrong form, misspelt words, and missing and needless spaces."""

    def __init__(self) -> None:
        self._analyser = KoreanAnalyser()
        self._particles = KoreanParticles(self._analyser)
        self._spelling = KoreanSpelling(self._analyser)

    def find(self, submission: ParsedText, reading: Reading) -> Iterator[Finding]:
        """Analyses the text once; the rules read the analysis."""
        analysed = self._analyser.read_text(submission, reading)
        yield from self._particles.find(submission, reading)
        yield from self._spelling.find(analysed, reading)
        yield from korean_grammar(analysed, reading)

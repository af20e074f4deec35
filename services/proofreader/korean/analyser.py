"""Adapts Kiwi, the analyser of Korean morphemes, to what the rules need."""

from collections.abc import Iterator
from dataclasses import dataclass

from kiwipiepy import Kiwi, Token

from services.proofreader.cancellable_executor import CancellationCheck
from services.proofreader.parsed_text import ParsedSentence, ParsedText


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


class KoreanAnalyser:
    """Analyses Korean. Threads may share it."""

    def __init__(self) -> None:
        self._kiwi = Kiwi(num_workers=1, load_multi_dict=False)
        # The first call loads the model.
        self.read("가")

    def read(self, passage: str, offset: int = 0) -> Analysis:
        """Reads a passage that begins `offset` characters into its text."""
        ((tokens, score),) = self._kiwi.analyze(passage)
        return Analysis(score, tuple(_morpheme(each, offset) for each in tokens))

    def read_sentences(
        self, submission: ParsedText, check_cancelled: CancellationCheck
    ) -> Iterator[tuple[ParsedSentence, tuple[Morpheme, ...]]]:
        """Reads a text sentence by sentence."""
        for sentence in submission.sentences:
            check_cancelled()
            yield sentence, self.read(sentence.text, sentence.start).morphemes


def _morpheme(token: Token, offset: int) -> Morpheme:
    return Morpheme(
        form=token.form,
        tag=token.tag,
        start=offset + token.start,
        end=offset + token.end,
        score=token.score,
        known=not token.oov,
    )

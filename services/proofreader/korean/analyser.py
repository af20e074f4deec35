"""Kiwi, the analyser of Korean morphemes, as the rules use it."""

from collections.abc import Iterator
from dataclasses import dataclass

from kiwipiepy import Kiwi, Token

from services.proofreader.engine import Checkpoint
from services.proofreader.submission import Sentence, Submission


@dataclass(frozen=True, slots=True)
class Morpheme:
    """A morpheme with its tag in the Sejong set, its half-open range, and its logarithmic likelihood here."""

    form: str
    tag: str
    start: int
    end: int
    score: float
    known: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """The likeliest way to read a passage, and its logarithmic likelihood."""

    score: float
    morphemes: tuple[Morpheme, ...]


class KoreanAnalyser:
    """Reads Korean; threads may share it."""

    def __init__(self) -> None:
        self._kiwi = Kiwi(num_workers=1, load_multi_dict=False)
        # Loads the model now.
        self.read("가")

    def read(self, passage: str, offset: int = 0) -> Reading:
        """Reads a passage that begins `offset` characters into its text."""
        ((tokens, score),) = self._kiwi.analyze(passage)
        return Reading(score, tuple(_morpheme(each, offset) for each in tokens))

    def read_sentences(
        self, submission: Submission, checkpoint: Checkpoint
    ) -> Iterator[tuple[Sentence, tuple[Morpheme, ...]]]:
        """Reads a text sentence by sentence."""
        for sentence in submission.sentences:
            checkpoint()
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

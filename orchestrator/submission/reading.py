"""The submission as models read it, and the way back to the text as received."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from chorus.feedback.v1 import feedback_pb2, submission_pb2
from modelkit.language import detect_language
from orchestrator.submission.folding import FoldedText, fold
from orchestrator.submission.reading_threads import Checkpoint, going_on
from orchestrator.submission.sentences import SentenceSpan, split_sentences
from orchestrator.submission.visible_text import VisibleText
from rpckit.errors import InvalidRequest

_LIKE_A_SENTENCE_NUMBER = re.compile(r"\[(S\d+)\]")


@dataclass(frozen=True, slots=True)
class SubmissionReading:
    """A submission's text, split into sentences.

    Attributes:
        text: The text as received.
        visible: The visible text, which is what models and rules read.
        folded: The visible text, folded.
        sentences: The sentences, as spans of the visible text.
        numbered: The visible text with each sentence's number before it: "[S1] ", "[S2] " and so on. Where
            the author wrote something like such a number, its brackets become full-width ones.
        language_code: The BCP 47 code of the text's language.
    """

    text: str
    visible: VisibleText
    folded: FoldedText
    sentences: tuple[SentenceSpan, ...]
    numbered: str
    language_code: str
    _sentence_ends: Sequence[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A merge asks some hundred times where something is.
        ends = [self.visible.ends[each.end - 1] for each in self.sentences]
        object.__setattr__(self, "_sentence_ends", ends)

    @property
    def visible_text(self) -> str:
        """The visible text itself, without its offsets."""
        return self.visible.text

    def anchor(self, start: int, end: int, match: feedback_pb2.Anchor.Match.ValueType) -> feedback_pb2.Anchor:
        """Returns the anchor, in the text as received, of `[start, end)` of the visible text.

        The span is not empty.
        """
        start, end = self.visible.received_span(start, end)
        return feedback_pb2.Anchor(start=start, end=end, quote=self.text[start:end], match=match)

    def sentence_at(self, offset: int) -> int:
        """Returns the number, from 1, of the sentence that an offset of the received text is in or before."""
        return min(bisect_right(self._sentence_ends, offset) + 1, len(self.sentences))


def read_submission(submission: submission_pb2.Submission, check: Checkpoint = going_on) -> SubmissionReading:
    """Reads a submission. A long Korean one takes seconds of processor time, with checkpoints in between.

    Raises:
        InvalidRequest: Nothing in the text is visible.
    """
    visible = VisibleText.of(submission.text, check)
    if not visible.text.strip():
        raise InvalidRequest({"submission.text": "holds nothing visible"})
    check()
    language_code = submission.language_code or detect_language(visible.text)
    check()
    sentences = split_sentences(visible.text, language_code, check)
    check()
    return SubmissionReading(
        text=submission.text,
        visible=visible,
        folded=fold(visible.text),
        sentences=sentences,
        numbered=_numbered(visible.text, sentences),
        language_code=language_code,
    )


def _numbered(text: str, sentences: Sequence[SentenceSpan]) -> str:
    pieces: list[str] = []
    end = 0
    for number, sentence in enumerate(sentences, start=1):
        pieces += (
            text[end : sentence.start],
            f"[S{number}] ",
            _LIKE_A_SENTENCE_NUMBER.sub(r"［\1］", text[sentence.start : sentence.end]),
        )
        end = sentence.end
    return "".join((*pieces, text[end:]))

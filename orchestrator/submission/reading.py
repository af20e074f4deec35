"""The work under review as models read it, and the way back to the text as received."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from chorus.feedback.v1 import feedback_pb2, submission_pb2
from modelkit.language import detect_language
from orchestrator.submission.folding import Folding, fold
from orchestrator.submission.sentences import Sentence, split_sentences
from orchestrator.submission.visible_text import ReadingCopy, reading_copy
from rpckit.errors import InvalidRequest

_LIKE_A_NUMBER = re.compile(r"\[(S\d+)\]")


@dataclass(frozen=True, slots=True)
class SubmissionReading:
    """A submission's text, split into sentences; `copy.text` is what is read.

    `numbered` is that with each sentence's number before it: "[S1] ", "[S2] " and so on. Where the author
    wrote something like a number, its brackets become full-width ones.
    """

    text: str
    copy: ReadingCopy
    folding: Folding
    sentences: tuple[Sentence, ...]
    numbered: str
    language_code: str

    @property
    def visible_text(self) -> str:
        """The reading copy's text."""
        return self.copy.text

    def anchor(self, start: int, end: int, match: feedback_pb2.Anchor.Match.ValueType) -> feedback_pb2.Anchor:
        """The place in the text as received of `[start, end)` of the reading copy, which is not empty."""
        start, end = self.copy.received_range(start, end)
        return feedback_pb2.Anchor(start=start, end=end, quote=self.text[start:end], match=match)

    def sentence_at(self, offset: int) -> int:
        """The number, from 1, of the sentence that holds or follows an offset of the text as received."""
        before = bisect_right(self.sentences, offset, key=lambda each: self.copy.ends[each.end - 1])
        return min(before + 1, len(self.sentences))


def read_submission(submission: submission_pb2.Submission) -> SubmissionReading:
    """Reads a submission; a long Korean one takes seconds of processor time.

    Raises:
        InvalidRequest: Nothing visible is in the text.
    """
    copy = reading_copy(submission.text)
    if not copy.text.strip():
        raise InvalidRequest({"submission.text": "holds nothing visible"})
    language_code = submission.language_code or detect_language(copy.text)
    sentences = split_sentences(copy.text, language_code)
    return SubmissionReading(
        text=submission.text,
        copy=copy,
        folding=fold(copy.text),
        sentences=sentences,
        numbered=_numbered(copy.text, sentences),
        language_code=language_code,
    )


def _numbered(text: str, sentences: Sequence[Sentence]) -> str:
    pieces: list[str] = []
    end = 0
    for number, sentence in enumerate(sentences, start=1):
        pieces += (
            text[end : sentence.start],
            f"[S{number}] ",
            _LIKE_A_NUMBER.sub(r"［\1］", text[sentence.start : sentence.end]),
        )
        end = sentence.end
    return "".join((*pieces, text[end:]))

"""Sentences that speak to the models instead of the reader. They are flagged, never blocked."""

import functools
import re
from collections.abc import Iterator, Sequence
from importlib import resources

from chorus.feedback.v1 import feedback_pb2
from orchestrator.injection.classifier import steering
from orchestrator.submission.folding import Folding
from orchestrator.submission.reading import SubmissionReading
from orchestrator.submission.sentences import Sentence
from orchestrator.submission.visible_text import hidden_passages

# A longer sentence is flagged only where it matched.
_MAX_SENTENCE = 400
_CONTINUED = re.compile(r"\n[ \t]+")
_NAMED = re.compile(r"([A-Z_]+) = (.*)")
_USED = re.compile(r"\{([A-Z_]+)\}")


def suspected_injections(reading: SubmissionReading) -> tuple[feedback_pb2.Anchor, ...]:
    """Finds the passages of a submission that seem to try to steer the models, in order.

    They are those that a rule or the classifier finds, and writing that no person sees. A long text takes up
    to a second of processor time.
    """
    copy = reading.copy
    spans = [copy.received_range(*span) for span in _speaks_to_models(reading.folding, reading.sentences)]
    spans += [copy.whole_clusters(*span) for span in hidden_passages(reading.text)]
    return tuple(
        feedback_pb2.Anchor(
            start=start, end=end, quote=reading.text[start:end], match=feedback_pb2.Anchor.MATCH_EXACT
        )
        for start, end in sorted(set(spans))
    )


def _speaks_to_models(folding: Folding, sentences: Sequence[Sentence]) -> Iterator[tuple[int, int]]:
    reached = 0
    for start, end in sorted((*_ruled(folding, sentences), *steering(folding, sentences))):
        if end > reached:
            yield max(start, reached), end
            reached = end


def _ruled(folding: Folding, sentences: Sequence[Sentence]) -> Iterator[tuple[int, int]]:
    for sentence in sentences:
        start, end = folding.folded_span(sentence.start, sentence.end)
        match = _rules().search(folding.text[start:end])
        if match is None:
            continue
        if sentence.end - sentence.start <= _MAX_SENTENCE:
            yield sentence.start, sentence.end
        else:
            yield folding.original_span(start + match.start(), start + match.end())


@functools.cache
def _rules() -> re.Pattern[str]:
    text = resources.files(__package__).joinpath("rules.txt").read_text(encoding="utf-8")
    parts: dict[str, str] = {}
    rules: list[str] = []
    for line in _CONTINUED.sub("", text).splitlines():
        if not line or line.startswith("#"):
            continue
        rule = _USED.sub(lambda used: f"(?:{parts[used.group(1)]})", line)
        if named := _NAMED.fullmatch(rule):
            parts[named.group(1)] = named.group(2)
        else:
            rules.append(f"(?:{rule})")
    return re.compile("|".join(rules))

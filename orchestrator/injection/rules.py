"""Finds the sentences whose form alone shows that they speak to the models, by the rules of `rules.txt`."""

import functools
import re
from collections.abc import Iterator, Sequence
from importlib import resources

from orchestrator.injection.pattern_set import PatternSet
from orchestrator.submission.folding import FoldedText
from orchestrator.submission.sentences import SentenceSpan

# Of a longer sentence only the match is flagged.
_MAX_SENTENCE_LENGTH = 400
_LINE_CONTINUATION = re.compile(r"\n[ \t]+")
_DEFINITION = re.compile(r"([A-Z_]+) = (.*)")
_REFERENCE = re.compile(r"\{([A-Z_]+)\}")


def ruled_spans(folded: FoldedText, sentences: Sequence[SentenceSpan]) -> Iterator[tuple[int, int]]:
    """Yields the spans of the visible text that a rule matches."""
    for sentence in sentences:
        start, end = folded.folded_span(sentence.start, sentence.end)
        match = next((each for _, each in _rules().matches(folded.text[start:end])), None)
        if match is None:
            continue
        if sentence.end - sentence.start <= _MAX_SENTENCE_LENGTH:
            yield sentence.start, sentence.end
        else:
            yield folded.original_span(start + match.start(), start + match.end())


@functools.cache
def _rules() -> PatternSet:
    text = resources.files(__package__).joinpath("rules.txt").read_text(encoding="utf-8")
    definitions: dict[str, str] = {}
    rules: list[str] = []
    for line in _LINE_CONTINUATION.sub("", text).splitlines():
        if not line or line.startswith("#"):
            continue
        rule = _REFERENCE.sub(lambda reference: f"(?:{definitions[reference.group(1)]})", line)
        if definition := _DEFINITION.fullmatch(rule):
            definitions[definition.group(1)] = definition.group(2)
        else:
            rules.append(f"(?:{rule})")
    return PatternSet([re.compile("|".join(rules))])

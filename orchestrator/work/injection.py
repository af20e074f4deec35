"""Sentences that speak to the models instead of the reader. They are flagged, never blocked."""

import functools
import re
from collections.abc import Iterator, Sequence
from importlib import resources

from orchestrator.work.folding import Folding
from orchestrator.work.sentences import Sentence
from orchestrator.work.steering import steering

# A longer sentence is flagged only where it matched.
_MAX_SENTENCE = 400
_CONTINUED = re.compile(r"\n[ \t]+")
_NAMED = re.compile(r"([A-Z_]+) = (.*)")
_USED = re.compile(r"\{([A-Z_]+)\}")


def speaks_to_models(folding: Folding, sentences: Sequence[Sentence]) -> Iterator[tuple[int, int]]:
    """Ranges of the reading copy that seem to try to steer the models."""
    folded = [folding.folded_span(each.start, each.end) for each in sentences]
    passages = [folding.text[start:end] for start, end in folded]
    for sentence, (start, _), passage, after in zip(
        sentences, folded, passages, [*passages[1:], ""], strict=True
    ):
        match = _rules().search(passage) or steering(passage, after)
        if match is None:
            continue
        if sentence.end - sentence.start <= _MAX_SENTENCE:
            yield sentence.start, sentence.end
        else:
            yield folding.original_span(start + match.start(), start + match.end())


@functools.cache
def _rules() -> re.Pattern[str]:
    text = resources.files(__package__).joinpath("injection_rules.txt").read_text(encoding="utf-8")
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

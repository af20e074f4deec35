"""Finds sentences that are too long to follow."""

import re
from collections.abc import Iterator

from services.proofreader.finding import MODERATE, Finding
from services.proofreader.parsed_text import ParsedSentence, ParsedText
from services.proofreader.reading import Reading

_WORD = re.compile(r"[\w'’-]+")
# The most words, by language: a Korean word carries its particles and endings.
_LIMITS = {"ko": 30, "en": 45}
# A list is long without being hard to follow.
_LIST = re.compile(r";|:\s|\n|(?:,[^,]{1,25}){5}")
_MAX_FINDINGS = 2


def long_sentences(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds the longest sentences that pass the limit."""
    limit = _LIMITS[submission.language]
    # So many words take twice as many characters.
    candidates = (each for each in reading.through(submission.sentences) if len(each.text) > 2 * limit)
    lengths = ((_own_words(submission, each), each) for each in candidates)
    too_long = [(words, each) for words, each in lengths if words > limit and not _LIST.search(each.text)]
    for words, each in sorted(too_long, key=lambda pair: -pair[0])[:_MAX_FINDINGS]:
        values = {"words": str(words)}
        yield Finding("long_sentence", "concision", each.start, each.end, severity=MODERATE, values=values)


def _own_words(submission: ParsedText, sentence: ParsedSentence) -> int:
    words = _WORD.finditer(submission.text, sentence.start, sentence.end)
    return sum(submission.is_own(*each.span()) for each in words)

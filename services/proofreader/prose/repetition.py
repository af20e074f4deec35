"""Finds words, openings and whole sentences that are repeated."""

import re
from collections.abc import Iterator, Sequence

from services.proofreader.finding import MODERATE, Finding
from services.proofreader.parsed_text import ParsedSentence, ParsedText
from services.proofreader.reading import Reading

# Both "had had" and "that that" can be right; Korean doubles words on purpose.
# On a new line only a small letter: a heading may end in the word that its text begins with.
_DOUBLED = re.compile(
    r"(?<![\w'’-])([a-z]+)(?:[^\S\n]{1,20}+|[^\S\n]{0,20}+\n[^\S\n]{0,20}+(?=(?-i:[a-z])))\1(?![\w'’-])",
    re.IGNORECASE,
)
_MAY_BE_DOUBLED = frozenset(
    {
        "had",
        "that",
        "very",
        "so",
        "no",
        "many",
        "bye",
        "ha",
        "long",
        "really",
        "blah",
        "la",
        "na",
        "hey",
        "yeah",
        "oh",
        "ho",
        "hush",
        "knock",
        "tut",
        "yum",
    }
)
_FIRST_WORD = re.compile(r"\w{1,50}+(?!\w)")
_RUN = 3
_SHORTEST_SENTENCE = 12
# Many good sentences begin with an article.
_PLAIN_OPENINGS = frozenset({"The", "A", "An", "In", "이", "그"})


def repetition(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds doubled words, sentences that stand there twice, and three sentences with one opening."""
    reading.check()
    for found in _DOUBLED.finditer(submission.text):
        if found[1].lower() not in _MAY_BE_DOUBLED and submission.is_own(*found.span()):
            yield Finding(
                "repetition_word", "repetition", *found.span(), values={"word": found[1]}, rewrite=found[1]
            )
    seen: set[str] = set()
    for each in submission.sentences:
        long_enough = len(each.text) >= _SHORTEST_SENTENCE and submission.is_own(each.start, each.end)
        if long_enough and each.text in seen:
            yield Finding("repetition_sentence", "repetition", each.start, each.end, severity=MODERATE)
        seen.add(each.text)
    yield from _same_openings(submission.sentences)


def _same_openings(sentences: Sequence[ParsedSentence]) -> Iterator[Finding]:
    run, before = 0, ""
    for each in sentences:
        opening = _opening(each)
        run = run + 1 if opening and opening == before else 1
        if run == _RUN:
            yield Finding("repetition_opening", "repetition", each.start, each.end, values={"word": opening})
        before = opening


def _opening(sentence: ParsedSentence) -> str:
    found = _FIRST_WORD.match(sentence.text)
    return found.group() if found and found.group() not in _PLAIN_OPENINGS else ""

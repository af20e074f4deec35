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
_DOUBLED_ON_PURPOSE = """
had that very so no many bye ha haha hahaha hehe lol long really blah la na hey yeah oh ho hush knock tut yum
please wait go never again why hurry
"""
_MAY_BE_DOUBLED = frozenset(_DOUBLED_ON_PURPOSE.split())
# Of lines shorter than this a poem or a chat is made, where a new one may take up the last word.
_SHORTEST_LINE = 40
# They are never doubled on purpose, in no line of any length.
_FUNCTION_WORDS = """
the a an of to and in is are was were it for with on at from by as he she they we my your his her
"""
_NEVER_DOUBLED = frozenset(_FUNCTION_WORDS.split())
_FIRST_WORD = re.compile(r"\w{1,50}+(?!\w)")
_RUN = 3
_SHORTEST_SENTENCE = 12
# Many good sentences begin with an article.
_PLAIN_OPENINGS = frozenset({"The", "A", "An", "In", "이", "그"})


def repetition(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds doubled words, sentences that stand there twice, and three sentences with one opening."""
    reading.check()
    for found in _DOUBLED.finditer(submission.text):
        may_be_meant = found[1].lower() in _MAY_BE_DOUBLED or _takes_up_a_line(submission.text, found)
        if not may_be_meant and submission.is_own(*found.span()):
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


def _takes_up_a_line(text: str, found: re.Match[str]) -> bool:
    """Returns whether a short line ends in the word and the next one begins with it, as in verse."""
    if "\n" not in found.group() or found[1].lower() in _NEVER_DOUBLED:
        return False
    begin = max(0, found.end(1) - _SHORTEST_LINE)
    return begin == 0 or "\n" in text[begin : found.end(1)]


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

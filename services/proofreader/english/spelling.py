"""Misspelt English words: in no dictionary, and one letter away from a common word."""

import re
from collections import Counter
from collections.abc import Iterator

import simplemma
from spellchecker import SpellChecker

from services.proofreader.engine import Checkpoint
from services.proofreader.finding import Finding
from services.proofreader.submission import Submission

# Capitals may be names, and parts of a longer token are no words.
_WORD = re.compile(r"(?<![\w'’./@#-])[a-z]{4,}(?![\w'’/@-])(?!\.\w)")
_TOKEN = re.compile(r"[\w'’-]+")
_COMMON = 100
# A part of a fixed expression, unknown by itself.
_KNOWN_TOO = frozenset({"versa"})
_LONG = 7
# Written as often as this, it is a term.
_TERM = 3
_NEIGHBOURS = 2
_MISSING_APOSTROPHE = {
    each.replace("'", ""): each
    for each in (
        "don't",
        "doesn't",
        "didn't",
        "isn't",
        "wasn't",
        "aren't",
        "couldn't",
        "wouldn't",
        "shouldn't",
        "haven't",
    )
}


class EnglishSpelling:
    """Finds them by two dictionaries: a word that either knows is let pass."""

    def __init__(self) -> None:
        self._words = SpellChecker(language="en")

    def find(self, submission: Submission, checkpoint: Checkpoint) -> Iterator[Finding]:
        """Reads the text sentence by sentence."""
        counts = Counter(each.group() for each in _WORD.finditer(submission.text))
        for sentence in submission.sentences:
            checkpoint()
            for found in _WORD.finditer(submission.text, sentence.start, sentence.end):
                word = found.group()
                if counts[word] >= _TERM or not submission.is_own(*found.span()):
                    continue
                correction = self._correction(word)
                if correction and not self._is_among_strangers(submission.text, found):
                    values = {"word": word, "correction": correction}
                    yield Finding("spelling", "spelling", *found.span(), values=values, rewrite=correction)

    def _correction(self, word: str) -> str:
        if word in _MISSING_APOSTROPHE:
            return _MISSING_APOSTROPHE[word]
        if self._knows(word):
            return ""
        near = [
            each
            for each in self._words.known(self._words.edit_distance_1(word))
            if self._words[each] >= _COMMON and _is_plausible_slip(word, each)
        ]
        return max(near, key=lambda each: (self._words[each], each), default="")

    def _knows(self, word: str) -> bool:
        return word in _KNOWN_TOO or word in self._words or simplemma.is_known(word, lang="en")

    def _is_among_strangers(self, text: str, found: re.Match[str]) -> bool:
        """Whether a word beside it is unknown too: then it is another language, a name or a broken line."""
        before = _TOKEN.findall(text[max(0, found.start() - 40) : found.start()])[-_NEIGHBOURS:]
        after = _TOKEN.findall(text[found.end() : found.end() + 40])[:_NEIGHBOURS]
        # The first and the last may be cut by the window; the middle tells enough.
        beside = [each for each in (*before[-1:], *after[:1]) if each.isalpha()]
        return any(not self._knows(each.lower()) and each not in _MISSING_APOSTROPHE for each in beside)


def _is_plausible_slip(word: str, meant: str) -> bool:
    """In a long word any letter but the first; in a short, perhaps foreign one only a lost or doubled one."""
    if word[0] != meant[0] or word.startswith(meant) or word.endswith(meant):
        return False
    if len(word) >= _LONG or sorted(word) == sorted(meant):
        return True
    added = Counter(meant) - Counter(word)
    removed = Counter(word) - Counter(meant)
    if not removed:
        return not meant.startswith(word) or meant[-1] == meant[-2]
    return not added and all(letter * 2 in word for letter in removed)

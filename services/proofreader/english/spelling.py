"""Finds misspelt English words: common slips, and unknown words one letter away from a common one."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.resources import files

from services.proofreader.english.dictionary import EnglishDictionary
from services.proofreader.english.word_files import COMMON
from services.proofreader.finding import Finding
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading

# A capitalised word may be a name, and a part of a longer token is no word.
_WORD = re.compile(r"(?<![\w'’./@#-])[a-z]{4,}(?![\w'’/@-])(?!\.\w)")
_ANY_WORD = re.compile(r"(?<![\w'’./@#-])[A-Za-z]?[a-z]+(?![\w'’/@-])(?!\.\w)")
_DOUBLED = re.compile(r"(.)\1+")
_TOKEN = re.compile(r"[\w'’-]+")
# No word that a dictionary has is longer.
_LONGEST_WORD = 32
# Parts of fixed expressions and of compounds that are written apart ("work arounds"); no dictionary has
# them.
_KNOWN_TOO = frozenset({"versa", "arounds", "throughs", "betweens", "cappella"})
_LONG = 7
# So often is a word written that a shorter one, or one at the beginning of a sentence, is its slip.
_VERY_COMMON = 10_000
_MIDDLING = 5
_SHORTEST = 4
_ALIKE = tuple(map(frozenset, ("scz", "kcq", "aeiou", "ey", "iy", "fv", "gj")))
_FIRST_IN_SENTENCE = re.compile(r"(?:\A|[.!?][\"')”’]?\s)\Z")
# An unknown word that is written as often as this is a term.
_TERM = 3
_NEIGHBOURS = 2


class EnglishSpelling:
    """Finds common misspellings by a list, and others by two dictionaries: a word of either is accepted."""

    def __init__(self) -> None:
        self._words = EnglishDictionary()
        self._usual = _usual_misspellings()

    def find(self, submission: ParsedText, reading: Reading) -> Iterator[Finding]:
        """Reads the text word by word."""
        counts = Counter(each.group() for each in _WORD.finditer(submission.text))
        for found in _ANY_WORD.finditer(submission.text):
            reading.check()
            if reading.has_spent():
                reading.leave_unread(found.start())
                return
            word = found.group()
            if len(word) > _LONGEST_WORD or not submission.is_own(*found.span()):
                continue
            correction = self._meant(submission.text, found, is_term=counts[word] >= _TERM)
            if correction:
                values = {"word": word, "correction": correction}
                yield Finding("spelling", "spelling", *found.span(), values=values, rewrite=correction)

    def _meant(self, text: str, found: re.Match[str], *, is_term: bool) -> str:
        """Returns what was meant by a word, or "" where it is right as far as one can tell."""
        word = found.group()
        correction = self._usually_meant(word.lower())
        if word[0].isupper():
            if not correction and _FIRST_IN_SENTENCE.search(text, max(0, found.start() - 3), found.start()):
                correction = self._correction(text, found, _VERY_COMMON)
            return correction[:1].upper() + correction[1:]
        if not correction and _WORD.fullmatch(word) and not is_term:
            return self._correction(text, found)
        return correction

    def _usually_meant(self, word: str) -> str:
        if word.endswith("full") and not self._knows(word) and self._knows(word[:-1]):
            return word[:-1]
        return self._usual.get(word, "")

    def _correction(self, text: str, found: re.Match[str], least: int = COMMON) -> str:
        word = found.group().lower()
        if len(word) < _SHORTEST or self._knows(word):
            return ""
        near = [
            each
            for each in self._words.one_edit_away(word)
            if self._words.count(each) >= least
            and (
                _is_plausible_slip(word, each)
                or (
                    least == COMMON
                    and self._words.count(each) >= _VERY_COMMON
                    and _is_slip_of_common(word, each)
                )
            )
        ]
        if not near or self._is_among_strangers(text, found):
            return ""
        return max(
            near,
            key=lambda each: (
                _is_doubling(word, each),
                _keeps_plural(word, each),
                self._words.count(each),
                each,
            ),
        )

    def _knows(self, word: str) -> bool:
        return word in _KNOWN_TOO or word in self._words

    def _is_among_strangers(self, text: str, found: re.Match[str]) -> bool:
        """Returns whether a neighbour is unknown too, as in another language, a name or a broken line."""
        before = _TOKEN.findall(text[max(0, found.start() - 40) : found.start()])[-_NEIGHBOURS:]
        after = _TOKEN.findall(text[found.end() : found.end() + 40])[:_NEIGHBOURS]
        # The window may cut the first and the last word of it, so they are left out.
        beside = [each for each in (*before[-1:], *after[:1]) if each.isalpha()]
        return any(not self._knows(each.lower()) and not self._usually_meant(each.lower()) for each in beside)


def _usual_misspellings() -> Mapping[str, str]:
    listed = tomllib.loads(files(__package__).joinpath("misspellings.toml").read_text(encoding="utf-8"))
    return {misspelt: meant for meant, misspellings in listed.items() for misspelt in misspellings}


def _is_doubling(word: str, meant: str) -> bool:
    """Returns whether the words differ only in whether a letter is doubled."""
    return _DOUBLED.sub(r"\1", word) == _DOUBLED.sub(r"\1", meant)


def _keeps_plural(word: str, meant: str) -> bool:
    """Returns whether both end in "s" or neither does."""
    return word.endswith("s") == meant.endswith("s")


def _is_slip_of_common(word: str, meant: str) -> bool:
    """Returns whether a word of middling length may be a slip of a very common one.

    A letter inside is one that sounds alike, or the last "e" that is not heard is left out.
    """
    if word + "e" == meant:
        return len(word) >= _MIDDLING
    if len(word) != len(meant) or len(word) < _MIDDLING or word[0] != meant[0] or word[-1] != meant[-1]:
        return False
    return any(
        {one, two} <= alike for one, two in zip(word, meant, strict=True) if one != two for alike in _ALIKE
    )


def _is_plausible_slip(word: str, meant: str) -> bool:
    """Returns whether the word is likely to be a slip of the one that is meant.

    In a long word any letter but the first may be wrong. In a short one, which may be foreign, a letter may
    only be lost or doubled.
    """
    if word == meant + meant[-1] and not word.endswith("ss"):
        return True
    if word[0] != meant[0] or word.startswith(meant) or word.endswith(meant):
        return False
    if len(word) >= _LONG or sorted(word) == sorted(meant):
        return True
    added = Counter(meant) - Counter(word)
    removed = Counter(word) - Counter(meant)
    if not removed:
        return not meant.startswith(word) or meant[-1] == meant[-2]
    return not added and all(letter * 2 in word for letter in removed)

"""Splits English sentences into words with their classes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.proofreader.english.lexicon import CLASSES
from services.proofreader.english.word_classes import MARK, NAME, NUMBER

_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ž]+(?:['’][A-Za-zÀ-ÖØ-öø-ž]+)*|\d+(?:[.,:]\d+)*|[^\sA-Za-zÀ-ÖØ-öø-ž\d]")
_LONGEST_SENTENCE = 600
# They join the words beside them, or stand in one.
_JOINING = frozenset("-/&@#%_+*'’")


@dataclass(frozen=True, slots=True)
class TaggedWord:
    """A word, a number or a mark.

    Attributes:
        text: As it is written.
        word: The same in small letters, with a straight apostrophe.
        classes: The classes that it may have (`word_classes`); 0 where it is not known.
        start: Where its half-open range of the text begins.
        end: Where it ends.
    """

    text: str
    word: str
    classes: int
    start: int
    end: int

    def may_be(self, classes: int) -> bool:
        """Returns whether it may have one of some classes."""
        return bool(self.classes & classes)

    def is_only(self, classes: int) -> bool:
        """Returns whether it is known, and has no class but some."""
        return bool(self.classes) and not self.classes & ~classes


END = TaggedWord("", "", MARK, 0, 0)


class Words:
    """The words of a sentence. Beyond its ends stand marks."""

    def __init__(self, words: list[TaggedWord]) -> None:
        """Takes the words in their order."""
        self._words = words

    def __getitem__(self, place: int) -> TaggedWord:
        return self._words[place] if 0 <= place < len(self._words) else END

    def __iter__(self) -> Iterator[TaggedWord]:
        return iter(self._words)

    @property
    def is_exclamation(self) -> bool:
        """Whether the sentence ends in an exclamation mark."""
        return any(each.word == "!" for each in self._words[-3:])

    @property
    def is_question(self) -> bool:
        """Whether the sentence ends in a question mark."""
        return any(each.word == "?" for each in self._words[-3:])


def tagged_sentence(text: str, start: int, end: int) -> Words:
    """Returns the words of a sentence that stands at a range of the text."""
    return Words(list(_tagged(text, start, min(end, start + _LONGEST_SENTENCE))))


def _tagged(text: str, start: int, end: int) -> Iterator[TaggedWord]:
    is_first = True
    for found in _WORD.finditer(text, start, end):
        written = found.group()
        word = written.lower().replace("’", "'")
        classes = CLASSES.get(word, 0)
        if not written[0].isalpha():
            classes = NUMBER if written[0].isdecimal() else 0 if written in _JOINING else MARK
        elif (not is_first and written[0].isupper() and written != "I") or (
            not classes and written[0].isupper()
        ):
            classes = NAME
        is_first = False
        yield TaggedWord(written, word, classes, *found.span())

"""Splits English sentences into words with their classes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.proofreader.english.lexicon import CLASSES

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*|\d+(?:[.,:]\d+)*|[^\sA-Za-z\d]")
_LONGEST_SENTENCE = 600
# They join the words beside them, or stand in one.
_JOINING = frozenset("-/&@#%_+*'’")


@dataclass(frozen=True, slots=True)
class TaggedWord:
    """A word, a number or a mark.

    Attributes:
        text: As it is written.
        word: The same in small letters, with a straight apostrophe.
        classes: The letters of the classes that it may have (`lexicon`); "." for a mark, "N" for a name, ""
            where it is not known.
        start: Where its half-open range of the text begins.
        end: Where it ends.
    """

    text: str
    word: str
    classes: str
    start: int
    end: int

    def may_be(self, classes: str) -> bool:
        """Returns whether it may have one of some classes."""
        return any(each in self.classes for each in classes)

    def is_only(self, classes: str) -> bool:
        """Returns whether it is known, and has no class but some."""
        return bool(self.classes) and all(each in classes for each in self.classes)


END = TaggedWord("", "", ".", 0, 0)


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
        classes = CLASSES.get(word, "")
        if not written[0].isalpha():
            classes = "#" if written[0].isdigit() else "" if written in _JOINING else "."
        elif (not is_first and written[0].isupper() and written != "I") or (
            not classes and written[0].isupper()
        ):
            classes = "N"
        is_first = False
        yield TaggedWord(written, word, classes, *found.span())

"""Finds the subject of a clause among the classes of a sentence's words."""

from dataclasses import dataclass

from services.proofreader.english.lexicon import WORDS, plural_of
from services.proofreader.english.phrases import noun_phrase
from services.proofreader.english.tagged_words import TaggedWord, Words
from services.proofreader.english.word_classes import DETERMINING, NAME, SUBJECT

_LONGEST_NAME = 3
_ONE = frozenset({"he", "she", "it"})
_SINGULAR_INERT = frozenset(str(WORDS["nouns"]["inert"]).split())
# Things that do nothing of themselves: none is bored, and none publishes anything.
INERT = _SINGULAR_INERT | frozenset(map(plural_of, _SINGULAR_INERT))


@dataclass(frozen=True, slots=True)
class Subject:
    """A pronoun, a name or a noun phrase.

    Attributes:
        head: Its last word.
        end: The place after it.
    """

    head: TaggedWord
    end: int
    is_plural: bool
    is_person: bool
    is_pronoun: bool

    @property
    def be(self) -> str:
        """The form of "be" that goes with it, in the present."""
        return "am" if self.head.word == "i" else "are" if self.is_plural else "is"

    @property
    def was(self) -> str:
        """The form of "be" that goes with it, in the past."""
        return "were" if self.is_plural and self.head.word != "i" else "was"


def subject_at(words: Words, place: int) -> Subject | None:
    """Returns the subject that begins at a word, if its words leave no doubt that it is one."""
    word = words[place]
    if word.may_be(SUBJECT):
        return Subject(
            word,
            place + 1,
            is_plural=word.word not in _ONE | {"i"},
            is_person=word.word != "it",
            is_pronoun=True,
        )
    if word.may_be(NAME) and word.text.isalpha():
        end = place + 1
        while words[end].may_be(NAME) and end - place < _LONGEST_NAME:
            end += 1
        return Subject(words[end - 1], end, is_plural=False, is_person=True, is_pronoun=False)
    phrase = noun_phrase(words, place)
    if phrase is None or not (word.may_be(DETERMINING) or phrase.is_plural):
        return None
    return Subject(
        words[phrase.head],
        phrase.head + 1,
        is_plural=phrase.is_plural,
        is_person=phrase.is_person,
        is_pronoun=False,
    )

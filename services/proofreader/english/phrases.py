"""Finds noun phrases and faults among the classes of a sentence's words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from services.proofreader.english.tagged_words import TaggedWord, Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
    AMBIGUOUS,
    ANY_NOUN,
    BASE_FORM,
    BE,
    COMPARATIVE,
    CONJUNCTION,
    DETERMINING,
    DO,
    HAVE,
    MARK,
    MASS,
    MODAL,
    NOUN,
    NUMBER,
    OBJECT,
    PAST_TENSE,
    PERSON,
    PLURAL,
    PREPOSITION,
    QUESTION,
    SUBJECT,
    SUPERLATIVE,
    THIRD_PERSON,
)

SENTENCE_ERROR, WORD_CHOICE, SPELLING, PUNCTUATION = (
    "sentence_error",
    "word_choice",
    "spelling",
    "punctuation",
)
_BEFORE_NOUN = DETERMINING | NUMBER
# Before them a phrase may end: no noun follows that it would belong to.
_AFTER_NOUN = (
    MARK
    | PREPOSITION
    | CONJUNCTION
    | BE
    | HAVE
    | DO
    | MODAL
    | SUBJECT
    | OBJECT
    | DETERMINING
    | QUESTION
    | ADVERB
)
_CLAUSE_OPENERS = frozenset(
    {"and", "but", "because", "when", "if", "so", "although", "though", "while", "that", "where", "or"}
)
_OF_NO_NUMBER = frozenset(
    "criteria phenomena data media police series species means majority minority public staff crew "
    "audience elite rest half poor rich young old unemployed sick dead blind cattle pair couple variety "
    "number lot few plenty bacteria others".split()
)
# Adjectives that are other words as often, and have no class.
_PLAIN_ADJECTIVES = frozenset({"good", "bad", "little", "elder", "older", "younger"})
# "Villi", "formulae", "grandchildren".
_PLURALS_WITHOUT_S = ("i", "ae", "children", "men", "people", "mice", "feet", "teeth")
_MOST_DETERMINERS, _MOST_ADJECTIVES = 2, 3
_LONGEST_REST = 14
_UNCERTAIN_CLAUSES = frozenset(
    "suggest suggests suggested recommend recommends recommended insist insisted demand demands "
    "demanded important essential necessary ask asked request requested propose proposed wish lest "
    "vital require requires required resolved ordered decreed directed stipulated stipulates urge urges urged "
    "advise advised agreed moved mandatory crucial imperative desirable".split()
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault at the words from `first` to `last`, both included.

    Attributes:
        correction: What should stand there; "" if that is not sure.
    """

    wording: str
    issue: str
    first: int
    last: int
    correction: str


Rule = Callable[[Words, int], Fault | None]


@dataclass(frozen=True, slots=True)
class WordRule:
    """A rule, and the words and the classes of words that it begins at."""

    rule: Rule
    words: frozenset[str]
    classes: int

    @classmethod
    def at(cls, rule: Rule, words: Iterable[str] = (), classes: int = 0) -> "WordRule":
        """Makes one that is tried at each of some words, and at each word of some classes."""
        return cls(rule, frozenset(words), classes)


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """The words from `first` to `head`, both included."""

    first: int
    head: int
    is_plural: bool
    is_person: bool
    is_mass: bool


def noun_phrase(words: Words, first: int) -> NounPhrase | None:
    """Returns the noun phrase that begins at a word, if its words leave no doubt that it is one."""
    place = first
    determined = False
    while words[place].may_be(_BEFORE_NOUN) and place - first < _MOST_DETERMINERS:
        determined = True
        place += 1
    adjectives = place
    while (
        words[place].may_be(ADJECTIVE | COMPARATIVE | SUPERLATIVE) or (determined and _is_plain(words, place))
    ) and (not words[place].may_be(ANY_NOUN) and place - adjectives < _MOST_ADJECTIVES):
        place += 1
    noun = words[place]
    if determined and not noun.classes and noun.text.isalpha() and noun.text.islower():
        # A word that the lexicon lacks stands where a noun does.
        if noun.word in _OF_NO_NUMBER or noun.word.endswith(
            ("ing", "ed", "ly", "ics", "series", "species", *_PLURALS_WITHOUT_S)
        ):
            return None
        unknown_plural = noun.word.endswith("s") and not noun.word.endswith(("ss", "us", "is"))
        return NounPhrase(first, place, is_plural=unknown_plural, is_person=False, is_mass=False)
    if not noun.may_be(ANY_NOUN):
        return None
    # At the beginning "plants" is no verb, and after "when" and the like "water" is none.
    is_opening = place == 0 or words[place - 1].word in {"when", "because", "if", "that"}
    if not determined and (
        noun.may_be(ADJECTIVE | PREPOSITION)
        or (noun.may_be(BASE_FORM | THIRD_PERSON) and not (is_opening and noun.may_be(PLURAL | MASS)))
    ):
        return None
    while (
        determined
        and words[place + 1].may_be(NOUN | PLURAL)
        and not words[place + 1].may_be(BASE_FORM | THIRD_PERSON | ADJECTIVE | AMBIGUOUS)
    ):
        place += 1
    head = words[place]
    return NounPhrase(
        first, place, head.may_be(PLURAL) and not head.may_be(NOUN), head.may_be(PERSON), head.may_be(MASS)
    )


def _is_plain(words: Words, place: int) -> bool:
    """Returns whether a word is an adjective here, though it is other words elsewhere."""
    return words[place].word in _PLAIN_ADJECTIVES and words[place + 1].may_be(
        NOUN | PLURAL | ADJECTIVE | PERSON
    )


def begins_clause(words: Words, place: int) -> bool:
    """Returns whether the word before a place ends a clause or opens one."""
    before = words[place - 1]
    if before.word == "that" and any(words[each].word in _UNCERTAIN_CLAUSES for each in range(place)):
        return False
    return place == 0 or before.word in {".", ",", ";", ":", "!", "?"} or before.word in _CLAUSE_OPENERS


def has_verb_from(words: Words, first: int) -> bool:
    """Returns whether the clause that goes on at a place has a verb of its own still to come."""
    for place in range(first, first + _LONGEST_REST):
        word = words[place]
        if word.may_be(CONJUNCTION | SUBJECT) or word.word in {".", "?", "!", ";", ""}:
            return False
        if word.may_be(BE | HAVE | DO | MODAL | THIRD_PERSON | PAST_TENSE):
            return True
    return False


def ends_phrase(word: TaggedWord) -> bool:
    """Returns whether no noun phrase goes on at a word."""
    return word.may_be(_AFTER_NOUN)


def like(written: str, correction: str) -> str:
    """Returns a correction with a capital letter if what was written has one."""
    return correction[:1].upper() + correction[1:] if written[:1].isupper() else correction


def word_fault(
    first: int, last: int, correction: str, wording: str = "usage", issue: str = WORD_CHOICE
) -> Fault:
    """Returns a fault of words. Where no correction is sure its wording is another one."""
    return Fault(wording if correction else f"{wording}_unsure", issue, first, last, correction)


def verb_fault(first: int, last: int, correction: str, wording: str = "verb_form") -> Fault:
    """Returns a fault of a verb."""
    return word_fault(first, last, correction, wording, SENTENCE_ERROR)


def tense_fault(place: int, correction: str) -> Fault:
    """Returns a fault of a verb's tense."""
    return Fault("tense", SENTENCE_ERROR, place, place, correction)

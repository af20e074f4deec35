"""Rules for verbs that do not agree with a subject that stands apart: in relative clauses, and after them."""

from services.proofreader.english.lexicon import BASE_OF, FORMS_OF
from services.proofreader.english.phrases import Fault, WordRule, begins_clause, noun_phrase, verb_fault
from services.proofreader.english.tagged_words import TaggedWord, Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
    AMBIGUOUS,
    BASE_FORM,
    BE,
    COMPARATIVE,
    CONJUNCTION,
    DETERMINER,
    DETERMINING,
    DO,
    HAVE,
    MARK,
    MASS,
    MODAL,
    NAME,
    NOUN,
    NUMBER,
    OBJECT,
    PARTICIPLE,
    PAST_TENSE,
    PERSON,
    PLACE,
    PLURAL,
    POSSESSIVE,
    PREPOSITION,
    QUESTION,
    SUBJECT,
    THIRD_PERSON,
)

_SINGULAR = {
    "are": "is",
    "were": "was",
    "have": "has",
    "don't": "doesn't",
    "aren't": "isn't",
    "weren't": "wasn't",
}
_PLURAL = {
    "is": "are",
    "was": "were",
    "has": "have",
    "doesn't": "don't",
    "isn't": "aren't",
    "wasn't": "weren't",
}
_ONE = frozenset(["a", "an", "my", "your", "his", "her", "our", "their", "every", "each", "one", "another"])
# A noun of several, whatever its own number, or one whose number the noun after "of" gives.
_OF_SEVERAL = frozenset(
    "number majority minority lot group pair couple range series set team half part percentage type kind "
    "sort variety bunch crowd class family rest total quarter third amount quantity handful dozen "
    "collection selection list generation army band box bag basket bowl bottle plate cup glass piece "
    "string host flock herd pack pile line row swarm wave flood chain succession array cluster queue gang "
    "shower sea wealth mass bulk body panel committee average maximum minimum stack parade procession "
    "crew pool trail mix mixture combination stream fleet bundle heap load rash jumble parliament remains "
    "whereabouts youth people".split()
)
_TELLING = frozenset("tell tells told show shows showed teach remind warn promise asked ask persuade".split())
_UNSURE_NUMBER = frozenset({"one", "only", "group", "team", "kind", "sort", "type", "number", "set"})
_MOST_WORDS = 8


def _goes_on(word: TaggedWord) -> bool:
    """Returns whether a word may follow a verb and no noun, so that what stands before it is the verb."""
    return word.may_be(DETERMINING | PLURAL | MASS | OBJECT | PREPOSITION | ADJECTIVE | ADVERB | NAME) or (
        word.word in {"very", "to", "good", "bad"}
    )


def _corrected(verb: TaggedWord, after: TaggedWord, *, plural: bool, is_verb: bool) -> str:
    """Returns the form of a verb that agrees, or "" if it does already or is no verb for sure."""
    known = (_PLURAL if plural else _SINGULAR).get(verb.word)
    if known is not None:
        return known
    if verb.may_be(MASS | PREPOSITION | ADVERB | PAST_TENSE | PARTICIPLE) or not (is_verb or _goes_on(after)):
        return ""
    if plural and verb.may_be(THIRD_PERSON):
        return BASE_OF[verb.word]
    if not plural and verb.may_be(BASE_FORM) and not verb.may_be(ADJECTIVE):
        return FORMS_OF[verb.word][0]
    return ""


def _relative(words: Words, place: int) -> Fault | None:
    """Finds "a cousin who live in", "people who smokes a lot", "a story that make me cry"."""
    noun, relative = words[place - 1], words[place].word
    if not noun.may_be(NOUN | PLURAL) or noun.may_be(NAME):
        return None
    plural = noun.may_be(PLURAL) and not noun.may_be(NOUN)
    first = place - 2
    while words[first].may_be(ADJECTIVE | COMPARATIVE) and first > place - 5:
        first -= 1
    if not plural and words[first].word not in _ONE:
        return None
    if noun.may_be(AMBIGUOUS | THIRD_PERSON) and not (
        noun.may_be(PLURAL) and words[first].may_be(DETERMINING)
    ):
        return None
    if relative == "who" and not noun.may_be(PERSON):
        return None
    earlier = [words[each].word for each in range(max(0, first - 4), place - 1)]
    if plural and not _UNSURE_NUMBER.isdisjoint(earlier):
        return None
    if plural and relative != "who" and any(words[each].may_be(PREPOSITION) for each in (first, first - 1)):
        # "A house with many rooms that looks old."
        return None
    if not plural and (
        "and" in earlier or ("of" in earlier[-3:] and first > 0 and words[first - 1].word == "of")
    ):
        return None
    if relative == "that" and noun.may_be(PERSON) and not _TELLING.isdisjoint(earlier):
        return None
    verb, after = words[place + 1], words[place + 2]
    if relative != "who" and verb.word in _SINGULAR | _PLURAL and not _goes_on(after):
        return None
    if relative == "that" and verb.word in {"is", "was"}:
        return None
    right = _corrected(verb, after, plural=plural, is_verb=relative == "who")
    return verb_fault(place + 1, place + 1, right, "agreement") if right else None


def _after_relative(words: Words, place: int) -> Fault | None:
    """Finds "People who live in this city is", "The man who lives near the mountains are"."""
    subject = noun_phrase(words, place)
    if subject is None or not begins_clause(words, place) or not (subject.is_person or subject.is_plural):
        return None
    if words[subject.head + 1].word != "who" or words[place].word in {"one", "a", "an"}:
        return None
    plural = subject.is_plural
    clause = words[subject.head + 2]
    if clause.may_be(SUBJECT | DETERMINING | NAME) or not clause.classes:
        return None
    for each in range(subject.head + 3, subject.head + 3 + _MOST_WORDS):
        word = words[each]
        if word.may_be(MARK | SUBJECT | CONJUNCTION | QUESTION | MODAL | DO) or word.word in {"that", "to"}:
            return None
        if word.may_be(BE | HAVE):
            right = (_PLURAL if plural else _SINGULAR).get(word.word, "")
            before = words[each - 1]
            sure = before.may_be(NOUN | PLURAL | MASS | PLACE | ADVERB | OBJECT | NAME)
            # A word that the lexicon lacks is a noun after "the" and the like.
            sure = sure or (not before.classes and words[each - 2].may_be(DETERMINING))
            return verb_fault(each, each, right, "agreement") if right and sure else None
    return None


def _of_several(words: Words, place: int) -> Fault | None:
    """Finds "The price of the tickets are", "The results of the test is"."""
    head = noun_phrase(words, place)
    if head is None or not words[place].may_be(DETERMINER | POSSESSIVE) or not begins_clause(words, place):
        return None
    if words[place - 1].word in {"and", "or"} and place:
        return None
    if words[head.head + 1].word != "of" or words[head.head].word in _OF_SEVERAL or head.is_mass:
        return None
    inner = noun_phrase(words, head.head + 2)
    if inner is None or inner.is_plural == head.is_plural or (inner.is_mass and head.is_plural is False):
        return None
    if not words[head.head].may_be(NOUN | PLURAL) or not words[inner.head].may_be(NOUN | PLURAL | MASS):
        return None
    verb, last = words[inner.head + 1], words[inner.head + 2]
    right = (_PLURAL if head.is_plural else _SINGULAR).get(verb.word, "")
    if (
        not right
        or last.word == "and"
        or (verb.word == "were" and words[place - 1].word in {"if", "as", "though"})
    ):
        return None
    return verb_fault(inner.head + 1, inner.head + 1, right, "agreement")


RELATIVE_RULES = (
    WordRule.at(_relative, ["who", "that", "which"]),
    WordRule.at(_after_relative, classes=DETERMINING | PLURAL | NUMBER),
    WordRule.at(_of_several, classes=DETERMINING),
)

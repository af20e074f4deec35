"""Rules for a subject, a verb or a preposition that is missing."""

from services.proofreader.english.lexicon import BASE_OF
from services.proofreader.english.phrases import (
    SENTENCE_ERROR,
    Fault,
    WordRule,
    begins_clause,
    has_verb_from,
    noun_phrase,
    word_fault,
)
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
    AMBIGUOUS,
    BE,
    COMPARATIVE,
    CONJUNCTION,
    DETERMINING,
    MARK,
    MODAL,
    NAME,
    NOUN,
    OBJECT,
    PERSON,
    PLURAL,
    PREPOSITION,
    QUESTION,
    SUBJECT,
)

_THINKING = frozenset({"think", "believe", "guess", "feel", "hope", "suppose", "know", "say"})
_RELATIVES = frozenset(
    "what which who that whatever something everything anything nothing all where way".split()
)
_EXPLAINING = frozenset("explain describe suggest say mention introduce announce report".split())
_OBJECTS = frozenset({"me", "him", "us", "them"})
_REST = 16
_TIMES_AND_WAYS = frozenset(
    "way day time evening morning afternoon night week month year summer winter moment minute second "
    "manner place once".split()
)
_CERTAIN = frozenset({"good", "bad", "better", "important"})


def _think_is(words: Words, place: int) -> Fault | None:
    """Finds "I think is important to read"."""
    be, after = words[place + 1], words[place + 2]
    if be.word not in {"is", "was"} or not words[place - 1].may_be(SUBJECT):
        return None
    if not begins_clause(words, place - 1) or words.is_question:
        return None
    if any(words[each].word in _RELATIVES or words[each].may_be(QUESTION) for each in range(place)):
        return None
    adjective = place + (3 if after.word in {"very", "too", "so", "not", "really"} else 2)
    named = after.word in {"a", "an", "the", "my"} and any(
        words[each].word == "." for each in (place + 4, place + 5)
    )
    if not (words[adjective].may_be(ADJECTIVE | COMPARATIVE) or words[adjective].word in _CERTAIN or named):
        return None
    if words[adjective + 1].word not in {"to", "that", "for", "because", "when", ".", "if"} and not named:
        return None
    if place > 2 and words[place - 2].may_be(NOUN | PLURAL):
        return None
    return word_fault(place + 1, place + 1, f"it {be.text}", "missing_subject", SENTENCE_ERROR)


def _very_happy(words: Words, place: int) -> Fault | None:
    """Finds "My parents very happy with me."."""
    if place != 0 and words[place - 1].word not in {"because", "but"}:
        return None
    subject = noun_phrase(words, place)
    if subject is None or not words[place].may_be(DETERMINING) or words[subject.head].may_be(AMBIGUOUS):
        return None
    degree, adjective, after = (words[subject.head + each] for each in (1, 2, 3))
    if degree.word not in {"very", "so", "too"} or not adjective.may_be(ADJECTIVE):
        return None
    if adjective.may_be(ADVERB | NOUN) or not (
        after.may_be(MARK | PREPOSITION | CONJUNCTION) or after.word in {"today", "now"}
    ):
        return None
    if words.is_question or words[place].word in {"a", "an"}:
        return None
    # "His heart so full that he wept, he sang" and "a task too great for one" tell how something is.
    rest = range(subject.head + 3, subject.head + 3 + _REST)
    # "My sister very clever, and she gets good marks" has two clauses.
    comma = next((each for each in rest if words[each].word == ","), 0)
    joined = comma and words[comma + 1].word in {"and", "but", "so"} and words[comma + 2].may_be(SUBJECT)
    rest = range(rest.start, comma) if joined else rest
    if any(words[each].word in {",", "that", ";", "—"} for each in rest) or has_verb_from(words, rest.start):
        return None
    if degree.word == "too" and any(words[each].word == "to" for each in rest):
        return None
    be = "are" if subject.is_plural else "is"
    right = f"{words[subject.head].text} {be} {degree.text}"
    return word_fault(subject.head, subject.head + 1, right, "missing_verb", SENTENCE_ERROR)


def _born(words: Words, place: int) -> Fault | None:
    """Finds "I born in Spain"."""
    before, after = words[place - 1], words[place + 1]
    if not (after.word in {"in", "on"} or (after.may_be(MARK) and before.word in {"i", "he", "she"})):
        return None
    subject = before.word in {"i", "he", "she", "we", "they"} or (
        before.may_be(PERSON) and not before.may_be(PLURAL) and words[place - 2].may_be(DETERMINING)
    )
    if (
        not subject
        or words[place - 2].may_be(BE)
        or not begins_clause(words, place - 1 - (before.may_be(PERSON)))
    ):
        return None
    later = any(words[each].may_be(BE | MODAL) for each in range(place + 1, place + 12))
    if before.may_be(PERSON) and (
        later or words[place - 2].word in {"a", "an"} or has_verb_from(words, place + 1)
    ):
        return None
    if words[place - 2].word == "and" and any(words[each].may_be(BE) for each in range(place - 2)):
        # "She was rich and he born in a barn."
        return None
    be = "were" if before.word in {"we", "they"} else "was"
    return word_fault(place, place, f"{be} {words[place].text}", "missing_verb", SENTENCE_ERROR)


def _explained_me(words: Words, place: int) -> Fault | None:
    """Finds "she explained me the rule"."""
    person, after = words[place + 1], words[place + 2]
    if (
        words[place].word not in {"say", "says", "said", "report"}
        and person.word in _OBJECTS
        and (after.may_be(DETERMINING | QUESTION | PLURAL) or after.word in {"that", "about"})
        and not (after.may_be(NAME | OBJECT))
    ):
        thing = noun_phrase(words, place + 2) if after.may_be(DETERMINING) else None
        introduces = BASE_OF.get(words[place].word) in {"introduce", "announce"}
        if after.word in {"all", "both", "every"} or (thing and words[thing.head].word in _TIMES_AND_WAYS):
            # "He introduced me the next day", "nobody described him the same way".
            return None
        if introduces and not (thing and words[thing.head].may_be(PERSON)):
            return None
        if thing and words[thing.head + 1].may_be(MARK | CONJUNCTION) and words[thing.head + 1].word != "as":
            named = " ".join(words[each].text for each in range(place + 2, thing.head + 1))
            right = f"{named} to {person.text}"
            return word_fault(place + 1, thing.head, right, "preposition_missing", SENTENCE_ERROR)
        return word_fault(place + 1, place + 1, f"to {person.text}", "preposition_missing", SENTENCE_ERROR)
    return None


MISSING_WORD_RULES = (
    WordRule.at(_think_is, [form for form, base in BASE_OF.items() if base in _THINKING]),
    WordRule.at(_very_happy, classes=DETERMINING),
    WordRule.at(_born, ["born"]),
    WordRule.at(_explained_me, [form for form, base in BASE_OF.items() if base in _EXPLAINING]),
)

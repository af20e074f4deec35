"""Rules for words of degree: "so" and "such", "too" and "very", "worse" and "worst"."""

from services.proofreader.english.lexicon import BASE_OF, SHORT_ADJECTIVES, superlative_of
from services.proofreader.english.phrases import (
    SENTENCE_ERROR,
    WORD_CHOICE,
    Fault,
    WordRule,
    begins_clause,
    ends_phrase,
    like,
    word_fault,
)
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    AMBIGUOUS,
    BASE_FORM,
    BE,
    COMPARATIVE,
    CONJUNCTION,
    HAVE,
    MARK,
    MASS,
    NOUN,
    OBJECT,
    PERSON,
    PLACE,
    PLURAL,
    PREPOSITION,
    SUBJECT,
    THIRD_PERSON,
)

# Adjectives that the lexicon leaves without a class, as they are other words as often.
_PLAIN = frozenset({"good", "bad"})
_SUPERLATIVE_OF = {"worse": "worst", "better": "best", "more": "most", "less": "least"}
_COMPARATIVE_OF_ALL = {
    superlative_of(each)[:-2] + "r": superlative_of(each)
    for each in SHORT_ADJECTIVES - {"few", "old", "early", "late", "young", "large", "small", "low", "high"}
} | _SUPERLATIVE_OF
_OF_ALL = frozenset(
    "life lives world class school year history all family childhood country town city team "
    "group company".split()
)
# What has a comparative of its own with no others beside it: "the better part of my life".
_COMPARED_WITH_ONE = frozenset("part half share portion side end world picture majority number good".split())
_GETTING = frozenset("become get go feel".split())
_FEELING = frozenset(
    {"is", "am", "are", "was", "were", "feel", "felt", "look", "looked", "looks", "be", "been"}
)
_COUNTED_BY_SO = frozenset({"many", "few", "much", "little"})


def _is_adjective(words: Words, place: int) -> bool:
    return words[place].may_be(ADJECTIVE) or words[place].word in _PLAIN


def _the_best_of(words: Words, place: int) -> Fault | None:
    """Finds "the worse day of my life", "the bigger city in the world"."""
    noun, after = words[place + 1], words[place + 2]
    if words[place - 1].word not in {"the", "my"} or not noun.may_be(NOUN | MASS | PLACE):
        return None
    if (noun.may_be(ADJECTIVE) and not noun.may_be(NOUN)) or noun.word in _COMPARED_WITH_ONE:
        return None
    group = {words[each].word for each in range(place + 3, place + 6) if words[each + 1].word != "of"}
    if words[place + 3].word in {"two", "both"} or "two" in group:
        return None
    of_all = after.word in {"of", "in"} and words[place + 3].word in {"the", "my", "our", "his", "her", "all"}
    ever = any(words[each].word == "ever" for each in range(place + 2, place + 6))
    if not ever and not (of_all and not _OF_ALL.isdisjoint(group)):
        return None
    return word_fault(place, place, _COMPARATIVE_OF_ALL[words[place].word], "comparison", SENTENCE_ERROR)


def _worst(words: Words, place: int) -> Fault | None:
    """Finds "worst than", "it is getting worst", "it was worse film of"."""
    before = words[place - 1]
    if words[place + 1].word == "than" and before.word != "very":
        return word_fault(place, place, "worse", "comparison", SENTENCE_ERROR)
    becomes = BASE_OF.get(before.word) in _GETTING or before.word in {"much", "even", "and"}
    ends = words[place + 1].may_be(MARK | CONJUNCTION) and words[place + 1].word != ","
    if becomes and ends and words[place - 2].word != "the":
        if before.word == "and" and words[place - 2].word not in {"worse", "worst"}:
            return None
        return word_fault(place, place, "worse", "comparison", SENTENCE_ERROR)
    return None


def _good_than(words: Words, place: int) -> Fault | None:
    """Finds "she is good than me", "more bad than"."""
    word, before = words[place].word, words[place - 1]
    right = {"good": "better", "bad": "worse"}[word]
    if words[place + 1].word == "than" and (before.may_be(BE) or before.word in {"much", "very", "is"}):
        return word_fault(place, place, right, "comparison", SENTENCE_ERROR)
    return None


def _so_such(words: Words, place: int) -> Fault | None:
    """Finds "so a good film", "such kind.", "so good weather"."""
    after, noun, end = words[place + 1], words[place + 2], words[place + 3]
    written = words[place].text
    if words[place].word == "such":
        if (
            words[place - 1].word in _FEELING
            and after.may_be(ADJECTIVE)
            and not after.may_be(NOUN | PLURAL | MASS | AMBIGUOUS)
            and (noun.may_be(MARK) or noun.word in {"that", "and", "because", "when"})
        ):
            return word_fault(place, place, "so", "degree", WORD_CHOICE)
        return None
    if after.word in {"a", "an"}:
        if (
            _is_adjective(words, place + 2)
            and end.may_be(NOUN | PLACE)
            and words[place - 1].may_be(BE | HAVE)
        ):
            return word_fault(place, place, like(written, "such"), "degree", WORD_CHOICE)
        return None
    if (
        _is_adjective(words, place + 1)
        and not after.may_be(AMBIGUOUS)
        and after.word not in _COUNTED_BY_SO
        and noun.may_be(PLURAL | MASS)
        and not noun.may_be(BASE_FORM | THIRD_PERSON | ADJECTIVE | NOUN | AMBIGUOUS)
        and ends_phrase(end)
        and not end.may_be(BE | HAVE)
        and (
            words[place - 1].may_be(BE | HAVE) or BASE_OF.get(words[place - 1].word) in {"see", "meet", "eat"}
        )
    ):
        return word_fault(place, place, "such", "degree", WORD_CHOICE)
    return None


def _too_much(words: Words, place: int) -> Fault | None:
    """Finds "I am too much tired", "thank you too much"."""
    if words[place + 1].word != "much":
        return None
    after = words[place + 2]
    if words[place - 1].word == "you" and words[place - 2].word == "thank":
        return word_fault(place, place, "very", "degree", WORD_CHOICE)
    if (
        words[place - 1].may_be(BE)
        and _is_adjective(words, place + 2)
        # Who told a story a hundred years ago "was too much excited to sleep".
        and not (
            words[place - 1].word in {"was", "were"} and (after.word[-2:] == "ed" or after.word == "afraid")
        )
        and not after.may_be(COMPARATIVE | NOUN | MASS | AMBIGUOUS)
        and words[place + 3].may_be(MARK | PREPOSITION | CONJUNCTION)
    ):
        return word_fault(place, place + 1, "too", "degree", WORD_CHOICE)
    return None


def _happily(words: Words, place: int) -> Fault | None:
    """Finds "it makes me happily", "the food tastes well"."""
    word, after = words[place], words[place + 1]
    if not (after.may_be(MARK) or after.word in {"and", "because", "when"}):
        return None
    before = words[place - 1]
    if word.word == "well":
        # A dog "smells well", and so finds what it seeks.
        things = MASS if BASE_OF.get(before.word) == "smell" else NOUN | PLURAL | MASS
        tastes = BASE_OF.get(before.word) in {"taste", "smell"} and words[place - 2].may_be(things)
        tastes = tastes and not words[place - 2].may_be(PERSON | SUBJECT)
        return word_fault(place, place, "good", "word_choice", WORD_CHOICE) if tastes else None
    # "He made it badly" and "they made it sadly" say how.
    if before.may_be(OBJECT) and before.word != "it" and BASE_OF.get(words[place - 2].word) == "make":
        return word_fault(place, place, _OF_MOODS[word.word], "word_choice", WORD_CHOICE)
    return None


_OF_MOODS = {
    "happily": "happy", "sadly": "sad", "angrily": "angry", "nervously": "nervous", "healthily": "healthy",
    "strongly": "strong", "sleepily": "sleepy", "hungrily": "hungry", "badly": "bad", "lonelily": "lonely",
}  # fmt: skip


def _be_hungry(words: Words, place: int) -> Fault | None:
    """Finds "I have hungry", "It makes cold today"."""
    subject, after, end = words[place - 1], words[place + 1], words[place + 2]
    if not (end.may_be(MARK | CONJUNCTION | PREPOSITION) or end.word in {"today", "here", "now", "outside"}):
        return None
    if words[place].word in {"makes", "does", "made", "did"}:
        if subject.word == "it" and after.word in {"cold", "hot", "sunny", "warm", "windy", "cool"}:
            right = "was" if words[place].word in {"made", "did"} else "is"
            return word_fault(place, place, right, "usage", WORD_CHOICE)
        return None
    if not subject.may_be(SUBJECT) or not begins_clause(words, place - 1):
        return None
    past = words[place].word == "had"
    if end.word in {",", "and"} or (past and after.word in {"tired", "scared"}):
        # "We have hungry, cold people here", "he had tired of the sea".
        return None
    if after.word in {"hungry", "thirsty", "sleepy", "afraid", "tired", "angry", "scared", "happy", "sad"}:
        if subject.word == "i":
            right = "was" if past else "am"
        elif subject.word in {"he", "she", "it"}:
            right = "was" if past else "is"
        else:
            right = "were" if past else "are"
        return word_fault(place, place, right, "usage", WORD_CHOICE)
    return None


DEGREE_RULES = (
    WordRule.at(_the_best_of, _COMPARATIVE_OF_ALL),
    WordRule.at(_worst, ["worst"]),
    WordRule.at(_good_than, ["good", "bad"]),
    WordRule.at(_so_such, ["so", "such"]),
    WordRule.at(_too_much, ["too"]),
    WordRule.at(_happily, {"well", *_OF_MOODS}),
    WordRule.at(_be_hungry, ["have", "has", "had", "makes", "does", "made", "did"]),
)

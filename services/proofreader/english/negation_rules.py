"""Rules for what is denied: twice, or without "do"."""

from services.proofreader.english.lexicon import BASE_OF
from services.proofreader.english.phrases import (
    SENTENCE_ERROR,
    WORD_CHOICE,
    Fault,
    WordRule,
    begins_clause,
    word_fault,
)
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
    AMBIGUOUS,
    BASE_FORM,
    BE,
    CONJUNCTION,
    DETERMINING,
    DO,
    GERUND_FORM,
    HAVE,
    MARK,
    MASS,
    MODAL,
    NOUN,
    OBJECT,
    PARTICIPLE,
    PAST_TENSE,
    PLURAL,
    PREPOSITION,
    QUESTION,
    SUBJECT,
    THIRD_PERSON,
)

_NEGATIVE = frozenset(
    "don't doesn't didn't can't couldn't won't wouldn't haven't hasn't hadn't isn't wasn't aren't "
    "weren't cannot never".split()
)
_ANY = {
    "nothing": "anything",
    "nobody": "anybody",
    "never": "ever",
    "none": "any",
    "no": "any",
    "nowhere": "anywhere",
}
_NOBODY = frozenset({"nobody", "nothing", "none"})
_PLACES_AFTER = 5
# After them "not" and "no" deny something else: "do you not know", "he could not go".
_AUXILIARIES = MODAL | BE | HAVE | DO
_FINITE = _AUXILIARIES | BASE_FORM | THIRD_PERSON | PAST_TENSE
# After others "that she not go" is said of what shall be: "it was agreed that she not sign".
_SAYING = frozenset("think know say believe hope feel guess see hear find understand mean".split())


def _negated_twice(words: Words, place: int) -> Fault | None:
    """Finds "I don't know nothing", "I don't have no money", "hasn't got some"."""
    if words[place].word.endswith("n't") and words[place + 1].word == "never":
        return word_fault(place, place + 1, "never", "double_negative", SENTENCE_ERROR)
    if words.is_question:
        return None
    if (
        words[place].may_be(HAVE | DO)
        and words[place + 1].word in {"have", "got", "need"}
        and words[place + 2].word == "some"
        and words[place + 3].may_be(NOUN | PLURAL | MASS)
        and words[place + 4].may_be(MARK)
    ):
        return word_fault(place + 2, place + 2, "any", "usage", WORD_CHOICE)
    for each in range(place + 1, place + 1 + _PLACES_AFTER):
        word, before = words[each].word, words[each - 1]
        if words[each].may_be(CONJUNCTION | QUESTION | MARK) or word in {"for", "that", "nothing's"}:
            return None
        if word not in _ANY:
            if (
                words[each].may_be(SUBJECT)
                and words[each + 1].may_be(_FINITE)
                and not words[each].may_be(OBJECT)
            ):
                # A clause of its own: "I don't believe he has no money".
                return None
            continue
        if before.word in {"do", "doing", "have", "having", "eating"} and (
            words[each - 2].word == "to" or before.may_be(GERUND_FORM)
        ):
            # Both are meant: "I don't want to do nothing", "I couldn't bear to have no friends".
            return None
        if words[each + 1].word in {"but", "except"}:
            return None
        # After an object the word may open a clause of its own, but for "nowhere".
        follows_verb = (
            before.may_be(BASE_FORM | PAST_TENSE | PARTICIPLE | GERUND_FORM | HAVE | DO) and each > place + 1
        )
        follows_verb = follows_verb or (word == "nowhere" and before.may_be(OBJECT | NOUN))
        if follows_verb and (word != "no" or words[each + 1].may_be(NOUN | PLURAL | MASS)):
            return word_fault(each, each, _ANY[word], "double_negative", SENTENCE_ERROR)
        return None
    return None


def _nobody_not(words: Words, place: int) -> Fault | None:
    """Finds "Nobody didn't come": who is nobody does not take "not"."""
    after = words[place + 1]
    if begins_clause(words, place) and after.word in _NEGATIVE - {"never", "won't", "wouldn't"}:
        return word_fault(place, place + 1, "", "double_negative", SENTENCE_ERROR)
    return None


def _no_verb(words: Words, place: int) -> Fault | None:
    """Finds "I no like fish", "she not like it"."""
    subject, verb, after = words[place - 1], words[place + 1], words[place + 2]
    if subject.word not in {"i", "you", "we", "they", "he", "she"} or not begins_clause(words, place - 1):
        return None
    if words[place - 2].may_be(_AUXILIARIES) or words.is_question:
        return None
    if words[place - 2].word == "that" and BASE_OF.get(words[place - 3].word) not in _SAYING:
        return None
    if (
        verb.word in {"have", "has"}
        and words[place].word == "no"
        and after.may_be(DETERMINING | NOUN | PLURAL | MASS)
    ):
        does = "doesn't" if subject.word in {"he", "she"} else "don't"
        return word_fault(place, place + 1, f"{does} have", "negation", SENTENCE_ERROR)
    if (
        verb.may_be(THIRD_PERSON)
        and not verb.may_be(ADJECTIVE)
        and subject.word in {"he", "she"}
        and (
            after.may_be(DETERMINING | OBJECT | NOUN | PLURAL | MASS | MARK | PREPOSITION)
            or after.word == "to"
        )
        and (words[place].word == "not" or after.may_be(DETERMINING | OBJECT) or after.word == "to")
    ):
        return word_fault(place, place + 1, f"doesn't {BASE_OF[verb.word]}", "negation", SENTENCE_ERROR)
    if (
        not verb.may_be(BASE_FORM)
        or verb.may_be(PAST_TENSE | PARTICIPLE | ADJECTIVE | ADVERB)
        or (words[place].word == "no" and verb.may_be(NOUN) and not after.may_be(DETERMINING | OBJECT))
    ):
        return None
    if (
        verb.may_be(AMBIGUOUS)
        and not after.may_be(DETERMINING | OBJECT | NOUN | PLURAL | MASS | MARK)
        and after.word != "to"
        and not (words[place].word == "no" and not after.classes)
    ):
        return None
    does = "doesn't" if subject.word in {"he", "she"} else "don't"
    return word_fault(place, place, does, "negation", SENTENCE_ERROR)


NEGATION_RULES = (
    WordRule.at(_negated_twice, _NEGATIVE),
    WordRule.at(_nobody_not, _NOBODY),
    WordRule.at(_no_verb, ["no", "not"]),
)

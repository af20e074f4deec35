"""Rules for clauses: what is missing in one, or joined twice."""

from services.proofreader.english.phrases import (
    PUNCTUATION,
    SENTENCE_ERROR,
    Fault,
    WordRule,
    begins_clause,
    noun_phrase,
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
    NAME,
    NOUN,
    PAST_TENSE,
    PLURAL,
    POSSESSIVE,
    PREPOSITION,
    SUBJECT,
    THIRD_PERSON,
)

_COPULA = {"i": "am", "he": "is", "she": "is", "it": "is", "we": "are", "you": "are", "they": "are"}
_OPENINGS = frozenset(
    "however, therefore, moreover, furthermore, nevertheless, for example, in addition, as a result, "
    "in conclusion, on the other hand, first of all, in my opinion, in fact, for instance, in contrast, "
    "of course".split(", ")
)


def _no_be(words: Words, place: int) -> Fault | None:
    """Finds "she good at", "it very hot", "we going to"."""
    subject, end = words[place].word, place + 1
    if not begins_clause(words, place) or (
        words[place - 1].word in {"that", "and", "or", "than"}
        and place > 0
        and words[place - 1].word != "that"
    ):
        return None
    very = words[end].word in {"very", "so", "not"}
    if very:
        end += 1
    word, after = words[end], words[end + 1]
    is_adjective = (
        word.may_be(ADJECTIVE)
        and not word.may_be(NOUN | PLURAL | BASE_FORM | ADVERB | PREPOSITION | AMBIGUOUS)
        and (after.may_be(PREPOSITION | CONJUNCTION | MARK) or after.word in {"to", "today", "now"})
    )
    is_gerund = (
        word.may_be(GERUND_FORM)
        and not word.may_be(NOUN | ADJECTIVE)
        and not very
        and words[place].word != "it"
    )
    is_noun = word.word == "a" and after.may_be(NOUN | ADJECTIVE) and subject not in {"it", "you"}
    if not (is_adjective or is_gerund or is_noun) or words.is_question:
        return None
    if any(words[each].may_be(MODAL | BE) for each in range(end + 1, end + 8)) and not is_adjective:
        return None
    copula = _COPULA[subject]
    right = f"{words[place].text} {copula} {words[place + 1].text}"
    return word_fault(place, place + 1, right, "missing_verb", SENTENCE_ERROR)


def _thing_no_be(words: Words, place: int) -> Fault | None:
    """Finds "my brother playing games.", "the ice melting and"."""
    if not begins_clause(words, place):
        return None
    subject = noun_phrase(words, place)
    if (
        subject is None
        or not words[place].may_be(DETERMINING)
        or (
            place
            and words[place - 1].word in {"and", ",", "that"}
            and (
                words[place - 2].may_be(NOUN | PLURAL | MASS | NAME | MARK)
                or (words[place - 1].word != "that" and not words[place - 2].classes)
            )
        )
    ):
        return None
    word = words[subject.head + 1]
    if not word.may_be(GERUND_FORM) or word.may_be(NOUN | ADJECTIVE) or words[subject.head + 2].word == "is":
        return None
    for each in range(subject.head + 2, subject.head + 14):
        if words[each].may_be(MARK) or (
            words[each].word == "and" and words[each + 1].may_be(DETERMINING | SUBJECT)
        ):
            break
        if words[each].may_be(
            NAME | BASE_FORM | THIRD_PERSON | PAST_TENSE | MODAL | BE | HAVE | DO | AMBIGUOUS
        ) or words[each].word.endswith("ed"):
            return None
    if words[each].word in {",", '"', "“", "'", "‘"} or (
        words[subject.head].may_be(NOUN | GERUND_FORM) and words[place + 1].word == "most"
    ):
        return None
    copula = "are" if subject.is_plural else "is"
    right = f"{words[subject.head].text} {copula} {word.text}"
    return word_fault(subject.head, subject.head + 1, right, "missing_verb", SENTENCE_ERROR)


def _no_it(words: Words, place: int) -> Fault | None:
    """Finds "because was raining", "Is important to"."""
    after = words[place + 1]
    if (
        words[place].word in {"because", "when", "if"}
        and after.word in {"was", "is"}
        and (
            words[place + 2].may_be(GERUND_FORM | ADJECTIVE | ADVERB)
            or words[place + 2].word in {"a", "the", "very", "too"}
        )
    ):
        return word_fault(
            place, place + 1, f"{words[place].text} it {after.text}", "missing_subject", SENTENCE_ERROR
        )
    if place == 0 and words[place].text in {"Is", "Was"} and not words.is_question:
        adjective = place + (2 if after.word in {"very", "not", "so", "too", "really"} else 1)
        if words[adjective].may_be(ADJECTIVE) and words[adjective + 1].word in {
            "to",
            "that",
            "for",
            "in",
            "because",
            ".",
        }:
            return word_fault(0, 0, f"It {words[0].word}", "missing_subject", SENTENCE_ERROR)
    return None


def _comma(words: Words, place: int) -> Fault | None:
    """Finds "for example my uncle", "However he still"."""
    if place != 0:
        return None
    for length in (1, 2, 3, 4):
        opening = " ".join(words[each].word for each in range(length))
        after = words[length]
        if (
            opening in _OPENINGS
            and (after.may_be(SUBJECT) or after.may_be(POSSESSIVE))
            and words[length + 1].may_be(
                NOUN
                | PLURAL
                | MASS
                | NAME
                | BASE_FORM
                | THIRD_PERSON
                | PAST_TENSE
                | ADVERB
                | MODAL
                | BE
                | HAVE
                | DO
            )
        ):
            if opening == "however" and (
                words[length + 1].word in {"do", "can"}
                or (after.word == "you" and words[length + 1].may_be(BASE_FORM))
            ):
                # "However you look at it, it is bad."
                return None
            return word_fault(
                length - 1, length - 1, f"{words[length - 1].text},", "comma_missing", PUNCTUATION
            )
    return None


def _although_but(words: Words, place: int) -> Fault | None:
    """Finds "although it rained, but we went", "because it rained, so we stayed"."""
    if place != 0:
        return None
    second = "so" if words[0].word in {"because", "since"} else "but"
    commas = [each for each in range(2, 20) if words[each].word == ","]
    if (
        len(commas) == 1
        and words[commas[0] + 1].word == second
        and words[commas[0] + 2].may_be(DETERMINING | SUBJECT)
    ):
        return word_fault(commas[0] + 1, commas[0] + 2, words[commas[0] + 2].text)
    return None


CLAUSE_RULES = (
    WordRule.at(_no_be, _COPULA),
    WordRule.at(_thing_no_be, classes=DETERMINING),
    WordRule.at(_no_it, ["because", "when", "if", "is", "was"]),
    WordRule.at(_comma, {each.split()[0] for each in _OPENINGS}),
    WordRule.at(_although_but, ["although", "though", "because", "since"]),
)

"""Rules for "be" where it is missing, or stands before a verb that needs none."""

from services.proofreader.english.phrases import (
    SENTENCE_ERROR,
    Fault,
    WordRule,
    begins_clause,
    has_verb_from,
    like,
    verb_fault,
    word_fault,
)
from services.proofreader.english.subjects import subject_at
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
    AMBIGUOUS,
    BASE_FORM,
    BE,
    CONJUNCTION,
    DETERMINING,
    GERUND_FORM,
    HAVE,
    MARK,
    MASS,
    MODAL,
    NAME,
    NOUN,
    NUMBER,
    PARTICIPLE,
    PERSON,
    PLACE,
    PLURAL,
    POSSESSIVE,
    PREPOSITION,
    SUBJECT,
    THIRD_PERSON,
)

_JUST = frozenset({"only", "just", "already", "about", "now", "almost"})
_AGE_ENDS = frozenset({"years", "and", "but", "when", "now", "so"})
_PRONOUNS = frozenset({"i", "he", "she", "we", "they"})
_PLURAL_OF_ASKED = {"what": "is", "who": "is", "how": "is", "where": "is"}
_DEGREES = frozenset({"very", "so", "too", "really"})
_MOST_AGE = 100


def _missing(words: Words, first: int, last: int, right: str) -> Fault:
    before = " ".join(words[each].text for each in range(first, last))
    return word_fault(first, last, f"{before} {right}", "missing_verb", SENTENCE_ERROR)


def _inserted(words: Words, place: int, be: str) -> Fault:
    """Returns a fault of "be" that is missing after a word: it and the next are shown."""
    right = f"{words[place].text} {be} {words[place + 1].text}"
    return word_fault(place, place + 1, right, "missing_verb", SENTENCE_ERROR)


def _age(words: Words, place: int) -> Fault | None:
    """Finds "although Haruto only twelve", "my sister 15 years old"."""
    if not begins_clause(words, place) or words.is_question:
        return None
    subject = subject_at(words, place)
    if subject is None or not subject.is_person or (not subject.is_pronoun and subject.is_plural):
        return None
    number = subject.end + (words[subject.end].word in _JUST)
    count, after = words[number], words[number + 1]
    if not count.may_be(NUMBER) or count.word in {"many", "few", "several"}:
        return None
    if count.text[0].isdecimal() and (not count.text.isdecimal() or not 0 < int(count.text[:4]) < _MOST_AGE):
        return None
    old = after.word in {"years", "months"} and words[number + 2].word == "old"
    just = number > subject.end and (after.may_be(MARK) or after.word in _AGE_ENDS)
    if words[number + 2].may_be(BE) or (subject.head.may_be(NAME) and not just and not old):
        return None
    if old and has_verb_from(words, number + 3):
        return None
    return _inserted(words, subject.end - 1, subject.be) if old or just else None


def _i_from(words: Words, place: int) -> Fault | None:
    """Finds "I from Korea.", "she my best friend.", "he the tallest boy"."""
    if words[place].word not in _PRONOUNS or not begins_clause(words, place) or words.is_question:
        return None
    if words[place - 1].word in {"that", "and", "or", "than", "as"} and place:
        return None
    after, noun = words[place + 1], words[place + 2]
    if has_verb_from(words, place + 1) or any(
        words[each].may_be(BASE_FORM | GERUND_FORM) and not words[each].may_be(NOUN | PLACE)
        for each in range(place + 1, place + 8)
    ):
        return None
    be = {"i": "am", "he": "is", "she": "is"}.get(words[place].word, "are")
    home = after.word in {"from", "in", "at"} and (
        noun.may_be(NAME) or (noun.may_be(DETERMINING) and words[place + 3].may_be(NOUN | PLACE))
    )
    home = home and (
        words[place + 3].may_be(MARK | CONJUNCTION) or words[place + 4].may_be(MARK | CONJUNCTION)
    )
    friend = (
        after.word in {"my", "our", "the", "your"}
        and (noun.may_be(ADJECTIVE) or noun.may_be(NOUN) or noun.word in {"best", "only"})
        and any(words[each].may_be(MARK) for each in (place + 3, place + 4, place + 5))
        and any(words[each].may_be(PERSON) for each in (place + 2, place + 3, place + 4))
    )
    if home or friend:
        return _inserted(words, place, be)
    return None


def _this_very(words: Words, place: int) -> Fault | None:
    """Finds "This very important.", "There many people in my city.", "that why"."""
    word, after, beyond = words[place].word, words[place + 1], words[place + 2]
    if not begins_clause(words, place) or words.is_question:
        return None
    if word == "there":
        counted = after.word in {"many", "several"} or (after.word == "a" and beyond.word == "lot")
        noun = words[place + (4 if after.word == "a" else 2)]
        if counted and noun.may_be(PLURAL) and not has_verb_from(words, place + 2) and place == 0:
            return _inserted(words, place, "are")
        return None
    if word == "that" and after.word == "why" and (place == 0 or words[place - 1].may_be(MARK)):
        if beyond.may_be(SUBJECT | DETERMINING | NAME):
            return word_fault(place, place, like(words[place].text, "that's"), "missing_verb", SENTENCE_ERROR)
        return None
    if (
        after.word in _DEGREES
        and beyond.may_be(ADJECTIVE)
        and not beyond.may_be(NOUN | AMBIGUOUS)
        and (words[place + 3].may_be(MARK) or words[place + 3].word in {"for", "to", "because", "and"})
        and place == 0
        and not has_verb_from(words, place + 3)
    ):
        return _inserted(words, place, "are" if word in {"these", "those"} else "is")
    return None


def _who_poor(words: Words, place: int) -> Fault | None:
    """Finds "people who poor", "a man who very rich"."""
    noun = words[place - 1]
    end = place + 1 + (words[place + 1].word in {"very", "so", "too", "not", "really"})
    adjective, after = words[end], words[end + 1]
    if (
        noun.may_be(PERSON)
        and noun.may_be(NOUN | PLURAL)
        and adjective.may_be(ADJECTIVE)
        and not adjective.may_be(NOUN | BASE_FORM | ADVERB | AMBIGUOUS | PARTICIPLE)
        and after.may_be(MARK | PREPOSITION | CONJUNCTION | BE | HAVE | MODAL | BASE_FORM)
    ):
        are = noun.may_be(PLURAL) and not noun.may_be(NOUN)
        return _inserted(words, place, "are" if are else "is")
    return None


def _what_your_name(words: Words, place: int) -> Fault | None:
    """Finds "What your name?", "Where you from?", "How old your brother?"."""
    if place != 0 or not words.is_question:
        return None
    end = 1 + (words[0].word == "how" and words[1].word in {"old", "tall", "big", "far", "much"})
    if words[end].word == "you" and words[end + 1].word == "from" and words[end + 2].word == "?":
        return word_fault(end, end, "are you", "missing_verb", SENTENCE_ERROR)
    if words[end].may_be(POSSESSIVE) and words[end + 1].text.islower() and words[end + 2].word == "?":
        return word_fault(end, end, f"is {words[end].text}", "missing_verb", SENTENCE_ERROR)
    subject = subject_at(words, end)
    if subject is None or not words[end].may_be(POSSESSIVE | SUBJECT) or words[subject.end].word != "?":
        return None
    if words[end].may_be(SUBJECT) and words[0].word != "how":
        return None
    right = f"{subject.be} {words[end].text}"
    return word_fault(end, end, right, "missing_verb", SENTENCE_ERROR)


def _is_likes(words: Words, place: int) -> Fault | None:
    """Finds "my brother is likes": a person who "is", and does."""
    before, verb = words[place - 1], words[place + 1]
    if (
        words[place].word in {"is", "was"}
        and before.may_be(PERSON | NAME)
        and not before.may_be(PLURAL)
        and (before.may_be(NAME) or words[place - 2].may_be(DETERMINING | ADJECTIVE))
        and verb.may_be(THIRD_PERSON)
        and not verb.may_be(ADJECTIVE | NOUN | MASS)
        and words[place + 2].word != "-"
        and not words.is_question
    ):
        right = verb.text
        return verb_fault(place, place + 1, right)
    return None


def _do_you_are(words: Words, place: int) -> Fault | None:
    """Finds "Do you are", "does he is", "do you going"."""
    subject, verb = words[place + 1], words[place + 2]
    if not subject.may_be(SUBJECT) or not (
        place == 0 or words[place - 1].word in _PLURAL_OF_ASKED | {"why": ""}
    ):
        return None
    if verb.word in {"am", "is", "are", "was", "were"} and words.is_question:
        return verb_fault(place, place + 2, f"{like(words[place].text, verb.word)} {subject.text}")
    if (
        (verb.may_be(GERUND_FORM) or verb.word == "doing")
        and not verb.may_be(NOUN | ADJECTIVE)
        and words[place].word in {"do", "does"}
        and words.is_question
    ):
        be = "is" if words[place].word == "does" else "are"
        return verb_fault(place, place, like(words[place].text, be))
    return None


def _angry(words: Words, place: int) -> Fault | None:
    """Finds "My mother angry with me.", "The weather nice today."."""
    if place != 0 or words.is_question or not words[place].may_be(DETERMINING):
        return None
    subject = subject_at(words, place)
    if subject is None or subject.head.may_be(ADJECTIVE | AMBIGUOUS) or words[place].word in {"a", "an"}:
        return None
    end = subject.end
    word, after = words[end], words[end + 1]
    if (
        not word.may_be(ADJECTIVE)
        or word.may_be(NOUN | BASE_FORM | ADVERB | PREPOSITION | AMBIGUOUS | MASS | PARTICIPLE)
        or not (after.may_be(PREPOSITION | MARK) or after.word in {"because", "today", "now", "but", "when"})
        or after.word in {",", "-", ":", ";"}
        or has_verb_from(words, end + 1)
    ):
        return None
    if any(
        words[each].may_be(BASE_FORM | PARTICIPLE | NAME) or words[each].word in {",", "—"}
        for each in range(end + 1, end + 10)
    ):
        return None
    return _inserted(words, end - 1, subject.be)


COPULA_RULES = (
    WordRule.at(_age, _PRONOUNS, DETERMINING | NAME),
    WordRule.at(_i_from, _PRONOUNS),
    WordRule.at(_this_very, ["this", "that", "these", "those", "there"]),
    WordRule.at(_who_poor, ["who"]),
    WordRule.at(_what_your_name, ["what", "who", "how", "where"]),
    WordRule.at(_is_likes, ["is", "was"]),
    WordRule.at(_do_you_are, ["do", "does", "did"]),
    WordRule.at(_angry, classes=DETERMINING),
)

"""Rules for verbs that do not agree with their subject, by the classes of its words."""

from services.proofreader.english.amounts import is_amount
from services.proofreader.english.lexicon import BASE_OF, FORMS_OF, NAMES
from services.proofreader.english.phrases import (
    SENTENCE_ERROR,
    Fault,
    WordRule,
    begins_clause,
    ends_phrase,
    like,
    noun_phrase,
    verb_fault,
    word_fault,
)
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
    AMBIGUOUS,
    ANY_NOUN,
    BASE_FORM,
    BE,
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
    PLURAL,
    POSSESSIVE,
    PREPOSITION,
    QUESTION,
    SUBJECT,
    THIRD_PERSON,
)

_SINGULAR = {"are": "is", "were": "was", "have": "has", "do": "does", "don't": "doesn't", "aren't": "isn't"}
_SINGULAR |= {"weren't": "wasn't", "haven't": "hasn't"}
_PLURAL = {right: wrong for wrong, right in _SINGULAR.items()}
_INNER = frozenset({"in", "on", "at", "from", "near", "with"})
_SO_MANY = frozenset({"many", "few", "much", "little"})
_WHICH_TIME = frozenset({"this", "next", "last", "each", "every", "that"})
_TIMES = frozenset("time day week month year morning afternoon evening night weekend summer term".split())
_EACH = frozenset({"each", "one", "neither", "either"})
_ADVERBS = frozenset(
    "always never often usually sometimes also really still just already only not ever".split()
)
_LONGEST_SUBJECT = 10
_PLURAL_SUBJECTS = frozenset({"i", "you", "we", "they", "people"})


def _is_sure_verb(words: Words, place: int, *, after_person: bool) -> bool:
    """Returns whether a word is a verb here, though it may be a noun elsewhere."""
    word, after = words[place], words[place + 1]
    if word.word == "like":
        return False
    if not word.may_be(ANY_NOUN | ADJECTIVE | ADVERB | PREPOSITION | AMBIGUOUS):
        return True
    if word.may_be(MASS | ADJECTIVE | PREPOSITION):
        return False
    return after.may_be(DETERMINING | PLURAL | MASS | OBJECT) or (
        after_person and (after.may_be(NAME | ADVERB | PREPOSITION) or after.word == ".")
    )


def _is_no_verb(words: Words, place: int) -> bool:
    """Returns whether what may be a base form is none: "our quiz program stores", "it lay in the snow"."""
    verb, after = words[place], words[place + 1]
    if verb.word == "lay":
        return not after.may_be(OBJECT | DETERMINING) or (
            after.word in {"all", "half"} or words[place + 2].word in {"whole", "long"}
        )
    if verb.word in {"program", "programme"} or (
        verb.word == "mean" and words[place - 1].word in {"arithmetic", "harmonic", "geometric"}
    ):
        return True
    return (
        not verb.may_be(BE | HAVE | DO)
        and after.may_be(BE | HAVE | MODAL | THIRD_PERSON)
        and (not after.may_be(NOUN | PLURAL | MASS))
    )


def _agreement(words: Words, place: int) -> Fault | None:
    """A subject, "the food on these tables", and the verb after it."""
    if not begins_clause(words, place):
        return None
    subject = noun_phrase(words, place)
    if subject is None or (
        words[place].word in {"a", "an"} and words[place + 1].word in {"lot", "number", "few"}
    ):
        return None
    plural, end = subject.is_plural, subject.head + 1
    joined = words[place - 1].word in {"and", "or"} and place > 1
    if words[end].word == "and":
        other = noun_phrase(words, end + 1)
        if other is None or joined or words[other.head + 1].word == "and":
            return None
        plural, end = True, other.head + 1
        if not words[place].may_be(DETERMINING):
            return None
    elif words[end].word in _INNER:
        inner = noun_phrase(words, end + 1)
        if inner is None or not words[end + 1].may_be(DETERMINING):
            return None
        end = inner.head + 1
    elif joined and not (
        subject.is_person
        and any(words[each].may_be(THIRD_PERSON | PAST_TENSE | BE | HAVE | DO) for each in range(place - 1))
    ):
        return None
    while words[end].word in _ADVERBS:
        end += 1
    bare = not words[place].may_be(DETERMINING | NUMBER)
    if bare and not (plural or subject.is_mass):
        return None
    if words[place].word in {"that", "what"} or words[subject.head].word in {
        "present",
        "news",
        "mathematics",
        "sheep",
        "fish",
        "deer",
    }:
        return None
    if joined and (words[end].word in _SINGULAR or plural):
        return None
    if words[place - 1].word == "so" and words[place].word in _SO_MANY:
        return None
    if words[place].word in _WHICH_TIME and words[subject.head].word in _TIMES:
        # "This time keep your voice down".
        return None
    if is_amount(words, subject, end) or words[subject.head].text == "Windows":
        return None
    return _disagrees(words, end, plural=plural, after_person=subject.is_person, place=place)


def _disagrees(words: Words, end: int, *, plural: bool, after_person: bool, place: int) -> Fault | None:
    verb = words[end]
    if (
        not plural
        and verb.word in _SINGULAR
        and not (
            verb.word == "were"
            and any(
                words[each].word in {"if", "wish", "as", "though"} for each in range(max(0, place - 3), place)
            )
        )
    ):
        return verb_fault(end, end, _SINGULAR[verb.word], "agreement")
    if plural and verb.word in _PLURAL:
        return verb_fault(end, end, _PLURAL[verb.word], "agreement")
    if not _is_sure_verb(words, end, after_person=after_person) or _is_no_verb(words, end):
        return None
    if not plural and verb.may_be(BASE_FORM) and not verb.may_be(PAST_TENSE | PARTICIPLE):
        return verb_fault(end, end, FORMS_OF[verb.word][0], "agreement")
    if plural and verb.may_be(THIRD_PERSON):
        return verb_fault(end, end, BASE_OF[verb.word], "agreement")
    return None


def _each_of(words: Words, place: int) -> Fault | None:
    """Finds "each of the children have"."""
    if words[place].word not in _EACH or words[place + 1].word != "of" or not begins_clause(words, place):
        return None
    if words[place + 2].word in {"them", "us", "you"}:
        return _disagrees(words, place + 3, plural=False, after_person=True, place=place)
    inner = noun_phrase(words, place + 2)
    if inner is None or not inner.is_plural or not words[place + 2].may_be(DETERMINING):
        return None
    return _disagrees(words, inner.head + 1, plural=False, after_person=inner.is_person, place=place)


def _pronoun_agreement(words: Words, place: int) -> Fault | None:
    """Finds "It make", "everyone want", "he always go": the verb after a pronoun that begins a clause."""
    subject = words[place].word
    if not begins_clause(words, place) or words[place - 1].word in {"that", "if"}:
        return None
    if (
        words[place - 1].word in {"and", "or"}
        and words[place - 2].may_be(NOUN | NAME | POSSESSIVE | SUBJECT | OBJECT)
        and place > 1
    ):
        return None
    end = place + 1
    while words[end].word in _ADVERBS:
        end += 1
    verb = words[end]
    if (
        subject not in _PLURAL_SUBJECTS
        and verb.word in _SINGULAR
        and subject not in {"he", "she", "it"}
        and words[place - 1].word not in {"if", "though"}
    ):
        return verb_fault(end, end, _SINGULAR[verb.word], "agreement")
    if subject == "people" and verb.word in _PLURAL and not words[place - 1].may_be(DETERMINING | ADJECTIVE):
        return verb_fault(end, end, _PLURAL[verb.word], "agreement")
    if subject in _PLURAL_SUBJECTS:
        if subject == "people" and words[place - 1].may_be(DETERMINING | ADJECTIVE):
            return None
        if verb.may_be(THIRD_PERSON) and not verb.may_be(NOUN | ADJECTIVE):
            return verb_fault(end, end, BASE_OF[verb.word], "agreement")
        return None
    if (
        verb.may_be(BASE_FORM)
        and not verb.may_be(PAST_TENSE | PARTICIPLE | ADJECTIVE | PREPOSITION)
        and verb.word not in {"like", "need"}
    ):
        if subject not in {"he", "she", "it"} and (words[end + 1].may_be(OBJECT) or words.is_exclamation):
            # "Somebody stop that man!"
            return None
        if _is_no_verb(words, end):
            return None
        return verb_fault(end, end, FORMS_OF[verb.word][0], "agreement")
    return None


def _do_agreement(words: Words, place: int) -> Fault | None:
    """Finds "do your sister", "does your parents"."""
    if (place != 0 and not words[place - 1].may_be(QUESTION | MARK)) or not words.is_question:
        return None
    if words[place + 1].word in {"he", "she", "it"} and words[place].word == "do":
        return verb_fault(place, place, like(words[place].text, "does"), "agreement")
    if words[place + 1].word in {"you", "they", "we"} and words[place].word == "does":
        return verb_fault(place, place, like(words[place].text, "do"), "agreement")
    subject = noun_phrase(words, place + 1)
    if subject is None or not words[place + 1].may_be(DETERMINING) or words[subject.head + 1].word == "and":
        return None
    verb = subject.head + 1
    while words[verb].word in _ADVERBS:
        verb += 1
    if words[place].word == "do" and not subject.is_plural and words[verb].may_be(BASE_FORM | HAVE):
        return verb_fault(place, place, like(words[place].text, "does"), "agreement")
    if words[place].word == "does" and subject.is_plural:
        return verb_fault(place, place, like(words[place].text, "do"), "agreement")
    return None


def _be_in_question(words: Words, place: int) -> Fault | None:
    """Finds "what are your favourite color?"."""
    if not words[place - 1].may_be(QUESTION) or place != 1 or not words.is_question:
        return None
    subject = noun_phrase(words, place + 1)
    if subject is None or not words[place + 1].may_be(DETERMINING) or words[subject.head + 1].word != "?":
        return None
    if not subject.is_plural and words[place].word in {"are", "were"}:
        return verb_fault(place, place, _SINGULAR[words[place].word], "agreement")
    if subject.is_plural and words[place].word in {"is", "was"}:
        return verb_fault(place, place, _PLURAL[words[place].word], "agreement")
    return None


def _named_subject(words: Words, place: int) -> Fault | None:
    """Finds "korea have", "Tom like"."""
    end = place + 1
    while words[end].word in _ADVERBS:
        end += 1
    verb = words[end]
    if (
        not begins_clause(words, place)
        or _is_no_verb(words, end)
        or words[place - 1].word in {"and", "or", ",", "that", "if"}
        or not words[place].text[:1].isupper()
    ):
        return None
    if verb.word in {"have", "don't", "are", "were"}:
        return verb_fault(end, end, _SINGULAR[verb.word], "agreement")
    if (
        verb.may_be(BASE_FORM)
        and not verb.may_be(PAST_TENSE | PARTICIPLE | ADJECTIVE)
        and (
            not verb.may_be(NOUN | PLURAL | MASS | AMBIGUOUS)
            or words[end + 1].may_be(DETERMINING | OBJECT | PREPOSITION)
        )
    ):
        return verb_fault(end, end, FORMS_OF[verb.word][0], "agreement")
    return None


def _there_is(words: Words, place: int) -> Fault | None:
    """Finds "there is many old trees", "there are a park", "there are much traffic"."""
    verb = words[place + 1]
    if verb.word not in {"is", "are", "was", "were"} or (words.is_question and place > 0):
        return None
    end = place + 2
    several = (words[end].may_be(NUMBER) and words[end].text != "1") or words[end].word == "some"
    if words[end].may_be(NUMBER) or words[end].word in {"some", "no"}:
        end += 1
    elif words[end].word in {"a", "lots"} and words[end + 1].word in {"lot", "of"}:
        several, end = True, end + (3 if words[end].word == "a" else 2)
    elif words[end].word in {"a", "an", "one", "much"}:
        end += 1
    while words[end].may_be(ADJECTIVE) and not words[end].may_be(NOUN):
        end += 1
    noun, first = words[end], words[place + 2].word
    if (
        not ends_phrase(words[end + 1])
        or words[end + 1].word in {"and", "or"}
        or (noun.may_be(AMBIGUOUS) and not several)
    ):
        return None
    if (
        verb.word in {"is", "was"}
        and noun.may_be(PLURAL)
        and not noun.may_be(NOUN | MASS)
        and (first not in {"a", "an", "one", "much"} or several)
    ):
        return word_fault(
            place + 1, place + 1, {"is": "are", "was": "were"}[verb.word], "agreement", SENTENCE_ERROR
        )
    if (
        verb.word in {"are", "were"}
        and (
            (first in {"a", "an", "one"} and not several and noun.may_be(NOUN))
            or ((several or first == "much") and noun.may_be(MASS))
        )
        and not noun.may_be(PLURAL)
        and words[place + 3].word not in {"few", "number", "couple"}
    ):
        return word_fault(
            place + 1, place + 1, {"are": "is", "were": "was"}[verb.word], "agreement", SENTENCE_ERROR
        )
    return None


def _number_of(words: Words, place: int) -> Fault | None:
    """Finds "the number of students at our school have", "the number of people who smoke are"."""
    number, noun = words[place + 1], words[place + 3]
    if number.word != "number" or words[place + 2].word != "of" or not begins_clause(words, place):
        return None
    first = place + 4
    while not noun.may_be(PLURAL) and noun.may_be(ADJECTIVE | NOUN) and first < place + 7:
        noun, first = words[first], first + 1
    if not noun.may_be(PLURAL) and not (noun.word.endswith("s") and not noun.classes):
        return None
    has_clause = False
    for each in range(first, first + _LONGEST_SUBJECT):
        word, before = words[each], words[each - 1]
        if word.word == "and":
            # "The number of patches and their order are".
            return None
        if word.may_be(MARK | SUBJECT | QUESTION) and word.word not in {"who", "which", "that"}:
            return None
        if word.word in {"who", "which", "that"}:
            if has_clause:
                return None
            has_clause = True
            continue
        relates = before.word in {"who", "which", "that"}
        if word.may_be(BE | HAVE) and not relates:
            return (
                verb_fault(each, each, _SINGULAR[word.word], "agreement") if word.word in _SINGULAR else None
            )
        if (
            word.may_be(THIRD_PERSON | PAST_TENSE | DO)
            and not relates
            and not word.may_be(PLURAL | PARTICIPLE)
        ):
            return None
    return None


AGREEMENT_RULES = (
    WordRule.at(_number_of, ["the"]),
    WordRule.at(_agreement, classes=DETERMINING | NOUN | PLURAL | MASS | ADJECTIVE | NUMBER),
    WordRule.at(_each_of, ["each", "one", "neither", "either"]),
    WordRule.at(
        _pronoun_agreement,
        "he she it everyone everybody someone somebody nobody nothing everything "
        "i you we they people".split(),
    ),
    WordRule.at(_do_agreement, ["do", "does"]),
    WordRule.at(_be_in_question, ["are", "were", "is", "was"]),
    WordRule.at(_named_subject, NAMES),
    WordRule.at(_there_is, ["there"]),
)

"""Rules for the order of words."""

from services.proofreader.english.lexicon import BASE_OF, COUNTED
from services.proofreader.english.phrases import (
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
    DETERMINING,
    DO,
    GERUND_FORM,
    HAVE,
    MARK,
    MASS,
    MODAL,
    NAME,
    NOUN,
    OBJECT,
    PARTICIPLE,
    PAST_TENSE,
    PLURAL,
    POSSESSIVE,
    PREPOSITION,
    SUBJECT,
    THIRD_PERSON,
)

_MEASURES = frozenset("time day old far long much many big tall often colour color kind".split())
_SETTLED = frozenset({"always", "never", "usually"})
_GAMES = frozenset("chess tennis football soccer basketball baseball badminton volleyball cards".split())
_ASKING = frozenset(
    "know knows knew wonder wonders wondered ask asked asks tell told explain understand remember see "
    "forgot forget idea sure".split()
)
_QUESTIONS = frozenset({"what", "where", "when", "why", "how", "who"})
_BESIDE_PERFECT = frozenset("until been since as before after during".split())
_TOLD_SUBJECTS = frozenset("he she they we i it you this that".split())


def _often_after(words: Words, place: int) -> Fault | None:
    """Finds "we go always to", "he drinks usually coffee": an adverb after its verb."""
    verb = words[place - 1]
    subject = words[place - 2]
    if (
        words[place].word == "never"
        and subject.may_be(HAVE)
        and verb.may_be(PARTICIPLE)
        and words[place - 3].may_be(SUBJECT)
    ):
        return word_fault(place - 1, place, f"never {verb.text}", "word_order", SENTENCE_ERROR)
    if (
        not verb.may_be(BASE_FORM | THIRD_PERSON | PAST_TENSE)
        or verb.may_be(ADJECTIVE | ADVERB)
        or not (
            words[place + 1].may_be(DETERMINING | NOUN | PLURAL | MASS | OBJECT | PREPOSITION)
            or words[place + 1].word in _GAMES
        )
        or words[place + 1].word in _BESIDE_PERFECT
    ):
        return None
    if subject.may_be(SUBJECT) and begins_clause(words, place - 2):
        return word_fault(place - 1, place, f"{words[place].text} {verb.text}", "word_order", SENTENCE_ERROR)
    return None


def _told_question(words: Words, place: int) -> Fault | None:
    """Finds "I wonder why is he angry", "she asked me what was my name"."""
    asked = words[place - 1].word in _ASKING or (
        words[place - 1].may_be(OBJECT) and words[place - 2].word in _ASKING
    )
    if not asked:
        return None
    measured = words[place].word in {"what", "how"} and words[place + 1].word in _MEASURES
    place += measured
    verb, subject, after = words[place + 1], words[place + 2], words[place + 3]
    if not (verb.may_be(BE) or verb.word in {"can", "should", "will"}) or verb.word.endswith("n't"):
        return None
    if subject.word in _TOLD_SUBJECTS:
        if subject.word in {"this", "that"} and not after.may_be(MARK):
            return None
        return word_fault(place + 1, place + 2, f"{subject.text} {verb.text}", "word_order", SENTENCE_ERROR)
    thing = noun_phrase(words, place + 2)
    if (
        thing
        and subject.may_be(DETERMINING)
        and words[thing.head + 1].word in {".", "?"}
        and words[place].word in {"where", "what", "who", "how"}
        and thing.head == place + 3
    ):
        if words[place].word in {"what", "who"} and not subject.may_be(POSSESSIVE):
            return None
        return word_fault(
            place + 1,
            thing.head,
            f"{subject.text} {words[thing.head].text} {verb.text}",
            "word_order",
            SENTENCE_ERROR,
        )
    return None


def _asked(words: Words, place: int) -> Fault | None:
    """Finds "why you didn't call?", "what means this word?"."""
    if place != 0 or not words.is_question:
        return None
    subject, verb = words[1], words[2]
    if (
        subject.may_be(SUBJECT)
        and subject.word != "her"
        and (verb.may_be(MODAL | BE | HAVE | DO))
        and words[place].word in {"why", "where", "when", "how", "what"}
    ):
        rest = [words[each].word for each in range(3, 12)]
        if (
            (verb.may_be(DO) and not verb.word.endswith("n't"))
            or "?" not in rest
            or any(each in {"is", "are", "do", "did", "does"} for each in rest)
        ):
            return None
        return word_fault(1, 2, f"{verb.text} {subject.text}", "word_order", SENTENCE_ERROR)
    return None


def _enough(words: Words, place: int) -> Fault | None:
    """Finds "enough old"."""
    after = words[place + 1]
    if (
        words[place - 1].may_be(ADVERB | BE)
        and after.may_be(ADJECTIVE)
        and not after.may_be(NOUN | AMBIGUOUS)
        and words[place + 2].word in {"to", ".", "for"}
    ):
        return word_fault(place, place + 1, f"{after.text} enough", "word_order", SENTENCE_ERROR)
    return None


def _house_big(words: Words, place: int) -> Fault | None:
    """Finds "a house big with", "a car red."."""
    noun, adjective, after = words[place + 1], words[place + 2], words[place + 3]
    before = words[place - 1]
    if (
        noun.word not in COUNTED - _MEASURED
        or noun.may_be(ADJECTIVE | AMBIGUOUS)
        or adjective.word not in _AFTER_NO_NOUN
        or not (
            before.may_be(BASE_FORM | THIRD_PERSON | PAST_TENSE | BE | HAVE)
            or before.word in {"in", "with", "of"}
        )
    ):
        return None
    if (
        not (after.may_be(MARK) or after.word in {"with", "and", "in", "near", "for", "because", "but"})
        or after.word == "-"
    ):
        return None
    if BASE_OF.get(before.word) in {
        "make",
        "keep",
        "find",
        "paint",
        "get",
        "turn",
        "call",
        "leave",
        "consider",
        "build",
    }:
        return None
    sound = "an" if adjective.word[0] in "aeiou" else "a"
    right = f"{sound if words[place].text.islower() else sound.capitalize()} {adjective.text} {noun.text}"
    return word_fault(place, place + 2, right, "word_order", SENTENCE_ERROR)


_MEASURED = frozenset(
    "day minute hour year month week mile meter metre kilometer kilometre foot step place thing "
    "world life".split()
)
# Adjectives that stand before their noun, unless more belongs to them.
_AFTER_NO_NOUN = frozenset(
    "big small new old red blue green black white yellow brown beautiful expensive modern "
    "interesting famous cheap nice "
    "delicious large young cute pretty traditional important difficult pink grey huge dirty "
    "boring funny".split()
)


def _very_much(words: Words, place: int) -> Fault | None:
    """Finds "I like very much pizza"."""
    if (
        words[place].word == "very"
        and words[place + 1].word == "much"
        and words[place + 2].word != "that"
        and words[place - 1].may_be(BASE_FORM | THIRD_PERSON | PAST_TENSE)
        and (
            words[place + 2].may_be(DETERMINING | NOUN | PLURAL | MASS | NAME | GERUND_FORM | OBJECT)
            # A word that the lexicon lacks is a thing if nothing belongs to it.
            or (
                words[place + 2].text.islower()
                and not words[place + 2].classes
                and words[place + 3].may_be(MARK)
            )
        )
        and (
            words[place - 2].may_be(NOUN | NAME | SUBJECT)
            or words[place - 2].word in {"don't", "also", "really"}
        )
    ):
        end = place + 2
        while words[end + 1].may_be(NOUN | PLURAL | MASS | OBJECT) and words[end].may_be(
            DETERMINING | ADJECTIVE
        ):
            end += 1
        while words[end + 1].text.islower() and not words[end + 1].classes and end < place + 5:
            end += 1
        moved = " ".join(words[each].text for each in range(place + 2, end + 1))
        return word_fault(place, end, f"{moved} very much", "word_order", SENTENCE_ERROR)
    return None


ORDER_RULES = (
    WordRule.at(_house_big, ["a", "an"]),
    WordRule.at(_often_after, _SETTLED),
    WordRule.at(_told_question, _QUESTIONS),
    WordRule.at(_asked, _QUESTIONS),
    WordRule.at(_enough, ["enough"]),
    WordRule.at(_very_much, ["very"]),
)

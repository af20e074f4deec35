"""Rules for verbs in a form that does not fit what stands before them, auxiliaries apart."""

from services.proofreader.english.lexicon import BASE_OF, FORMS_OF
from services.proofreader.english.phrases import (
    WORD_CHOICE,
    Fault,
    WordRule,
    noun_phrase,
    verb_fault,
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
    OBJECT,
    PARTICIPLE,
    PAST_TENSE,
    PERSON,
    PLACE,
    PLURAL,
    PREPOSITION,
    QUESTION,
    SUBJECT,
    THIRD_PERSON,
)

_TO_INFINITIVE = frozenset(
    "want hope decide promise refuse agree plan expect offer wish pretend manage afford fail".split()
)
_TO_GERUND = frozenset(
    "enjoy finish avoid mind suggest consider practise quit imagine deny admit dislike recommend".split()
)
# "He made me cried."
_DONE_BY_ONESELF = frozenset(
    "cried laughed smiled went thought wanted realized waited walked ran came slept".split()
)
_CAUSING = frozenset({"let", "lets", "letting", "make", "makes", "made", "making"})
_GERUND_PREPOSITIONS = frozenset("at in of without before after by about for from".split())
_VERBS_OF_NOUNS = {
    "success": "succeed",
    "protection": "protect",
    "invention": "invent",
    "development": "develop",
    "decision": "decide",
    "improvement": "improve",
    "communication": "communicate",
    "education": "educate",
    "solution": "solve",
    "choice": "choose",
    "advice": "advise",
    "discussion": "discuss",
    "prevention": "prevent",
    "explanation": "explain",
    "graduation": "graduate",
    "celebration": "celebrate",
    "competition": "compete",
    "information": "inform",
    "pollution": "pollute",
    "collection": "collect",
    "production": "produce",
    "reduction": "reduce",
    "creation": "create",
    "connection": "connect",
    "preparation": "prepare",
    "imagination": "imagine",
    "invitation": "invite",
    "belief": "believe",
    "thought": "think",
    "behavior": "behave",
    "growth": "grow",
}
_BEFORE_USED_TO = frozenset("am is are was were be get got i'm not".split())
_ALSO_OTHERS = frozenset("saw fell rose wore bore left lives means".split())
_BEFORE_TO_INFINITIVE = frozenset("have had has able need like going try tried ready".split())
_WANTING = frozenset(
    "want wants wanted hope need needs try trying able going decided is how important have has would "
    "like".split()
)


def _after_verb(words: Words, place: int) -> Fault | None:
    """Finds "want going", "enjoy to read", "refused answering": the form after a verb."""
    base = BASE_OF.get(words[place].word, "")
    if words[place].may_be(GERUND_FORM) and words[place - 1].may_be(DETERMINING):
        return None
    after = words[place + 1]
    if base in _TO_INFINITIVE:
        # "They want cleaning" is right: they need to be cleaned.
        if (
            after.may_be(GERUND_FORM)
            and not after.may_be(NOUN | ADJECTIVE)
            and not (base == "want" and words[place + 2].may_be(MARK))
            and words[place - 1].may_be(NOUN | NAME | ADVERB | SUBJECT | DO)
        ):
            return verb_fault(place + 1, place + 1, "to " + BASE_OF[after.word])
        if (
            after.may_be(BASE_FORM)
            and not after.may_be(NOUN | PLACE | ADJECTIVE | PREPOSITION | AMBIGUOUS)
            and words[place - 1].may_be(NOUN | NAME | BASE_FORM | ADVERB | SUBJECT | MODAL | DO)
        ):
            return verb_fault(place + 1, place + 1, "to " + after.text)
    if (
        base in _TO_GERUND
        and after.word == "to"
        # "It is highly recommended to use it."
        and not (words[place].may_be(PARTICIPLE) and any(words[place - each].may_be(BE) for each in (1, 2)))
        and words[place + 2].may_be(BASE_FORM)
        and words[place - 1].may_be(NOUN | PLURAL | NAME | ADVERB | SUBJECT | MODAL | HAVE | DO)
        and not words[place + 2].may_be(NOUN | MASS | PLACE)
    ):
        return verb_fault(place + 1, place + 2, FORMS_OF[words[place + 2].word][3])
    return None


def _after_causing(words: Words, place: int) -> Fault | None:
    """Finds "made us to run", "makes ice melts": the form after "let" and "make" with an object."""
    end = place + 1
    if words[end].may_be(OBJECT):
        end += 1
    else:
        thing = noun_phrase(words, end)
        if thing is None:
            return None
        end = thing.head + 1
    if (
        words[end].word == "to"
        and words[end + 1].may_be(BASE_FORM)
        and not words[end + 1].may_be(NOUN | PLACE)
        and (words[place].word.startswith("let") or words[place + 1].may_be(OBJECT))
        # "He made it to win": he made a thing, and why.
        and not (words[place + 1].word == "it" and words[end + 2].may_be(MARK))
    ):
        return verb_fault(end, end + 1, words[end + 1].text)
    if words[end].word in _DONE_BY_ONESELF and words[place + 1].may_be(OBJECT):
        return verb_fault(end, end, BASE_OF[words[end].word])
    if (
        words[end].may_be(THIRD_PERSON)
        and not words[end].may_be(NOUN)
        and (words[end + 1].may_be(ADVERB | MARK) or not words[end].may_be(AMBIGUOUS))
        and words[place + 1].word not in {"it", "that"}
    ):
        return verb_fault(end, end, BASE_OF[words[end].word])
    return None


# "For want of coffee", "without fail".
_NOUNS_TOO = frozenset(
    "want fail scatter chase hide spill float fold drag exhaust smash sink install produce "
    "reject pay cheer boast employ measure mean peel bow tease boil please go practice build "
    "divide expand publish graduate point".split()
)
# "The past of go".
_FORMS = frozenset(
    "past plural form forms tense person participle meaning opposite gerund infinitive".split()
)


def _after_preposition(words: Words, place: int) -> Fault | None:
    """Finds "good at draw", "used to get up": the plain form after a preposition."""
    word, verb, after = words[place], words[place + 1], words[place + 2]
    if (
        not verb.may_be(BASE_FORM)
        or verb.may_be(NOUN | MASS | PARTICIPLE | GERUND_FORM | ADJECTIVE | PREPOSITION)
        or verb.word in {"let", "like", "order", "send"}
        or after.word in {"-", "/"}
        or (verb.word in _NOUNS_TOO and not after.may_be(DETERMINING | OBJECT))
        or (word.word == "of" and words[place - 1].word in _FORMS)
    ):
        return None
    if word.word == "to":
        # "It is used to find the way."
        used = words[place - 1].word == "used" and words[place - 2].word in _BEFORE_USED_TO
        used = used and words[place - 3].word != "it"
        forward = words[place - 1].word == "forward" and BASE_OF.get(words[place - 2].word) == "look"
        if not (used and words[place - 3].may_be(PERSON | NAME | SUBJECT)) and not (
            forward and (after.may_be(DETERMINING | NAME | OBJECT) or not verb.may_be(AMBIGUOUS))
        ):
            return None
        if after.word in {"and", "or"} and verb.may_be(AMBIGUOUS | PLACE):
            return None
        if used and words[place - 3].may_be(NOUN) and not words[place - 3].may_be(PERSON):
            return None
    elif word.word not in _GERUND_PREPOSITIONS or (word.may_be(CONJUNCTION) and word.word == "for"):
        return None
    elif verb.may_be(PLACE | AMBIGUOUS):
        after_adjective = (
            (
                (words[place - 1].may_be(ADJECTIVE) and words[place - 1].word not in {"kind", "whole"})
                or words[place - 1].word in {"good", "bad", "better", "worse"}
            )
            and word.word in {"at", "of", "in", "about"}
            and after.may_be(DETERMINING | OBJECT | PREPOSITION | CONJUNCTION | MARK)
        )
        leaving = word.word in {"before", "after", "without"} and (
            (verb.word in {"leave", "eat", "meet"} and after.may_be(DETERMINING | MASS | PLACE | OBJECT))
            or (
                word.word == "without"
                and after.may_be(DETERMINING)
                and after.word not in {"the", "this", "that"}
            )
        )
        if not after_adjective and not leaving:
            return None
    elif words[place - 1].word in {"what", "how"}:
        return None
    return verb_fault(place + 1, place + 1, FORMS_OF[verb.word][3])


def _after_to(words: Words, place: int) -> Fault | None:
    """Finds "to went": a past form or a third person after "to"."""
    verb = words[place + 1]
    if (
        verb.word in _ALSO_OTHERS
        # A school is founded.
        or (verb.word == "found" and words[place + 2].word in {"a", "an"})
        or words[place + 1].text[:1].isupper()
        or verb.may_be(NOUN | PLURAL | BASE_FORM | PARTICIPLE | GERUND_FORM | ADJECTIVE | AMBIGUOUS)
        or not verb.may_be(THIRD_PERSON | PAST_TENSE)
    ):
        return None
    return verb_fault(place + 1, place + 1, BASE_OF[verb.word])


def _asked_to(words: Words, place: int) -> Fault | None:
    """Finds "asked me to helped him"."""
    verb = words[place + 1]
    if (
        words[place - 1].may_be(OBJECT)
        and BASE_OF.get(words[place - 2].word) in _REQUESTING
        and verb.may_be(PAST_TENSE | THIRD_PERSON)
        and not verb.may_be(BASE_FORM | NOUN | PLURAL | ADJECTIVE)
        and verb.text.islower()
    ):
        return verb_fault(place + 1, place + 1, BASE_OF[verb.word])
    return None


_REQUESTING = frozenset("ask tell want help allow teach advise invite force order encourage".split())


def _please(words: Words, place: int) -> Fault | None:
    """Finds "please brings"."""
    verb = words[place + 1]
    if (
        place == 0
        and verb.may_be(THIRD_PERSON)
        and words[place + 2].may_be(DETERMINING | PLURAL | MASS | ADJECTIVE | OBJECT)
    ):
        return verb_fault(place + 1, place + 1, BASE_OF[verb.word])
    return None


def _to_gerund(words: Words, place: int) -> Fault | None:
    """Finds "want to going"."""
    verb = words[place + 1]
    wanting = (
        BASE_OF.get(words[place - 1].word) in _TO_INFINITIVE or words[place - 1].word in _BEFORE_TO_INFINITIVE
    )
    if (
        wanting
        and verb.may_be(GERUND_FORM)
        and not verb.may_be(NOUN | ADJECTIVE)
        and words[place - 2].word not in {"is", "looking", "contribute"}
    ):
        return verb_fault(place + 1, place + 1, BASE_OF[verb.word])
    return None


def _opening_verb(words: Words, place: int) -> Fault | None:
    """Finds "play games is fun"."""
    verb = words[place]
    if (
        place != 0
        or not verb.may_be(BASE_FORM)
        or verb.may_be(MASS | ADJECTIVE | PREPOSITION | CONJUNCTION)
        or not words[1].may_be(DETERMINING | PLURAL | MASS | NAME)
        or (words[1].may_be(THIRD_PERSON) and not words[1].may_be(PLURAL))
    ):
        return None
    for each in range(2, 5):
        if (
            words[each].word in {"is", "was"}
            and words[each - 1].may_be(NOUN | PLURAL | MASS | NAME)
            and (
                words[each + 1].may_be(ADJECTIVE)
                or words[each + 1].word in {"very", "a", "my", "so", "not", "fun"}
            )
        ):
            return verb_fault(0, 0, FORMS_OF[verb.word][3].capitalize())
        if words[each].may_be(SUBJECT | MODAL | CONJUNCTION | QUESTION | MARK):
            return None
    return None


def _noun_for_verb(words: Words, place: int) -> Fault | None:
    """Finds "want to success", "must protection nature"."""
    noun = words[place + 1]
    if noun.word not in _VERBS_OF_NOUNS:
        return None
    if words[place].word == "to":
        wanting = words[place - 1]
        fits = wanting.word in _WANTING
    else:
        fits = words[place - 1].may_be(PLURAL | SUBJECT) and words[place].text == words[place].word
    return (
        word_fault(place + 1, place + 1, _VERBS_OF_NOUNS[noun.word], "word_choice", WORD_CHOICE)
        if fits
        else None
    )


VERB_RULES = (
    WordRule.at(_after_verb, classes=BASE_FORM | THIRD_PERSON | PAST_TENSE | GERUND_FORM),
    WordRule.at(_after_causing, _CAUSING),
    WordRule.at(_after_preposition, [*_GERUND_PREPOSITIONS, "to"]),
    WordRule.at(_after_to, ["to"]),
    WordRule.at(_asked_to, ["to"]),
    WordRule.at(_please, ["please"]),
    WordRule.at(_to_gerund, ["to"]),
    WordRule.at(_opening_verb, classes=BASE_FORM),
    WordRule.at(_noun_for_verb, ["to"], MODAL),
)

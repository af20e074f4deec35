"""Rules for what follows a verb: "to" and its form, "that", an activity, a person who is told."""

from services.proofreader.english.lexicon import BASE_OF, FORMS_OF
from services.proofreader.english.phrases import (
    SENTENCE_ERROR,
    WORD_CHOICE,
    Fault,
    WordRule,
    begins_clause,
    noun_phrase,
    verb_fault,
    word_fault,
)
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
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
    NUMBER,
    OBJECT,
    PAST_TENSE,
    PERSON,
    PLURAL,
    SUBJECT,
    THIRD_PERSON,
)

_WANTING = frozenset(
    "want decide hope plan try need agree refuse promise learn start begin forget manage".split()
)
_ACTIVITIES = frozenset(
    "shopping fishing swimming hiking camping dancing jogging running skiing skating climbing "
    "sightseeing cycling bowling surfing sailing".split()
)
_MAY_FOLLOW_TO = frozenset("used left lived saw fell wore bore lives means born found".split())
_WITHOUT_PASSIVE_OBJECT = frozenset(
    "play watch visit eat enjoy like love want cook study clean finish learn read write drink wear wash "
    "decide remember need hope".split()
)
_LASTING = frozenset("live work study learn play teach be know stay".split())
_PRESENT = frozenset("is are am will can has have must nobody".split())
# What depends on nobody's will: "if he would help, we could finish" asks for it.
_NOT_WILLED = frozenset("be have know live win own understand become".split())
_SKILLS = frozenset("speak play know understand sing cook dance write read draw".split())


def _want_to_studies(words: Words, place: int) -> Fault | None:
    """Finds "decided to studies law", "tried to fixed it"."""
    verb, after = words[place + 1], words[place + 2]
    if (
        words[place].word != "to"
        or BASE_OF.get(words[place - 1].word) not in _WANTING
        or verb.may_be(BASE_FORM)
        or not verb.may_be(THIRD_PERSON | PAST_TENSE)
        or verb.word in _MAY_FOLLOW_TO
        or verb.text[:1].isupper()
        or not (after.may_be(DETERMINING | OBJECT | NOUN | MASS | PLURAL | MARK | ADVERB | NAME))
    ):
        return None
    return verb_fault(place + 1, place + 1, BASE_OF[verb.word])


def _use_to(words: Words, place: int) -> Fault | None:
    """Finds "I use to play football"."""
    if (
        words[place + 1].word == "to"
        and words[place + 2].may_be(BASE_FORM)
        and words[place - 1].word in {"i", "we", "they", "you", "people"}
        and begins_clause(words, place - 1)
        and not any(words[each].word in {"what", "that", "which", "things"} for each in range(place))
    ):
        return verb_fault(place, place, "used", "used_to")
    return None


def _for_fishing(words: Words, place: int) -> Fault | None:
    """Finds "they went for fishing"."""
    activity, after = words[place + 2], words[place + 3]
    before = words[place - 1]
    if (
        words[place + 1].word == "for"
        # "The prize went for dancing."
        and not (before.may_be(NOUN | MASS) and not before.may_be(PERSON))
        and before.word != "it"
        and activity.word in _ACTIVITIES
        and (after.may_be(MARK | ADVERB) or after.word in {"on", "in", "at", "with", "and", "every", "last"})
    ):
        return word_fault(place + 1, place + 2, activity.text, "usage", WORD_CHOICE)
    return None


def _told_that(words: Words, place: int) -> Fault | None:
    """Finds "he told that he was busy"."""
    told = noun_phrase(words, place + 2)
    # "My father told that every Christmas": "that" is a story.
    verb = place + 3 if words[place + 2].may_be(SUBJECT) else told.head + 1 if told else -1
    if (
        words[place + 1].word == "that"
        and words[place + 2].may_be(SUBJECT | DETERMINING)
        and words[verb].may_be(BE | HAVE | DO | MODAL | BASE_FORM | THIRD_PERSON | PAST_TENSE | ADVERB)
        and not words[place + 2].may_be(NAME)
        and words[place - 1].may_be(SUBJECT | PERSON)
        and begins_clause(words, place - 1 - words[place - 2].may_be(DETERMINING))
    ):
        right = {"tell": "say", "tells": "says", "told": "said"}[words[place].word]
        return word_fault(place, place, right, "said_told", WORD_CHOICE)
    return None


def _is_have(words: Words, place: int) -> Fault | None:
    """Finds "she is have two cats", "There have a park"."""
    after = words[place + 2]
    subject = words[place - 1]
    if (
        words[place + 1].word in {"have", "has"}
        and subject.may_be(SUBJECT | PERSON)
        and after.may_be(NUMBER | DETERMINING)
        and not words.is_question
        # "All you can do for the child is have a bed ready."
        and not any(words[each].may_be(DO) for each in range(place))
    ):
        one = subject.word in {"he", "she", "it"} or (subject.may_be(PERSON) and not subject.may_be(PLURAL))
        return verb_fault(place, place + 1, "has" if one else "have")
    return None


def _was_played(words: Words, place: int) -> Fault | None:
    """Finds "we were played football": a passive has no object."""
    verb, after = words[place + 1], words[place + 2]
    if (
        words[place - 1].word in {"i", "we", "they", "he", "she"}
        and begins_clause(words, place - 1)
        and verb.may_be(PAST_TENSE)
        and BASE_OF.get(verb.word) in _WITHOUT_PASSIVE_OBJECT
        and not verb.may_be(ADJECTIVE | BASE_FORM)
        and (
            after.may_be(NOUN | PLURAL | MASS | DETERMINING)
            or after.word in {"football", "basketball", "tennis"}
            or (
                after.word == "to"
                and BASE_OF.get(verb.word) in _WANTING - {"need", "promise", "refuse", "try"}
            )
        )
        and not after.may_be(ADVERB)
        and words[place].word in {"was", "were"}
    ):
        return verb_fault(place, place + 1, verb.text)
    return None


def _very_well(words: Words, place: int) -> Fault | None:
    """Finds "he speaks very well English"."""
    after, end = words[place + 2], words[place + 3]
    if (
        words[place + 1].word == "well"
        and BASE_OF.get(words[place - 1].word) in _SKILLS
        and (
            after.may_be(NAME | MASS) or after.word in {"football", "tennis", "chess", "basketball", "guitar"}
        )
        and end.may_be(MARK)
    ):
        return word_fault(place, place + 2, f"{after.text} very well", "word_order", SENTENCE_ERROR)
    return None


def _i_enjoyed_me(words: Words, place: int) -> Fault | None:
    """Finds "I enjoyed me at the party"."""
    subject = place - 1
    while words[subject].word in {"really", "always", "never", "also", "all", "both"}:
        subject -= 1
    same = {"i": ("me", "myself"), "we": ("us", "ourselves")}.get(words[subject].word)
    if same and words[place + 1].word == same[0]:
        return word_fault(place + 1, place + 1, same[1], "pronoun", WORD_CHOICE)
    return None


def _living_for(words: Words, place: int) -> Fault | None:
    """Finds "I am living here for ten years", "she has worked there for 2015"."""
    verb = words[place + 1]
    if words[place].may_be(HAVE):
        for each in range(place + 2, place + 6):
            after = words[each + 1]
            if BASE_OF.get(words[place + 2].word if verb.may_be(ADVERB) else verb.word) not in _LASTING:
                # "He has no answer for 1914", "they have a budget for 2030".
                return None
            if words[each].word == "for" and len(after.text) == 4 and after.text[:2] in {"19", "20"}:
                ends = words[each + 2].may_be(MARK)
                return word_fault(each, each, "since", "usage", WORD_CHOICE) if ends else None
            if words[each].may_be(MARK | SUBJECT):
                return None
        return None
    if (
        not verb.may_be(GERUND_FORM)
        or BASE_OF.get(verb.word) not in _LASTING
        or words[place - 1].word not in {"i", "we", "they", "he", "she"}
        or words[place].word not in {"am", "is", "are"}
    ):
        return None
    for each in range(place + 2, place + 6):
        if words[each].word in {"for", "since"}:
            # "For five years" may be a plan, unless it is said to last already.
            because = any(words[here].word in _PRESENT for here in range(each + 1, each + 8))
            years = (words[each].word == "since" and words[each + 1].classes and not because) or (
                words[each + 2].word in {"years", "months"} and words[each + 3].word in {"now", "already"}
            )
            right = "has been" if words[place - 1].word in {"he", "she"} else "have been"
            return verb_fault(place, place, right, "perfect") if years else None
        if words[each].may_be(MARK | SUBJECT):
            return None
    return None


def _if_would(words: Words, place: int) -> Fault | None:
    """Finds "If I would be rich, I would travel"."""
    if place != 0 or not words[1].may_be(SUBJECT) or words[2].word != "would":
        return None
    verb = words[3]
    if verb.word in {"like", "prefer"} or words[1].word == "you":
        return None
    if words[1].word != "i" and (verb.word not in _NOT_WILLED or words[4].word in {"so", "kind", "willing"}):
        return None
    comma = next((each for each in range(4, 16) if words[each].word == ","), 0)
    if not comma or not any(words[each].word in {"would", "could"} for each in range(comma, comma + 5)):
        return None
    right = {"be": "were", "have": "had"}.get(verb.word) or (
        FORMS_OF[verb.word][1] if verb.word in FORMS_OF else ""
    )
    return word_fault(2, 3, right, "condition", SENTENCE_ERROR) if right else None


COMPLEMENT_RULES = (
    WordRule.at(_want_to_studies, ["to"]),
    WordRule.at(_use_to, ["use"]),
    WordRule.at(_for_fishing, ["go", "goes", "went", "going", "gone"]),
    WordRule.at(_told_that, ["tell", "tells", "told"]),
    WordRule.at(_is_have, ["am", "is", "are"]),
    WordRule.at(_was_played, ["was", "were"]),
    WordRule.at(_very_well, ["very"]),
    WordRule.at(
        _i_enjoyed_me, ["enjoy", "enjoyed", "hurt", "cut", "introduced", "introduce", "washed", "dressed"]
    ),
    WordRule.at(_living_for, classes=BE | HAVE),
    WordRule.at(_if_would, ["if"]),
)

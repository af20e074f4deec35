"""Rules for the form of a verb after an auxiliary: modal verbs, "have", "be" and "do"."""

from services.proofreader.english.lexicon import BASE_OF, FORMS_OF
from services.proofreader.english.phrases import (
    Fault,
    WordRule,
    like,
    noun_phrase,
    verb_fault,
)
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
    AMBIGUOUS,
    ANY_NOUN,
    BASE_FORM,
    BE,
    COMPARATIVE,
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
    NUMBER,
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

_ADVERBS = frozenset(
    "always never often usually sometimes also really still just already only not ever".split()
)
_TAKEN = frozenset("a an my your his our their many several some".split())
# "I have work a lot", "they have need of".
_HAD = frozenset(
    "work need dance practice practise time cause reason study play access love hope control".split()
)
_CONTRACTED = frozenset({"i'm", "you're", "we're", "they're", "been", "be"})
# What may follow "be" in its plain form: "the best thing is come what may", "all I do is eat".
_PLAIN_AFTER = frozenset({"do", "does", "did", "thing", "job", "what", "all"})
_NOT_AFTER_BE = frozenset(
    "broke read put let set cut hit hurt cost shut spread beat come run become overcome saw fell wore".split()
)
_SURE_VERBS = frozenset(
    "catch build break steal use make sleep rise play work study watch wait try talk walk wash".split()
)
_WITHOUT_PASSIVE = frozenset("happened arrived disappeared appeared existed occurred died belonged".split())
_BEFORE_MODAL_TO = frozenset("what all everything best whatever that as".split())


def _after_modal(words: Words, place: int) -> Fault | None:
    """Finds "might rains", "will visiting": no plain form after a modal verb."""
    before = words[place - 1]
    if (
        not (
            before.may_be(NOUN | PLURAL | NAME | SUBJECT)
            or before.word in {"not", "people", "everyone", "who", "that", "which"}
        )
        or words[place].text[0].isupper()
    ):
        return None
    end = place + 1
    while words[end].word in _ADVERBS or words[end].word == "not":
        end += 1
    verb = words[end]
    if (
        not verb.may_be(THIRD_PERSON | PAST_TENSE | GERUND_FORM)
        or verb.may_be(BASE_FORM | ADJECTIVE)
        or (
            verb.may_be(NOUN | PLURAL)
            and not words[end + 1].may_be(DETERMINING | ADVERB | SUBJECT | OBJECT | PREPOSITION | MARK)
        )
    ):
        return None
    if (
        verb.may_be(AMBIGUOUS)
        and words[place].word in {"can", "will", "may", "must"}
        and not before.may_be(SUBJECT)
    ):
        return None
    return verb_fault(end, end, BASE_OF[verb.word])


def _after_have(words: Words, place: int) -> Fault | None:
    """Finds "I have live in", "hasn't write": no participle after "have"."""
    if not (words[place - 1].may_be(NOUN | PLURAL | NAME | SUBJECT) or words[place].word.endswith("n't")):
        return None
    end = place + 1
    while words[end].word in _ADVERBS:
        end += 1
    verb = words[end]
    if (
        verb.may_be(PARTICIPLE)
        or verb.word in {"got", "get"}
        or verb.word not in BASE_OF
        or verb.may_be(THIRD_PERSON | GERUND_FORM)
    ):
        return None
    base, after = BASE_OF[verb.word], words[end + 1]
    if verb.may_be(BASE_FORM):
        negated = words[place].word.endswith("n't") or end > place + 1
        known = not verb.may_be(ANY_NOUN | ADJECTIVE | COMPARATIVE | ADVERB | AMBIGUOUS) and (
            words[place - 1].may_be(SUBJECT) or negated
        )
        done = (
            words[place - 1].may_be(SUBJECT)
            and words[place].word in {"have", "has"}
            and (after.may_be(OBJECT) or after.word in _TAKEN)
            and verb.word not in _HAD
            and end == place + 1
            and not words.is_question
        )
        if (
            not known
            and not done
            and not (negated and words[end + 1].may_be(DETERMINING | OBJECT))
            and not (
                words[place - 1].may_be(SUBJECT)
                and words[end + 1].word in {"in", "here", "there", "for", "since", "with"}
                and verb.word in {"live", "work", "study", "stay", "talk", "wait"}
            )
        ):
            return None
    elif verb.may_be(NOUN | ADJECTIVE | AMBIGUOUS) or verb.word == "saw":
        return None
    return verb_fault(end, end, FORMS_OF[base][2])


def _after_be(words: Words, place: int) -> Fault | None:
    """Finds "was build in", "is speak", "is get": after "be" neither a participle nor a gerund."""
    before = words[place - 1]
    is_subject = before.may_be(ANY_NOUN | NAME | SUBJECT) or before.word in {"people", "which", "who"}
    if not (is_subject or (not before.classes and words[place - 2].may_be(DETERMINING))) or words.is_question:
        return None
    end = place + 1
    while words[end].word in _ADVERBS:
        end += 1
    verb = words[end]
    after = words[end + 1]
    if verb.may_be(PARTICIPLE | GERUND_FORM) or (
        verb.word in _NOT_AFTER_BE and not (verb.word in {"broke", "saw"} and after.word == "by")
    ):
        return None
    if verb.may_be(PAST_TENSE) and not verb.may_be(NOUN | BASE_FORM | ADJECTIVE):
        if (
            words[place].word in {"was", "were"}
            and end == place + 1
            and (
                BASE_OF[verb.word] in {"go", "come"}
                or (before.may_be(SUBJECT) and after.may_be(DETERMINING | OBJECT))
            )
        ):
            return verb_fault(place, end, verb.text)
        return verb_fault(end, end, FORMS_OF[BASE_OF[verb.word]][2])
    if (
        not verb.may_be(BASE_FORM)
        or verb.may_be(NOUN | MASS | PLACE | ADJECTIVE | ADVERB | PREPOSITION)
        or any(words[each].word in _PLAIN_AFTER for each in range(place))
    ):
        return None
    if (
        verb.may_be(AMBIGUOUS)
        and not (
            before.may_be(SUBJECT)
            and after.may_be(DETERMINING | OBJECT)
            and verb.word not in {"like", "open", "present"}
        )
        and not (
            verb.word in _SURE_VERBS
            and (
                after.may_be(DETERMINING | COMPARATIVE | ADVERB | OBJECT | PREPOSITION | MARK)
                and after.word != "of"
            )
        )
    ):
        return None
    is_passive = words[place].word in {"was", "were"} and (
        after.word == "by" or (after.word == "in" and words[end + 2].may_be(NUMBER))
    )
    return verb_fault(end, end, FORMS_OF[verb.word][2]) if is_passive else verb_fault(place, end, "")


def _be_before_verb(words: Words, place: int) -> Fault | None:
    """Finds "she is likes": "be" before a verb in the third person."""
    verb = words[place + 1]
    if (
        words[place - 1].may_be(SUBJECT)
        and verb.may_be(THIRD_PERSON)
        and not verb.may_be(NOUN | PLURAL | ADJECTIVE)
        and (
            not verb.may_be(AMBIGUOUS) or words[place + 2].may_be(DETERMINING | PLURAL | MASS | NAME | OBJECT)
        )
    ):
        return verb_fault(place, place + 1, words[place + 1].text)
    return None


def _happen(words: Words, place: int) -> Fault | None:
    """Finds "was happened": verbs that have no passive."""
    verb = words[place + 1]
    if verb.word in _WITHOUT_PASSIVE and words[place].word in {"was", "were"}:
        return verb_fault(place, place + 1, verb.text)
    return None


def _do_you(words: Words, place: int) -> Fault | None:
    """Finds "are you like", "is she want": "be" opens a question with a plain verb."""
    if (place != 0 and not words[place - 1].may_be(QUESTION | MARK)) or not words.is_question:
        return None
    subject, verb, after = words[place + 1], words[place + 2], words[place + 3]
    if (
        place
        and words[place].word == "are"
        and subject.may_be(SUBJECT)
        and verb.word in {"do", "go", "learn", "eat", "become"}
    ):
        return verb_fault(place + 2, place + 2, "")
    if (
        not subject.may_be(SUBJECT)
        or not verb.may_be(BASE_FORM)
        or verb.may_be(PARTICIPLE | ADJECTIVE | ADVERB)
        or words[place].word not in {"am", "is", "are"}
    ):
        return None
    if (
        verb.word == "like"
        and not after.may_be(PLURAL | MASS)
        and after.word not in {"to", "music"}
        and after.classes
    ):
        return None
    if verb.may_be(AMBIGUOUS) and verb.word != "like" and not after.may_be(DETERMINING | OBJECT):
        return None
    right = "does" if subject.word in {"he", "she", "it"} else "do"
    return verb_fault(place, place, like(words[place].text, right))


def _after_do(words: Words, place: int) -> Fault | None:
    """Finds "my mother didn't went", "did your mother went"."""
    verb = words[place + 1]
    if words[place].word.endswith("n't"):
        if (
            verb.may_be(THIRD_PERSON | PAST_TENSE | GERUND_FORM)
            and not verb.may_be(NOUN | BASE_FORM | ADJECTIVE)
            and not (verb.may_be(PLURAL) and verb.may_be(AMBIGUOUS))
        ):
            return verb_fault(place + 1, place + 1, BASE_OF[verb.word])
        return None
    if not words.is_question or place > 1 or not words[place + 1].may_be(DETERMINING):
        return None
    subject = noun_phrase(words, place + 1)
    verb = words[subject.head + 1] if subject else words[place]
    # "Likes" after a person is what the person does, though "likes" may be things.
    is_person = subject is not None and words[subject.head].may_be(PERSON)
    if (
        subject
        and verb.may_be(THIRD_PERSON | PAST_TENSE)
        and not verb.may_be(NOUN | BASE_FORM | ADJECTIVE)
        and (not verb.may_be(PLURAL | AMBIGUOUS) or (is_person and verb.word in BASE_OF))
    ):
        return verb_fault(subject.head + 1, subject.head + 1, BASE_OF[verb.word])
    return None


def _plain_after(words: Words, place: int) -> Fault | None:
    """Finds "I'm go", "will be come", "has been work": a plain form after a form of "be"."""
    verb = words[place + 1]
    if (
        verb.may_be(BASE_FORM)
        and not verb.may_be(
            NOUN
            | MASS
            | PLACE
            | PAST_TENSE
            | PARTICIPLE
            | GERUND_FORM
            | ADJECTIVE
            | ADVERB
            | PREPOSITION
            | CONJUNCTION
            | AMBIGUOUS
        )
        and verb.word not in {"let", "mean"}
        and not (words[place].word == "be" and not words[place - 1].may_be(MODAL))
    ):
        return verb_fault(place, place + 1, "")
    return None


def _modal_to(words: Words, place: int) -> Fault | None:
    """Finds "students should to wear"."""
    if (
        words[place + 1].word == "to"
        and words[place + 2].may_be(BASE_FORM)
        and words[place - 1].may_be(PLURAL | PERSON | SUBJECT)
        and words[place].text.islower()
        and words[place - 2].word not in _BEFORE_MODAL_TO
    ):
        return verb_fault(place, place + 1, words[place].text)
    return None


AUXILIARY_RULES = (
    WordRule.at(_after_modal, classes=MODAL),
    WordRule.at(_after_have, classes=HAVE),
    WordRule.at(_after_be, classes=BE),
    WordRule.at(_be_before_verb, classes=BE),
    WordRule.at(_happen, ["was", "were"]),
    WordRule.at(_do_you, ["am", "is", "are"]),
    WordRule.at(_after_do, classes=DO),
    WordRule.at(_plain_after, _CONTRACTED),
    WordRule.at(_modal_to, classes=MODAL),
)

"""Rules for verbs in a form that does not fit what stands before them."""

from services.proofreader.english.lexicon import BASE_OF, FORMS_OF
from services.proofreader.english.phrases import (
    WORD_CHOICE,
    Fault,
    WordRule,
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

_ADVERBS = frozenset("always never often usually sometimes also really still just already only not ever".split())
_TO_INFINITIVE = frozenset("want hope decide promise refuse agree plan expect offer wish pretend manage afford fail".split())
_TO_GERUND = frozenset("enjoy finish avoid mind suggest consider practise quit imagine deny admit dislike recommend".split())
_CAUSING = frozenset({"let", "lets", "letting", "make", "makes", "made", "making"})
_CONTRACTED = frozenset({"i'm", "you're", "we're", "they're", "been", "be"})
# What may follow "be" in its plain form: "the best thing is come what may", "all I do is eat".
_PLAIN_AFTER = frozenset({"do", "does", "did", "thing", "job", "what", "all"})
_NOT_AFTER_BE = frozenset({"broke", "read", "put", "let", "set", "cut", "hit", "hurt", "cost", "shut", "spread", "beat", "come", "run", "become", "overcome", "saw", "fell", "wore"})
_GERUND_PREPOSITIONS = frozenset("at in of without before after by about for from instead".split())
_VERBS_OF_NOUNS = {"success": "succeed", "protection": "protect", "invention": "invent", "development": "develop", "decision": "decide", "improvement": "improve", "communication": "communicate", "education": "educate", "solution": "solve", "choice": "choose", "advice": "advise", "discussion": "discuss", "prevention": "prevent", "explanation": "explain", "graduation": "graduate", "celebration": "celebrate", "competition": "compete", "information": "inform", "pollution": "pollute", "collection": "collect", "production": "produce", "reduction": "reduce", "creation": "create", "connection": "connect", "preparation": "prepare", "imagination": "imagine", "invitation": "invite", "belief": "believe", "thought": "think", "behavior": "behave", "growth": "grow"}


def _after_modal(words: Words, place: int) -> Fault | None:
    """Finds "might rains", "will visiting": no plain form after a modal verb."""
    before = words[place - 1]
    if not (before.may_be(NOUN | PLURAL | NAME | SUBJECT) or before.word in {"not", "people", "everyone", "who", "that", "which"}) or words[place].text[0].isupper():
        return None
    end = place + 1
    while words[end].word in _ADVERBS or words[end].word == "not":
        end += 1
    verb = words[end]
    if not verb.may_be(THIRD_PERSON | PAST_TENSE | GERUND_FORM) or verb.may_be(BASE_FORM | ADJECTIVE) or (verb.may_be(NOUN | PLURAL) and not words[end + 1].may_be(DETERMINING | ADVERB | SUBJECT | OBJECT | PREPOSITION | MARK)):
        return None
    if verb.may_be(AMBIGUOUS) and words[place].word in {"can", "will", "may", "must"} and not before.may_be(SUBJECT):
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
    if verb.may_be(PARTICIPLE) or verb.word in {"got", "get"} or verb.word not in BASE_OF or verb.may_be(THIRD_PERSON | GERUND_FORM):
        return None
    base = BASE_OF[verb.word]
    if verb.may_be(BASE_FORM):
        negated = words[place].word.endswith("n't") or end > place + 1
        known = not verb.may_be(ANY_NOUN | ADJECTIVE | COMPARATIVE | ADVERB | AMBIGUOUS) and (words[place - 1].may_be(SUBJECT) or negated)
        if not known and not (negated and words[end + 1].may_be(DETERMINING | OBJECT)) and not (
            words[place - 1].may_be(SUBJECT) and words[end + 1].word in {"in", "here", "there", "for", "since", "with"} and verb.word in {"live", "work", "study", "stay", "talk", "wait"}
        ):
            return None
    elif verb.may_be(NOUN | ADJECTIVE | AMBIGUOUS) or verb.word == "saw":
        return None
    return verb_fault(end, end, FORMS_OF[base][2])


def _after_be(words: Words, place: int) -> Fault | None:
    """Finds "was build in", "is speak", "is get": a form after "be" that is neither a participle nor a gerund."""
    before = words[place - 1]
    is_subject = before.may_be(ANY_NOUN | NAME | SUBJECT) or before.word in {"people", "which", "who"}
    if not (is_subject or (not before.classes and words[place - 2].may_be(DETERMINING))) or words.is_question:
        return None
    end = place + 1
    while words[end].word in _ADVERBS:
        end += 1
    verb = words[end]
    after = words[end + 1]
    if verb.may_be(PARTICIPLE | GERUND_FORM) or (verb.word in _NOT_AFTER_BE and not (verb.word in {"broke", "saw"} and after.word == "by")):
        return None
    if verb.may_be(PAST_TENSE) and not verb.may_be(NOUN | BASE_FORM | ADJECTIVE):
        return verb_fault(end, end, FORMS_OF[BASE_OF[verb.word]][2])
    if not verb.may_be(BASE_FORM) or verb.may_be(NOUN | MASS | PLACE | ADJECTIVE | ADVERB | PREPOSITION) or any(words[each].word in _PLAIN_AFTER for each in range(place)):
        return None
    if verb.may_be(AMBIGUOUS) and not (before.may_be(SUBJECT) and after.may_be(DETERMINING | OBJECT) and verb.word not in {"like", "open", "present"}):
        if not (verb.word in {"catch", "build", "break", "steal", "use", "make", "sleep", "rise", "play", "work", "study", "watch", "wait", "try", "talk", "walk", "wash"} and (after.may_be(DETERMINING | COMPARATIVE | ADVERB | OBJECT | PREPOSITION | MARK) and after.word != "of")):
            return None
    is_passive = words[place].word in {"was", "were"} and (after.word == "by" or (after.word == "in" and words[end + 2].may_be(NUMBER)))
    return verb_fault(end, end, FORMS_OF[verb.word][2]) if is_passive else verb_fault(place, end, "")


def _be_before_verb(words: Words, place: int) -> Fault | None:
    """Finds "she is likes": "be" before a verb in the third person."""
    verb = words[place + 1]
    if words[place - 1].may_be(SUBJECT) and verb.may_be(THIRD_PERSON) and not verb.may_be(NOUN | PLURAL | ADJECTIVE) and (not verb.may_be(AMBIGUOUS) or words[place + 2].may_be(DETERMINING | PLURAL | MASS | NAME | OBJECT)):
        return verb_fault(place, place + 1, words[place + 1].text)
    return None


def _happen(words: Words, place: int) -> Fault | None:
    """Finds "was happened": verbs that have no passive."""
    verb = words[place + 1]
    if verb.word in {"happened", "arrived", "disappeared", "appeared", "existed", "occurred", "died", "belonged"} and words[place].word in {"was", "were"}:
        return verb_fault(place, place + 1, verb.text)
    return None


def _do_you(words: Words, place: int) -> Fault | None:
    """Finds "are you like", "is she want": "be" opens a question with a plain verb."""
    if (place != 0 and not words[place - 1].may_be(QUESTION | MARK)) or not words.is_question:
        return None
    subject, verb, after = words[place + 1], words[place + 2], words[place + 3]
    if place and words[place].word == "are" and subject.may_be(SUBJECT) and verb.word in {"do", "go", "learn", "eat", "become"}:
        return verb_fault(place + 2, place + 2, "")
    if not subject.may_be(SUBJECT) or not verb.may_be(BASE_FORM) or verb.may_be(PARTICIPLE | ADJECTIVE | ADVERB) or words[place].word not in {"am", "is", "are"}:
        return None
    if verb.word == "like" and not after.may_be(PLURAL | MASS) and after.word not in {"to", "music"} and after.classes:
        return None
    if verb.may_be(AMBIGUOUS) and verb.word != "like" and not after.may_be(DETERMINING | OBJECT):
        return None
    right = "does" if subject.word in {"he", "she", "it"} else "do"
    return verb_fault(place, place, like(words[place].text, right))


def _after_verb(words: Words, place: int) -> Fault | None:
    """Finds "want going", "enjoy to read", "refused answering": the form after a verb."""
    base = BASE_OF.get(words[place].word, "")
    if words[place].may_be(GERUND_FORM) and words[place - 1].may_be(DETERMINING):
        return None
    after = words[place + 1]
    if base in _TO_INFINITIVE:
        # "They want cleaning" is right: they need to be cleaned.
        if after.may_be(GERUND_FORM) and not after.may_be(NOUN | ADJECTIVE) and not (base == "want" and words[place + 2].may_be(MARK)) and words[place - 1].may_be(NOUN | NAME | ADVERB | SUBJECT | DO):
            return verb_fault(place + 1, place + 1, "to " + BASE_OF[after.word])
        if after.may_be(BASE_FORM) and not after.may_be(NOUN | PLACE | ADJECTIVE | PREPOSITION | AMBIGUOUS) and words[place - 1].may_be(NOUN | NAME | BASE_FORM | ADVERB | SUBJECT | MODAL | DO):
            return verb_fault(place + 1, place + 1, "to " + after.text)
    if base in _TO_GERUND and after.word == "to" and words[place + 2].may_be(BASE_FORM) and words[place - 1].may_be(NOUN | PLURAL | NAME | ADVERB | SUBJECT | MODAL | HAVE | DO) and not words[place + 2].may_be(NOUN | MASS | PLACE):
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
    if words[end].word == "to" and words[end + 1].may_be(BASE_FORM) and not words[end + 1].may_be(NOUN | PLACE) and (words[place].word.startswith("let") or words[place + 1].may_be(OBJECT)):
        return verb_fault(end, end + 1, words[end + 1].text)
    if words[end].may_be(THIRD_PERSON) and not words[end].may_be(NOUN) and (words[end + 1].may_be(ADVERB | MARK) or not words[end].may_be(AMBIGUOUS)) and words[place + 1].word not in {"it", "that"}:
        return verb_fault(end, end, BASE_OF[words[end].word])
    return None


def _after_preposition(words: Words, place: int) -> Fault | None:
    """Finds "good at draw", "used to get up": the plain form after a preposition."""
    word, verb, after = words[place], words[place + 1], words[place + 2]
    if not verb.may_be(BASE_FORM) or verb.may_be(NOUN | MASS | PARTICIPLE | GERUND_FORM | ADJECTIVE | PREPOSITION) or verb.word in {"let", "like", "order", "send"}:
        return None
    if word.word == "to":
        used = words[place - 1].word == "used" and words[place - 2].word in {"am", "is", "are", "was", "were", "be", "get", "got", "i'm", "not"}
        forward = words[place - 1].word == "forward"
        if not (used and words[place - 3].may_be(PERSON | NAME | SUBJECT)) and not (forward and (after.may_be(DETERMINING | NAME | OBJECT) or not verb.may_be(AMBIGUOUS))):
            return None
        if used and words[place - 3].may_be(NOUN) and not words[place - 3].may_be(PERSON):
            return None
    elif word.word not in _GERUND_PREPOSITIONS or (word.may_be(CONJUNCTION) and word.word == "for"):
        return None
    elif verb.may_be(PLACE | AMBIGUOUS):
        after_adjective = words[place - 1].may_be(ADJECTIVE) and word.word in {"at", "of", "in", "about"} and after.may_be(DETERMINING | OBJECT | PREPOSITION | CONJUNCTION | MARK)
        leaving = word.word in {"before", "after", "without"} and ((verb.word in {"leave", "eat", "meet"} and after.may_be(DETERMINING | MASS | PLACE | OBJECT)) or (word.word == "without" and after.may_be(DETERMINING) and after.word not in {"the", "this", "that"}))
        if not after_adjective and not leaving:
            return None
    elif words[place - 1].word in {"what", "how"}:
        return None
    return verb_fault(place + 1, place + 1, FORMS_OF[verb.word][3])


def _after_to(words: Words, place: int) -> Fault | None:
    """Finds "to went": a past form or a third person after "to"."""
    verb = words[place + 1]
    if verb.word in {"saw", "fell", "rose", "wore", "bore", "left", "lives", "means"} or words[place + 1].text[:1].isupper() or verb.may_be(NOUN | PLURAL | BASE_FORM | PARTICIPLE | GERUND_FORM | ADJECTIVE | AMBIGUOUS) or not verb.may_be(THIRD_PERSON | PAST_TENSE):
        return None
    return verb_fault(place + 1, place + 1, BASE_OF[verb.word])


def _please(words: Words, place: int) -> Fault | None:
    """Finds "please brings"."""
    verb = words[place + 1]
    if place == 0 and verb.may_be(THIRD_PERSON) and words[place + 2].may_be(DETERMINING | PLURAL | MASS | ADJECTIVE | OBJECT):
        return verb_fault(place + 1, place + 1, BASE_OF[verb.word])
    return None


def _to_gerund(words: Words, place: int) -> Fault | None:
    """Finds "want to going"."""
    verb = words[place + 1]
    wanting = BASE_OF.get(words[place - 1].word) in _TO_INFINITIVE or words[place - 1].word in {"have", "had", "has", "able", "need", "like", "going", "try", "tried", "ready"}
    if wanting and verb.may_be(GERUND_FORM) and not verb.may_be(NOUN | ADJECTIVE) and words[place - 2].word not in {"is", "looking", "contribute"}:
        return verb_fault(place + 1, place + 1, BASE_OF[verb.word])
    return None


def _after_do(words: Words, place: int) -> Fault | None:
    """Finds "my mother didn't went", "did your mother went"."""
    verb = words[place + 1]
    if words[place].word.endswith("n't"):
        if verb.may_be(THIRD_PERSON | PAST_TENSE | GERUND_FORM) and not verb.may_be(NOUN | BASE_FORM | ADJECTIVE) and not (verb.may_be(PLURAL) and verb.may_be(AMBIGUOUS)):
            return verb_fault(place + 1, place + 1, BASE_OF[verb.word])
        return None
    if not words.is_question or place > 1 or not words[place + 1].may_be(DETERMINING):
        return None
    subject = noun_phrase(words, place + 1)
    verb = words[subject.head + 1] if subject else words[place]
    if subject and verb.may_be(THIRD_PERSON | PAST_TENSE) and not verb.may_be(NOUN | PLURAL | BASE_FORM | ADJECTIVE | AMBIGUOUS):
        return verb_fault(subject.head + 1, subject.head + 1, BASE_OF[verb.word])
    return None


def _plain_after(words: Words, place: int) -> Fault | None:
    """Finds "I'm go", "will be come", "has been work": a plain form after a form of "be"."""
    verb = words[place + 1]
    if verb.may_be(BASE_FORM) and not verb.may_be(NOUN | MASS | PLACE | PAST_TENSE | PARTICIPLE | GERUND_FORM | ADJECTIVE | ADVERB | PREPOSITION | CONJUNCTION | AMBIGUOUS) and verb.word not in {"let"} and not (words[place].word == "be" and not words[place - 1].may_be(MODAL)):
        return verb_fault(place, place + 1, "")
    return None


def _modal_to(words: Words, place: int) -> Fault | None:
    """Finds "students should to wear"."""
    if words[place + 1].word == "to" and words[place + 2].may_be(BASE_FORM) and words[place - 1].may_be(PLURAL | PERSON | SUBJECT) and words[place].text.islower() and words[place - 2].word not in {"what", "all", "everything", "best", "whatever", "that", "as"}:
        return verb_fault(place, place + 1, words[place].text)
    return None


def _opening_verb(words: Words, place: int) -> Fault | None:
    """Finds "play games is fun"."""
    verb = words[place]
    if place != 0 or not verb.may_be(BASE_FORM) or verb.may_be(MASS | ADJECTIVE | PREPOSITION | CONJUNCTION) or not words[1].may_be(DETERMINING | PLURAL | MASS | NAME) or (words[1].may_be(THIRD_PERSON) and not words[1].may_be(PLURAL)):
        return None
    for each in range(2, 5):
        if words[each].word in {"is", "was"} and words[each - 1].may_be(NOUN | PLURAL | MASS | NAME) and (words[each + 1].may_be(ADJECTIVE) or words[each + 1].word in {"very", "a", "my", "so", "not", "fun"}):
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
        fits = wanting.word in {"want", "wants", "wanted", "hope", "need", "needs", "try", "trying", "able", "going", "decided", "is", "how", "important", "have", "has", "would", "like"}
    else:
        fits = words[place - 1].may_be(PLURAL | SUBJECT) and words[place].text == words[place].word
    return word_fault(place + 1, place + 1, _VERBS_OF_NOUNS[noun.word], "word_choice", WORD_CHOICE) if fits else None


VERB_RULES = (
    WordRule.at(_after_modal, classes=MODAL),
    WordRule.at(_after_have, classes=HAVE),
    WordRule.at(_after_be, classes=BE),
    WordRule.at(_be_before_verb, classes=BE),
    WordRule.at(_happen, ["was", "were"]),
    WordRule.at(_do_you, ["am", "is", "are"]),
    WordRule.at(_after_verb, classes=BASE_FORM | THIRD_PERSON | PAST_TENSE | GERUND_FORM),
    WordRule.at(_after_causing, _CAUSING),
    WordRule.at(_after_preposition, [*_GERUND_PREPOSITIONS, "to"]),
    WordRule.at(_after_to, ["to"]),
    WordRule.at(_please, ["please"]),
    WordRule.at(_to_gerund, ["to"]),
    WordRule.at(_after_do, classes=DO),
    WordRule.at(_plain_after, _CONTRACTED),
    WordRule.at(_modal_to, classes=MODAL),
    WordRule.at(_opening_verb, classes=BASE_FORM),
    WordRule.at(_noun_for_verb, ["to"], MODAL),
)

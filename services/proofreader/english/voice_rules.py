"""Rules for the passive: what is done to a thing, or felt by a person, needs "be" and a participle."""

from services.proofreader.english.lexicon import BASE_OF, FORMS_OF
from services.proofreader.english.phrases import (
    SENTENCE_ERROR,
    Fault,
    WordRule,
    begins_clause,
    has_verb_from,
    verb_fault,
    word_fault,
)
from services.proofreader.english.subjects import INERT, subject_at
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    BASE_FORM,
    BE,
    CONJUNCTION,
    DETERMINER,
    DETERMINING,
    MARK,
    MODAL,
    NAME,
    NOUN,
    NUMBER,
    PERSON,
    PLURAL,
    PREPOSITION,
    SUBJECT,
)

# Pasts of verbs that always have an object, which are no participles.
_DID = frozenset("stole wrote chose drew gave took broke".split())
# Participles that are pasts too, of what somebody does to a thing.
_DONE = frozenset(
    "built painted invented founded made sold designed discovered published produced destroyed written "
    "stolen opened found taken held repaired created cancelled canceled directed composed given drawn "
    "damaged announced organized organised planted".split()
)
_ALWAYS_OF_SOMETHING = frozenset(
    "publish build announce repair invent destroy discover produce cancel postpone install remove solve "
    "deliver choose discuss celebrate complete hold find steal organize organise demolish rebuild "
    "renovate award distribute construct renew".split()
)
_SOLD_AND_USED = frozenset("find buy use see make eat borrow order book get download rent".split())
_EVENTS = frozenset(
    "meeting festival party concert contest competition exam wedding ceremony election conference event "
    "exhibition match game lesson class course interview race".split()
)
_WHEN = frozenset("next tomorrow today soon again every last yesterday tonight this here there".split())
_FELT = {
    "surprise": "surprised",
    "interest": "interested",
    "excite": "excited",
    "bore": "bored",
    "worry": "worried",
    "scare": "scared",
    "disappoint": "disappointed",
    "confuse": "confused",
    "embarrass": "embarrassed",
    "shock": "shocked",
    "frighten": "frightened",
    "satisfy": "satisfied",
    "please": "pleased",
    "annoy": "annoyed",
    "tire": "tired",
    "relax": "relaxed",
    "depress": "depressed",
    "marry": "married",
    "exhaust": "exhausted",
}
_MADE_BY = frozenset("cook build clean wash paint repair invent destroy make write steal eat".split())
_DEGREES = frozenset("very so really too quite not also always".split())
_STATED = {
    "locate": "located",
    "situate": "situated",
    "surround": "surrounded",
    "cover": "covered",
    "fill": "filled",
    "damage": "damaged",
    "connect": "connected",
    "design": "designed",
    "relate": "related",
    "injure": "injured",
    "attack": "attacked",
}
_PEOPLE = frozenset({"i", "he", "she", "we", "they", "you"})


def _by_somebody(words: Words, place: int) -> bool:
    """Returns whether "by" and somebody, or "in" and a year stand at a place."""
    after = words[place + 1]
    if words[place].word == "by":
        return (
            after.may_be(NAME | PERSON)
            or after.word in {"me", "him", "us", "them"}
            or (after.may_be(DETERMINING) and any(words[place + each].may_be(PERSON) for each in (2, 3)))
        )
    return words[place].word == "in" and after.text.isdecimal() and len(after.text) == 4


# "The museum opened in 1890."
_BY_ITSELF = frozenset({"opened", "closed", "started", "ended", "finished", "changed", "moved"})


def _thing_does(words: Words, place: int) -> Fault | None:
    """Finds "my wallet stole on", "the bridge built in 1932 by", "the results will publish in"."""
    if not begins_clause(words, place) or words[place - 1].word in {"and", "or"} or words.is_question:
        return None
    subject = subject_at(words, place)
    if subject is None or subject.is_person or subject.head.word not in INERT:
        return None
    verb, after = words[subject.end], words[subject.end + 1]
    if verb.may_be(MODAL):
        return _thing_will(words, subject.end, is_event=subject.head.word in _EVENTS)
    goes_on = after.may_be(PREPOSITION | MARK) or after.word in _WHEN
    # "The letter wrote of joy", "the road took on ice": what a thing does there is meant.
    fits = verb.word in _DID and goes_on and after.word not in {"of", "on", "off", "to", "about", "like"}
    fits = fits or (
        verb.word == "stole" and goes_on and after.word not in {"over", "into", "through", "across"}
    )
    # "The pen wrote in blue."
    told = after.word == "by" or (after.word == "in" and words[subject.end + 2].may_be(NAME | NUMBER))
    if verb.word in {"gave", "took", "drew", "wrote", "broke"} and not told:
        fits = False
    dated = verb.word in (_DONE | {"broke"}) - _BY_ITSELF and _by_somebody(words, subject.end + 1)
    if dated and (words[place].word in {"a", "an"} or has_verb_from(words, subject.end + 3)):
        # "A bridge built in 1932 by hand." stands below a picture.
        dated = False
    if not fits and not dated:
        return None
    right = f"{subject.was} {FORMS_OF[BASE_OF[verb.word]][2] if verb.word in BASE_OF else verb.text}"
    return verb_fault(subject.end, subject.end, right)


def _thing_will(words: Words, modal: int, *, is_event: bool) -> Fault | None:
    verb = modal + 1 + (words[modal + 1].word in {"not", "also", "never", "probably", "soon"})
    base, after = words[verb].word, words[verb + 1]
    if words[modal].word.startswith(("can", "could")):
        fits = base in _SOLD_AND_USED and after.word in {"in", "at", "everywhere", "by", "for", "from"}
    else:
        fits = base in _ALWAYS_OF_SOMETHING and (base != "hold" or is_event)
    goes_on = (
        after.may_be(PREPOSITION | MARK | CONJUNCTION) or after.word in _WHEN | {"everywhere"}
    ) and after.word not in {"up", "out", "on", "to", "-", "or", "and", "what", "that", "as"}
    goes_on = goes_on or (after.word == "on" and words[verb + 2].may_be(NAME))
    if not fits or not goes_on or base not in FORMS_OF:
        return None
    return verb_fault(verb, verb, f"be {FORMS_OF[base][2]}")


def _be_surprise(words: Words, place: int) -> Fault | None:
    """Finds "I was surprise", "she is interest in", "my house is locate in"."""
    before = words[place - 1]
    end = place + 1
    while words[end].word in _DEGREES:
        end += 1
    word, after = words[end].word, words[end + 1]
    if word in {"call", "name"}:
        # "The dog is call Max" has no "to" that "call" might be a noun before.
        named = after.may_be(NAME) and before.may_be(NOUN | PERSON) and words[place - 2].may_be(DETERMINING)
        return verb_fault(end, end, f"{word.removesuffix('e')}ed") if named and end == place + 1 else None
    if word in _STATED:
        stands = before.may_be(NOUN | PLURAL | NAME | SUBJECT) and after.word in {
            "in", "at", "near", "by", "with", "on", "between", "to",
        }  # fmt: skip
        return verb_fault(end, end, _STATED[word]) if stands and end == place + 1 else None
    made = words[end].may_be(BASE_FORM) and after.word == "by" and _by_somebody(words, end + 1)
    if made and words[place].word in {"was", "were"} and before.word in INERT and word in _MADE_BY:
        # "The dinner was cook by my father."
        return verb_fault(end, end, FORMS_OF[word][2])
    person = before.word in _PEOPLE or (before.may_be(PERSON) and words[place - 2].may_be(DETERMINING))
    if (
        word in _FELT
        and person
        and not words.is_question
        and (
            after.may_be(PREPOSITION | MARK | CONJUNCTION) or after.word in {"to", "that", "because", "when"}
        )
        and after.word not in {"-", "of"}
    ):
        return verb_fault(end, end, _FELT[word])
    return None


def _writing_by(words: Words, place: int) -> Fault | None:
    """Finds "the song was singing by my sister"."""
    verb = words[place + 1]
    by = words[place + 2].word == "by"
    if not by or verb.word not in _MAKING or words[place - 1].may_be(PERSON | SUBJECT | NAME):
        return None
    if not _by_somebody(words, place + 2):
        return None
    return verb_fault(place + 1, place + 1, FORMS_OF[_MAKING[verb.word]][2])


_MAKING = {
    FORMS_OF[each][3]: each
    for each in "write sing make build paint draw cook steal teach eat invent design play take".split()
    if each in FORMS_OF
}


def _holds(words: Words, place: int) -> Fault | None:
    """Finds "the festival holds in April"."""
    if not begins_clause(words, place) or words[place - 1].word in {"and", "or"}:
        return None
    subject = subject_at(words, place)
    if subject is None or subject.head.word.removesuffix("s") not in _EVENTS:
        return None
    verb, after = words[subject.end], words[subject.end + 1]
    placed = after.word in {"in", "at", "every"} and words[subject.end + 2].may_be(NAME | DETERMINER | NUMBER)
    placed = placed or (after.word in {"in", "at", "every", "on"} and words[subject.end + 2].may_be(NAME))
    placed = placed or (after.word == "every" and words[subject.end + 2].may_be(NOUN))
    if verb.word in {"holds", "hold", "held"} and placed:
        right = subject.was if verb.word == "held" else subject.be
        return word_fault(subject.end, subject.end, f"{right} held", "verb_form", SENTENCE_ERROR)
    return None


VOICE_RULES = (
    WordRule.at(_thing_does, classes=DETERMINING | NOUN | PLURAL),
    WordRule.at(_be_surprise, classes=BE),
    WordRule.at(_writing_by, classes=BE),
    WordRule.at(_holds, classes=DETERMINING),
)

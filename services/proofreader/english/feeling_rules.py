"""Rules for "boring" and "bored": what a thing is like, and what somebody feels."""

from services.proofreader.english.phrases import WORD_CHOICE, Fault, WordRule, noun_phrase, word_fault
from services.proofreader.english.subjects import INERT
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    CONJUNCTION,
    DETERMINING,
    MARK,
    NAME,
    NOUN,
    OBJECT,
    PERSON,
    PLURAL,
    PREPOSITION,
)

_CAUSE_OF = {
    "bored": "boring",
    "interested": "interesting",
    "excited": "exciting",
    "confused": "confusing",
    "surprised": "surprising",
    "disappointed": "disappointing",
    "tired": "tiring",
    "frightened": "frightening",
    "annoyed": "annoying",
    "embarrassed": "embarrassing",
    "shocked": "shocking",
    "amazed": "amazing",
    "exhausted": "exhausting",
    "fascinated": "fascinating",
    "frustrated": "frustrating",
    "satisfied": "satisfying",
    "depressed": "depressing",
    "relaxed": "relaxing",
    "worried": "worrying",
    "terrified": "terrifying",
}
_FEELING_OF = {cause: feeling for feeling, cause in _CAUSE_OF.items()}
# People may be what these say.
_ALSO_OF_PEOPLE = frozenset(
    "amazing fascinating interesting annoying charming relaxing exciting terrifying shocking surprising "
    "frightening confusing boring embarrassing depressing disappointing satisfying".split()
)
_BEING = frozenset(
    "is was are were be been become becomes became look looks looked seem seems seemed sound sounds "
    "sounded isn't wasn't aren't weren't".split()
)
_FEELING = frozenset("am is was are were be feel feels felt become became get got getting i'm we're".split())
_DEGREES = frozenset("very so really too quite not a little bit more extremely rather pretty always".split())
_FELT_ABOUT = frozenset({"in", "about", "at", "with", "by", "during"})
_PEOPLE = frozenset({"i", "he", "she", "we", "they", "everyone", "everybody"})
_THINGS_TOO = INERT | frozenset(
    "trip holiday weekend vacation journey subject job day life news story adventure experience "
    "competition situation instruction instructions answer race visit place topic speech news".split()
)
_MADE = frozenset("make makes made making".split())


def _subject_before(words: Words, place: int) -> int:
    """Returns the place of the last word before "be" and what tells how much."""
    place -= 1
    while words[place].word in _DEGREES and place > 0:
        place -= 1
    return place


def _bored(words: Words, place: int) -> Fault | None:
    """Finds "the movie was so bored", "it was an excited trip", "I found the book interested"."""
    right, after = _CAUSE_OF[words[place].word], words[place + 1]
    if after.word in {"party", "parties"} and words[place].word == "interested":
        return None
    if words[place - 1].may_be(DETERMINING) or words[place - 2].word in {"a", "an"}:
        named = after.word in _THINGS_TOO and words[place].word not in {"relaxed", "worried", "tired"}
        return word_fault(place, place, right, "word_choice", WORD_CHOICE) if named else None
    ends = after.may_be(MARK | CONJUNCTION) or after.word in {"that", "for", "to", "because"}
    if not ends or after.word == "-":
        return None
    be = _subject_before(words, place)
    subject = words[be - 1]
    if words[be].word in _BEING:
        if words[place].word == "tired" and words[be].word in {"look", "looks", "looked", "become"}:
            return None
        thing = subject.word in _THINGS_TOO and not subject.may_be(PERSON)
        return word_fault(place, place, right, "word_choice", WORD_CHOICE) if thing else None
    # "I found it interested"
    found = words[be].word == "it" and words[be - 1].word in {"find", "found", "finds"}
    found = found or (
        words[be].word in _THINGS_TOO
        and words[be - 1].may_be(DETERMINING)
        and words[be - 2].word in {"find", "found", "finds"}
    )
    return word_fault(place, place, right, "word_choice", WORD_CHOICE) if found else None


def _boring(words: Words, place: int) -> Fault | None:
    """Finds "I was so boring during", "my sister is interesting in", "it made me boring"."""
    word, after = words[place].word, words[place + 1]
    right = _FEELING_OF[word]
    be = _subject_before(words, place)
    subject = words[be - 1]
    if words[be].may_be(OBJECT) and words[be].word not in {"it", "you", "her", "them"}:
        made = subject.word in _MADE and (after.may_be(MARK | CONJUNCTION) or after.word == "when")
        return word_fault(place, place, right, "word_choice", WORD_CHOICE) if made else None
    if words[be].word not in _FEELING or be >= place:
        return None
    person = (
        subject.word in _PEOPLE
        or words[be].word in {"i'm", "we're"}
        or (subject.may_be(PERSON) and subject.may_be(NOUN | PLURAL))
        or (subject.may_be(NAME) and words[be].word in {"is", "was"})
    )
    if not person or words.is_question:
        return None
    thing = noun_phrase(words, place + 2)
    about = after.word in _FELT_ABOUT and (thing is not None or words[place + 2].text.isalpha())
    if after.word in {"in", "at", "with"} and word in _ALSO_OF_PEOPLE - {"interesting"}:
        about = about and subject.word in {"i", "we"}
    if after.word == "to" and words[place + 2].word in {"see", "hear", "know", "find", "learn", "meet"}:
        about = True
    first = subject.word in {"i", "we"} or words[be].word in {"i'm", "we're"}
    alone = first and (
        after.may_be(MARK) or after.word in {"that", "because", "when", "and", "but", "so", "while", "after"}
    )
    felt = words[be].word in {"felt", "feel", "feels"} and (
        after.may_be(MARK) or after.word in {"and", "because"}
    )
    if after.may_be(PREPOSITION) and not about:
        return None
    if word in {"amazing", "fascinating"} and after.word == "at":
        # "I am amazing at chess."
        return None
    if about or felt or (alone and word not in {"amazing", "charming"}):
        return word_fault(place, place, right, "word_choice", WORD_CHOICE)
    return None


FEELING_RULES = (
    WordRule.at(_bored, _CAUSE_OF),
    WordRule.at(_boring, _FEELING_OF),
)

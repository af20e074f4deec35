"""Rules for the tense of a verb, by the other verbs and the times of its sentence."""

from services.proofreader.english.lexicon import BASE_OF, FORMS_OF
from services.proofreader.english.phrases import (
    SENTENCE_ERROR,
    Fault,
    WordRule,
    begins_clause,
    noun_phrase,
    tense_fault,
)
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
    AMBIGUOUS,
    BASE_FORM,
    BE,
    CONJUNCTION,
    DETERMINER,
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
    PLURAL,
    PREPOSITION,
    QUESTION,
    SUBJECT,
    THIRD_PERSON,
)

_MADE = frozenset("built founded invented painted".split())
# They say what is so at any time, whatever was told before.
_STATES = frozenset(
    "know think like love want need live believe hope remember feel mean say understand agree guess "
    "wish belong prefer hate miss thank seem look work study own tell regret call use promise recommend "
    "suggest learn help read write put let cut hit set admit confess swear bet".split()
)
_ALWAYS = frozenset(
    "now always usually often never sometimes every still today will can would could should must may "
    "might".split()
)
_PAST_BE = {"am": "was", "is": "was", "are": "were"}
_LAST = frozenset(
    "night week weekend month year summer winter spring autumn fall sunday monday tuesday wednesday "
    "thursday friday saturday".split()
)
_MONTHS = frozenset(
    "january february march april may june july august september october november december".split()
)
_ENDS = frozenset({"yesterday", "ago"})
_SUBJECTS = frozenset({"i", "we", "he", "she", "they"})
_AGO_SUBJECTS = _SUBJECTS | {"it"}
_BEFORE_PLAIN_FORM = frozenset("saw heard watched made let helped had felt".split())
_LASTED = frozenset({"live", "like", "love", "want", "hate", "study", "work"})
_GROUPS = frozenset({"family", "team", "class", "dog", "cat"})
_PAST_EVENTS = frozenset("got had bought made went found left met felt".split())
_LASTING_VERBS = frozenset("know live work study learn play have teach own want".split())


def _present(words: Words, place: int, *, lasted: bool = False) -> str:
    """Returns the past of a verb in the present, or "" if it is none for sure."""
    word = words[place]
    if (
        word.may_be(PAST_TENSE | PARTICIPLE)
        or not word.may_be(BASE_FORM | THIRD_PERSON)
        or word.may_be(ADJECTIVE | ADVERB | DETERMINER | PREPOSITION)
    ):
        return ""
    base = BASE_OF.get(word.word, "")
    states = _STATES - _LASTED if lasted else _STATES
    return "" if base in states or not base else FORMS_OF[base][1]


def _subject_end(words: Words, place: int) -> int:
    """Returns the place after the subject that begins at one, or -1."""
    if words[place].word in _SUBJECTS:
        return place + 1
    subject = noun_phrase(words, place)
    if subject is None or not words[place].may_be(DETERMINING):
        return -1
    return subject.head + 1 if subject.is_person or words[subject.head].word in _GROUPS else -1


def _is_past(words: Words, first: int, last: int) -> bool:
    return any(
        words[each].word in {"was", "were"}
        or (
            words[each].may_be(PAST_TENSE)
            and not words[each].may_be(NOUN | BASE_FORM | PARTICIPLE | ADJECTIVE | AMBIGUOUS)
        )
        or (
            words[each].may_be(PAST_TENSE)
            and words[each - 1].may_be(SUBJECT)
            and not words[each].may_be(BASE_FORM)
        )
        for each in range(first, last)
    )


# "I chose not to, and I trust that it was right."
_THOUGHT_NOW = frozenset(
    "trust suppose think believe hope guess mean know find admit feel wish regret".split()
)


def _after_past(words: Words, place: int) -> Fault | None:
    """Finds "when I was seven, I break", "I fell and my brother run": the present after the past."""
    joined = words[place - 1].word in {"and", ","} or (
        words[place - 1].word == "then" and words[place - 2].word in {"and", ","}
    )
    if place < 3 or not joined:
        return None
    end = _subject_end(words, place)
    # "When I was a child, I live": so long it lasted.
    lasted = words[0].word == "when" and words[2].word in {"was", "were"} and words[place - 1].word == ","
    right = _present(words, end, lasted=lasted) if end >= 0 else ""
    if not right or (words[end].may_be(THIRD_PERSON) and words[end].may_be(NOUN)):
        return None
    if words[end].word in _THOUGHT_NOW:
        return None
    first_past = (
        words[0].word in {"when", "after", "before", "while", "then", "one"}
        or words[1].may_be(PAST_TENSE)
        or words[0].word in {"i", "we", "he", "she", "they"}
    )
    first_past = first_past or (words[0].word == "first" and words[2].may_be(PAST_TENSE))
    if not first_past or not _is_past(words, 0, place - 1):
        return None
    if any(
        words[each].word in _ALWAYS or words[each].may_be(MODAL) or words[each].text in {'"', "“", "”"}
        for each in range(14)
    ) or any(
        (words[each].may_be(THIRD_PERSON) and not words[each].may_be(PLURAL | AMBIGUOUS))
        or words[each].word in {"is", "are", "am", "that", "if"}
        for each in range(place)
    ):
        return None
    return tense_fault(end, right)


def _before_past(words: Words, place: int) -> Fault | None:
    """Finds "I forget my umbrella and got wet": two tenses of one subject."""
    if not begins_clause(words, place) or words[place - 1].word in {"that", "if", "when", "what"}:
        return None
    verb, later = words[place + 1], 0
    if verb.word == "lay":
        # Mostly the past of "lie": "she lay down and fell asleep".
        return None
    for each in range(place + 2, place + 10):
        if (
            words[each].word == "and"
            and words[each + 1].may_be(BASE_FORM | PAST_TENSE)
            and not words[each + 1].may_be(NOUN | PLURAL | MASS | ADJECTIVE)
        ):
            later = each + 1
            break
        if (
            words[each].may_be(SUBJECT | MODAL | BE | HAVE | DO | CONJUNCTION | QUESTION | MARK)
            or words[each].word == "to"
        ):
            return None
    if not later:
        return None
    if (
        words[later].may_be(PAST_TENSE)
        and not words[later].may_be(BASE_FORM)
        and (not words[later].may_be(PARTICIPLE) or words[later].word in _PAST_EVENTS)
        and _present(words, place + 1)
    ):
        return tense_fault(place + 1, _present(words, place + 1))
    if (
        verb.may_be(PAST_TENSE)
        and not verb.may_be(BASE_FORM)
        and verb.word not in _BEFORE_PLAIN_FORM
        and _present(words, later)
        and not words[later].may_be(AMBIGUOUS)
    ):
        if any(
            words[each].word in {"how", "to", "let", "make", "help", "see"}
            for each in range(place + 2, later)
        ) or any("'" in words[each].word for each in range(place + 2, later)):
            # "I told her I'd wait and see".
            return None
        return tense_fault(later, _present(words, later))
    return None


def _with_time(words: Words, place: int) -> Fault | None:
    """Finds "we measure it three times yesterday", "my uncle visit us last week"."""
    if not begins_clause(words, place) or words[place - 1].word in {"that", "if", "what", "where"}:
        return None
    end = place + 1 if words[place].word in _AGO_SUBJECTS else _subject_end(words, place)
    if end < 0:
        return None
    verb = words[end]
    right = _PAST_BE.get(verb.word, "") or _present(words, end)
    if not right:
        return None
    for each in range(end + 1, end + 16):
        word = words[each]
        if (
            word.may_be(SUBJECT | MODAL | CONJUNCTION | QUESTION | MARK)
            or (word.may_be(PAST_TENSE) and not word.may_be(PARTICIPLE))
            or word.word in {"was", "were", "that", "from", "since", "of"}
        ):
            return None
        if word.word in _ENDS or (word.word == "last" and words[each + 1].word in _LAST):
            if words[each - 1].may_be(DETERMINING) or (
                verb.word in _PAST_BE and words[end + 1].may_be(PARTICIPLE | GERUND_FORM)
            ):
                return None
            return tense_fault(end, right)
    return None


def _since(words: Words, place: int) -> Fault | None:
    """Finds "I know her since 2015"."""
    if not begins_clause(words, place):
        return None
    verb = words[place + 1]
    base = BASE_OF.get(verb.word, "")
    if base not in _LASTING_VERBS or not verb.may_be(BASE_FORM | THIRD_PERSON):
        return None
    for each in range(place + 2, place + 9):
        word, after = words[each].word, words[each + 1]
        if word == "since" and (
            (after.text.isdecimal() and len(after.text) == 4)
            or (after.word in {"i", "childhood", "last", *_MONTHS, *_LAST} and words[each + 2].word != "am")
        ):
            has = "has" if words[place].word in {"he", "she"} else "have"
            return tense_fault(place + 1, f"{has} {FORMS_OF[base][2]}")
        if words[each].may_be(SUBJECT | CONJUNCTION | MARK):
            return None
    return None


def _stolen(words: Words, place: int) -> Fault | None:
    """Finds "my bike stolen last night": a participle without "be"."""
    subject = noun_phrase(words, place) if place == 0 else None
    if subject is None or not words[place].may_be(DETERMINING):
        return None
    word, after = words[subject.head + 1], words[subject.head + 2]
    dated = (
        word.word in _MADE
        and words[subject.head + 3].text.isdecimal()
        and words[subject.head + 4].word == "."
        # "A castle built in 1420." stands below a picture.
        and words[place].word not in {"a", "an"}
    )
    if (
        not word.may_be(PARTICIPLE)
        or (word.may_be(BASE_FORM | PAST_TENSE | ADJECTIVE) and not (dated and not subject.is_person))
        or not (after.word in {"last", "yesterday", "by"} or after.word in {".", "in"})
    ):
        return None
    rest = [words[each] for each in range(subject.head + 2, subject.head + 14)]
    if any(
        each.may_be(NAME | BASE_FORM | THIRD_PERSON | PAST_TENSE | MODAL | BE | HAVE | DO | AMBIGUOUS)
        for each in rest
    ):
        return None
    right = f"{'were' if subject.is_plural else 'was'} {word.text}"
    return Fault(
        "missing_verb", SENTENCE_ERROR, subject.head, subject.head + 1, f"{words[subject.head].text} {right}"
    )


def _and_runs(words: Words, place: int) -> Fault | None:
    """Finds "He drew his sword and runs towards": a series in the past that ends in the present."""
    verb, after = words[place + 1], words[place + 2]
    base = BASE_OF.get(verb.word, "")
    if not verb.may_be(THIRD_PERSON) or base not in _SUDDEN or verb.may_be(ADJECTIVE):
        return None
    # "He grew up in Leeds and runs a bakery", "she wrote a book and goes to schools to read it".
    rushes = base in _RUSHING and after.word in _DIRECTIONS
    takes = base in _SUDDEN - _RUSHING and after.may_be(DETERMINING | OBJECT) and not verb.may_be(PLURAL)
    if not rushes and not takes:
        return None
    if not words[0].may_be(SUBJECT | DETERMINING | NAME) or not _is_past(words, 1, place):
        return None
    if any(
        words[each].may_be(QUESTION | MODAL)
        or words[each].word in {"is", "are", "has", "have", "does", "that", "every", "always", '"', "“"}
        or (words[each].may_be(THIRD_PERSON) and not words[each].may_be(PLURAL | AMBIGUOUS))
        for each in range(place)
    ) or any(
        words[each].word in _ALWAYS or words[each].word in {"is", "are"} for each in range(place, place + 10)
    ):
        return None
    return tense_fault(place + 1, FORMS_OF[base][1])


def _yesterday(words: Words, place: int) -> Fault | None:
    """Finds "Yesterday afternoon we visit", "Two days ago my brother break"."""
    if place != 0:
        return None
    end = 1
    if words[0].word == "yesterday":
        end += words[1].word in {"morning", "afternoon", "evening", "night"}
    elif words[0].word == "last":
        if words[1].word not in _LAST:
            return None
        end = 2 + (words[2].word in {"morning", "night", "evening"})
    else:
        ago = next((each for each in range(2, 5) if words[each].word == "ago"), 0)
        if not ago:
            return None
        end = ago + 1
    if words[end].word == ",":
        end += 1
    subject = _subject_end(words, end)
    if subject < 0 and words[end].may_be(NAME) and words[end].text[:1].isupper():
        subject = end + 1
    if subject < 0 and words[end].may_be(DETERMINING):
        thing = noun_phrase(words, end)
        subject = thing.head + 1 if thing and not words[thing.head].may_be(AMBIGUOUS) else -1
    if subject < 0:
        return None
    right = _PAST_BE.get(words[subject].word, "") or _present(words, subject)
    right = {"can": "could", "can't": "couldn't"}.get(words[subject].word, right)
    if words[subject].word in {"have", "has"} and words[subject + 1].may_be(DETERMINING):
        right = "had"
    if not right or (words[subject - 1].may_be(ADJECTIVE) and words[subject].may_be(AMBIGUOUS)):
        return None
    if words[subject].may_be(AMBIGUOUS | PLURAL) and words[subject + 1].may_be(
        NOUN | THIRD_PERSON | BE | PAST_TENSE
    ):
        # "Last night all my full stops got up."
        return None
    return tense_fault(subject, right)


_RUSHING = frozenset("run jump fall rush turn climb walk".split())
_SUDDEN = _RUSHING | frozenset("throw grab break kick drop catch hit open close put pick".split())
_DIRECTIONS = frozenset("towards toward into away out off down up back over after".split())


TENSE_RULES = (
    WordRule.at(_and_runs, ["and"]),
    WordRule.at(
        _yesterday, {"yesterday", "last", "two", "three", "four", "five", "ten", "a", "some", "many"}, NUMBER
    ),
    WordRule.at(_after_past, _SUBJECTS, DETERMINING),
    WordRule.at(_before_past, _SUBJECTS),
    WordRule.at(_with_time, _AGO_SUBJECTS, DETERMINING),
    WordRule.at(_since, _SUBJECTS),
    WordRule.at(_stolen, classes=DETERMINING),
)

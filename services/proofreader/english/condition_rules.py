"""Rules for conditions, wishes and times: which tense goes with which."""

from services.proofreader.english.lexicon import BASE_OF, FORMS_OF
from services.proofreader.english.phrases import SENTENCE_ERROR, Fault, WordRule, tense_fault, word_fault
from services.proofreader.english.subjects import Subject, subject_at
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    BASE_FORM,
    BE,
    DETERMINING,
    GERUND_FORM,
    HAVE,
    MARK,
    NAME,
    NUMBER,
    PARTICIPLE,
    PAST_TENSE,
    PERSON,
    PLURAL,
    POSSESSIVE,
    SUBJECT,
    THIRD_PERSON,
)

_LONGEST_CLAUSE = 16
_SAID_POLITELY = frozenset(
    "like love prefer appreciate be suggest say recommend think expect want need have mind ask advise "
    "consider choose look argue imagine guess hope rather not never still also always happily gladly".split()
)
_EVENTS = frozenset(
    "pass come help go call buy tell win miss catch visit arrive bring send give stop take leave fail "
    "invite meet join fall break finish get choose study forget lose save".split()
)
_NOT_PAST = frozenset("now today still next tomorrow always ever every anymore often usually".split())
_SINCE_TIMES = frozenset(
    "yesterday childhood birth january february march april may june july august september october november "
    "december monday tuesday wednesday thursday friday saturday sunday then christmas".split()
)
_LENGTHS = frozenset("years months weeks days hours year month week".split())
_LASTING = frozenset("know have own live work study love like be".split())
_WHEN = frozenset({"when", "after", "before", "until", "once"})
_TOLD_BEFORE = frozenset(
    "know knows knew ask asked tell told sure remember idea about of decide see wonder say day time date "
    "moment year on from since say".split()
)
_WISHED = {
    "can": "could",
    "will": "would",
    "have": "had",
    "am": "was",
    "is": "was",
    "are": "were",
    "has": "had",
}
_OVER = frozenset("start leave finish begin go arrive close end eat sell".split())
_AGES = frozenset("young little small old single".split())


def _comma(words: Words, first: int) -> int:
    """Returns the place of the first comma from a place on, or 0 if the clause ends in another way."""
    for place in range(first, first + _LONGEST_CLAUSE):
        if words[place].word == ",":
            return place
        if words[place].word in {"", ".", "?", "!", ";", ":", '"', "“", "—", "("}:
            return 0
    return 0


def _verb_at(words: Words, place: int) -> int:
    """Returns the place of a verb that adverbs may stand before."""
    while words[place].word in {"always", "never", "often", "really", "only", "also", "just"}:
        place += 1
    return place


def _if_i_have(words: Words, place: int) -> Fault | None:
    """Finds "If I have a million dollars, I would buy", "If he had studied, he would pass last year"."""
    if place != 0:
        return None
    subject = subject_at(words, 1)
    if subject is None or not (subject.is_pronoun or words[1].may_be(DETERMINING | NAME)):
        return None
    comma = _comma(words, subject.end)
    main = subject_at(words, comma + 1) if comma else None
    if main is None:
        return None
    then = words[main.end]
    verb, would = _verb_at(words, subject.end), words[main.end + 1]
    written = words[verb]
    if then.word not in {"would", "could"} or not would.may_be(BASE_FORM | HAVE):
        return None
    if written.word == "had" and words[_verb_at(words, verb + 1)].may_be(PARTICIPLE):
        return _would_pass(words, main.end, comma)
    if (
        subject.head.word == "you"
        or then.word == "could"
        or would.word in _SAID_POLITELY
        or (
            subject.is_pronoun
            and main.is_pronoun
            and subject.head.word != main.head.word
            and subject.head.word not in {"i", "we", "it"}
        )
    ):
        return None
    if subject.head.word not in {"i", "we", "he", "she", "they"}:
        return None
    if written.word in {"am", "is", "are"}:
        if (
            subject.head.word != "i"
            or words[verb + 1].may_be(GERUND_FORM | PARTICIPLE)
            or words[verb + 1].word in {"not", "right", "honest"}
        ):
            return None
        return word_fault(verb, verb, "were", "condition", SENTENCE_ERROR)
    if written.word in {"have", "has"}:
        if words[verb + 1].may_be(PARTICIPLE) or words[verb + 1].word in {"to", "been"}:
            return None
        return word_fault(verb, verb, "had", "condition", SENTENCE_ERROR)
    if (
        not written.may_be(BASE_FORM | THIRD_PERSON)
        or written.may_be(PAST_TENSE)
        or written.word not in BASE_OF
    ):
        return None
    return word_fault(verb, verb, FORMS_OF[BASE_OF[written.word]][1], "condition", SENTENCE_ERROR)


def _would_pass(words: Words, would: int, comma: int) -> Fault | None:
    verb = words[would + 1]
    rest = [words[each].word for each in range(comma, comma + _LONGEST_CLAUSE)]
    if verb.word not in _EVENTS or not _NOT_PAST.isdisjoint(rest) or verb.word not in FORMS_OF:
        return None
    return word_fault(would + 1, would + 1, f"have {FORMS_OF[verb.word][2]}", "condition", SENTENCE_ERROR)


def _would_have_known(words: Words, place: int) -> Fault | None:
    """Finds "If she would have asked me", "if I would had known"."""
    subject = subject_at(words, place + 1)
    if subject is None or words[subject.end].word != "would":
        return None
    have, verb = words[subject.end + 1], words[subject.end + 2]
    if (
        have.word not in {"have", "had"}
        or not verb.may_be(PARTICIPLE)
        or words[place - 1].word in {"as", "wonder", "wondered", "know", "knew", "asked", "ask"}
    ):
        return None
    if not any(
        words[each].word in {"would", "could", "might"} for each in range(subject.end + 3, subject.end + 20)
    ):
        return None
    return word_fault(subject.end, subject.end + 1, "had", "condition", SENTENCE_ERROR)


def _when_will(words: Words, place: int) -> Fault | None:
    """Finds "I will call you when I will arrive": the future after "when"."""
    subject = subject_at(words, place + 1)
    if subject is None or words[subject.end].word != "will" or not subject.is_pronoun:
        return None
    before = words[place - 1].word
    verb = words[subject.end + 1]
    if before in _TOLD_BEFORE or not verb.may_be(BASE_FORM) or verb.word not in FORMS_OF or place < 3:
        return None
    main = range(max(0, place - 10), place)
    will = any(words[each].word in {"will", "'ll", "i'll", "we'll", "he'll", "she'll"} for each in main)
    told = any(
        words[each].word in _TOLD_BEFORE - {"of", "on", "about", "from", "day", "time"} for each in main
    )
    if not will or told or words.is_question:
        return None
    one = subject.head.word in {"he", "she", "it"}
    right = FORMS_OF[verb.word][0] if one else verb.text
    return word_fault(subject.end, subject.end + 1, right, "future_clause", SENTENCE_ERROR)


def _wish(words: Words, place: int) -> Fault | None:
    """Finds "I wish I can fly", "I wish I have a dog"."""
    subject = subject_at(words, place + 1)
    if subject is None or not words[place - 1].may_be(SUBJECT | PERSON) or not subject.is_pronoun:
        return None
    verb = words[subject.end]
    right = _WISHED.get(verb.word)
    if not right or subject.head.word == "you" or words[subject.end + 1].may_be(MARK):
        return None
    if verb.word == "have" and words[subject.end + 1].word in {"a", "an"} and subject.head.word == "you":
        return None
    if right == "was" and subject.head.word == "i":
        right = "were"
    return word_fault(subject.end, subject.end, right, "unreal_wish", SENTENCE_ERROR)


def _while_i_am(words: Words, place: int) -> Fault | None:
    """Finds "While I am waiting for the bus, I saw"."""
    if place != 0:
        return None
    subject = subject_at(words, 1)
    if subject is None or words[subject.end].word not in {"am", "is", "are"}:
        return None
    after = words[subject.end + 1]
    aged = (
        words[0].word == "when"
        and (after.word in _AGES or after.may_be(NUMBER))
        and subject.head.word in {"i", "we"}
    )
    aged = aged or (
        words[0].word == "when"
        and after.word == "a"
        and words[subject.end + 2].word in {"child", "kid", "student", "baby", "boy", "girl"}
    )
    if not (after.may_be(GERUND_FORM) and not after.may_be(ADJECTIVE)) and not aged:
        return None
    comma = _comma(words, subject.end)
    main = subject_at(words, comma + 1) if comma else None
    if main is None:
        return None
    verb = words[_verb_at(words, main.end)]
    past = verb.word in {"was", "were", "had", "did", "didn't"} or (
        verb.may_be(PAST_TENSE) and not verb.may_be(BASE_FORM)
    )
    if not past:
        return None
    return tense_fault(subject.end, "were" if words[subject.end].word == "are" else "was")


def _after_i_finish(words: Words, subject: Subject) -> Fault | None:
    """Finds "After I finish my homework, I went to bed"."""
    verb = words[subject.end]
    if words[0].word not in {"after", "when"} or not verb.may_be(BASE_FORM | THIRD_PERSON):
        return None
    comma = _comma(words, subject.end)
    main = subject_at(words, comma + 1) if comma else None
    if main is None or verb.may_be(PAST_TENSE) or BASE_OF.get(verb.word) not in _DONE_ONCE:
        return None
    then = words[main.end]
    if not then.may_be(PAST_TENSE) or then.may_be(BASE_FORM) or then.word in {"thought", "wanted", "knew"}:
        return None
    return tense_fault(subject.end, FORMS_OF[BASE_OF[verb.word]][1])


_DONE_ONCE = frozenset(
    "finish arrive come go get eat leave see open start meet wake enter hear return reach find "
    "graduate".split()
)


def _mother_is_cooking(words: Words, place: int) -> Fault | None:
    """Finds "When I got home, my mother is cooking"."""
    if place != 0:
        return None
    subject = subject_at(words, 1)
    if subject is None:
        return None
    verb = words[subject.end]
    past = verb.word in {"was", "were", "had"} or (verb.may_be(PAST_TENSE) and not verb.may_be(BASE_FORM))
    if not past:
        return _after_i_finish(words, subject)
    comma = _comma(words, subject.end)
    main = subject_at(words, comma + 1) if comma else None
    if main is None:
        return None
    if words[main.end].word == "already":
        # "When we arrived, the film already started."
        done = words[main.end + 1]
        fits = words[0].word == "when" and BASE_OF.get(done.word) in _OVER and done.may_be(PAST_TENSE)
        fits = fits and not done.may_be(BASE_FORM)
        right = f"had already {FORMS_OF[BASE_OF[done.word]][2]}" if fits else ""
        return word_fault(main.end, main.end + 1, right, "tense", SENTENCE_ERROR) if right else None
    if words[main.end].word not in {"am", "is", "are"}:
        return None
    doing = words[main.end + 1]
    if not doing.may_be(GERUND_FORM) or doing.may_be(ADJECTIVE) or doing.word == "going":
        return None
    return tense_fault(main.end, "were" if words[main.end].word == "are" else "was")


def _if_i_knew(words: Words, place: int) -> Fault | None:
    """Finds "I would have come if I knew"."""
    subject = subject_at(words, place + 1)
    if subject is None or not subject.is_pronoun or place < 4:
        return None
    verb = words[subject.end]
    would = next((each for each in range(place - 1, -1, -1) if words[each].word in {"would", "wouldn't"}), -1)
    if would < 0 or words[would + 1].word != "have" or not words[would + 2].may_be(PARTICIPLE):
        return None
    if (
        BASE_OF.get(verb.word) not in _EVENTS | {"know", "ask", "have"}
        or not verb.may_be(PAST_TENSE)
        or verb.may_be(BASE_FORM)
    ):
        return None
    return word_fault(
        subject.end, subject.end, f"had {FORMS_OF[BASE_OF[verb.word]][2]}", "condition", SENTENCE_ERROR
    )


def _is_since(words: Words, place: int) -> Fault | None:
    """Finds "she is sick since last Monday", "we are married for ten years now", "I know him for years"."""
    before, verb = words[place - 1], words[place]
    named = (
        before.word in {"i", "he", "she", "we", "they"}
        or (before.may_be(PERSON) and words[place - 2].may_be(DETERMINING))
        or (before.may_be(NAME) and place == 1)
    )
    if not named or words.is_question:
        return None
    has = (
        "has"
        if before.word in {"he", "she"} or (before.may_be(PERSON | NAME) and not before.may_be(PLURAL))
        else "have"
    )
    if verb.may_be(BE):
        after = words[place + 1]
        state = after.may_be(ADJECTIVE) or after.word in {
            "married",
            "friends",
            "ill",
            "dead",
            "here",
            "together",
            "in",
            "at",
            "sick",
            "busy",
            "away",
        }
        if not state or after.may_be(GERUND_FORM):
            return None
        right = f"{has} been"
    else:
        base = BASE_OF.get(verb.word, "")
        if base not in _LASTING or not verb.may_be(BASE_FORM | THIRD_PERSON) or verb.may_be(PAST_TENSE):
            return None
        right = f"{has} {FORMS_OF[base][2]}"
    for each in range(place + 1, place + 9):
        word, after = words[each].word, words[each + 1]
        if words[each].may_be(MARK) or words[each].word in {
            "and",
            "but",
            "that",
            "who",
            "to",
            "because",
            "first",
            "only",
        }:
            return None
        if words[each].may_be(SUBJECT) and not (word in {"you", "it"} and not verb.may_be(BE)):
            return None
        if word == "since":
            dated = (
                after.word in _SINCE_TIMES
                or (after.word == "last" and words[each + 2].classes)
                or (after.text.isdecimal() and len(after.text) == 4)
                or (after.may_be(NUMBER) and words[each + 2].word in _LENGTHS)
                or (after.may_be(POSSESSIVE) and words[each + 2].word in {"childhood", "birth", "wedding"})
                or (after.word == "the" and words[each + 2].word in {"age", "beginning", "start"})
            )
            met = (
                after.may_be(SUBJECT)
                and not verb.may_be(BE)
                and (
                    words[each + 2].word in {"was", "were"}
                    or (words[each + 2].may_be(PAST_TENSE) and not words[each + 2].may_be(BASE_FORM))
                )
            )
            return tense_fault(place, right) if dated or met else None
        if word == "for" and after.may_be(NUMBER) and words[each + 2].word in _LENGTHS:
            now = words[each + 3].word in {"now", "already"}
            sure = BASE_OF.get(verb.word) == "know" or words[place + 1].word == "married" or now
            return tense_fault(place, right) if sure and words[each + 3].word != "old" else None
    return None


CONDITION_RULES = (
    WordRule.at(_mother_is_cooking, ["when", "while", "after"]),
    WordRule.at(_if_i_knew, ["if"]),
    WordRule.at(_if_i_have, ["if"]),
    WordRule.at(_would_have_known, ["if"]),
    WordRule.at(_when_will, _WHEN),
    WordRule.at(_wish, ["wish"]),
    WordRule.at(_while_i_am, ["while", "when"]),
    WordRule.at(
        _is_since, [*"am is are".split(), *(form for form, base in BASE_OF.items() if base in _LASTING)]
    ),
)

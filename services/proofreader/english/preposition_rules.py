"""Rules for prepositions that do not go with the word beside them."""

from collections.abc import Mapping

from services.proofreader.english.lexicon import BASE_OF, WORDS
from services.proofreader.english.phrases import Fault, WordRule, has_verb_from, like, noun_phrase, word_fault
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
    NUMBER,
    OBJECT,
    PAST_TENSE,
    PERSON,
    PLURAL,
    POSSESSIVE,
    PREPOSITION,
    SUBJECT,
    THIRD_PERSON,
)

_BEFORE_ADJECTIVE = frozenset(
    "be been more feel felt got get i'm become became we're they're he's she's it's".split()
)
_SUBJECTS_OF_SCHOOL = frozenset("english math maths science sports korean history".split())
_POINTS_IN_TIME = frozenset("while moment time times first reason same long".split())
_NO_OBJECT_YET = frozenset("that all each both there this a an some her".split())
_TAKE_AN_OBJECT = frozenset("answer approach reach join follow obey phone attend marry enter".split())
_DAILY_VERBS = frozenset("get wake start finish meet arrive leave come open close begin sleep eat go".split())
_WITHOUT_ARTICLE = frozenset(
    "school bed work church college university korea japan china seoul busan london paris".split()
)


def _frames(name: str) -> Mapping[str, tuple[str, frozenset[str]]]:
    """Returns the preposition that goes with each word, and those in its place that are wrong."""
    split = (each.split(":") for each in str(_FRAMES[name]).split())
    return {
        word: (right, frozenset(wrong.split(","))) for word, right, *rest in split for wrong in rest or [""]
    }


_FRAMES = WORDS["prepositions"]
_WITH_ADJECTIVE = _frames("with_adjective")
_WITH_VERB = _frames("with_verb")
_ALONE = {
    word: frozenset(wrong.split(","))
    for word, wrong in (each.split(":") for each in str(_FRAMES["alone"]).split())
}
_MONTHS = frozenset(
    "january february march april may june july august september october november december".split()
)
_DAYS = 31
_SEASONS = frozenset({"summer", "winter", "spring", "autumn"})
_GOING = frozenset("go goes went going come comes came walk walked walks run ran drive drove".split())
_NO_TO = frozenset({"home", "here", "there", "abroad", "upstairs", "downstairs", "outside", "downtown"})


def _adjective_preposition(words: Words, place: int) -> Fault | None:
    """Finds "proud for", "similar with", "afraid spiders"."""
    right, wrong = _WITH_ADJECTIVE[words[place].word]
    before, preposition, after = words[place - 1], words[place + 1], words[place + 2]
    if not (before.may_be(ADVERB | BE) or before.word in _BEFORE_ADJECTIVE):
        return None
    word = words[place].word
    if preposition.word in wrong:
        if (
            preposition.word in {"to", "for", "with", "on", "by", "in", "at"}
            and not after.may_be(DETERMINING | PLURAL | MASS | NAME | GERUND_FORM | OBJECT)
        ) or (after.may_be(BASE_FORM) and not after.may_be(NOUN | PLURAL | MASS)):
            return None
        if word in {"good", "bad"} and not (
            after.may_be(MASS | GERUND_FORM) or after.word in _SUBJECTS_OF_SCHOOL
        ):
            return None
        if preposition.word in {"for", "on", "at"} and (
            (after.word in {"a", "the", "that"} and words[place + 3].word in _POINTS_IN_TIME)
            or after.may_be(NUMBER)
        ):
            return None
        if (
            word == "famous"
            and preposition.word == "with"
            and after.may_be(DETERMINING | OBJECT)
            and not after.may_be(POSSESSIVE)
        ):
            return None
        if (word == "full" and preposition.word == "by") or (
            preposition.word == "as" and after.word in {"long", "far", "soon"}
        ):
            return None
        if (word == "different" and preposition.word == "in") or (
            word == "similar" and preposition.word in {"of", "as"} and before.word == "as"
        ):
            return None
        if (
            word in {"tired", "full", "responsible"}
            and preposition.word in {"to", "with", "by"}
            and after.word in {"the", "a"}
        ):
            return None
        return word_fault(place + 1, place + 1, right)
    if (
        word in {"afraid", "proud", "fond", "scared", "jealous"}
        and (
            preposition.may_be(PLURAL)
            or preposition.word in {"him", "her", "them"}
            # "I am afraid our porter signed it."
            or (preposition.may_be(POSSESSIVE) and not (word == "afraid" and has_verb_from(words, place + 2)))
        )
        and not preposition.may_be(BASE_FORM | THIRD_PERSON)
    ):
        return word_fault(place, place + 1, f"{words[place].text} {right} {preposition.text}")
    return None


_INTO_IT = frozenset(
    "agreement contract negotiations discussion discussions debate conversation spirit "
    "partnership marriage alliance details detail war competition relationship correspondence "
    "treaty deal dialogue bargain calculation question".split()
)
_LONG = frozenset("hour day week month year term while moment minute time night semester".split())


def _goes_with_it(words: Words, place: int, base: str) -> bool:
    """Returns whether a verb is right as it stands: "replied the baker", "enters into a contract"."""
    before, after = words[place - 1], words[place + 1]
    if place and before.may_be(MARK) and after.word == "the" and words[place].may_be(PAST_TENSE):
        return True
    if (
        (before.may_be(BE) or before.word in {"be", "been", "being"})
        and words[place].may_be(PAST_TENSE)
        and base not in {"discuss", "mention", "describe", "marry", "graduate", "depend", "interest"}
    ):
        return True
    if base == "complain" and after.word == "for":
        return any(words[each].word in _LONG for each in range(place + 2, place + 5))
    return (
        base == "enter"
        and after.word == "into"
        and any(words[each].word in _INTO_IT for each in range(place + 2, place + 6))
    )


def _verb_preposition(words: Words, place: int) -> Fault | None:
    """Finds "listen the radio", "look forward for", "depends of"."""
    base = BASE_OF[words[place].word]
    end = place
    if base == "look" and words[place + 1].word == "forward":
        base, end = "look_forward", place + 1
    if words[place].may_be(AMBIGUOUS) and words[place - 1].may_be(DETERMINING | ADJECTIVE | NUMBER):
        return None
    after = words[end + 1]
    if _goes_with_it(words, place, base):
        return None
    if base == "arrive" and after.word == "to" and words[end + 2].may_be(DETERMINING | NAME):
        return word_fault(end + 1, end + 1, "")
    if base in _WITH_VERB:
        right, wrong = _WITH_VERB[base]
        if after.word in wrong and words[end + 2].may_be(DETERMINING | NAME | GERUND_FORM | OBJECT):
            if (base == "laugh" and not words[end + 2].may_be(OBJECT)) or (
                base == "succeed" and after.word == "on"
            ):
                return None
            return word_fault(end + 1, end + 1, right)
        if (
            "-" in wrong
            and (
                after.may_be(DETERMINING | OBJECT)
                or (after.may_be(MASS) and base == "listen")
                or (after.may_be(GERUND_FORM) and base == "look_forward")
            )
            and after.word
            not in _NO_OBJECT_YET | ({"the"} if base in {"look_forward", "participate"} else set())
        ):
            if base == "wait" and after.word in {"no", "any", "another", "every"}:
                return None
            if (
                (base == "wait" and words[end + 2].may_be(NUMBER))
                or words[end + 2].word in {"whole", "same", "next", "other"}
                or (words[place - 1].word in {"to", "can't"} and base == "depend")
            ):
                return None
            before = " ".join(words[each].text for each in range(place, end + 1))
            return word_fault(place, end + 1, f"{before} {right} {after.text}")
    if (
        base in _ALONE
        and after.word in _ALONE[base]
        and words[place].may_be(BASE_FORM | THIRD_PERSON | PAST_TENSE | GERUND_FORM)
    ) and (words[end + 2].may_be(DETERMINING | OBJECT) or words[end + 2].may_be(NAME)):
        if base in _TAKE_AN_OBJECT and (
            (after.word in {"in", "at"} and base != "enter")
            or (
                words[place].may_be(AMBIGUOUS)
                and not words[place - 1].may_be(ADVERB | SUBJECT | MODAL | DO)
                and words[place - 1].word not in {"to", "us"}
            )
        ):
            return None
        if base == "marry" and (
            words[place].word == "married" or (after.word == "to" and words[place - 1].may_be(BE))
        ):
            return None
        if (
            base in {"describe", "mention"}
            and words[place].word in {"described", "mentioned"}
            and words[place - 1].may_be(NOUN | BE)
        ):
            return None
        return word_fault(end, end + 1, words[end].text)
    return None


def _time(words: Words, place: int) -> Fault | None:
    """Finds "In six", "at summer", "in the night"."""
    after, next_one = words[place + 1], words[place + 2]
    if (
        words[place].word == "in"
        and (after.may_be(NUMBER) and after.word not in {"many", "several", "few"})
        and (
            next_one.word in {"and", "o", "a.m", "p.m", "o'clock", "every", "am", "pm"}
            or next_one.word in {".", ","}
        )
    ):
        verb = {BASE_OF.get(words[each].word, "") for each in range(max(0, place - 3), place)}
        if verb & _DAILY_VERBS and len(after.text) != 4 and (len(after.text) > 1 or after.text.isdecimal()):
            if words[place - 1].may_be(NOUN | OBJECT) and not next_one.word.startswith("o"):
                return None
            return word_fault(place, place, like(words[place].text, "at"))
    if (
        words[place].word in {"at", "on"}
        and after.word in _SEASONS
        and (next_one.may_be(SUBJECT | MARK) or next_one.word in {"and", "my", "because"})
    ):
        return word_fault(place, place, like(words[place].text, "in"))
    return None


def _to_place(words: Words, place: int) -> Fault | None:
    """Finds "went school", "go bed"."""
    after = words[place + 1]
    if after.word in _WITHOUT_ARTICLE and words[place].may_be(
        BASE_FORM | THIRD_PERSON | PAST_TENSE | GERUND_FORM
    ):
        if (after.word == "work" and not words[place + 2].may_be(ADVERB | PREPOSITION | MARK)) or (
            words[place + 2].may_be(NOUN | PLURAL) and not words[place + 2].may_be(PREPOSITION | CONJUNCTION)
        ):
            return None
        if (
            not words[place - 1].may_be(
                NOUN | PLURAL | NAME | ADVERB | SUBJECT | PREPOSITION | MODAL | CONJUNCTION | MARK
            )
            and words[place - 1].word != "to"
        ):
            return None
        if words[place].word in {"run", "ran", "drive", "drove", "walk", "come"}:
            return None
        return word_fault(place, place + 1, f"{words[place].text} to {after.text}")
    return None


def _clause_after(words: Words, place: int) -> Fault | None:
    """Finds "because of I was late", "despite he was tired", "during I was", "because the rain."."""
    word, after = words[place].word, words[place + 1]
    if (
        word == "because"
        and after.word == "of"
        and words[place + 2].may_be(SUBJECT)
        and words[place + 3].may_be(BASE_FORM | THIRD_PERSON | PAST_TENSE | MODAL | BE | HAVE | DO)
        and words[place + 2].word not in {"it", "you"}
    ):
        return word_fault(place, place + 1, words[place].text)
    if word == "because":
        reason = noun_phrase(words, place + 1)
        if reason and after.may_be(DETERMINING) and words[reason.head + 1].word in {".", ","}:
            return word_fault(place, place, f"{words[place].text} of")
        return None
    if (
        after.may_be(SUBJECT)
        and words[place + 2].may_be(PAST_TENSE | MODAL | BE | HAVE | DO)
        and (
            after.word not in {"it", "you"}
            or (words[place + 2].word in {"was", "is"} and words[place + 3].may_be(GERUND_FORM | ADJECTIVE))
        )
    ):
        return word_fault(place, place, like(words[place].text, "although" if word == "despite" else "while"))
    return None


def _going_to(words: Words, place: int) -> Fault | None:
    """Finds "go to there", "went to abroad"."""
    if (
        words[place + 1].word == "to"
        and words[place + 2].word in _NO_TO
        and not (words[place + 2].word == "home" and words[place + 3].may_be(NOUN | PLURAL | ADJECTIVE))
    ):
        return word_fault(place + 1, place + 2, words[place + 2].text)
    return None


def _clock(words: Words, place: int) -> Fault | None:
    """Finds "In 7 o'clock", "on 2010", "in my birthday", "by foot"."""
    after, unit = words[place + 1], words[place + 2]
    word = words[place].word
    if word in {"in", "on"} and after.may_be(NUMBER) and unit.word in {"o'clock", "a.m", "p.m", "pm", "am"}:
        return word_fault(place, place, like(words[place].text, "at"))
    if (
        word in {"at", "on"}
        and after.text.isdecimal()
        and len(after.text) == 4
        and after.text[:2] in {"19", "20"}
        and (unit.word in {".", ",", "and"} or unit.may_be(SUBJECT))
    ):
        return word_fault(place, place, like(words[place].text, "in"))
    if (
        word in {"in", "at"}
        and after.may_be(POSSESSIVE)
        and unit.word == "birthday"
        and words[place + 3].may_be(SUBJECT | CONJUNCTION | MARK)
    ):
        return word_fault(place, place, like(words[place].text, "on"))
    if word == "by" and after.word == "foot":
        return word_fault(place, place, "on")
    return None


def _on_date(words: Words, place: int) -> Fault | None:
    """Finds "born in 5 May", "in July 4th"."""
    month, day = words[place + 2], words[place + 1]
    if day.word in _MONTHS:
        month, day = day, month
        # "In March 12 people came" counts the people.
        if day.text.isdecimal() and not words[place + 3].may_be(MARK):
            return None
    elif words[place + 3].text[:1].isupper() or words[place + 3].may_be(PLURAL):
        # "In 4 May Street", "in 12 March issues".
        return None
    number = day.text.removesuffix("th").removesuffix("st").removesuffix("nd").removesuffix("rd")
    if (
        month.word in _MONTHS
        and month.text[:1].isupper()
        and number.isdecimal()
        and 0 < int(number[:4]) <= _DAYS
    ):
        return word_fault(place, place, like(words[place].text, "on"))
    return None


def _said_me(words: Words, place: int) -> Fault | None:
    """Finds "said me", "said my mother that"."""
    told = noun_phrase(words, place + 1) if words[place + 1].may_be(POSSESSIVE) else None
    if (
        told
        and told.is_person
        and words[place - 1].may_be(SUBJECT | PERSON)
        and (words[told.head + 1].word == "that" and words[told.head + 2].may_be(SUBJECT | DETERMINING))
    ):
        right = {"say": "tell", "says": "tells"}.get(words[place].word, "told")
        return word_fault(place, place, right)
    if words[place + 1].word in {"me", "us", "him"} and words[place - 1].may_be(NOUN | NAME | SUBJECT):
        right = {"say": "tell", "says": "tells"}.get(words[place].word, "told")
        return word_fault(place, place, right)
    return None


PREPOSITION_RULES = (
    WordRule.at(_adjective_preposition, _WITH_ADJECTIVE),
    WordRule.at(
        _verb_preposition,
        [
            form
            for form, base in BASE_OF.items()
            if base in _WITH_VERB or base in _ALONE or base in {"look", "arrive"}
        ],
    ),
    WordRule.at(_time, ["in", "at", "on"]),
    WordRule.at(_to_place, _GOING),
    WordRule.at(_clause_after, ["because", "despite", "during"]),
    WordRule.at(_going_to, _GOING),
    WordRule.at(_clock, ["in", "on", "at", "by"]),
    WordRule.at(_on_date, ["in"]),
    WordRule.at(_said_me, ["say", "says", "said"]),
)

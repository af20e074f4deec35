"""Rules for clauses that lack what they need, or hold it twice: subjects, relatives and their objects."""

from services.proofreader.english.lexicon import BASE_OF
from services.proofreader.english.phrases import (
    SENTENCE_ERROR,
    WORD_CHOICE,
    Fault,
    WordRule,
    begins_clause,
    like,
    noun_phrase,
    word_fault,
)
from services.proofreader.english.subjects import INERT, subject_at
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
    AMBIGUOUS,
    BASE_FORM,
    BE,
    COMPARATIVE,
    CONJUNCTION,
    DETERMINING,
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
    PLURAL,
    POSSESSIVE,
    PREPOSITION,
    SUBJECT,
    THIRD_PERSON,
)

_WEATHER = frozenset(
    "cold hot warm rainy sunny windy cloudy snowy humid cool dark foggy wet freezing boring quiet noisy "
    "beautiful nice crowded".split()
)
_JUDGED = frozenset(
    "important necessary possible impossible difficult easy better common hard dangerous useful".split()
)
_DEGREES = frozenset("very so too really not quite always usually also often".split())
_PLAIN_ADJECTIVES = frozenset(
    "good bad close far near better worse cheap fun late early free open like more not very too so my".split()
)
_SEASONS = frozenset(
    "winter summer spring autumn fall january february march april may june july august "
    "september october november december".split()
)
_FINDING = frozenset(
    "find finds found think thinks thought make makes made making consider considers considered".split()
)
_WHERE = frozenset(
    "park school house city town village restaurant cafe shop hotel library room beach country place "
    "hospital university office museum station market street island farm church store gym stadium "
    "apartment flat building garden cinema theater theatre".split()
)
_WHEN = frozenset("day year time moment week month summer night weekend winter".split())
# With an object of their own, or without one, they leave no gap for "which".
_DONE_THERE = frozenset(
    "play eat buy meet study learn work stay live spend drink wait swim sleep grow celebrate park "
    "teach practise practice read watch see do take have".split()
)
_WITHOUT_OBJECT = frozenset("live work stay sleep wait swim grow".split())
_OWNED_BY_WHO = frozenset(
    "father mother name car house parents brother sister son daughter children dog cat husband wife "
    "family job hobby friend friends life dream hair bike phone".split()
)
_COMMUNICATED = frozenset(
    "message letter email question theory song speech result rule plan story decision promise sign "
    "problem advice news report program course menu way time day lesson".split()
)


def _in_winter_is(words: Words, place: int) -> Fault | None:
    """Finds "In winter is very cold", "In my class has 30 students"."""
    if place != 0 or words.is_question:
        return None
    end = 1
    if words[1].word in _SEASONS or words[1].may_be(NAME):
        end = 2
    elif words[1].may_be(DETERMINING):
        phrase = noun_phrase(words, 1)
        if phrase is None:
            return None
        end = phrase.head + 1
    else:
        return None
    if words[end].word == ",":
        end += 1
    verb, after = words[end], words[end + 1]
    if verb.word in {"has", "have"} and words[0].word == "in":
        counted = after.may_be(NUMBER) or after.word in {"a", "an", "lots", "no", "some"}
        if not counted or words[end + 2].may_be(PARTICIPLE):
            return None
        are = after.word not in {"a", "an"} or words[end + 2].word in {"lot", "few"}
        return word_fault(end, end, "there are" if are else "there is", "missing_subject", SENTENCE_ERROR)
    if verb.word not in {"is", "was"}:
        return None
    adjective = end + 1
    while words[adjective].word in _DEGREES:
        adjective += 1
    word, beyond = words[adjective].word, words[adjective + 1]
    weather = word in _WEATHER and (
        beyond.may_be(MARK | CONJUNCTION | PREPOSITION) or beyond.word in {"here", "there"}
    )
    judged = word in _JUDGED and beyond.word in {"to", "that", "for"}
    if not weather and not judged:
        return None
    return word_fault(end, end, f"it {verb.text}", "missing_subject", SENTENCE_ERROR)


def _because_is(words: Words, place: int) -> Fault | None:
    """Finds "because is close to the beach", "Is raining.", "Here is very cold."."""
    after, beyond = words[place + 1], words[place + 2]
    if words[place].word == "here":
        weather = after.word in {"is", "was"} and beyond.word in {"very", "so", "too", "really", "always"}
        weather = (
            weather
            and words[place + 3].word in _WEATHER
            and words[place + 4].may_be(MARK | CONJUNCTION | PREPOSITION)
        )
        if weather and place == 0:
            right = f"it {after.text}"
            return word_fault(
                place, place + 1, f"{like(words[place].text, right)}", "missing_subject", SENTENCE_ERROR
            )
        return None
    if words[place].word in {"is", "was"}:
        if place == 0 and words[0].text[:1].isupper() and not words.is_question:
            opens = after.word in {"raining", "snowing", "getting", "a", "an"} or (
                after.may_be(POSSESSIVE)
                and beyond.may_be(ADJECTIVE | NOUN)
                and words[place + 3].may_be(NOUN | MARK)
            )
            return (
                word_fault(0, 0, f"It {words[0].word}", "missing_subject", SENTENCE_ERROR) if opens else None
            )
        return None
    fits = (
        after.word in {"is", "was", "isn't", "wasn't"}
        and (beyond.word in _PLAIN_ADJECTIVES or beyond.may_be(COMPARATIVE) or beyond.may_be(POSSESSIVE))
        and words[place - 1].word not in {"just", "simply", "only"}
        and not words[place - 1].may_be(DETERMINING)
        and not words.is_question
    )
    if fits:
        return word_fault(
            place, place + 1, f"{words[place].text} it {after.text}", "missing_subject", SENTENCE_ERROR
        )
    return None


def _find_difficult(words: Words, place: int) -> Fault | None:
    """Finds "I find difficult to speak"."""
    end = place + 1 + (words[place + 1].word in {"very", "really", "so", "too", "quite"})
    if (
        words[end].word in _JUDGED
        and words[end + 1].word == "to"
        and words[end + 2].may_be(BASE_FORM)
        and (
            words[place - 1].may_be(SUBJECT | MODAL | ADVERB)
            or words[place - 1].word in {"to", "who", "that", "people"}
        )
    ):
        return word_fault(
            place,
            place + 1,
            f"{words[place].text} it {words[place + 1].text}",
            "missing_subject",
            SENTENCE_ERROR,
        )
    return None


def _which_i_played(words: Words, place: int) -> Fault | None:
    """Finds "the park which I played soccer", "the day which I met her"."""
    noun = words[place - 1].word
    where = noun in _WHERE
    if not where and noun not in _WHEN:
        return None
    subject = subject_at(words, place + 1)
    if subject is None:
        return None
    end = subject.end
    while words[end].word in {"always", "often", "usually", "first", "used", "to", "can", "could", "will"}:
        end += 1
    verb, after = words[end], words[end + 1]
    if verb.word == "was" and after.word == "born":
        return word_fault(place, place, "where" if where else "when", "relative", WORD_CHOICE)
    base = BASE_OF.get(verb.word, "")
    if base not in _DONE_THERE or not verb.may_be(BASE_FORM | PAST_TENSE | THIRD_PERSON):
        return None
    rest = [words[each].word for each in range(end + 1, end + 8)]
    stop = next(
        (
            each
            for each, word in enumerate(rest)
            if word in {".", ",", "?", "!", "", "is", "was", "are", "were"}
        ),
        len(rest),
    )
    if {"in", "at", "about", "of", "through"} & set(rest[:stop]) or rest[:1] == ["by"]:
        return None
    if not where:
        fits = base == "meet" and (after.may_be(OBJECT | POSSESSIVE | NAME))
        return word_fault(place, place, "when", "relative", WORD_CHOICE) if fits else None
    ends = after.may_be(MARK | BE) or after.word in {
        "when",
        "with",
        "for",
        "every",
        "last",
        "now",
        "is",
        "until",
    }
    fits = (base in _WITHOUT_OBJECT and ends) or (
        base not in {"see", "do", "take", "spend", "have", "watch", "live"}
        and (after.may_be(DETERMINING | PLURAL | MASS | OBJECT) or after.word in _GAMES)
        and words[end + 2].word not in {"time", "day", "year", "week"}
        and after.word not in {"that", "all", "it"}
    )
    return word_fault(place, place, "where", "relative", WORD_CHOICE) if fits else None


_GAMES = frozenset(
    "soccer football tennis basketball baseball badminton volleyball chess games lunch dinner "
    "breakfast english music".split()
)


def _bought_it(words: Words, place: int) -> Fault | None:
    """Finds "This is the book that I bought it last week"."""
    noun = words[place - 1]
    if (
        noun.word not in INERT
        or noun.word.removesuffix("s") in _COMMUNICATED
        or not words[place + 1].may_be(SUBJECT)
    ):
        return None
    if any(words[each].word in {"such", "so", "if", "say", "said", "told", "tell"} for each in range(place)):
        return None
    if not words[place - 2].may_be(DETERMINING | ADJECTIVE | NUMBER):
        return None
    for each in range(place + 2, place + 5):
        if words[each].word in {"it", "them"}:
            after = words[each + 1]
            taken = words[each - 1].may_be(PAST_TENSE | BASE_FORM | THIRD_PERSON | PARTICIPLE)
            ends = after.may_be(MARK | BE) or after.word in {
                "last",
                "yesterday",
                "from",
                "in",
                "every",
                "two",
                "when",
                "for",
                "at",
            }
            twice = (words[each].word == "them") == (noun.may_be(PLURAL) and not noun.may_be(NOUN))
            if taken and ends and twice:
                return word_fault(each - 1, each, words[each - 1].text, "relative", SENTENCE_ERROR)
            return None
    return None


def _who_father(words: Words, place: int) -> Fault | None:
    """Finds "a friend who father works here"."""
    owned, after = words[place + 1], words[place + 2]
    if words[place].word == "what":
        # "The man what works here."
        does = owned.may_be(THIRD_PERSON | BE | MODAL) or (
            owned.may_be(PAST_TENSE) and not owned.may_be(BASE_FORM)
        )
        person = words[place - 1].may_be(PERSON) and words[place - 2].word in {"the", "a", "this", "that"}
        person = person and begins_clause(words, place - 2)
        return word_fault(place, place, "who", "relative", WORD_CHOICE) if does and person else None
    if (
        words[place - 1].may_be(PERSON)
        and owned.word in _OWNED_BY_WHO
        and not owned.may_be(BASE_FORM)
        and (after.may_be(BE | HAVE | MODAL | THIRD_PERSON | PAST_TENSE))
    ):
        return word_fault(place, place, "whose", "relative", WORD_CHOICE)
    return None


def _people_live(words: Words, place: int) -> Fault | None:
    """Finds "There are many people live in", "I have a friend lives in"."""
    verb_place = place
    if words[place].word == "there":
        if not words[place + 1].may_be(BE):
            return None
        verb_place = place + 1
    elif not (
        words[place - 1].may_be(SUBJECT)
        and words[place + 1].word in {"a", "an", "many", "two", "three", "some"}
    ):
        return None
    first = verb_place + 1
    if words[first].word == "a" and words[first + 1].word == "lot" and words[first + 2].word == "of":
        first += 3
    phrase = noun_phrase(words, first)
    if phrase is None or not phrase.is_person or not words[phrase.head].may_be(PERSON):
        return None
    verb, after = words[phrase.head + 1], words[phrase.head + 2]
    if verb.may_be(ADJECTIVE | PREPOSITION | PARTICIPLE | PAST_TENSE) or verb.word in {"like", "work"}:
        return None
    finite = verb.may_be(BASE_FORM) if phrase.is_plural else verb.may_be(THIRD_PERSON)
    goes_on = after.may_be(PREPOSITION | DETERMINING | OBJECT) or after.word == "to"
    if not finite or not goes_on or (words[place].may_be(HAVE) and phrase.is_plural):
        return None
    if (
        verb.may_be(AMBIGUOUS | PLURAL)
        and after.may_be(PREPOSITION)
        and after.word not in {"in", "to", "at", "near"}
    ):
        return None
    return word_fault(
        phrase.head, phrase.head + 1, f"{words[phrase.head].text} who {verb.text}", "relative", SENTENCE_ERROR
    )


def _his_name(words: Words, place: int) -> Fault | None:
    """Finds "I have a friend his name is Carlos"."""
    owned, after = words[place + 1], words[place + 2]
    if (
        words[place - 1].may_be(PERSON)
        and words[place - 1].may_be(NOUN)
        and words[place - 2].word in {"a", "an"}
        and words[place - 3].may_be(HAVE)
        and owned.word in _OWNED_BY_WHO
        and after.may_be(BE)
    ):
        return word_fault(place, place, "whose", "relative", WORD_CHOICE)
    return None


# Sentences begin with them: "Maybe she is ill".
_NO_NAMES = frozenset(
    "however maybe perhaps meanwhile nevertheless nonetheless otherwise moreover furthermore "
    "besides instead thus hence therefore somehow somewhere nowadays tomorrow today tonight "
    "afterwards later soon sometimes once still yes no well anyway indeed alas unless whenever "
    "wherever whether lest nor till albeit ok okay oh ah honestly plus".split()
)


def _my_mother_she(words: Words, place: int) -> Fault | None:
    """Finds "My city it is very big", "Tom he is", "My friends they like"."""
    if place != 0:
        return None
    subject = subject_at(words, 0)
    if subject is None or subject.is_pronoun or words[0].word in {"all", "this", "that"}:
        return None
    pronoun, verb, after = words[subject.end], words[subject.end + 1], words[subject.end + 2]
    fits = {"it": not subject.is_person and not subject.is_plural, "they": subject.is_plural}.get(
        pronoun.word
    )
    if fits is None:
        fits = pronoun.word in {"he", "she"} and subject.is_person and not subject.is_plural
    if not fits or subject.head.may_be(AMBIGUOUS):
        return None
    owned = words[0].may_be(POSSESSIVE) or words[0].may_be(NAME)
    sure = verb.may_be(BE) and (
        after.word in {"very", "so", "too"} or (owned and after.may_be(ADJECTIVE | DETERMINING))
    )
    sure = sure or (
        owned
        and (
            verb.may_be(HAVE | MODAL)
            or (verb.may_be(THIRD_PERSON | BASE_FORM) and not verb.may_be(PAST_TENSE))
        )
    )
    sure = sure or (
        owned
        and verb.may_be(PAST_TENSE)
        and not words[0].may_be(NAME)
        and after.may_be(PREPOSITION | DETERMINING | ADVERB)
        and not any(
            words[each].may_be(BE | HAVE | MODAL | THIRD_PERSON)
            for each in range(subject.end + 2, subject.end + 10)
        )
    )
    if not sure or (words[0].may_be(NAME) and not words[0].text[:1].isupper()):
        return None
    if words[0].may_be(NAME) and (
        subject.end > 1
        or not subject.head.word.isalpha()
        or subject.head.word in _NO_NAMES
        or subject.head.word.endswith("ly")
    ):
        return None
    return word_fault(subject.end - 1, subject.end, words[subject.end - 1].text, "relative", SENTENCE_ERROR)


GAP_RULES = (
    WordRule.at(_his_name, ["his", "her", "their"]),
    WordRule.at(_in_winter_is, ["in", "at", "on", "during"]),
    WordRule.at(_because_is, ["because", "if", "is", "was", "here"]),
    WordRule.at(_find_difficult, _FINDING),
    WordRule.at(_which_i_played, ["which", "that"]),
    WordRule.at(_bought_it, ["that", "which"]),
    WordRule.at(_who_father, ["who", "which", "what"]),
    WordRule.at(_people_live, ["there", "have", "has", "had"]),
    WordRule.at(_my_mother_she, classes=DETERMINING | NAME | PLURAL),
)

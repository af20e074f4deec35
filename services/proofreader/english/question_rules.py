"""Rules for questions: the auxiliary before the subject, and after it where a question is only told."""

from services.proofreader.english.lexicon import BASE_OF, FORMS_OF
from services.proofreader.english.phrases import (
    PUNCTUATION,
    SENTENCE_ERROR,
    WORD_CHOICE,
    Fault,
    WordRule,
    like,
    word_fault,
)
from services.proofreader.english.subjects import subject_at
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
    AMBIGUOUS,
    ANY_NOUN,
    BASE_FORM,
    BE,
    CONJUNCTION,
    DETERMINING,
    DO,
    GERUND_FORM,
    HAVE,
    MARK,
    MODAL,
    NAME,
    OBJECT,
    PARTICIPLE,
    PAST_TENSE,
    PERSON,
    PLURAL,
    PREPOSITION,
    QUESTION,
    SUBJECT,
    THIRD_PERSON,
)

_AUXILIARIES = BE | HAVE | MODAL | DO
_PRONOUNS = frozenset({"i", "you", "he", "she", "it", "we", "they"})
_ASKING = frozenset(
    "know knows knew wonder wonders wondered ask asked asks asking tell told tells explain explained "
    "understand understood remember see forgot forget idea sure guess show showed care explains "
    "knowing imagine check learn learned remembered".split()
)
_ASKED = frozenset("what where when why how who which whom whose if whether".split())
_MEASURES = frozenset(
    "many much old long far often tall big time kind colour color day expensive fast".split()
)
_NEGATIVE_OPENINGS = frozenset({"never", "rarely", "seldom", "hardly", "not"})
_SOFT = frozenset({"can", "could", "will", "would", "may", "shall"})
_INTERJECTIONS = frozenset({"hell", "heck", "earth", "devil"})
_REST = 12


def _asked(words: Words, place: int) -> bool:
    """Returns whether a word for asking stands before a place, with who is asked or without."""
    before = words[place - 1]
    if before.word in _ASKING:
        return True
    if before.may_be(OBJECT | NAME) and words[place - 2].word in _ASKING:
        return True
    if not before.may_be(PERSON) and before.classes:
        return False
    return any(
        words[place - each].may_be(DETERMINING) and words[place - each - 1].word in _ASKING for each in (2, 3)
    )


def _told_question(words: Words, place: int) -> Fault | None:
    """Finds "I asked the man what was he doing", "he asked if did I know", "where does my father work"."""
    if place == 0 or not _asked(words, place):
        return None
    if words[place].word in {"if", "whether"} and words[place - 1].word in {"see", "sure"}:
        return None
    end = place + 1
    if words[place].word in {"what", "how", "which", "whose"}:
        if words[end].word in _MEASURES:
            end += 1
        if words[end].may_be(ANY_NOUN) and not words[end].may_be(_AUXILIARIES):
            end += 1
    verb, subject = words[end], words[end + 1]
    if not verb.may_be(_AUXILIARIES) or verb.word.endswith("n't"):
        return None
    if verb.may_be(DO):
        return _told_do(words, end)
    if subject.word not in _PRONOUNS:
        return None
    if words[place].word in {"if", "whether"} and verb.may_be(HAVE):
        return None
    after = words[end + 2]
    if subject.word == "it" and after.may_be(MARK) and words[place].word == "what" and verb.word == "will":
        return None
    return word_fault(end, end + 1, f"{subject.text} {verb.text}", "word_order", SENTENCE_ERROR)


def _told_do(words: Words, do: int) -> Fault | None:
    subject = subject_at(words, do + 1)
    if subject is None or not words[subject.end].may_be(BASE_FORM):
        return None
    if not (words[do + 1].may_be(DETERMINING | NAME) or words[do + 1].word in _PRONOUNS):
        return None
    verb = words[subject.end]
    right = {"do": verb.word, "does": FORMS_OF[verb.word][0], "did": FORMS_OF[verb.word][1]}.get(
        words[do].word
    )
    if right is None:
        return None
    named = " ".join(words[each].text for each in range(do + 1, subject.end))
    return word_fault(do, subject.end, f"{named} {right}", "word_order", SENTENCE_ERROR)


def _the_film_starts(words: Words, place: int) -> Fault | None:
    """Finds "What time the film starts?", "Why the teacher is angry?", "Where your brother works?"."""
    if place != 0 or not words.is_question:
        return None
    first = 1
    if words[0].word in {"what", "how"} and words[1].word in _MEASURES:
        first = 2
        if words[1].word in {"many", "much", "kind"}:
            return _how_many(words, 2)
    elif words[0].word in {"what", "which"}:
        return _how_many(words, 1)
    subject = subject_at(words, first)
    if subject is None or subject.is_pronoun or not words[first].may_be(DETERMINING):
        return None
    if words[first + 1].word in _INTERJECTIONS or subject.head.may_be(AMBIGUOUS):
        return None
    return _not_inverted(words, first, subject.end, plural=subject.is_plural)


def _how_many(words: Words, first: int) -> Fault | None:
    """Finds "How many brothers you have?", "What sports you like?"."""
    end = first
    while words[end].may_be(ADJECTIVE | ANY_NOUN) and not words[end].may_be(_AUXILIARIES) and end < first + 3:
        end += 1
    subject = words[end]
    if end == first or subject.word not in {"you", "he", "she", "they", "we"}:
        return None
    return _not_inverted(words, end, end + 1, plural=subject.word in {"you", "they", "we"})


def _not_inverted(words: Words, first: int, end: int, *, plural: bool) -> Fault | None:
    verb = words[end]
    named = " ".join(words[each].text for each in range(first, end))
    rest = range(end + 1, end + _REST)
    asked_later = any(words[each].may_be(_AUXILIARIES) or words[each].word == "," for each in rest)
    if verb.may_be(BE | MODAL | HAVE) and not verb.word.endswith("n't"):
        if asked_later or not (
            words[end + 1].may_be(ADJECTIVE | GERUND_FORM | PARTICIPLE | MARK | BASE_FORM)
        ):
            return None
        if verb.may_be(HAVE) and not words[end + 1].may_be(PARTICIPLE):
            asks = "do" if plural else "does"
            return word_fault(first, end, f"{asks} {named} have", "word_order", SENTENCE_ERROR)
        return word_fault(first, end, f"{verb.text} {named}", "word_order", SENTENCE_ERROR)
    if asked_later or verb.may_be(ADJECTIVE | PREPOSITION | ADVERB):
        return None
    if verb.may_be(THIRD_PERSON) and not plural:
        right = f"does {named} {BASE_OF[verb.word]}"
    elif verb.may_be(BASE_FORM) and plural and not verb.may_be(PAST_TENSE):
        right = f"do {named} {verb.text}"
    elif verb.may_be(PAST_TENSE) and not verb.may_be(PARTICIPLE | BASE_FORM):
        right = f"did {named} {BASE_OF[verb.word]}"
    else:
        return None
    return word_fault(first, end, right, "word_order", SENTENCE_ERROR)


def _never_i_have(words: Words, place: int) -> Fault | None:
    """Finds "Not only he lost his job", "Never I have seen": an opening that turns the order round."""
    if place != 0 or words.is_question:
        return None
    first = 1
    if words[0].word == "not":
        if words[1].word != "only":
            return None
        first = 2
    elif words[0].word == "hardly" and words[1].word == "ever":
        first = 2
    subject = subject_at(words, first)
    if subject is None or subject.head.may_be(AMBIGUOUS) or words[subject.end].may_be(MARK | CONJUNCTION):
        return None
    # "Not only the teacher is tired."
    if not (subject.is_pronoun or (words[first].may_be(DETERMINING) and words[0].word != "not")):
        return None
    verb = words[subject.end]
    named = " ".join(words[each].text for each in range(first, subject.end))
    if verb.may_be(BE | MODAL | HAVE) and (
        not verb.may_be(HAVE) or words[subject.end + 1].may_be(PARTICIPLE)
    ):
        right = f"{verb.text} {named}"
    elif words[0].word == "hardly" and first == 1:
        return None
    elif verb.may_be(PAST_TENSE) and not verb.may_be(BASE_FORM):
        right = f"did {named} {BASE_OF[verb.word]}"
    elif verb.may_be(THIRD_PERSON) and not verb.may_be(PLURAL):
        right = f"does {named} {BASE_OF[verb.word]}"
    elif verb.may_be(BASE_FORM) and subject.is_plural and verb.word != "let":
        right = f"do {named} {verb.text}"
    else:
        return None
    return word_fault(first, subject.end, right, "word_order", SENTENCE_ERROR)


def _why_you_dont(words: Words, place: int) -> Fault | None:
    """Finds "Why you don't like it?"."""
    subject, verb = words[1], words[2]
    if (
        place == 0
        and words.is_question
        and subject.word in _PRONOUNS
        and verb.word.endswith("n't")
        and verb.may_be(_AUXILIARIES)
        and not any(words[each].may_be(_AUXILIARIES) for each in range(3, _REST))
    ):
        return word_fault(1, 2, f"{verb.text} {subject.text}", "word_order", SENTENCE_ERROR)
    return None


def _how_like(words: Words, place: int) -> Fault | None:
    """Finds "How is the weather like?", "how it looks like"."""
    verb = words[place + 1]
    for each in range(place + 2, place + 8):
        if words[each].word == "like":
            looks = BASE_OF.get(words[each - 1].word) in {"look", "taste", "sound", "smell"}
            ends = words[each + 1].word in {"?", "."} or (looks and words[each + 1].may_be(MARK))
            asked = verb.may_be(BE | DO) and place == 0 and words.is_question
            asked = asked and (looks or verb.may_be(BE))
            told = looks and words[each - 2].may_be(SUBJECT) and place == each - 3
            if ends and (asked or told):
                return word_fault(place, place, like(words[place].text, "what"), "usage", WORD_CHOICE)
            return None
        if words[each].may_be(MARK | CONJUNCTION):
            return None
    return None


def _question_mark(words: Words, place: int) -> Fault | None:
    """Finds "Where did you put my glasses.": a question that ends as a statement does."""
    opens = place == 0 or (place == 2 and words[1].word == "," and words[0].text[:1].isupper())
    if not opens:
        return None
    verb = place
    if words[place].may_be(QUESTION):
        verb = place + 1
        if words[place].word in {"what", "how", "which"} and words[verb].word in _MEASURES:
            verb += 1
        if words[place].word == "how" and words[verb].may_be(MODAL):
            return None
    elif (
        words[place].word in _SOFT
        or words[place].may_be(HAVE)
        or words[place].word in {"were", "should", "might", "must"}
    ):
        # "Had I known", "were he here" and "should you need it" tell a condition.
        return None
    subject = words[verb + 1]
    if not words[verb].may_be(_AUXILIARIES) or subject.word not in _PRONOUNS:
        return None
    if words[verb].word == "do" and subject.word in {"it", "this", "that"}:
        # "Do it without fail."
        return None
    asks = True
    if words[verb].may_be(DO) and not words[verb].word.endswith("n't"):
        asks = any(words[verb + each].may_be(BASE_FORM | HAVE | DO) for each in (2, 3))
    elif verb == place and not words[verb].may_be(DO):
        asks = words[verb + 2].may_be(GERUND_FORM | ADJECTIVE | DETERMINING)
    if not asks:
        return None
    last = next((each for each in range(verb + 2, verb + 26) if words[each].word in {".", "?", "!", ""}), 0)
    if not last or words[last].word != "." or words[last + 1].word != "":
        return None
    if any(
        words[each].word in {'"', "“", "”", ",", ";", ":", "—", "-", "(", "."} for each in range(verb, last)
    ):
        return None
    return word_fault(last - 1, last, f"{words[last - 1].text}?", "question_mark", PUNCTUATION)


def _where_from(words: Words, place: int) -> Fault | None:
    """Finds "which country do you come?", "Who are you talking?", "What are you waiting?"."""
    if not words.is_question or not words[place].may_be(QUESTION):
        return None
    if place and not (words[place - 1].may_be(MARK | CONJUNCTION)):
        return None
    verb = place + 1
    noun = words[verb]
    if noun.word in _PLACES and words[place].word in {"what", "which"}:
        verb += 1
    elif noun.may_be(_AUXILIARIES):
        noun = words[place]
    else:
        return None
    subject = subject_at(words, verb + 1)
    if not words[verb].may_be(_AUXILIARIES) or subject is None:
        return None
    done = words[subject.end]
    if words[subject.end + 1].word != "?" or words[place].word in {"how", "why", "when", "where"}:
        return None
    base = BASE_OF.get(done.word, "")
    if noun.word in _PLACES:
        right = _PREPOSITION_OF_PLACE.get(base)
    elif words[place].word in {"who", "whom"}:
        right = _PREPOSITION_OF_PERSON.get(base)
    else:
        right = {"wait": "for", "listen": "to"}.get(base)
        if done.word in {"interested", "afraid", "scared", "proud"}:
            right = "in" if done.word == "interested" else "of"
    if not right:
        return None
    return word_fault(subject.end, subject.end, f"{done.text} {right}", "preposition_missing", SENTENCE_ERROR)


_PLACES = frozenset("country city town village part region school university house street hotel".split())
_PREPOSITION_OF_PLACE = {"come": "from", "live": "in", "go": "to", "stay": "in", "belong": "to"}
_PREPOSITION_OF_PERSON = {
    "talk": "to",
    "wait": "for",
    "live": "with",
    "listen": "to",
    "belong": "to",
    "speak": "to",
}


QUESTION_RULES = (
    WordRule.at(_told_question, _ASKED),
    WordRule.at(_the_film_starts, ["what", "where", "when", "why", "how", "which"]),
    WordRule.at(_never_i_have, _NEGATIVE_OPENINGS),
    WordRule.at(_why_you_dont, ["why", "what", "where", "when", "how"]),
    WordRule.at(_how_like, ["how"]),
    WordRule.at(_question_mark, classes=QUESTION | DO | BE),
    WordRule.at(_where_from, ["what", "which", "who", "whom"]),
)

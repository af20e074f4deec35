"""Rules for comparisons, adjectives and adverbs."""

from services.proofreader.english.lexicon import (
    BASE_OF,
    LINKING_VERBS,
    LONG_ADJECTIVES,
    MANNER_VERBS,
    SHORT_ADJECTIVES,
    adverb_of,
    comparative_of,
    superlative_of,
)
from services.proofreader.english.phrases import SENTENCE_ERROR, WORD_CHOICE, Fault, WordRule, word_fault
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
    AMBIGUOUS,
    BASE_FORM,
    BE,
    COMPARATIVE,
    DETERMINING,
    MARK,
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
    SUPERLATIVE,
    THIRD_PERSON,
)

_QUALITIES = {
    "healthy": "health",
    "kind": "kindness",
    "happy": "happiness",
    "different": "difference",
    "important": "importance",
    "difficult": "difficulty",
    "beautiful": "beauty",
    "strong": "strength",
    "angry": "anger",
    "successful": "success",
    "confident": "confidence",
    "lonely": "loneliness",
    "intelligent": "intelligence",
    "safe": "safety",
    "brave": "bravery",
    "honest": "honesty",
    "creative": "creativity",
    "sad": "sadness",
}
_LONG_ENDINGS = tuple("ful ous ive ent ant ing ed able ible al ic ult ary less".split())
_LONG_FORMS = {
    (adjective.removesuffix("e") + end): f"{word} {adjective}"
    for adjective in LONG_ADJECTIVES
    if adjective.endswith(_LONG_ENDINGS)
    for end, word in (("er", "more"), ("est", "most"))
}
_SLIPS = {
    "hoter": "hotter",
    "biger": "bigger",
    "sader": "sadder",
    "fater": "fatter",
    "thiner": "thinner",
    "hotest": "hottest",
    "bigest": "biggest",
    "happyer": "happier",
    "easyer": "easier",
    "busyer": "busier",
    "heavyer": "heavier",
    "prettyer": "prettier",
    "happyest": "happiest",
    "easyest": "easiest",
    "worser": "worse",
}
_DEGREES = {
    each: (comparative_of(each), superlative_of(each))
    for each in SHORT_ADJECTIVES
    - {
        "quiet",
        "clever",
        "narrow",
        "friendly",
        "simple",
        "early",
        "late",
        "few",
        "old",
        "lovely",
        "shy",
        "weird",
        "mad",
    }
}
_COMPARED_WORDS = frozenset("more less most least best later better worse lower fewer".split())
_MOODS = frozenset(
    "happily sadly angrily beautifully badly nervously deliciously strangely seriously tiredly hungrily "
    "carefully".split()
)
_FLAT_ADVERBS = frozenset(
    "alone first last alive late early high fast hard free open same low deep long loud quick slow angry "
    "happy sad hungry tired young old sick poor rich tall big strong short dry wild clear close straight "
    "clean".split()
)
_SAD_OR_HAPPY = frozenset("happily sadly beautifully strangely tiredly nervously".split())


def _double_degree(words: Words, place: int) -> Fault | None:
    """Finds "most hardest", "more easier"."""
    after = words[place + 1]
    if (
        after.may_be(COMPARATIVE | SUPERLATIVE)
        and not after.may_be(AMBIGUOUS)
        and after.word not in _COMPARED_WORDS
        and not words[place - 1].may_be(NUMBER)
    ):
        if (words[place].word == "most" and after.may_be(COMPARATIVE)) or (
            words[place + 2].word == "and" and words[place].word == "more"
        ):
            return None
        if words[place].word == "more" and words[place + 2].may_be(PLURAL):
            return None
        return word_fault(place, place + 1, after.text, "comparison", SENTENCE_ERROR)
    if (after.word in _DEGREES and not after.may_be(AMBIGUOUS) and words[place + 2].may_be(NOUN | MARK)) or (
        after.word in _DEGREES and words[place].word == "more" and words[place + 2].word == "than"
    ):
        if (
            words[place].word == "most"
            and words[place - 1].word in {"the", "my"}
            and after.word not in {"sick", "proud", "happy"}
        ):
            return word_fault(place, place + 1, _DEGREES[after.word][1], "comparison", SENTENCE_ERROR)
        if (
            words[place].word == "more"
            and words[place - 1].may_be(BE)
            and words[place + 2].word in {"than", "."}
        ) or (
            words[place].word == "more"
            and words[place + 2].word == "than"
            and words[place - 1].may_be(NOUN | ADVERB)
        ):
            if words[place + 3].may_be(ADJECTIVE):
                return None
            return word_fault(place, place + 1, _DEGREES[after.word][0], "comparison", SENTENCE_ERROR)
    return None


def _long_form(words: Words, place: int) -> Fault | None:
    """Finds "difficulter", "hoter"."""
    word = words[place].word
    right = _SLIPS.get(word) or _LONG_FORMS[word]
    if words[place - 1].word in {"more", "most"}:
        return None
    return word_fault(place, place, right, "comparison", SENTENCE_ERROR)


def _so_than(words: Words, place: int) -> Fault | None:
    """Finds "so tall than"."""
    if (
        words[place + 1].may_be(ADJECTIVE | ADVERB)
        and words[place + 2].word == "than"
        and not words[place + 1].may_be(COMPARATIVE)
    ):
        right = f"as {words[place + 1].text} as"
        return word_fault(place, place + 2, right, "comparison", SENTENCE_ERROR)
    return None


def _the_comparative(words: Words, place: int) -> Fault | None:
    """Finds "he is the taller than"."""
    after = words[place + 1]
    if words[place - 1].may_be(BE) and after.may_be(COMPARATIVE) and words[place + 2].word == "than":
        return word_fault(place, place + 1, after.text, "comparison", SENTENCE_ERROR)
    return None


def _plain_than(words: Words, place: int) -> Fault | None:
    """Finds "he is tall than me", "taller that me"."""
    word, before = words[place - 1], words[place - 2]
    if words[place].word == "that":
        if (
            word.may_be(COMPARATIVE)
            and before.may_be(ADVERB | BE | BASE_FORM | THIRD_PERSON | PAST_TENSE)
            and (words[place + 1].may_be(OBJECT) and words[place + 1].word not in {"you", "it", "her"})
        ):
            return word_fault(place, place, "than", "word_choice")
        return None
    if (
        not word.may_be(ADJECTIVE)
        or word.may_be(COMPARATIVE | AMBIGUOUS)
        or word.word == "different"
        or not (before.may_be(BE) or before.word in {"much", "very"})
    ):
        return None
    right = f"more {word.text}" if word.word in LONG_ADJECTIVES else comparative_of(word.word)
    return word_fault(place - 1, place - 1, right, "comparison", SENTENCE_ERROR)


def _very_more(words: Words, place: int) -> Fault | None:
    """Finds "very better"."""
    if (
        words[place + 1].may_be(COMPARATIVE)
        and not words[place + 1].may_be(NOUN | AMBIGUOUS)
        and words[place + 1].word not in {"latter", "more", "less"}
    ):
        return word_fault(place, place, "much")
    return None


def _then(words: Words, place: int) -> Fault | None:
    """Finds "better then me", "Than we went"."""
    if (
        words[place].word == "then"
        and words[place - 1].may_be(COMPARATIVE)
        and words[place - 1].word not in {"more", "less", "later"}
        and (words[place + 1].may_be(DETERMINING | OBJECT) or words[place + 1].may_be(NAME))
        and not words[place + 1].may_be(SUBJECT)
    ):
        return word_fault(place, place, "than", "word_choice")
    if (
        words[place].text == "Than"
        and place == 0
        and words[1].may_be(POSSESSIVE | SUBJECT)
        and not words.is_question
    ):
        return word_fault(0, 0, "Then", "word_choice")
    return None


def _manner(words: Words, place: int) -> Fault | None:
    """Finds "she sings beautiful.", "looks happily."."""
    base = BASE_OF[words[place].word]
    end = place + 1
    while words[end].word in {"very", "so", "too", "really", "quite"}:
        end += 1
    word = words[end]
    closing = words[end + 1].word in {".", "!", "and", "but", "because", "when"} or words[end + 1].word == ","
    if (
        base in MANNER_VERBS
        and word.may_be(ADJECTIVE)
        and word.word
        not in _FLAT_ADVERBS
        | (
            {"healthy", "independent", "comfortable", "peaceful"}
            if base in {"live", "sleep"}
            else {word.word}
            if base == "grow"
            else set()
        )
        and not word.may_be(ADVERB)
        and closing
    ):
        if (
            words[end + 1].word == "and"
            and words[end + 2].may_be(NOUN | ADJECTIVE)
            and not words[end + 2].may_be(ADVERB)
        ) or (words[place].may_be(AMBIGUOUS) and not words[place - 1].may_be(PERSON | NAME | SUBJECT)):
            return None
        return word_fault(end, end, adverb_of(word.word), "word_choice")
    if (
        base in LINKING_VERBS
        and words[place - 1].may_be(PERSON | NAME | SUBJECT)
        and word.word in _MOODS
        and words[end + 1].word in {".", "!", ","}
        and base != "become"
        and (base != "look" or word.word in _SAD_OR_HAPPY)
    ):
        right = {adverb_of(each): each for each in SHORT_ADJECTIVES | LONG_ADJECTIVES}.get(word.word, "")
        return word_fault(end, end, right, "word_choice")
    return None


def _quality(words: Words, place: int) -> Fault | None:
    """Finds "your kind.", "my healthy.": an adjective in the place of its noun."""
    word = words[place + 1].word
    after = words[place + 2]
    if (
        word in _QUALITIES
        and (after.word in {".", "!"} or (after.word in {"is", "was", "of"} and word != "kind"))
        and words[place].word not in {"its", "their"}
    ):
        if words[place].word == "her" and not words[place - 1].may_be(PREPOSITION):
            return None
        return word_fault(place + 1, place + 1, _QUALITIES[word], "word_choice", WORD_CHOICE)
    return None


def _quality_after_article(words: Words, place: int) -> Fault | None:
    """Finds "a big different between", "no confident."."""
    end = place + 1
    if words[end].word in {"big", "great", "huge", "little", "good", "lot"}:
        end += 1
    word, after = words[end].word, words[end + 1].word
    if (
        word in _QUALITIES
        and word not in {"kind", "beautiful", "sad", "strong"}
        and (after in {"between", "."} and words[place].word != "the")
        and words[place - 1].word != "such"
    ):
        return word_fault(end, end, _QUALITIES[word], "word_choice", WORD_CHOICE)
    return None


COMPARISON_RULES = (
    WordRule.at(_double_degree, ["more", "most"]),
    WordRule.at(_long_form, {*_LONG_FORMS, *_SLIPS}),
    WordRule.at(_so_than, ["so", "as"]),
    WordRule.at(_the_comparative, ["the"]),
    WordRule.at(_plain_than, ["than", "that"]),
    WordRule.at(_very_more, ["very"]),
    WordRule.at(_then, ["then", "than"]),
    WordRule.at(_manner, [form for form, base in BASE_OF.items() if base in MANNER_VERBS | LINKING_VERBS]),
    WordRule.at(_quality, classes=POSSESSIVE),
    WordRule.at(_quality_after_article, ["a", "any", "no"]),
)

"""Rules for names and other words with a small letter where a capital one stands."""

from services.proofreader.english.lexicon import CAPITALISED, TWO_WORD_NAMES
from services.proofreader.english.phrases import (
    Fault,
    WordRule,
    word_fault,
)
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADVERB,
    BASE_FORM,
    BE,
    DO,
    HAVE,
    MODAL,
    PAST_TENSE,
)

_TITLES = {"mr": "Mr", "mrs": "Mrs", "ms": "Ms", "dr": "Dr"}


def _small_i(words: Words, place: int) -> Fault | None:
    if (
        words[place].text == "i"
        and words[place - 1].word not in {"."} | ({"-"})
        and (
            words[place + 1].may_be(BASE_FORM | PAST_TENSE | ADVERB | MODAL | BE | HAVE | DO)
            and words[place + 1].classes
        )
        and place > 0
    ):
        return word_fault(place, place, "I", "capital_i", "spelling") if words[0].text[:1].isupper() else None
    return None


def _title(words: Words, place: int) -> Fault | None:
    """Finds "mr. Kim", "new york"."""
    word = words[place]
    opens = words[0].text[:1].isupper()
    if word.text in _TITLES and opens and words[place + 1].word == "." and words[place + 2].word == "":
        return word_fault(place, place, _TITLES[word.text], "name_capital", "spelling")
    if (
        word.text in _TITLES
        and words[place + (2 if words[place + 1].word == "." else 1)].text[:1].isupper()
        and opens
    ):
        return word_fault(place, place, _TITLES[word.text], "name_capital", "spelling")
    following = words[place + 1]
    if (word.text, following.text) in TWO_WORD_NAMES and opens:
        return word_fault(
            place,
            place + 1,
            f"{word.text.capitalize()} {following.text.capitalize()}",
            "name_capital",
            "spelling",
        )
    return None


def _small_name(words: Words, place: int) -> Fault | None:
    """Finds "In korea": a name with a small letter in a sentence that begins with a capital one."""
    word = words[place]
    if (
        word.text.islower()
        and words[0].text[:1].isupper()
        and words[place - 1].word not in {"-", "@", "#", "_"}
        and words[place + 1].word not in {"-", "_", "@"}
    ):
        if word.word in {"french", "english", "indian"} and words[place + 1].word in {
            "fries",
            "toast",
            "horn",
            "door",
            "doors",
            "window",
        }:
            return None
        return word_fault(place, place, word.text.capitalize(), "name_capital", "spelling")
    return None


CAPITAL_RULES = (
    WordRule.at(_small_i, ["i"]),
    WordRule.at(_title, {*_TITLES, *(first for first, _ in TWO_WORD_NAMES)}),
    WordRule.at(_small_name, CAPITALISED),
)

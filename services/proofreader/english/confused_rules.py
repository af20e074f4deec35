"""Rules for words that sound alike."""

from services.proofreader.english.lexicon import BASE_OF
from services.proofreader.english.phrases import (
    Fault,
    WordRule,
    like,
    word_fault,
)
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
    BASE_FORM,
    BE,
    CONJUNCTION,
    GERUND_FORM,
    MARK,
    MASS,
    NOUN,
    PAST_TENSE,
    PLURAL,
    PREPOSITION,
    SUBJECT,
    THIRD_PERSON,
)

_CONFUSED_AFTER_YOUR = frozenset(
    "right welcome sorry late correct beautiful amazing sick tired angry happy crazy".split()
)
_WITHOUT_OBJECT = frozenset(
    "live go get arrive stay be happen exist stand sit work wait come run walk put travel move "
    "grow meet".split()
)


_OWNING = frozenset(
    "find lose forget leave bring wear love like wash clean pack show finish sell use open".split()
)


def _is_owned_with_more(words: Words, place: int) -> bool:
    """Returns whether "swimming costumes" or "new car" stands at a place: a thing without an article."""
    more, noun, after = words[place], words[place + 1], words[place + 2]
    owned = noun.may_be(NOUN | PLURAL) or (noun.word.endswith("s") and not noun.classes)
    singular = noun.may_be(NOUN) and not noun.may_be(PLURAL | MASS)
    fits = (more.may_be(GERUND_FORM) and not more.may_be(PREPOSITION)) or (
        more.may_be(ADJECTIVE) and singular
    )
    return (
        fits
        and owned
        and not noun.may_be(BASE_FORM)
        and after.may_be(PREPOSITION | CONJUNCTION | MARK | ADVERB)
    )


def _confused(words: Words, place: int) -> Fault | None:
    """Finds "your right.", "forgot there books", "I one the race", "i live"."""
    word, before, after = words[place].word, words[place - 1], words[place + 1]
    if (
        word == "your"
        and after.word in _CONFUSED_AFTER_YOUR
        and words[place + 2].word in {".", "!", ",", "to", "about"}
        and (before.may_be(BASE_FORM) or place == 0 or before.word in {"that", "because", "if"})
    ):
        return word_fault(place, place, like(words[place].text, "you're"), "word_choice")
    if (
        word == "your"
        and after.may_be(GERUND_FORM)
        and not after.may_be(NOUN)
        and words[place + 2].word == "to"
        and words[place + 3].may_be(BASE_FORM)
    ):
        return word_fault(place, place, like(words[place].text, "you're"), "word_choice")
    if (
        word == "there"
        and (
            (before.may_be(BASE_FORM | THIRD_PERSON | PAST_TENSE | GERUND_FORM) and not before.may_be(BE))
            or before.word in {"of", "with", "in", "for", "on"}
        )
        and (
            (
                after.may_be(NOUN | PLURAL | MASS)
                and not after.may_be(BASE_FORM | THIRD_PERSON | PREPOSITION | CONJUNCTION)
                and words[place + 2].may_be(PREPOSITION | CONJUNCTION | MARK)
            )
            or (
                (BASE_OF.get(before.word) in _OWNING or after.may_be(ADJECTIVE))
                and _is_owned_with_more(words, place + 1)
            )
        )
        and BASE_OF.get(before.word) not in _WITHOUT_OBJECT
    ):
        return word_fault(place, place, "their", "word_choice")
    if (
        word == "one"
        and before.may_be(SUBJECT)
        and after.word in {"the", "a", "first", "second"}
        and before.word != "it"
    ):
        return word_fault(place, place, "won", "word_choice")
    return None


CONFUSED_RULES = (WordRule.at(_confused, ["your", "there", "one"]),)

"""Rules for the number of nouns, and for nouns that are not counted."""

from services.proofreader.english.lexicon import COUNTED, MASS_NOUNS, PERSONS, SINGULAR_OF, WORDS, plural_of
from services.proofreader.english.phrases import (
    SENTENCE_ERROR,
    WORD_CHOICE,
    Fault,
    WordRule,
    ends_phrase,
    like,
    word_fault,
)
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
    AMBIGUOUS,
    BASE_FORM,
    BE,
    CONJUNCTION,
    DETERMINING,
    MARK,
    MASS,
    NAME,
    NOUN,
    NUMBER,
    PAST_TENSE,
    PERSON,
    PLACE,
    PLURAL,
    PREPOSITION,
    SUBJECT,
    SUPERLATIVE,
    THIRD_PERSON,
)

_PLURAL_OF_MASS = {plural_of(each): each for each in MASS_NOUNS - set(WORDS["nouns"]["plural_too"].split())}
_PLURAL_OF_MASS |= {"informations": "information", "advices": "advice"}
_COUNTING = frozenset(
    "two three four five six seven eight nine ten eleven twelve twenty many several these those both few "
    "various".split()
)
# They stand before a noun as its measure ("a five star hotel", "a ten year plan"), or have one plural.
_MEASURES = frozenset(
    "hour day week month year minute meter metre kilometer kilometre mile star time way kind type".split()
)
_THINGS = COUNTED | PERSONS
_ALSO_COUNTED = frozenset(
    "behavior behaviour feedback help waste fun coffee tea soup juice cheese light space gas metal glass "
    "paper food plastic rain music news knowledge gold harm".split()
)


def _noun_ends(words: Words, place: int) -> bool:
    """Returns whether a noun phrase ends at a noun: no more of it comes, or a person does what comes next."""
    after = words[place + 1]
    if ends_phrase(after):
        return True
    return (
        words[place].word in PERSONS
        and after.may_be(BASE_FORM | THIRD_PERSON | PAST_TENSE)
        and not after.may_be(ADJECTIVE)
        and (
            words[place + 2].may_be(DETERMINING | SUBJECT)
            or (after.may_be(THIRD_PERSON) and words[place + 2].may_be(PREPOSITION))
        )
    )


_NUMBERED = frozenset("bus train tram flight edition model form bulb driver iron engine".split())


def _counted_singular(words: Words, place: int) -> Fault | None:
    """Finds "five kilometer", "how many book", "these house": one noun after a word for several."""
    end = place + 1
    while words[end].may_be(ADJECTIVE) and not words[end].may_be(NOUN):
        end += 1
    noun = words[end]
    if (
        noun.word == "time"
        and end == place + 1
        and ends_phrase(words[end + 1])
        and not words[place - 1].may_be(DETERMINING | PREPOSITION)
        and words[place].word not in {"few", "these", "those", "both"}
    ):
        return word_fault(end, end, "times", "number", SENTENCE_ERROR)
    if not noun.may_be(NOUN) or noun.may_be(PLURAL) or noun.word not in _THINGS or not _noun_ends(words, end):
        return None
    if (words[place].word == "few" and words[place - 1].word != "a") or noun.word == "present":
        return None
    if (words[place - 1].may_be(DETERMINING) and noun.word in _MEASURES) or words[end + 1].word == "old":
        return None
    if words[place].word == "both" and (words[end + 1].word == "and" or words[place + 1].may_be(DETERMINING)):
        return None
    if words[place].text[0].isdecimal() and (
        words[place].text in {"1", "0"}
        # "Unit 4 assignment", "the Room 12 key".
        or words[place - 1].may_be(NOUN | NAME)
        or words[place - 1].word
        in {"unit", "grade", "chapter", "room", "number", "level", "phase", "section"}
        or "." in words[place].text
        or len(words[place].text) > 3
        or words[end].word in {"page", "well"}
        # "A 2x2 table", "the MP3 player", "a 404 error".
        or (place > 0 and words[place - 1].end == words[place].start)
        or words[place - 1].word in {"a", "an"}
        # "The 47 bus".
        or (end == place + 1 and noun.word in _NUMBERED and words[place - 1].may_be(DETERMINING))
    ):
        return None
    if words[place].may_be(NUMBER) and words[end + 1].may_be(ADVERB) and end > place + 1:
        return None
    return word_fault(end, end, plural_of(noun.word), "number", SENTENCE_ERROR)


def _last_years(words: Words, place: int) -> Fault | None:
    """Finds "one of the best day"."""
    if words[place + 1].word != "of" or not words[place + 2].may_be(DETERMINING):
        return None
    end = place + 3
    while words[end].may_be(ADJECTIVE | SUPERLATIVE) and not words[end].may_be(NOUN):
        end += 1
    if (
        words[end].word in _THINGS
        and not words[end].may_be(PLURAL)
        and _noun_ends(words, end)
        and words[end].word not in {"family", "team"}
    ):
        return word_fault(end, end, plural_of(words[end].word), "number", SENTENCE_ERROR)
    return None


def _each_plural(words: Words, place: int) -> Fault | None:
    """Finds "every students", "each houses", "a chickens"."""
    end = place + 1
    while words[end].may_be(ADJECTIVE) and not words[end].may_be(NOUN):
        end += 1
    noun = words[end]
    if words[place + 1].word == "few":
        return None
    if words[place].text == "A" and place:
        # "Grade A eggs".
        return None
    if words[place].word in {"a", "an"}:
        if (
            noun.word in SINGULAR_OF
            and not noun.may_be(NOUN | BASE_FORM | THIRD_PERSON | AMBIGUOUS)
            and ends_phrase(words[end + 1])
            and words[place + 1].word != "few"
            and noun.word != "people"
        ):
            return word_fault(place, end, "", "number", SENTENCE_ERROR)
        return None
    if (
        noun.word in SINGULAR_OF
        and not noun.may_be(NOUN | THIRD_PERSON)
        and (ends_phrase(words[end + 1]) or words[end + 1].may_be(BASE_FORM | THIRD_PERSON))
    ):
        return word_fault(end, end, SINGULAR_OF[noun.word], "number", SENTENCE_ERROR)
    return None


def _mass_plural(words: Words, place: int) -> Fault | None:
    """Finds "pollutions": a plural that a noun does not have."""
    return word_fault(
        place, place, like(words[place].text, _PLURAL_OF_MASS[words[place].word]), "usage", WORD_CHOICE
    )


def _mass_article(words: Words, place: int) -> Fault | None:
    """Finds "a water", "a space travel" at the end of a phrase."""
    noun = words[place + 1]
    if (
        noun.may_be(MASS)
        and (
            not noun.may_be(NOUN | BASE_FORM | THIRD_PERSON | ADJECTIVE | AMBIGUOUS)
            or noun.word in {"water", "snow"}
        )
        and words[place + 2].may_be(PREPOSITION | BE | CONJUNCTION | MARK)
        and words[place + 2].word not in {"of", "for", "to"}
    ):
        if noun.word in _ALSO_COUNTED:
            return None
        return word_fault(place, place + 1, "", "usage", WORD_CHOICE)
    return None


def _how_many(words: Words, place: int) -> Fault | None:
    """Finds "how many money", "too many coffee", "much books", "little friends"."""
    word, noun = words[place].word, words[place + 1]
    if (
        word == "many"
        and noun.may_be(MASS)
        and not noun.may_be(NOUN | PLURAL | BASE_FORM | AMBIGUOUS)
        and ends_phrase(words[place + 2])
    ):
        return word_fault(place, place, like(words[place].text, "much"), "usage", WORD_CHOICE)
    if (
        word in {"much", "less"}
        and noun.may_be(PLURAL)
        and not noun.may_be(NOUN | MASS | BASE_FORM | THIRD_PERSON | AMBIGUOUS)
        and words[place + 2].word != "a"
    ):
        if word == "less" and (noun.word == "people" or words[place - 1].may_be(DETERMINING | NUMBER)):
            return None
        return word_fault(
            place, place, like(words[place].text, "many" if word == "much" else "fewer"), "usage", WORD_CHOICE
        )
    if (
        word == "little"
        and words[place - 1].word == "a"
        and noun.may_be(PLURAL)
        and not noun.may_be(MASS | BASE_FORM | THIRD_PERSON | AMBIGUOUS)
    ):
        return word_fault(place, place, "few", "usage", WORD_CHOICE)
    if (
        word == "few"
        and words[place - 1].word not in {"the", "these", "those", "my", "his", "her", "our", "their"}
        and noun.may_be(MASS)
        and not noun.may_be(NOUN | BASE_FORM | AMBIGUOUS)
        and (ends_phrase(words[place + 2]) or words[place + 2].word == "left")
    ):
        return word_fault(place, place, "little", "usage", WORD_CHOICE)
    if (
        word == "amount"
        and words[place + 1].word == "of"
        and words[place + 2].may_be(PLURAL)
        and not words[place + 2].may_be(MASS | THIRD_PERSON | AMBIGUOUS)
    ):
        return word_fault(place, place, "number", "usage", WORD_CHOICE)
    return None


def _most_of(words: Words, place: int) -> Fault | None:
    """Finds "most of students"."""
    noun = words[place + 2]
    if (
        words[place + 1].word == "of"
        and noun.may_be(PLURAL)
        and not noun.may_be(MASS | THIRD_PERSON | AMBIGUOUS)
        and words[place - 1].word not in {"the", "a", "as"}
    ):
        return word_fault(place, place + 1, words[place].text, "usage", WORD_CHOICE)
    return None


def _lot_of(words: Words, place: int) -> Fault | None:
    """Finds "a lot of student"."""
    end = place + 2
    while words[end].may_be(ADJECTIVE) and not words[end].may_be(NOUN):
        end += 1
    noun = words[end]
    if (
        words[place + 1].word == "of"
        and noun.word in _THINGS
        and not noun.may_be(PLURAL | MASS | PLACE | BASE_FORM | ADJECTIVE | AMBIGUOUS)
        and ends_phrase(words[end + 1])
        and words[end + 1].word not in {"-", "and"}
        and noun.word != "room"
    ):
        return word_fault(end, end, plural_of(noun.word), "number", SENTENCE_ERROR)
    return None


def _likes_dog(words: Words, place: int) -> Fault | None:
    """Finds "collecting coin", "I like apple.", "afraid of spider", "from different country"."""
    noun, after = words[place + 1], words[place + 2]
    word, before = words[place].word, words[place - 1]
    if noun.word not in _THINGS or noun.word in _NOT_LIKED or noun.text != noun.word:
        return None
    if noun.may_be(MASS | PLACE | PLURAL | BASE_FORM | ADJECTIVE | PREPOSITION | AMBIGUOUS):
        return None
    if noun.word.endswith("ing"):
        # "I like drawing."
        return None
    if not (
        after.may_be(MARK) or after.word in {"and", "because", "but", "very", "from", "when", "in", "so"}
    ):
        return None
    if after.word in {"-", "/", "'", '"', "’", "”", ":"}:
        return None
    if word in {"different", "various"}:
        fits = before.may_be(PREPOSITION | BASE_FORM | THIRD_PERSON | PAST_TENSE) and before.word not in {
            "like",
            "as",
        }
    elif word == "of":
        fits = before.word in {"afraid", "scared", "fond"}
    else:
        fits = before.may_be(SUBJECT | PERSON | BE) or before.word in {
            "to",
            "not",
            "don't",
            "doesn't",
            "really",
            "also",
            "of",
        }
        fits = fits or word == "collecting"
        fits = fits and (word.startswith("collect") or not noun.may_be(PERSON))
        if word == "like" and (before.may_be(BE | PERSON) or before.word in {"not", "of"}):
            return None
    return word_fault(place + 1, place + 1, plural_of(noun.word), "number", SENTENCE_ERROR) if fits else None


# As food, as a game, as what is done there or as a title they have no article.
_NOT_LIKED = frozenset(
    "cake chicken fish pizza orange chocolate school church class college university game rock "
    "pop jazz science "
    "art cinema theatre theater fashion drama mother father mom dad grandma grandpa lunch dinner "
    "meat stone paper space history duck lamb turkey melon banana potato lemon candy baby "
    "man woman nature law speech language travel onion tomato coconut pear peach grape corn egg "
    "football".split()
)


NOUN_RULES = (
    WordRule.at(
        _likes_dog,
        "collect collects collecting collected like likes liked love loves hate hates prefer "
        "different various of".split(),
    ),
    WordRule.at(_counted_singular, _COUNTING, NUMBER),
    WordRule.at(_last_years, ["one", "some"]),
    WordRule.at(_each_plural, ["every", "each", "another", "a", "an"]),
    WordRule.at(_mass_plural, _PLURAL_OF_MASS),
    WordRule.at(_mass_article, ["a", "an"]),
    WordRule.at(_how_many, ["many", "much", "less", "little", "few", "amount"]),
    WordRule.at(_most_of, ["most", "some", "many", "few"]),
    WordRule.at(_lot_of, ["lot", "lots", "plenty"]),
)

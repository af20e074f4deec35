"""Rules for the form of nouns and of the words before them: apostrophes, measures, plurals of adjectives."""

from services.proofreader.english.lexicon import BASE_OF, COUNTED, LONG_ADJECTIVES, PERSONS, plural_of
from services.proofreader.english.phrases import (
    SENTENCE_ERROR,
    SPELLING,
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
    DETERMINER,
    DETERMINING,
    DO,
    HAVE,
    MARK,
    MASS,
    MODAL,
    NOUN,
    NUMBER,
    PAST_TENSE,
    PERSON,
    PLACE,
    PLURAL,
    POSSESSIVE,
    PREPOSITION,
    THIRD_PERSON,
)

# A few adjectives have a plural, as nouns; these have none.
_ALSO_NOUNS = frozenset(
    "individual main global specific common final current professional electric special international "
    "national private public "
    "native positive negative favorite favourite creative local general medical physical modern extra "
    "major essential familiar independent intellectual musical romantic natural moral innocent material "
    "capable historic perfect economic comic logic mental political particular regular social suitable "
    "calm valuable edible comparable perishable collectible".split()
)
_PLURAL_ADJECTIVES = {
    f"{each}s": each
    for each in LONG_ADJECTIVES - _ALSO_NOUNS
    if not each.endswith(("y", "s", "sh", "ch")) and each != "main"
} | {f"{each}s": each for each in "big nice strong rich poor young".split()}
_COLOURS = {f"{each}s": each for each in "blue red green brown black white yellow pink".split()}
_RELATIVES = frozenset(
    "mother father brother sister friend uncle aunt grandmother grandfather grandma grandpa dad mom mum "
    "wife husband cousin boyfriend girlfriend teacher son daughter".split()
)
_OWNED = frozenset(
    "name house car job birthday phone bag room bike dog cat voice face hair office shop restaurant "
    "farm advice dream wedding computer clothes shoes".split()
)
_THEIRS = frozenset({"mine", "yours", "his", "hers", "ours", "theirs"})
_GIVING = frozenset(
    "give buy make show offer lend send bring find get tell teach write cook pay sell leave read pass hand "
    "wish ask promise draw name call".split()
)
# They are called after those whom they are for.
_INSTITUTIONS = frozenset("market school club team room union league association shop".split())
# "My mother tongue", "our sister city".
_TITLES = frozenset(
    "language ship company city country land figure school class bag bear cat dog son".split()
)
_UNITS = frozenset(
    "year week day minute hour month star mile kilometer kilometre meter metre page floor dollar euro".split()
)
_STRETCHES = frozenset("walk drive ride break flight trip stay journey delay wait rest tour".split())
_PLURAL_UNITS = {plural_of(each): each for each in _UNITS}
_PLURALS = {f"{each}'s": plural_of(each) for each in (COUNTED | PERSONS)}
_SELLING = frozenset(
    "like likes love loves sell sells buy buys bought eat eats want wants need needs many some two "
    "three four these those have has had of and collect draw see".split()
)


def _plural_adjective(words: Words, place: int) -> Fault | None:
    """Finds "differents people", "blues eyes"."""
    word, noun = words[place].word, words[place + 1]
    if word in _COLOURS:
        if not noun.may_be(PLURAL) or noun.may_be(NOUN | THIRD_PERSON) or words[place - 1].word == "the":
            return None
        return word_fault(place, place, _COLOURS[word], "adjective_number", SENTENCE_ERROR)
    if words[place].text[:1].isupper() and place:
        return None
    return word_fault(
        place, place, like(words[place].text, _PLURAL_ADJECTIVES[word]), "adjective_number", SENTENCE_ERROR
    )


def _others(words: Words, place: int) -> Fault | None:
    """Finds "others problems", "another people"."""
    noun, written = words[place + 1], words[place].text
    if not noun.may_be(PLURAL) or noun.may_be(NOUN | BASE_FORM | THIRD_PERSON | AMBIGUOUS):
        return None
    if words[place].word == "others":
        return word_fault(place, place, "other", "adjective_number", SENTENCE_ERROR)
    if place == 0 or words[place - 1].may_be(PREPOSITION | CONJUNCTION | MARK | BASE_FORM | THIRD_PERSON):
        return word_fault(place, place, like(written, "other"), "number", SENTENCE_ERROR)
    return None


def _plural_apostrophe(words: Words, place: int) -> Fault | None:
    """Finds "I like apple's and pears", "The student's are happy"."""
    before, after = words[place - 1], words[place + 1]
    right = _PLURALS[words[place].word]
    noun = words[place].word[:-2]
    if before.may_be(DETERMINER | POSSESSIVE) and (after.word in {"are", "were", "have", "don't"}):
        if before.word in {"a", "an", "this", "that", "each", "every", "one"}:
            return None
        if noun in PERSONS and (
            before.may_be(POSSESSIVE)
            or any(
                each.word in _THEIRS or (each.word.endswith("'s") and each is not words[place])
                for each in words
            )
            or any(
                words[each].word.endswith("s") and words[each + 1].word in {"'", "’"} for each in range(place)
            )
        ):
            # What is theirs is meant: "my sister's are green, and mine are brown".
            return None
        return word_fault(place, place, right, "plural_apostrophe", SPELLING)
    if (
        before.word in _SELLING
        and noun not in PERSONS
        and (after.may_be(MARK | PREPOSITION | BE) or after.word in {"and", "or", "here", "there", "because"})
        and not after.may_be(NOUN)
        and words[place - 2].word != "one"
    ):
        if before.word in {"of", "and"} and not any(words[each].may_be(PLURAL) for each in range(place)):
            return None
        return word_fault(place, place, right, "plural_apostrophe", SPELLING)
    return None


def _owner(words: Words, place: int) -> Fault | None:
    """Finds "My mother name is", "The teachers book is"."""
    owner, owned, after = words[place + 1], words[place + 2], words[place + 3]
    singular = owner.word.removesuffix("s")
    if (
        words[place].may_be(POSSESSIVE)
        and singular in _RELATIVES
        and owned.word in COUNTED - _INSTITUTIONS - _TITLES
        and not owned.may_be(PLURAL | ADJECTIVE | PERSON | BASE_FORM | AMBIGUOUS)
        and BASE_OF.get(words[place - 1].word) not in _GIVING
        and (singular != owner.word or after.may_be(BE | HAVE))
        and (after.may_be(BE | MARK | PREPOSITION | CONJUNCTION | HAVE | MODAL | PAST_TENSE | THIRD_PERSON))
    ):
        return word_fault(place + 1, place + 1, f"{singular}'s", "owner_apostrophe", SPELLING)
    if (
        words[place].may_be(POSSESSIVE)
        and owner.word in _RELATIVES
        and owned.word in _OWNED
        and BASE_OF.get(words[place - 1].word) not in _GIVING
        and (after.may_be(BE | MARK | PREPOSITION | CONJUNCTION) or after.may_be(HAVE))
    ):
        return word_fault(place + 1, place + 1, f"{owner.text}'s", "owner_apostrophe", SPELLING)
    if (
        words[place].may_be(DETERMINING)
        and owner.may_be(PERSON)
        and owner.may_be(PLURAL)
        and not owner.may_be(NOUN | THIRD_PERSON)
        and owner.word not in {"people", "men", "women", "children"}
        and owned.word in COUNTED - _INSTITUTIONS
        and not owned.may_be(PLURAL | ADJECTIVE)
        and after.word in {"is", "was", "has"}
    ):
        return word_fault(place + 1, place + 1, "", "owner_apostrophe", SPELLING)
    return None


def _measure(words: Words, place: int) -> Fault | None:
    """Finds "a five years old girl", "a two weeks holiday"."""
    unit = words[place + 2]
    if not words[place + 1].may_be(NUMBER) or unit.word not in _PLURAL_UNITS:
        return None
    if words[place + 1].word in {"few", "several", "many"}:
        return None
    singular = _PLURAL_UNITS[unit.word]
    count, end = words[place + 1].text, place + 3
    if words[end].word in {"-", "old"}:
        old = end + (words[end].word == "-")
        if words[old].word != "old" or not words[old + 1].may_be(NOUN | PERSON):
            return None
        return word_fault(place + 1, old, f"{count}-{singular}-old", "measure", SPELLING)
    if (
        words[place].word in {"a", "an"}
        and (words[end].may_be(NOUN | PLACE) or words[end].word in _STRETCHES)
        and not words[end].may_be(PLURAL | ADJECTIVE)
        and words[end].word not in {"time", "way"}
        and ends_phrase(words[end + 1])
    ):
        return word_fault(place + 1, place + 2, f"{count}-{singular}", "measure", SPELLING)
    return None


def _a_good_luck(words: Words, place: int) -> Fault | None:
    """Finds "a good luck", "a bad weather", "many useful informations"."""
    adjective, noun, after = words[place + 1], words[place + 2], words[place + 3]
    if not adjective.may_be(ADJECTIVE) and adjective.word not in {"good", "bad"}:
        return None
    if noun.word not in _NEVER_ONE or not (
        after.may_be(PREPOSITION | BE | CONJUNCTION | MARK) or after.word in {"today", "yesterday", "here"}
    ):
        return None
    if after.word in {"-", "for", "of"} and noun.word in {"health", "progress", "equipment"}:
        return None
    return word_fault(place, place + 1, adjective.text, "mass_article", WORD_CHOICE)


_NEVER_ONE = frozenset(
    "advice information homework luck weather furniture luggage baggage equipment traffic progress "
    "money housework scenery".split()
)


def _a_lot(words: Words, place: int) -> Fault | None:
    """Finds "a lot friends"."""
    noun = words[place + 1]
    if words[place - 1].word != "a" or not words[place - 2].classes or words[place - 2].may_be(MARK):
        return None
    if (
        noun.may_be(PLURAL | MASS)
        and not noun.may_be(NOUN | BASE_FORM | THIRD_PERSON | ADJECTIVE | ADVERB | AMBIGUOUS)
        and ends_phrase(words[place + 2])
        # "There is a lot people do not know."
        and not words[place + 2].may_be(DO | MODAL | BE | HAVE)
        and words[place - 2].may_be(HAVE | BE | BASE_FORM | THIRD_PERSON | PAST_TENSE)
    ):
        return word_fault(place, place, "lot of", "quantity", WORD_CHOICE)
    return None


def _few_time(words: Words, place: int) -> Fault | None:
    """Finds "I have few time for"."""
    if (
        words[place + 1].word == "time"
        and words[place - 1].may_be(HAVE | BASE_FORM | ADVERB)
        and words[place + 2].may_be(PREPOSITION | MARK | CONJUNCTION)
    ):
        return word_fault(place, place, "little", "usage", WORD_CHOICE)
    return None


NOUN_FORM_RULES = (
    WordRule.at(_plural_adjective, {*_PLURAL_ADJECTIVES, *_COLOURS}),
    WordRule.at(_others, ["others", "another"]),
    WordRule.at(_plural_apostrophe, _PLURALS),
    WordRule.at(_owner, classes=DETERMINING),
    WordRule.at(_measure, classes=DETERMINING),
    WordRule.at(_a_good_luck, ["a", "an"]),
    WordRule.at(_a_lot, ["lot"]),
    WordRule.at(_few_time, ["few"]),
)

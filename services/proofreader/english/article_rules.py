"""Rules for articles that are missing or one too many."""

from services.proofreader.english.lexicon import BASE_OF, COUNTED, FORMS_OF, PERSONS
from services.proofreader.english.patterns import CONSONANT_SOUND
from services.proofreader.english.phrases import (
    SENTENCE_ERROR,
    Fault,
    WordRule,
    ends_phrase,
    word_fault,
)
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    AMBIGUOUS,
    BASE_FORM,
    BE,
    CONJUNCTION,
    DETERMINING,
    HAVE,
    MARK,
    MASS,
    MODAL,
    NAME,
    NOUN,
    NUMBER,
    PARTICIPLE,
    PAST_TENSE,
    PERSON,
    PLACE,
    PLURAL,
    PREPOSITION,
    QUESTION,
    SUBJECT,
    SUPERLATIVE,
    THIRD_PERSON,
)

_THINGS = COUNTED | PERSONS
_UNIQUE = frozenset({"moon", "sun", "sky", "universe", "environment", "internet"})
_BARE = frozenset({"nature", "society", "space", "life", "mankind"})
# Verbs and prepositions after which a thing stands with an article.
_TAKES_THING = frozenset(
    "borrow borrowed buy bought buys bring brought build built bake baked carry carried cook cut draw "
    "drew find found has have had need needs needed read reads receive received rent rented ride rode "
    "see saw sell sold take took want wants wanted wear wears wore write wrote watch watched visit "
    "visited lost lose use used open opened make made is was become became own owns keep keeps kept".split()
)
# "She is reading novel", "we have borrowed car".
_BEING_TAKEN = frozenset(
    FORMS_OF[base][3] for base in {BASE_OF.get(each, "") for each in _TAKES_THING} & set(FORMS_OF)
)
_PLACED = frozenset({"in", "at", "for", "with", "near", "into", "under", "behind", "on", "to"})
_NO_ARTICLE = frozenset(
    "man woman child friend dinner lunch example chance sign fire art person guest change exam time "
    "music park place star price church summer weekend conclusion order company office contest case "
    "turn bus car train plane taxi bicycle bike truck ship boat street address university phone email "
    "hour date question sea race secret effect part line fact kitchen level score space mother father "
    "dad mom grandma grandpa uncle aunt baby brother sister wedding chicken fish orange stone paper "
    "class cake score number figure page room chapter step unit table exercise cover cook guide model "
    "film video sport event water key record answer pizza pasta cheese salad soup effort".split()
)
_OF_PEOPLE = frozenset({"youngest", "oldest", "eldest", "tallest", "shortest", "smartest", "cleverest"})
_ORDINALS = frozenset({"first", "second", "third", "last", "only"})
_DETERMINED = frozenset({"same", "first", "second", "third"})
_OWN_PLACES_AND_TIMES = frozenset(
    "month week year house garden village city forest bedroom box library hotel farm restaurant".split()
)
_BEFORE_UNIQUE = frozenset("on around of that use uses protect save under pollute destroy in".split())
_BEFORE_NATURE = frozenset("love like protect save destroy enjoy in loves enjoyed about".split())
_BESIDE_SAME = frozenset(
    "than as come came comes finish finished win won placed at ranked be go went".split()
)


def _article(noun: str) -> str:
    return (
        "an"
        if (noun[0] in "aeiou" and not CONSONANT_SOUND.match(noun)) or noun.startswith(("hour", "honest"))
        else "a"
    )


def _no_article(words: Words, place: int) -> Fault | None:
    """Finds "borrowed book", "for month", "in small village": a thing in the singular without an article."""
    before = words[place]
    if before.text[:1].isupper() and place > 0:
        return None
    end = place + 1
    while words[end].may_be(ADJECTIVE) and not words[end].may_be(NOUN | AMBIGUOUS) and end - place < 3:
        end += 1
    noun = words[end]
    if (
        noun.word not in _THINGS
        or noun.word in _NO_ARTICLE
        or noun.may_be(PLURAL | MASS | PLACE | BASE_FORM | THIRD_PERSON | ADJECTIVE | PREPOSITION | AMBIGUOUS)
        or noun.text != noun.word
    ):
        return None
    after = words[end + 1]
    if after.word == "after" or words[place - 1].word == noun.word:
        return None
    if (
        not after.may_be(SUBJECT | PREPOSITION | BE | CONJUNCTION | QUESTION | MARK)
        or after.word
        in {
            "of",
            "to",
            "or",
            "and",
            ":",
            "-",
            "/",
            "'",
            '"',
            "’",
        }
    ) and not (
        after.word == "and"
        and (end > place + 1 or (before.may_be(HAVE) and words[end + 2].may_be(NUMBER | DETERMINING)))
    ):
        return None
    if before.word in _BEING_TAKEN and not words[place - 1].may_be(BE):
        return None
    if before.word == "to" and (end == place + 1 or any(words[each].word == "from" for each in range(place))):
        return None
    if before.word in _TAKES_THING or before.word in _BEING_TAKEN:
        if words[place - 1].may_be(DETERMINING) and before.may_be(NOUN | ADJECTIVE | AMBIGUOUS | PARTICIPLE):
            return None
        if before.may_be(BASE_FORM) and words[place - 1].may_be(ADJECTIVE):
            # "The present build system".
            return None
        if words[place - 1].word == "-" or (before.word == "made" and noun.may_be(PERSON)):
            # "A self-made essay", "who was made judge".
            return None
        if words[place - 1].word == "to" and before.may_be(NOUN):
            return None
        if before.word == "own" and not words[place - 1].may_be(SUBJECT):
            return None
        if before.may_be(BE) and (
            not words[place - 1].may_be(NOUN | NAME | SUBJECT)
            or (not noun.may_be(PERSON) and end == place + 1)
        ):
            return None
    elif not (
        before.word in _PLACED
        and (end > place + 1 or noun.word in _OWN_PLACES_AND_TIMES)
        and words[place - 1].classes
        and words[place - 1].word not in {"from", "by"}
    ):
        return None
    if not before.may_be(BE):
        return word_fault(place + 1, end, "", "article_missing", SENTENCE_ERROR)
    phrase = " ".join(words[each].text for each in range(place + 1, end + 1))
    return word_fault(place + 1, end, f"{_article(phrase)} {phrase}", "article_missing", SENTENCE_ERROR)


def _unique(words: Words, place: int) -> Fault | None:
    """Finds "that moon is": there is one, so "the moon"."""
    before = words[place - 1]
    if words[place - 2].word in {"piece", "patch", "strip", "bit", "square", "stretch", "slice"}:
        # "A piece of sky".
        return None
    if (
        before.word in _BEFORE_UNIQUE
        and words[place + 1].may_be(PREPOSITION | BE | CONJUNCTION | MARK)
        and words[place].word in _UNIQUE
        and words[place].text == words[place].word
    ):
        if (
            before.word == "that"
            and not words[place - 2].may_be(BASE_FORM | THIRD_PERSON | PAST_TENSE)
            and words[place - 2].word not in {"says", "say"}
        ):
            return None
        return word_fault(place, place, f"the {words[place].text}", "article_missing", SENTENCE_ERROR)
    return None


def _the_nature(words: Words, place: int) -> Fault | None:
    """Finds "I love the nature."."""
    noun = words[place + 1]
    ends = words[place + 2].may_be(MARK) or words[place + 2].word in {"and", "because", "very", "so"}
    if noun.word in _BARE and ends and words[place - 1].word in _BEFORE_NATURE:
        return word_fault(place, place + 1, noun.text, "article_needless", SENTENCE_ERROR)
    return None


def _superlative(words: Words, place: int) -> Fault | None:
    """Finds "It was best holiday of", "he is youngest in our class"."""
    end = place + 1
    if (
        words[end].word in _OF_PEOPLE
        and words[place].may_be(BE)
        and words[end + 1].word in {"in", "of"}
        and words[end + 2].may_be(DETERMINING)
        and words[place - 1].may_be(SUBJECT | PERSON | NAME)
        and words[place - 1].word != "it"
    ):
        return word_fault(end, end, f"the {words[end].text}", "article_missing", SENTENCE_ERROR)
    if (
        not words[place].may_be(BE)
        or not words[end].may_be(SUPERLATIVE)
        or words[end].word in {"least", "most"}
    ):
        return None
    if (
        words[end + 1].may_be(NOUN)
        and words[end + 2].word in {"of", "in", "i", "that", "."}
        and not words[end + 1].may_be(BASE_FORM)
    ):
        return word_fault(end, end, f"the {words[end].text}", "article_missing", SENTENCE_ERROR)
    return None


_ORDERED = frozenset("year person gear grade place hand base degree degrees rate".split())


def _same(words: Words, place: int) -> Fault | None:
    """Finds "In same class", "for first time"."""
    if (
        words[place].word in _DETERMINED
        and (
            words[place - 1].may_be(BASE_FORM | THIRD_PERSON | PAST_TENSE | PREPOSITION | MODAL)
            or (words[place].word == "same" and words[place - 1].may_be(BE | HAVE))
        )
        and words[place - 1].word not in _BESIDE_SAME
        and (words[place + 1].may_be(NOUN | PLACE) or words[place + 1].word in {"age", "size", "height"})
        and ends_phrase(words[place + 2])
        and words[place + 1].word != "language"
        # "In first year", "in second gear".
        and (words[place].word == "same" or words[place + 1].word not in _ORDERED)
    ):
        if (
            words[place + 1].may_be(BASE_FORM)
            and words[place + 1].word not in {"time", "class", "school", "day"}
        ) or (words[place].word != "same" and words[place - 1].may_be(BASE_FORM | THIRD_PERSON | PAST_TENSE)):
            return None
        return word_fault(place, place, f"the {words[place].text}", "article_missing", SENTENCE_ERROR)
    return None


def _first_to(words: Words, place: int) -> Fault | None:
    """Finds "It was first time that", "she was first woman to"."""
    noun, after = words[place + 1], words[place + 2]
    if not words[place - 1].may_be(BE) or words.is_question:
        return None
    time = noun.word == "time" and words[place].word != "only"
    thing = (noun.may_be(NOUN) and not noun.may_be(BASE_FORM | ADJECTIVE) and noun.word != "thing") or time
    goes_on = after.word in {"to", "who", "that", "in", "i", "we", "he", "she", "they", "my", "of"}
    if not thing or not (goes_on or (time and after.may_be(MARK))):
        return None
    return word_fault(place, place, f"the {words[place].text}", "article_missing", SENTENCE_ERROR)


def _such(words: Words, place: int) -> Fault | None:
    """Finds "such beautiful place"."""
    end = place + 1
    while words[end].may_be(ADJECTIVE) and not words[end].may_be(NOUN):
        end += 1
    noun = words[end]
    if (
        end > place + 1
        and noun.word in _THINGS
        and not noun.may_be(PLURAL | MASS | BASE_FORM | AMBIGUOUS)
        and ends_phrase(words[end + 1])
    ):
        article = _article(words[place + 1].word)
        return word_fault(
            place,
            place + 1,
            f"{words[place].text} {article} {words[place + 1].text}",
            "article_missing",
            SENTENCE_ERROR,
        )
    return None


ARTICLE_RULES = (
    WordRule.at(_no_article, {*_TAKES_THING, *_BEING_TAKEN, *_PLACED}),
    WordRule.at(_first_to, _ORDINALS),
    WordRule.at(_unique, _UNIQUE),
    WordRule.at(_the_nature, ["the"]),
    WordRule.at(_superlative, classes=BE),
    WordRule.at(_same, _DETERMINED),
    WordRule.at(_such, ["such"]),
)

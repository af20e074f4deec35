"""Rules for words that sound alike, or nearly so, by the classes of the words beside them."""

from services.proofreader.english.lexicon import BASE_OF
from services.proofreader.english.phrases import (
    WORD_CHOICE,
    Fault,
    WordRule,
    ends_phrase,
    has_verb_from,
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
    COMPARATIVE,
    CONJUNCTION,
    DETERMINER,
    DETERMINING,
    GERUND_FORM,
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

# After them a clause stands without "that": "I think it's art".
_BEFORE_CLAUSE = frozenset(
    "think know say hope believe guess feel see hear mean tell understand realize find show wish "
    "suppose bet remember forget decide pretend imagine promise".split()
)
_BEFORE_OWNED = frozenset("of in on for with from by at to under near into around inside behind".split())
_DEGREES = frozenset("very so too really quite".split())
_COMPARED = frozenset(
    "rather other different more less sooner no nothing better worse would else as hardly scarcely "
    "barely".split()
)
_SPEAKING = frozenset("said says told asked spoke wants came".split())
_SCHOOLS = frozenset("school college".split())
_OF_EFFECTS = frozenset("bad good big great strong positive negative harmful main huge serious".split())
_LOST = frozenset(
    "weight time money hope hair blood key keys phone wallet bag purse passport ticket umbrella glasses "
    "match game games war job way mind memory temper patience interest balance confidence control life "
    "lives home friend friends thing things everything it them number power energy".split()
)
_OWED = frozenset("pay pays paid payment payments interest loan loans debt debts mortgage rent".split())
_BORNE = frozenset(
    "pain noise heat cold thought weight smell sight pressure responsibility cost costs loss stress "
    "sadness loneliness it idea burden situation".split()
)
_QUIET_PLACES = frozenset(
    "library class classroom hospital church temple museum cinema theatre theater lesson night exam room "
    "bus train subway meeting office school house lecture concert".split()
)
_EATING = frozenset(
    "ate eat eats eating had have having order ordered ordering made make making for favourite favorite "
    "delicious sweet chocolate fruit after served serve of and some our my tasty".split()
)
_TO_BARE = frozenset({"feet", "foot", "hands", "hand", "walls", "minimum", "arms", "legs"})
_BARED = frozenset({"his", "her", "its", "their"})
_LIKING = frozenset({"like", "love", "enjoy", "hate"})
_CALM = frozenset("be keep kept stay stayed is was are were am became become please".split())
_AFTER_QUIET = frozenset("in at and during when please because while on here".split())


def _confused(place: int, right: str, last: int | None = None) -> Fault:
    return word_fault(place, place if last is None else last, right, "word_choice", WORD_CHOICE)


def _takes_object(words: Words, place: int) -> bool:
    """Returns whether what is owned follows a word: a verb that no clause follows, or a preposition."""
    word = words[place]
    if word.word in _BEFORE_OWNED:
        return word.classes != 0
    if word.may_be(BE | HAVE | ADJECTIVE | CONJUNCTION) or not word.may_be(
        BASE_FORM | THIRD_PERSON | PAST_TENSE | GERUND_FORM
    ):
        return False
    return BASE_OF.get(word.word, "") not in _BEFORE_CLAUSE


def _its(words: Words, place: int) -> Fault | None:
    """Finds "wagged it's tail", "It's tail is long", "they lost you're keys"."""
    noun, after = words[place + 1], words[place + 2]
    owner = {"it's": "its", "you're": "your"}[words[place].word]
    if noun.may_be(ADJECTIVE | PREPOSITION | ADVERB | NAME | BE) or noun.may_be(MASS | PERSON):
        return None
    known = noun.may_be(NOUN | PLURAL) and not noun.may_be(BASE_FORM | THIRD_PERSON | AMBIGUOUS)
    if noun.word in {"tail", "paw", "paws", "fur", "beak", "feathers", "wings", "claws"}:
        known = True
    if not known:
        return None
    if place == 0 or words[place - 1].word in {"and", "but", "because"}:
        # What is said to be a thing has an article; only what is owned goes on with a verb.
        return _confused(place, like(words[place].text, owner)) if after.may_be(BE | HAVE) else None
    if _takes_object(words, place - 1) and ends_phrase(after):
        return _confused(place, owner)
    return None


def _it_is(words: Words, place: int) -> Fault | None:
    """Finds "Its very hot in Hanoi", where a clause may begin."""
    after = words[place + 1]
    adjective = place + 1 + (after.word in _DEGREES)
    word, end = words[adjective], words[adjective + 1]
    known = word.may_be(ADJECTIVE) or word.word in {"good", "bad", "better", "fun"}
    ends = end.may_be(MARK) and end.word not in {",", "-"}
    goes_on = (end.may_be(PREPOSITION) and end.word != "of") or end.word in {"to", "because", "when", "here"}
    # "Its new to old ratio rose": what is owned may come later.
    if goes_on and not end.may_be(PREPOSITION):
        goes_on = not has_verb_from(words, adjective + 2)
    named = after.word in {"called", "named", "located", "made"} and words[place + 2].may_be(
        NAME | PREPOSITION
    )
    if named or (known and (ends or goes_on)):
        return _confused(place, like(words[place].text, "it's"))
    return None


def _their(words: Words, place: int) -> Fault | None:
    """Finds "I think their very tired", "Its very hot in": "be" is what is meant."""
    before, after = words[place - 1], words[place + 1]
    opens = (
        place == 0
        or before.word in {"that", "because", "if", "when", "but"}
        or (BASE_OF.get(before.word, "") in {"think", "know", "hope", "believe", "guess", "say"})
    )
    if not opens:
        return None
    if words[place].word == "its":
        return _it_is(words, place)
    if after.word in _DEGREES:
        adjective, end = words[place + 2], words[place + 3]
        fits = (
            adjective.may_be(ADJECTIVE) and not end.may_be(NOUN | PLURAL | MASS | ADJECTIVE) and end.classes
        )
    elif words[place].word == "your":
        return None
    else:
        # "I think their not coming was wise" and "if their going to sea upset her" name what is done.
        fits = (after.word == "not" and (place or not words[2].may_be(GERUND_FORM))) or (
            after.word == "going" and words[place + 2].word == "to" and words[place + 3].may_be(BASE_FORM)
        )
        # "Their going to the coast upset her."
        beyond = words[place + 5]
        fits = fits or (
            after.word == "going"
            and words[place + 2].word == "to"
            and words[place + 3].may_be(DETERMINING)
            and (beyond.may_be(MARK) or beyond.word in {"tonight", "tomorrow", "next", "this", "with"})
        )
        fits = fits and not has_verb_from(words, place + 2 + (after.word == "going"))
    right = "you're" if words[place].word == "your" else "they're"
    return _confused(place, like(words[place].text, right)) if fits else None


def _whose(words: Words, place: int) -> Fault | None:
    """Finds "Who's coat is this", "whose going to sing"."""
    after, beyond = words[place + 1], words[place + 2]
    if words[place].word == "who's":
        if (
            after.may_be(NOUN | PLURAL)
            and not after.may_be(
                BASE_FORM | GERUND_FORM | PARTICIPLE | ADJECTIVE | ADVERB | PREPOSITION | NAME | AMBIGUOUS
            )
            and beyond.may_be(BE | HAVE | SUBJECT | DETERMINER | PAST_TENSE | MODAL)
        ):
            return _confused(place, like(words[place].text, "whose"))
        return None
    # What is owned has a verb of its own: "a singer whose singing brought many".
    if has_verb_from(words, place + 2):
        return None
    if (
        after.may_be(GERUND_FORM)
        and not after.may_be(NOUN | ADJECTIVE)
        and (
            beyond.may_be(DETERMINING | ADVERB | OBJECT | PREPOSITION | MARK)
            or beyond.word in {"to", "tonight"}
        )
        and beyond.word != "of"
    ) or (after.word in {"the", "a", "there", "here", "been"} and words[place - 1].may_be(PERSON)):
        return _confused(place, like(words[place].text, "who's"))
    return None


def _than_then(words: Words, place: int) -> Fault | None:
    """Finds "more then ten", ", than we left"."""
    before, after = words[place - 1], words[place + 1]
    if words[place].word == "then":
        if (before.may_be(COMPARATIVE) or before.word == "fewer") and (
            (after.may_be(NUMBER) and before.word != "later")
            or after.word in {"once", "twice", "ever", "usual"}
            or (
                after.may_be(GERUND_FORM)
                and words[place + 2].may_be(PREPOSITION | DETERMINING | NOUN | PLURAL)
            )
        ):
            return _confused(place, "than")
        return None
    if (
        before.word in {",", "and"}
        and after.may_be(SUBJECT)
        and words[place + 2].may_be(BASE_FORM | PAST_TENSE | THIRD_PERSON | BE | HAVE | MODAL)
        and not any(words[each].may_be(COMPARATIVE) or words[each].word in _COMPARED for each in range(place))
    ):
        return _confused(place, "then")
    return None


def _effect(words: Words, place: int) -> Fault | None:
    """Finds "Pollution effects our health", "The affect of", "has an affect"."""
    word, before, after = words[place].word, words[place - 1], words[place + 1]
    if word == "effects":
        if (
            (before.may_be(MASS | NOUN) or (before.may_be(GERUND_FORM) and place == 1))
            and not before.may_be(ADJECTIVE | AMBIGUOUS)
            and (after.may_be(OBJECT | POSSESSIVE) or after.word in {"people", "everyone", "children"})
            and (place == 1 or words[place - 2].may_be(DETERMINING | CONJUNCTION | MARK))
        ):
            return _confused(place, "affects")
        return None
    if word == "effected":
        # A change is effected, people are affected.
        subject = words[place - 2]
        suffers = before.may_be(BE) and subject.may_be(PERSON | SUBJECT | PLURAL) and subject.word != "it"
        if (suffers or before.word in {"badly", "deeply", "greatly"}) and after.word == "by":
            return _confused(place, "affected")
        return None
    named = before.may_be(DETERMINING) or before.word in _OF_EFFECTS
    named = named and before.word not in {"that", "this", "all", "both", "her"}
    has_one = before.word in {"an", "no", "any"} and after.word == "." and words[place - 2].may_be(HAVE)
    if named and (after.word in {"of", "on"} or has_one):
        return _confused(place, "effect" if word == "affect" else "effects")
    return None


def _loose(words: Words, place: int) -> Fault | None:
    """Finds "he always looses his keys", "we will loose."."""
    word, before, after = words[place].word, words[place - 1], words[place + 1]
    if word == "loose":
        if (before.may_be(MODAL) or before.word in {"didn't", "don't", "doesn't"}) and after.word in {
            ".",
            "!",
        }:
            return _confused(place, "lose")
        if before.word not in {"i", "we", "they"}:
            return None
    right = {"loose": "lose", "looses": "loses", "loosing": "losing", "loosed": "lost"}[word]
    # Dogs, arrows and knots are loosed.
    lost = (words[each].word for each in range(place + 1, place + 4))
    if after.may_be(DETERMINING | PLURAL | MASS | NOUN) and not _LOST.isdisjoint(lost):
        return _confused(place, right)
    return None


def _principal(words: Words, place: int) -> Fault | None:
    """Finds "the principle of our school", "a matter of principal"."""
    word, before, after = words[place].word, words[place - 1], words[place + 1]
    right = {"principle": "principal", "principles": "principals", "principal": "principle"}[word]
    if word != "principal":
        speaks = (
            word == "principle"
            and after.word in _SPEAKING
            and (before.may_be(POSSESSIVE) or before.word == "the")
        )
        leads = (
            word == "principle"
            and before.word == "the"
            and after.word in {"of", "at"}
            and any(
                words[each].word in _SCHOOLS and words[each + 1].word != "of"
                for each in (place + 2, place + 3)
            )
        )
        if before.word in _SCHOOLS or speaks or leads:
            return _confused(place, right)
        if word == "principle" and before.may_be(DETERMINING) and after.word in {
            "reason", "aim", "cause", "goal", "source", "actor", "dancer", "purpose",
        }:  # fmt: skip
            return _confused(place, right)
        return None
    if (before.word == "of" and words[place - 2].word in {"matter", "question"}) or (
        before.word in {"in", "on"}
        and after.may_be(MARK)
        and not any(words[each].word in _OWED for each in range(place))
    ):
        return _confused(place, right)
    return None


def _bear(words: Words, place: int) -> Fault | None:
    """Finds "can't bare the noise", "with bear hands"."""
    word, before, after = words[place].word, words[place - 1], words[place + 1]
    if word == "bear":
        if after.word in _TO_BARE and before.may_be(PREPOSITION | POSSESSIVE):
            return _confused(place, "bare")
        return None
    if after.word in _BARED or words[place - 2].may_be(BE) or words[place - 2].word == "dared":
        return None
    denied = before.word in {"not", "hardly", "cannot"} or before.word.endswith("n't")
    if denied and (after.may_be(DETERMINING | OBJECT | SUBJECT) or after.word in {"to", "in", "with"}):
        return _confused(place, "bear")
    if before.may_be(MODAL) or before.word == "to":
        borne = any(words[each].word in _BORNE for each in range(place + 1, place + 4))
        if (after.word == "in" and words[place + 2].word == "mind") or (
            borne and after.may_be(DETERMINING | OBJECT)
        ):
            return _confused(place, "bear")
    return None


def _desert(words: Words, place: int) -> Fault | None:
    """Finds "ice cream for desert", "across the dessert"."""
    word, before, after = words[place].word, words[place - 1], words[place + 1]
    if word.startswith("dessert"):
        if (
            before.word == "the" and words[place - 2].word in {"across", "through"}
        ) or before.word == "sahara":
            return _confused(place, word.replace("ss", "s"))
        return None
    if before.word in _EATING and (
        after.may_be(MARK | BE) or after.word in {"after", "and", "with", "because"}
    ):
        owned = before.may_be(POSSESSIVE) or before.word in {"and", "of", "after", "some"}
        if not owned or any(
            BASE_OF.get(words[each].word) == "eat" for each in range(max(0, place - 5), place)
        ):
            return _confused(place, word.replace("s", "ss", 1))
    return None


def _quiet(words: Words, place: int) -> Fault | None:
    """Finds "be quite in the library"."""
    after = words[place + 1]
    if words[place - 1].word in _CALM and (
        after.word in _AFTER_QUIET or (after.may_be(MARK) and words[place - 1].word != "please")
    ):
        if after.word in {"in", "at", "on", "during"} and _QUIET_PLACES.isdisjoint(
            words[each].word for each in range(place + 2, place + 5)
        ):
            # "He was quite at a loss", "quite in the dark".
            return None
        return _confused(place, "quiet")
    return None


def _too(words: Words, place: int) -> Fault | None:
    """Finds "I like it to.", "me to."."""
    if words[place + 1].word not in {".", "!"}:
        return None
    if place == 1 and words[0].text == "Me":
        return _confused(place, "too")
    verb = words[place - 2]
    if (
        BASE_OF.get(verb.word) in _LIKING
        and words[place - 3].may_be(SUBJECT | PERSON)
        and words[place - 1].may_be(OBJECT | NOUN | PLURAL | MASS)
        and (words[place - 1].word in {"it", "that"} or not words[place - 1].may_be(OBJECT | PERSON))
        and not any(words[each].word in {"would", "want", "told", "ask", "if"} for each in range(place))
    ):
        return _confused(place, "too")
    return None


HOMOPHONE_RULES = (
    WordRule.at(_its, ["it's", "you're"]),
    WordRule.at(_their, ["their", "its", "your"]),
    WordRule.at(_whose, ["who's", "whose"]),
    WordRule.at(_than_then, ["then", "than"]),
    WordRule.at(_effect, ["effects", "effected", "affect", "affects"]),
    WordRule.at(_loose, ["loose", "looses", "loosing", "loosed"]),
    WordRule.at(_principal, ["principle", "principles", "principal"]),
    WordRule.at(_bear, ["bear", "bare"]),
    WordRule.at(_desert, ["desert", "deserts", "dessert", "desserts"]),
    WordRule.at(_quiet, ["quite"]),
    WordRule.at(_too, ["to"]),
)

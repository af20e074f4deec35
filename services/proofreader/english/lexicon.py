"""Tells what classes the frequent words of English belong to, and inflects them."""

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files

from services.proofreader.english.verbs import GERUND, IRREGULAR, PAST, THIRD
from services.proofreader.english.verbs import TABLE as VERBS
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
    AMBIGUOUS,
    BASE_FORM,
    BE,
    COMPARATIVE,
    CONJUNCTION,
    DETERMINER,
    DO,
    GERUND_FORM,
    HAVE,
    MASS,
    MODAL,
    NOUN,
    NUMBER,
    OBJECT,
    PARTICIPLE,
    PAST_TENSE,
    PERSON,
    PLACE,
    PLURAL,
    POSSESSIVE,
    PREPOSITION,
    QUESTION,
    SUBJECT,
    SUPERLATIVE,
    THIRD_PERSON,
)

WORDS = tomllib.loads(files(__package__).joinpath("lexicon.toml").read_text(encoding="utf-8"))
_NAMES = tomllib.loads(files(__package__).joinpath("names.toml").read_text(encoding="utf-8"))
# Names of people and of places, in small letters.
NAMES = frozenset(str(_NAMES["people"]).lower().split()) | frozenset(str(_NAMES["places"]).lower().split())
TWO_WORD_NAMES = frozenset(tuple(each.split("_")) for each in str(_NAMES["two_words"]).split())
CAPITALISED = frozenset(str(_NAMES["capitalised"]).lower().split())
_DOUBLED_VERBS = frozenset(WORDS["verbs"]["doubled"].split())
_DOUBLED_ADJECTIVES = frozenset(["big", "hot", "sad", "fat", "thin", "wet", "mad"])
_VOWELS = "aeiou"


def _list(section: str, name: str) -> list[str]:
    return str(WORDS[section][name]).split()


COUNTED = frozenset(_list("nouns", "counted"))
MASS_NOUNS = frozenset(_list("nouns", "mass"))
PERSONS = frozenset(_list("nouns", "persons"))
IRREGULAR_PLURALS: Mapping[str, str] = dict(each.split(":") for each in _list("nouns", "irregular"))
SHORT_ADJECTIVES = frozenset(_list("adjectives", "short"))
LONG_ADJECTIVES = frozenset(_list("adjectives", "long"))
MANNER_VERBS = frozenset(_list("verbs", "manner"))
LINKING_VERBS = frozenset(_list("verbs", "linking"))


def plural_of(noun: str) -> str:
    """Returns the plural of a noun."""
    if noun in IRREGULAR_PLURALS:
        return IRREGULAR_PLURALS[noun]
    if noun[-1] == "y" and noun[-2] not in _VOWELS:
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x")) else "s")


def comparative_of(adjective: str) -> str:
    """Returns the comparative of a short adjective."""
    known = {"good": "better", "bad": "worse", "few": "fewer"}
    if adjective in known:
        return known[adjective]
    if adjective in _DOUBLED_ADJECTIVES:
        return adjective + adjective[-1] + "er"
    if adjective[-1] == "y":
        return adjective[:-1] + ("yer" if adjective in {"shy", "dry"} else "ier")
    return adjective + ("r" if adjective[-1] == "e" else "er")


def superlative_of(adjective: str) -> str:
    """Returns the superlative of a short adjective."""
    known = {"good": "best", "bad": "worst", "few": "fewest"}
    return known.get(adjective) or comparative_of(adjective)[:-1] + "st"


def adverb_of(adjective: str) -> str:
    """Returns the adverb of an adjective."""
    known = {"good": "well", "fast": "fast", "hard": "hard", "true": "truly"}
    if adjective in known:
        return known[adjective]
    if adjective[-1] == "y":
        return adjective[:-1] + "ily"
    if adjective.endswith("le"):
        return adjective[:-1] + "y"
    return adjective + ("ally" if adjective.endswith("ic") else "ly")


def _forms(base: str) -> tuple[str, str, str, str]:
    """Returns the third person, the past, the participle and the gerund of a verb."""
    third = base[:-1] + "ies" if base[-1] == "y" and base[-2] not in _VOWELS else None
    third = third or base + ("es" if base.endswith(("s", "sh", "ch", "x", "o")) else "s")
    stem = base + base[-1] if base in _DOUBLED_VERBS else base
    if base.endswith("e") and not base.endswith("ee"):
        past, gerund = base + "d", base[:-1] + "ing"
    elif base[-1] == "y" and base[-2] not in _VOWELS:
        past, gerund = base[:-1] + "ied", base + "ing"
    else:
        past, gerund = stem + ("d" if base.endswith("e") else "ed"), stem + "ing"
    if base.endswith("ie"):
        gerund = base[:-2] + "ying"
    return third, past, past, gerund


def _verbs() -> dict[str, tuple[str, str, str, str]]:
    verbs = {each: _forms(each) for each in _list("verbs", "regular")}
    for base, past in PAST.items():
        participle = IRREGULAR[base][1] if base in IRREGULAR else past
        verbs[base] = (THIRD[base], past, participle, GERUND[base])
    for base, past, participle in (each.split(":") for each in _list("verbs", "irregular")):
        verbs[base] = (_forms(base)[0], past, participle, _forms(base)[3])
    for base in ("do", "have"):
        verbs.pop(base)
    return verbs


FORMS_OF: Mapping[str, tuple[str, str, str, str]] = _verbs()
_ALSO_NOUNS = frozenset(_list("verbs", "also_nouns")) | frozenset(VERBS["regular"]["also_nouns"].split())
_CLOSED = {
    DETERMINER: "the a an this that these those every each some any no another both all",
    POSSESSIVE: "my your his her its our their",
    SUBJECT: "i you he she it we they",
    OBJECT: "me you him her it us them mine yours hers ours theirs",
    NUMBER: "two three four five six seven eight nine ten eleven twelve twenty thirty fifty many several few",
    PREPOSITION: "in on at to of for from with by about under over near into after before during without "
    "through between against behind beside around since until like than as",
    MODAL: "can could will would should must may might cannot can't couldn't won't wouldn't shouldn't mustn't",
    BE: "am is are was were isn't aren't wasn't weren't",
    HAVE: "have has had haven't hasn't hadn't",
    DO: "do does did don't doesn't didn't",
    CONJUNCTION: "and but or so because when if although though while that after before since until",
    QUESTION: "what where when why how who which whose whom",
    ADVERB: "very really too so quite always never often usually sometimes also just already still now here there "
    "then today yesterday tomorrow not only even soon well again together anywhere everywhere somewhere nowhere "
    "tonight later",
    COMPARATIVE: "better worse more less",
    SUPERLATIVE: "best worst most least",
}


_VERB_FORMS = (BASE_FORM, THIRD_PERSON, PAST_TENSE, PARTICIPLE, GERUND_FORM)
_ORDINALS = (
    "first second third fourth fifth next last same other own following previous main whole such".split()
)


def _classes() -> dict[str, int]:
    classes: dict[str, int] = {}

    def add(words: Iterable[str], more: int) -> None:
        for word in words:
            classes[word] = classes.get(word, 0) | more

    for name, words in _CLOSED.items():
        add(words.split(), name)
    countable = COUNTED | PERSONS
    add(countable, NOUN)
    add(map(plural_of, countable), PLURAL)
    add(PERSONS, PERSON)
    add(map(plural_of, PERSONS), PERSON)
    add(IRREGULAR_PLURALS.values(), PLURAL)
    add(["people"], PLURAL | PERSON)
    add(_list("nouns", "places"), PLACE)
    add(MASS_NOUNS, MASS)
    adjectives = SHORT_ADJECTIVES | LONG_ADJECTIVES
    add(adjectives, ADJECTIVE)
    add(map(comparative_of, SHORT_ADJECTIVES), COMPARATIVE)
    add(map(superlative_of, SHORT_ADJECTIVES), SUPERLATIVE)
    add(
        map(adverb_of, adjectives - {"early", "friendly", "lovely", "silly", "lonely", "ugly", "fast"}),
        ADVERB,
    )
    for base, forms in FORMS_OF.items():
        for form, each in zip((base, *forms), _VERB_FORMS, strict=True):
            add([form], each)
    for base in _ALSO_NOUNS & set(FORMS_OF):
        add([base, FORMS_OF[base][0]], AMBIGUOUS)
    add(_list("adjectives", "also_others"), AMBIGUOUS)
    add(_ORDINALS, ADJECTIVE | AMBIGUOUS)
    return classes


CLASSES: Mapping[str, int] = _classes()
# The base of each form of a verb.
BASE_OF: Mapping[str, str] = {
    **{form: base for base, forms in FORMS_OF.items() for form in forms},
    **{base: base for base in FORMS_OF},
}
SINGULAR_OF: Mapping[str, str] = {plural_of(each): each for each in COUNTED | PERSONS}

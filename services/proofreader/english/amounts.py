"""Tells amounts, which are one thing: "Ten dollars is too much", "three fifths is more than half"."""

from services.proofreader.english.phrases import NounPhrase
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import NUMBER

_UNITS = frozenset(
    [
        "seconds",
        "minutes",
        "hours",
        "days",
        "weeks",
        "fortnights",
        "months",
        "years",
        "decades",
        "centuries",
        "nights",
        "dollars",
        "euros",
        "pounds",
        "cents",
        "pence",
        "pennies",
        "won",
        "yen",
        "yuan",
        "francs",
        "rupees",
        "bucks",
        "quid",
        "grand",
        "metres",
        "meters",
        "kilometres",
        "kilometers",
        "centimetres",
        "centimeters",
        "millimetres",
        "millimeters",
        "miles",
        "yards",
        "feet",
        "inches",
        "steps",
        "grams",
        "grammes",
        "kilograms",
        "kilos",
        "tons",
        "tonnes",
        "ounces",
        "stone",
        "litres",
        "liters",
        "millilitres",
        "milliliters",
        "gallons",
        "pints",
        "cups",
        "spoons",
        "spoonfuls",
        "teaspoons",
        "tablespoons",
        "degrees",
        "percent",
        "calories",
        "watts",
        "kilowatts",
        "volts",
        "points",
        "marks",
        "times",
        "pages",
        "words",
        "lines",
        "blocks",
        "laps",
        "halves",
        "thirds",
        "quarters",
        "fourths",
        "fifths",
        "sixths",
        "sevenths",
        "eighths",
        "ninths",
        "tenths",
        "hundredths",
        "thousandths",
    ]
)
_VERBS = frozenset("is was isn't wasn't seems sounds feels makes does doesn't".split())
_COPULAS = frozenset({"is", "was", "isn't", "wasn't", "seems", "sounds", "feels"})
_BESIDES = frozenset(
    [
        "not",
        "really",
        "still",
        "also",
        "only",
        "just",
        "quite",
        "already",
        "often",
        "usually",
        "always",
        "certainly",
    ]
)
_JUDGED = frozenset("a an enough plenty all nothing more less what far".split())
_TOO = frozenset({"much", "many", "few", "little"})
_ANOTHER = frozenset({"another"})
# "Two hours is left" counts them.
_COUNTED_OFF = frozenset({"left", "passed", "gone", "over"})


def is_amount(words: Words, subject: NounPhrase, verb: int) -> bool:
    """Returns whether a plural after a number is taken as one thing, so that its verb is a singular."""
    first = subject.first + (words[subject.first].word in _ANOTHER)
    if not words[first].may_be(NUMBER) or words[verb].word not in _VERBS:
        return False
    after = verb + 1
    while words[after].word in _BESIDES:
        after += 1
    said = words[after].word
    if words[subject.head].word in _UNITS:
        return said not in _COUNTED_OFF
    return words[verb].word in _COPULAS and (
        said in _JUDGED or (said == "too" and words[after + 1].word in _TOO)
    )

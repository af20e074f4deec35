"""The classes of English words, one bit each. A word has all of those that it may be."""

NOUN = 1 << 0
PLURAL = 1 << 1
MASS = 1 << 2
PLACE = 1 << 3
PERSON = 1 << 4
NAME = 1 << 5
BASE_FORM = 1 << 6
THIRD_PERSON = 1 << 7
PAST_TENSE = 1 << 8
PARTICIPLE = 1 << 9
GERUND_FORM = 1 << 10
ADJECTIVE = 1 << 11
COMPARATIVE = 1 << 12
SUPERLATIVE = 1 << 13
ADVERB = 1 << 14
DETERMINER = 1 << 15
POSSESSIVE = 1 << 16
SUBJECT = 1 << 17
OBJECT = 1 << 18
NUMBER = 1 << 19
PREPOSITION = 1 << 20
MODAL = 1 << 21
BE = 1 << 22
HAVE = 1 << 23
DO = 1 << 24
CONJUNCTION = 1 << 25
QUESTION = 1 << 26
MARK = 1 << 27
# Of a verb that may also be a noun, or an adjective that may be something else: it proves little.
AMBIGUOUS = 1 << 28

ANY_NOUN = NOUN | PLURAL | MASS | PLACE
DETERMINING = DETERMINER | POSSESSIVE

"""Tells where a text speaks of a word, not with it: "Because is a conjunction"."""

import re

_TERMS = (
    r"(?:conjunctions?|pronouns?|prepositions?|adverbs?|adjectives?|nouns?|verbs?|auxiliar(?:y|ies)|articles?"
    r"|determiners?|interjections?|participles?|gerunds?|infinitives?|words?|plural|singular|past"
    r"|third person|comparative|superlative|contraction|abbreviation|synonym|antonym|prefix|suffix)"
)
_SPEAKS_OF_IT = re.compile(
    rf"(?:[\w’']+\s)?(?:is|was|are|were)\s(?:not\s|also\s|just\s|only\s)?(?:an?|the)\s(?:[\w-]+\s){{0,3}}?{_TERMS}\b"
)


def speaks_of_word(text: str, start: int) -> bool:
    """Returns whether the word at a place, or the one before it, is what the sentence speaks of."""
    return _SPEAKS_OF_IT.match(text, start) is not None

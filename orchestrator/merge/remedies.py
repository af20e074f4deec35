"""What a point would change in the words of the text, and which of its words it speaks of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

# What stands between quotation marks, in Korean as in English. An apostrophe inside a word opens nothing. It
# begins with the one set of marks that may open, because `re` then skips at once to the next of them.
_NAMED = re.compile(r"""["“'‘](?:(?<=["“])([^"”\n]{1,80})["”]|(?<=['‘])(?<!\w['‘])([^'’\n]{1,60})['’])""")
_WORD = re.compile(r"\w+(?:['’]\w+)*")
# A Korean word begins with its stem and ends with its particles and endings.
_STEM_LENGTH = 2
# A quotation of so few words says itself which words are meant.
_MAX_WORDS_IN_QUESTION = 2
# In a longer one no words that a point names are looked for.
_MOST_WORDS_SEARCHED = 100


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a point would change in the words of the text. Of Korean words only the stems count.

    Attributes:
        new_words: The words that it names or writes and that its quotation lacks.
        words_in_question: The words of its quotation that it names or would change; none if it does not say.
        rewrites: Whether it writes the passage anew.
    """

    new_words: frozenset[str]
    words_in_question: frozenset[str]
    rewrites: bool


def remedy_of(said: str, rewriting: str, quoted: Sequence[str]) -> Remedy:
    """Returns the remedy of a point that says and rewrites this, given the stems of its quotation."""
    rewritten = stems(rewriting)
    named = {tuple(stems(one or other)) for one, other in _NAMED.findall(said)}
    in_question: frozenset[str] = frozenset()
    if len(quoted) <= _MOST_WORDS_SEARCHED:
        # Words that are named together and stand not so in the quotation are what should be there.
        row = f" {' '.join(quoted)} "
        in_question = frozenset(stem for each in named if f" {' '.join(each)} " in row for stem in each)
    in_question |= _changed(quoted, rewritten)
    if not in_question and not rewritten and len(quoted) <= _MAX_WORDS_IN_QUESTION:
        in_question = frozenset(quoted)
    new_words = frozenset(rewritten).union(*named).difference(quoted)
    return Remedy(new_words, in_question, bool(rewritten))


def stems(text: str) -> list[str]:
    """Returns the words of a text in lower case, of Korean ones the first two syllables."""
    words: list[str] = _WORD.findall(text.lower())
    if text.isascii():
        return words
    return [word[:_STEM_LENGTH] if "가" <= word[0] <= "힣" else word for word in words]


def _changed(quoted: Sequence[str], rewritten: Sequence[str]) -> frozenset[str]:
    """Returns the words of a quotation that its rewriting lacks at their place."""
    if not rewritten:
        return frozenset()
    edits = Levenshtein.opcodes(quoted, rewritten)
    return frozenset(
        word for each in edits if each.tag != "equal" for word in quoted[each.src_start : each.src_end]
    )

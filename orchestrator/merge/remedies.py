"""Tells the remedies of two points apart, by the words that each of them would put into the text."""

import re
from dataclasses import dataclass

from rapidfuzz import utils

from chorus.feedback.v1 import feedback_pb2

# What stands between quotation marks, in Korean as in English. An apostrophe inside a word opens nothing.
_NAMED = re.compile(r"""["“]([^"”]{1,80})["”]|(?<!\w)['‘]([^'’]{1,60})['’]""")


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a point would change in the words of the text.

    Attributes:
        new_words: The words that it names or writes and that its quotation lacks.
        rewrites: Whether it writes the passage anew.
    """

    new_words: frozenset[str]
    rewrites: bool


def remedy_of(point: feedback_pb2.Point) -> Remedy:
    """Returns the remedy that a point proposes."""
    named = [
        one or other for text in (point.observation, point.next_step) for one, other in _NAMED.findall(text)
    ]
    said = _words(" ".join((*named, point.suggested_rewrite)))
    return Remedy(said - _words(point.anchor.quote), bool(point.suggested_rewrite))


def are_different(one: Remedy, other: Remedy) -> bool:
    """Returns whether both put words into the text, and none in common."""
    return bool(one.new_words and other.new_words) and not one.new_words & other.new_words


def _words(text: str) -> frozenset[str]:
    return frozenset(utils.default_process(text).split())

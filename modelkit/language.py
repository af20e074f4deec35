"""Detects which language a text is in. A language code that came along is trusted instead."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from modelkit.language_identifier import LanguageIdentifier

MAX_LANGUAGE_CODE = 64
# The shape of a BCP 47 tag. Whether its subtags exist makes no difference here.
_LANGUAGE_CODE = regex.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")

_ENOUGH_HANGUL = 0.3
_ENOUGH_ENGLISH = 0.08
_ENOUGH_ENGLISH_WORDS = 4
_ENOUGH_ASCII = 0.98
_ENOUGH_CERTAINTY = 0.5
_READ_AT_MOST = 4000
_LETTER = regex.compile(r"\p{L}")
_HANGUL = regex.compile(r"\p{Hangul}")
_WORD = regex.compile(r"\p{L}+")
# Words that are frequent in English and hardly occur in another candidate.
_ENGLISH = frozenset(
    {
        "the",
        "and",
        "that",
        "this",
        "with",
        "they",
        "from",
        "have",
        "are",
        "because",
        "would",
        "their",
        "there",
    }
)


def detect_language(text: str) -> str:
    """Returns the BCP 47 code of the text's language; "en" where nothing tells."""
    head = text[:_READ_AT_MOST]
    letters = len(_LETTER.findall(head))
    if not letters:
        return "en"
    if len(_HANGUL.findall(head)) >= _ENOUGH_HANGUL * letters:
        return "ko"
    if _is_plain_english(head):
        return "en"
    language, certainty = _identifier().classify(head)
    return str(language) if certainty >= _ENOUGH_CERTAINTY else "en"


def is_language_code(code: str) -> bool:
    """Returns whether it has the shape of a BCP 47 tag and is not too long."""
    return len(code) <= MAX_LANGUAGE_CODE and _LANGUAGE_CODE.fullmatch(code) is not None


def primary_subtag(language_code: str) -> str:
    """Returns the language alone, "en" of "en-GB"."""
    return language_code.partition("-")[0].lower()


def _is_plain_english(text: str) -> bool:
    """Returns whether frequent words alone tell that it is English, so that no identifier need be loaded.

    Several different words are asked for, because the title of an English book is not enough.
    """
    words = _WORD.findall(text.lower())
    found = [each for each in words if each in _ENGLISH]
    return (
        len(set(found)) >= _ENOUGH_ENGLISH_WORDS
        and len(found) >= _ENOUGH_ENGLISH * len(words)
        and sum(map(len, filter(str.isascii, words))) >= _ENOUGH_ASCII * sum(map(len, words))
    )


@functools.cache
def _identifier() -> LanguageIdentifier:
    # Who imports this module need not have use for it.
    from modelkit.language_identifier import LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier()

"""Tells what a text must hold for a pattern to match in it, so that most patterns are not searched for."""

import functools
import hashlib
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from services.proofreader.hangul import is_syllable

# More spellings of one piece ("[Hh]e", "[Tt]h[eo]se") are not told apart.
_MOST_SPELLINGS = 4
_MOST_LETTERS = 2
_SHORTEST = 2
# A syllable of Korean tells as much as two letters of English.
_MOST_SYLLABLES = 30
# The pieces of so many words of so many characters are kept, those that came last, in 1 MiB.
_MOST_KEPT, _LONGEST_KEPT = 4_096, 30

Words = frozenset[str]
"""Pieces of text of which a match, or what it looks at beside it, holds at least one."""


def required_words(expression: str) -> tuple[Words, ...]:
    """Returns sets of pieces of text: wherever the expression matches, the text holds one piece of each.

    Those of the proofreader's own expressions are written down: to derive them takes 1 ms each.
    """
    written = _written_down().get(_digest(expression))
    return derive_required_words(expression) if written is None else written


def derive_required_words(expression: str) -> tuple[Words, ...]:
    """Returns them without looking into what is written down."""
    parsed = parser.parse(expression)
    if parsed.state.flags & re.IGNORECASE:
        return ()
    found = {each for each in _of_sequence(parsed) if each}
    # The sets with the fewest and the longest pieces are in the fewest texts.
    return tuple(sorted(found, key=lambda words: (_frequency(words), sorted(words))))


def write_down(expressions: Iterable[str]) -> str:
    """Returns the text of `required_words.txt`: a line for each expression, of its digest and its sets."""
    rows = ((_digest(each), *map(_written, derive_required_words(each))) for each in expressions)
    return "".join(f"{line}\n" for line in sorted({"\t".join(row) for row in rows}))


@functools.cache
def _written_down() -> Mapping[str, tuple[Words, ...]]:
    text = files(__package__).joinpath("required_words.txt").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {digest: tuple(frozenset(each.split()) for each in sets) for digest, *sets in rows}


def _written(words: Words) -> str:
    return " ".join(sorted(words))


def _digest(expression: str) -> str:
    return hashlib.blake2b(expression.encode(), digest_size=8).hexdigest()


class Pieces:
    """Finds which pieces a text holds. Threads may share it."""

    def __init__(self, pieces: Iterable[str]) -> None:
        # A piece is kept once, and not once for each word that holds it.
        self._pieces = {each: each for each in pieces}
        self._lengths: dict[str, list[int]] = {}
        for first, length in sorted({(each[:1], len(each)) for each in self._pieces}):
            self._lengths.setdefault(first, []).append(length)
        self._inside_known = functools.lru_cache(_MOST_KEPT)(self._inside)

    def held_by(self, text: str) -> set[str]:
        """Returns the pieces in the words of a text. No piece has white space in it."""
        held: set[str] = set()
        for word in set(text.split()):
            inside = self._inside_known if len(word) <= _LONGEST_KEPT else self._inside
            held.update(inside(word))
        return held

    def _inside(self, word: str) -> Sequence[str]:
        return tuple(
            [
                self._pieces[piece]
                for start, first in enumerate(word)
                for length in self._lengths.get(first, ())
                if (piece := word[start : start + length]) in self._pieces
            ]
        )


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> Iterator[Words]:
    """Yields a set for each part of a pattern that has to be there."""
    run: list[str] = [""]
    for code, argument in items:
        letters = _letters(code, argument)
        if letters and len(run) * len(letters) <= _MOST_SPELLINGS:
            run = [before + letter for before in run for letter in letters]
            continue
        yield from _finished(run)
        run = list(letters) if letters else [""]
        yield from _of_part(code, argument)
    yield from _finished(run)


def _frequency(words: Iterable[str]) -> float:
    """Returns how often one of the words may be in a text, compared with others; in any order the same."""
    return math.fsum(0.2 ** len(each) for each in words)


def _finished(run: list[str]) -> Iterator[Words]:
    if len(run[0]) >= _SHORTEST or is_syllable(run[0]):
        yield frozenset(run)


def _letters(code: Any, argument: Any) -> list[str]:
    """Returns the letters that a part stands for, if it is one letter, of which there are few.

    White space is no letter: a piece is in one word.
    """
    literals = argument if code is codes.IN else [(code, argument)]
    if any(each is not codes.LITERAL for each, _ in literals):
        return []
    letters = [chr(value) for _, value in literals]
    most = _MOST_SYLLABLES if all(map(is_syllable, letters)) else _MOST_LETTERS
    return letters if len(letters) <= most and not any(map(str.isspace, letters)) else []


def _of_part(code: Any, argument: Any) -> Iterator[Words]:
    if code is codes.SUBPATTERN:
        _, added_flags, _, inside = argument
        if not added_flags & re.IGNORECASE:
            yield from _of_sequence(inside)
    elif code is codes.ASSERT:
        yield from _of_sequence(argument[1])
    elif code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT} and argument[0]:
        yield from _of_sequence(argument[2])
    elif code is codes.ATOMIC_GROUP:
        yield from _of_sequence(argument)
    elif code is codes.BRANCH:
        yield from _of_branch(argument[1])


def _of_branch(alternatives: Iterable[Iterable[tuple[Any, Any]]]) -> Iterator[Words]:
    """Yields one set: of each alternative the rarest of its sets, if all have one."""
    union: set[str] = set()
    for each in alternatives:
        sets = list(_of_sequence(each))
        if not sets:
            return
        union |= min(sets, key=_frequency)
    yield frozenset(union)

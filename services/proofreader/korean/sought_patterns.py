"""Patterns of Korean, most of which a text lacks the words for."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Generic, TypeVar

from services.proofreader.required_words import Pieces, required_words

T = TypeVar("T")


class SoughtPattern(Generic[T]):
    """A regular expression, which is compiled at first need, and what it stands for."""

    def __init__(self, expression: str, meaning: T) -> None:
        self.expression = expression
        self.meaning = meaning

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The expression, compiled on first use."""
        return re.compile(self.expression)


class SoughtPatterns(Generic[T]):
    """Tells which of its patterns may match in a text, or in a part of it. Threads may share it."""

    def __init__(self, patterns: Iterable[SoughtPattern[T]]) -> None:
        self._patterns = [(each, required_words(each.expression)) for each in patterns]
        self._pieces = Pieces(piece for _, sets in self._patterns for words in sets for piece in words)

    @property
    def expressions(self) -> tuple[str, ...]:
        """The expressions of all patterns."""
        return tuple(each.expression for each, _ in self._patterns)

    def of(self, text: str) -> Iterator[SoughtPattern[T]]:
        """Yields, in their order, those for which the text holds a piece of each required set."""
        held = self._pieces.held_by(text)
        for each, sets in self._patterns:
            if not any(words.isdisjoint(held) for words in sets):
                yield each

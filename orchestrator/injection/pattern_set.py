"""Looks for many regular expressions at once: RE2 says in one pass which may match, and `re` which do.

RE2 knows no lookarounds and no back references, so it is given wider patterns, and what it lets through is
searched as written.
"""

import re
from collections.abc import Iterator, Sequence

import re2

from orchestrator.injection.wider_pattern import wider_pattern

# Sets of more patterns meet more states than RE2 remembers in so many bytes.
_PATTERNS_PER_SET = 16
_MOST_MEMORY = 4 << 20


class PatternSet:
    """Patterns that are looked for together, in folded texts: their only white space is the space."""

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self._patterns = patterns
        self._ascii_sets: list[re2.Set] = []
        self._sets: list[re2.Set] = []

    def matches(self, text: str) -> Iterator[tuple[int, re.Match[str]]]:
        """Yields the first match of each pattern that has one, with the pattern's index, in any order."""
        encoded = text.encode()
        for number, some in enumerate(self._sets_for(is_ascii=text.isascii())):
            for place in some.Match(encoded) or ():
                index = number * _PATTERNS_PER_SET + place
                match = self._patterns[index].search(text)
                if match is not None:
                    yield index, match

    def _sets_for(self, *, is_ascii: bool) -> list[re2.Set]:
        """Returns the sets for such texts, made on first use."""
        if is_ascii:
            self._ascii_sets = self._ascii_sets or self._compiled(is_ascii=True)
            return self._ascii_sets
        self._sets = self._sets or self._compiled(is_ascii=False)
        return self._sets

    def _compiled(self, *, is_ascii: bool) -> list[re2.Set]:
        wider = [wider_pattern(each.pattern, is_ascii=is_ascii) for each in self._patterns]
        starts = range(0, len(wider), _PATTERNS_PER_SET)
        return [_compiled(wider[start : start + _PATTERNS_PER_SET]) for start in starts]


def _compiled(patterns: Sequence[str]) -> re2.Set:
    options = re2.Options()
    options.max_mem = _MOST_MEMORY
    together = re2.Set.SearchSet(options)
    for each in patterns:
        together.Add(each)
    together.Compile()
    return together

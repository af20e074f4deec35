"""Looks for many regular expressions at once: RE2 says in one pass which may match, and `re` which do.

RE2 knows no lookarounds and no back references, so it is given wider patterns, and what it lets through is
searched as written. Its classes are those of ASCII, so any other text is searched as written, too.
"""

import functools
import re
from collections.abc import Iterator, Sequence

import re2

# Sets of more patterns meet more states than RE2 remembers in so many bytes.
_PATTERNS_PER_SET = 10
_MOST_MEMORY = 2 << 20
_LOOKAROUNDS = ("(?=", "(?!", "(?<=", "(?<!")
_CODE_POINT = re.compile(r"\\u([0-9a-fA-F]{4})")
_AT_MOST = re.compile(r"\{(\d+),\d+\}")
_ESCAPE_OR_BRACKET = re.compile(r"\\.|\[")


class PatternSet:
    """Patterns that are looked for together, in texts without line breaks."""

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self._patterns = patterns

    def matches(self, text: str) -> Iterator[tuple[int, re.Match[str]]]:
        """Yields the first match of each pattern that has one, with the pattern's index, in any order."""
        for index in self._candidates(text) if text.isascii() else range(len(self._patterns)):
            match = self._patterns[index].search(text)
            if match is not None:
                yield index, match

    def _candidates(self, text: str) -> Iterator[int]:
        encoded = text.encode()
        for number, some in enumerate(self._sets):
            for index in some.Match(encoded) or ():
                yield number * _PATTERNS_PER_SET + index

    @functools.cached_property
    def _sets(self) -> list[re2.Set]:
        wider = ["".join(_wider(each.pattern)) for each in self._patterns]
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


def _wider(pattern: str) -> Iterator[str]:
    """Yields the parts of a pattern for RE2 that matches at least wherever this one does in ASCII.

    It does not count how often at most a part is repeated, because each count would be a state.
    """
    offset = 0
    while offset < len(pattern):
        start = offset
        if pattern.startswith(_LOOKAROUNDS, offset):
            offset = _group_end(pattern, offset)
        elif pattern[offset] == "[":
            offset = _class_end(pattern, offset)
            yield f"[{_inside(pattern[start + 1 : offset - 1])}]"
        elif repetition := _AT_MOST.match(pattern, offset):
            offset = repetition.end()
            yield f"{{{repetition[1]},}}"
        elif pattern[offset] == "\\":
            offset += 2
            yield ".*" if pattern[start + 1].isdigit() else pattern[start:offset]
        else:
            offset += 1
            yield pattern[start]


def _inside(characters: str) -> str:
    """Returns the inside of a class. RE2 takes a bare bracket for the beginning of one like [:alpha:]."""
    characters = _CODE_POINT.sub(lambda code: chr(int(code[1], 16)), characters)
    return _ESCAPE_OR_BRACKET.sub(lambda part: r"\[" if part[0] == "[" else part[0], characters)


def _group_end(pattern: str, start: int) -> int:
    depth, offset = 0, start
    while True:
        if pattern[offset] == "[":
            offset = _class_end(pattern, offset)
            continue
        depth += {"(": 1, ")": -1}.get(pattern[offset], 0)
        offset += 2 if pattern[offset] == "\\" else 1
        if not depth:
            return offset


def _class_end(pattern: str, start: int) -> int:
    # A bracket that is the first character of a class does not end it.
    offset = start + (3 if pattern.startswith("^", start + 1) else 2)
    while pattern[offset] != "]":
        offset += 2 if pattern[offset] == "\\" else 1
    return offset + 1

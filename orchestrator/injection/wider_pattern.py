"""Widens a regular expression so that RE2 knows all of it, and says quickly where it may match."""

import re
from collections.abc import Iterator

_LOOKAROUNDS = ("(?=", "(?!", "(?<=", "(?<!")
_CODE_POINT = re.compile(r"\\u([0-9a-fA-F]{4})")
_AT_MOST = re.compile(r"\{(\d+),\d+\}")
_ESCAPE_OR_BRACKET = re.compile(r"\\.|\[")
# Classes like "\w": those of RE2 are of ASCII.
_CLASS_ESCAPE = re.compile(r"\\[wWdDsS]")
_NOT_ASCII = r"\x{80}-\x{10FFFF}"
# "Up to so many characters but these" between two parts: states of both at once are what a set has most of.
_GAP = re.compile(r"\[\^[^\]\\]+\]\{0,\d{2,}\}")


def wider_pattern(pattern: str, *, is_ascii: bool) -> str:
    """Returns a pattern for RE2 that matches at least wherever this one does.

    It does not count how often at most a part is repeated, because each count would be a state, and what
    comes after a long gap it leaves out.

    Args:
        pattern: The pattern, for folded texts: their only white space is the space.
        is_ascii: Whether it is for texts of ASCII alone. What is not ASCII it takes for a letter, a digit and
            a boundary of a word.
    """
    pattern = _until_gaps(pattern)
    return "".join(_wider(pattern) if is_ascii else _wider_of_any(pattern))


def _wider(pattern: str) -> Iterator[str]:
    for part in _parts(pattern):
        if part.startswith(_LOOKAROUNDS):
            continue
        if repetition := _AT_MOST.fullmatch(part):
            yield f"{{{repetition[1]},}}"
        elif part[0] == "[":
            yield f"[{_inside(part[1:-1])}]"
        else:
            yield ".*" if part[0] == "\\" and part[1].isdigit() else part


def _wider_of_any(pattern: str) -> Iterator[str]:
    for part in _wider(pattern):
        if part in {r"\b", r"\B"}:
            continue
        if part == r"\s":
            yield " "
        elif part in {r"\w", r"\d"}:
            yield f"[{part}{_NOT_ASCII}]"
        elif part[0] != "[" or not _CLASS_ESCAPE.search(part):
            yield part
        elif part[1] == "^":
            yield f"(?:{part}|[{_NOT_ASCII}])"
        else:
            yield f"{part[:-1]}{_NOT_ASCII}]"


def _until_gaps(pattern: str) -> str:
    """Returns the pattern with each of its alternatives ending before its first long gap."""
    kept: list[str] = []
    depth, is_cut = 0, False
    for part in _parts(pattern, gaps=True):
        if depth == 0 and part == "|":
            is_cut = False
        elif depth == 0 and _GAP.fullmatch(part):
            is_cut = True
        if not is_cut:
            kept.append(part)
        depth += {"(": 1, ")": -1}.get(part, 0)
    return "".join(kept)


def _parts(pattern: str, *, gaps: bool = False) -> Iterator[str]:
    """Yields the parts of a pattern: lookarounds, classes, bounded repetitions, escapes, single characters.

    Args:
        pattern: The pattern.
        gaps: Whether a long gap is one part.
    """
    offset = 0
    while offset < len(pattern):
        start = offset
        if pattern.startswith(_LOOKAROUNDS, offset):
            offset = _group_end(pattern, offset)
        elif gaps and (gap := _GAP.match(pattern, offset)):
            offset = gap.end()
        elif pattern[offset] == "[":
            offset = _class_end(pattern, offset)
        elif repetition := _AT_MOST.match(pattern, offset):
            offset = repetition.end()
        else:
            offset += 2 if pattern[offset] == "\\" else 1
        yield pattern[start:offset]


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

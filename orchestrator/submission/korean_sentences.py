"""Corrects where the sentences of a Korean text start, by its quotations and the endings of its verbs.

Each pattern reads a text of any form in time that grows with its length alone.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

_FIRST_SYLLABLE, _LAST_SYLLABLE = ord("가"), ord("힣")
_VOWELS, _CODAS = 21, 28
_FIRST_VOWEL = ord("ㅏ")


def _with_coda_of(example: str) -> str:
    """Returns all syllables with the final consonant of one, for the inside of a class."""
    coda = (ord(example) - _FIRST_SYLLABLE) % _CODAS
    return "".join(map(chr, range(_FIRST_SYLLABLE + coda, _LAST_SYLLABLE + 1, _CODAS)))


def _open_with(vowels: str) -> str:
    """Returns all syllables with one of the vowels and no final consonant, for the inside of a class."""
    return "".join(
        chr(code)
        for code in range(_FIRST_SYLLABLE, _LAST_SYLLABLE + 1, _CODAS)
        if chr(_FIRST_VOWEL + (code - _FIRST_SYLLABLE) // _CODAS % _VOWELS) in vowels
    )


# A sentence goes on after a quotation with "라고", joined to it or not, or "하고".
_QUOTATION_END = re.compile(r"[\"'”’」』][^\S\n]?\Z")
_QUOTATIVE = re.compile(
    r"(?:이?라(?:고|는|며|면서|던)|하(?:고|며|면서|자|는|시|셨|더|였|던)|했)(?=[가-힣\s.])"
)
# "1." before an entry of a list, or a month.
_NUMBER_END = re.compile(r"(?:^|[\s(])\d{1,4}[.)]\s?\Z")
_NO_WORD = re.compile(r"[^\w가-힣]{1,20}\Z|</\w{1,20}>\s*\Z")
# What goes on so far back or forth decides nothing.
_BESIDE = 24

# The end of a verb that nearly always ends a sentence, also where the learner left out the mark.
_FINAL = (
    rf"(?:[{_with_coda_of('았')}]다|[{_with_coda_of('합')}]니[다까]|[는{_with_coda_of('한')}]다|[가-힣]이다|아니다"
    r"|[좋많같없싶높작]다|[가-힣]하다(?!\s+(?:보|가|오|말|못))"
    rf"|(?!개)[{_open_with('ㅏㅐㅓㅔㅕㅖㅘㅙㅝ')}]요|[네지까군]요|죠)"
)
_UNMARKED_END = re.compile(rf"{_FINAL}(?=\s+[\w가-힣])")
_END_OF_LINE = re.compile(rf"{_FINAL}[^\S\n]*\n")
_MARKS = tuple(".!?…。！？")
_CLOSING = "\"'”’」』)]"
# Only learners who leave out marks write longer sentences than this.
_LONG = 100


def korean_starts(text: str, start: int, end: int, by_marks: Iterable[int]) -> Iterator[int]:
    """Yields where sentences start between `start` and `end`, given where they do by the marks alone.

    Where a mark is missing, at the end of a passage or of a line, or for long, endings of verbs stand for it.
    """
    starts = {each for each in by_marks if not _goes_on(text, each)}
    starts.update(each.end() for each in _END_OF_LINE.finditer(text, start, end))
    bounds = [start, *sorted(each for each in starts if start < each < end), end]
    for first, last in pairwise(bounds):
        if first > start:
            yield first
        if last - first > _LONG or not _is_marked(text[first:last]):
            yield from (each.end() for each in _UNMARKED_END.finditer(text, first, last))


def _is_marked(passage: str) -> bool:
    return passage.rstrip().rstrip(_CLOSING).endswith(_MARKS)


def _goes_on(text: str, place: int) -> bool:
    """Returns whether the sentence before a place goes on there."""
    before, after = text[max(0, place - _BESIDE) : place], text[place : place + _BESIDE]
    if _QUOTATION_END.search(before) and _QUOTATIVE.match(after):
        return True
    return _NUMBER_END.search(before) is not None or _NO_WORD.match(after) is not None

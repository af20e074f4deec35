"""Widens a quotation of one word to a passage that a reader finds in the work."""

import re

# A word alone is widened to so many, which are found at once.
_FINDABLE = 4
# On each side, in characters.
_MOST_BESIDE = 80
_WORD = re.compile(r"\S+")
_ENDS_SENTENCE = re.compile(r"[.!?…][\"'”’)\]]*$")


def passage_around(work: str, start: int, end: int, max_length: int) -> str:
    """Returns a word at a range with those of its sentence around it. More than one word stays as it is.

    Args:
        work: The text.
        start: Where the half-open range begins, in code points.
        end: Where it ends.
        max_length: No passage is made longer than so many code points.
    """
    passage = work[start:end]
    count = len(_WORD.findall(passage))
    if count != 1:
        return passage
    before, after = _words_before(work, start), _words_after(work, end)
    first, last = start, end
    while count < _FINDABLE and (before or after):
        # What stands before a verb, its subject, says most about where it is.
        is_before = bool(before) and (count % 2 == 1 or not after)
        place = before.pop() if is_before else after.pop(0)
        widened = (place, last) if is_before else (first, place)
        if widened[1] - widened[0] > max_length:
            break
        first, last = widened
        count += 1
    return work[first:last]


def _words_before(work: str, start: int) -> list[int]:
    """Returns where the words of the sentence begin that stand before a place."""
    edge = max(0, start - _MOST_BESIDE, work.rfind("\n", 0, start) + 1)
    places: list[int] = []
    for found in _WORD.finditer(work, edge, start):
        if _ENDS_SENTENCE.search(found.group()):
            places.clear()
        elif found.start() > edge or edge == 0 or work[edge - 1].isspace():
            places.append(found.start())
    return places


def _words_after(work: str, end: int) -> list[int]:
    """Returns where the words of the sentence end that stand after a place."""
    newline = work.find("\n", end)
    edge = min(len(work), end + _MOST_BESIDE, newline if newline >= 0 else len(work))
    places: list[int] = []
    # Marks that close the word itself are no word.
    while end < edge and not work[end].isspace():
        end += 1
    if _ENDS_SENTENCE.search(work[max(0, end - 3) : end]):
        return places
    for found in _WORD.finditer(work, end, edge):
        if found.end() == edge < len(work) and not work[edge].isspace():
            break
        places.append(found.end())
        if _ENDS_SENTENCE.search(found.group()):
            break
    return places

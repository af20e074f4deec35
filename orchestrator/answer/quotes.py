"""Finds a model's quotation in the work. What is shown is always the work's own words.

Exact first; then without differences of form, case, white space, quotation marks and dashes; then, for longer
quotations only, with a few letters changed. One edit in a short one would accept other people's sentences.
"""

import re
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from chorus.feedback.v1 import feedback_pb2
from modelkit.answer_form.schema import MAX_QUOTE
from orchestrator.submission.folding import fold
from orchestrator.submission.reading import SubmissionReading
from orchestrator.submission.visible_text import visible

_ONE_EDIT_FROM = 10
_SIMILAR_FROM = 30
_SIMILAR = 90.0
# An alignment's edge may fall this far inside a word.
_SNAP = 3
# A point that names more sentences than this, without quoting, is about no one place.
_MAX_NAMED = 3
_NUMBER = re.compile(r"\[S\d+\]\s?")
_SENTENCE_ID = re.compile(r"\[?S(\d+)\]?")

Span = tuple[int, int]


def find_quote(
    reading: SubmissionReading, quote: str, sentence_ids: Sequence[str] = ()
) -> feedback_pb2.Anchor | None:
    """Where the quotation stands: inside the named sentences if it is there, else the first place.

    Returns:
        None where the work does not say so, and for a quotation of more than `MAX_QUOTE` characters, on which
        the comparison could take forever.
    """
    quote = visible(quote).strip()
    if not quote or len(quote) > MAX_QUOTE:
        return None
    named = _named_span(reading, sentence_ids)
    # The sentence numbers that a model was shown may have slipped into its copy.
    wordings = list(filter(None, dict.fromkeys((quote, _NUMBER.sub("", quote).strip()))))
    for wording in wordings:
        if found := _first(reading.visible_text, wording, named):
            return reading.anchor(*found, feedback_pb2.Anchor.MATCH_EXACT)
    folded = reading.folding.text
    folded_named = named and reading.folding.folded_span(*named)
    needles = [each for wording in wordings for each in _needles(wording)]
    for needle in needles:
        if found := _first(folded, needle, folded_named):
            return reading.anchor(*_reading_span(reading, found), feedback_pb2.Anchor.MATCH_NORMALIZED)
    for needle in needles:
        for span in filter(None, (folded_named, (0, len(folded)))):
            if found := _nearly(folded, needle, span):
                return reading.anchor(*_reading_span(reading, found), feedback_pb2.Anchor.MATCH_APPROXIMATE)
    return None


def named_place(reading: SubmissionReading, sentence_ids: Sequence[str]) -> feedback_pb2.Anchor | None:
    """The sentences that a point without a quotation names, if they are few; they stand for themselves."""
    span = _named_span(reading, sentence_ids)
    if span is None or len(sentence_ids) > _MAX_NAMED:
        return None
    return reading.anchor(*span, feedback_pb2.Anchor.MATCH_APPROXIMATE)


def _named_span(reading: SubmissionReading, sentence_ids: Sequence[str]) -> Span | None:
    matches = filter(None, map(_SENTENCE_ID.fullmatch, sentence_ids))
    numbers = [int(match.group(1)) for match in matches]
    known = [reading.sentences[number - 1] for number in numbers if 1 <= number <= len(reading.sentences)]
    if not known:
        return None
    return min(each.start for each in known), max(each.end for each in known)


def _first(text: str, needle: str, named: Span | None) -> Span | None:
    start = text.find(needle, *named) if named else -1
    if start < 0:
        start = text.find(needle)
    return None if start < 0 else (start, start + len(needle))


def _needles(wording: str) -> Iterator[str]:
    needle = fold(wording).text.strip()
    bare = needle.strip("' ")
    if needle:
        yield needle
    if bare and bare != needle:
        yield bare


def _nearly(text: str, needle: str, span: Span) -> Span | None:
    if len(needle) >= _SIMILAR_FROM:
        return _similar(text, needle, span)
    return _one_edit_away(text, needle, span) if len(needle) >= _ONE_EDIT_FROM else None


def _similar(text: str, needle: str, span: Span) -> Span | None:
    low, high = span
    if high - low < len(needle):
        # The alignment would look for the text in the quotation.
        return span if fuzz.ratio(needle, text[low:high]) >= _SIMILAR else None
    found = fuzz.partial_ratio_alignment(needle, text[low:high], score_cutoff=_SIMILAR)
    if found is None:
        return None
    start, end = _snap(text, low + found.dest_start), _snap(text, low + found.dest_end)
    return (start, end) if start < end else None


def _one_edit_away(text: str, needle: str, span: Span) -> Span | None:
    """One edit leaves one half of the needle as it is, so only places that hold a half are compared."""
    low, high = span
    size = len(needle)
    middle = size // 2
    windows = [
        (start, start + size + change)
        for start in _places(text, needle[:middle], span)
        for change in (0, -1, 1)
    ] + [
        (start + size - middle - size - change, start + size - middle)
        for start in _places(text, needle[middle:], span)
        for change in (0, -1, 1)
    ]
    return next(
        (
            window
            for window in sorted(windows)
            if low <= window[0]
            and window[1] <= high
            and Levenshtein.distance(needle, text[slice(*window)], score_cutoff=1) <= 1
        ),
        None,
    )


def _places(text: str, part: str, span: Span) -> Iterator[int]:
    start = text.find(part, *span)
    while start >= 0:
        yield start
        start = text.find(part, start + 1, span[1])


def _snap(text: str, edge: int) -> int:
    """The nearest edge of a word, where there is one close by."""
    for distance in range(_SNAP + 1):
        for place in (edge - distance, edge + distance):
            if place in {0, len(text)} or (
                0 < place < len(text) and not (text[place - 1].isalnum() and text[place].isalnum())
            ):
                return place
    return edge


def _reading_span(reading: SubmissionReading, span: Span) -> Span:
    start, end = reading.folding.original_span(*span)
    passage = reading.visible_text[start:end]
    return start + len(passage) - len(passage.lstrip()), start + len(passage.rstrip())

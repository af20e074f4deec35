"""Verifies that a model's quotation stands in the submission. What is shown are the submission's own words.

A quotation is searched for exactly; then without differences of form, case, white space, quotation marks and
dashes; then, if it is not short, with a few letters changed. An edit in a short one would accept other
people's sentences.
"""

import re
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from chorus.feedback.v1 import feedback_pb2
from modelkit.answer_form.schema import MAX_QUOTE
from modelkit.answer_limits import MAX_COMPARED_CHARACTERS, AnswerTooLarge
from orchestrator.submission.folding import fold
from orchestrator.submission.reading import SubmissionReading
from orchestrator.submission.visible_text import strip_invisible

# From this length on, in folded characters, one edit is accepted.
_MIN_LENGTH_ONE_EDIT = 10
# From this length on, so many per cent of similarity are enough.
_MIN_LENGTH_SIMILAR = 30
_MIN_SIMILARITY = 90.0
# The edge of an alignment may lie this many characters inside a word.
_MAX_SNAP_DISTANCE = 3
# A point that names more sentences than this without a quotation is about no one place.
_MAX_NAMED_SENTENCES = 3
# A point is about so many sentences at most; more would say nothing of where it stands.
MAX_SENTENCES = 8
# A place that is one edit away is looked at alone, which takes as long as so many characters of a search.
_CHARACTERS_PER_WINDOW = 10
_COMPARED_AT_ONCE = 64
_SENTENCE_NUMBER = re.compile(r"\[S\d+\]\s?")
# No text has a sentence of a longer number, and Python reads none of thousands of digits.
_SENTENCE_ID = re.compile(r"\[?S(\d{1,7})\]?")

Span = tuple[int, int]


class ComparisonBudget:
    """Limits the work of comparing an answer's quotations with the text, by the characters of the text."""

    def __init__(self, characters: int = MAX_COMPARED_CHARACTERS) -> None:
        self._left = characters

    def spend(self, characters: int) -> None:
        """Takes what a comparison needs.

        Raises:
            AnswerTooLarge: There is not so much left.
        """
        self._left -= characters
        if self._left < 0:
            raise AnswerTooLarge("too many quotations stand in the submission only nearly, or not at all")


def find_quote(
    reading: SubmissionReading,
    quote: str,
    sentence_ids: Sequence[str] = (),
    budget: ComparisonBudget | None = None,
) -> feedback_pb2.Anchor | None:
    """Returns where the quotation stands: inside the named sentences if it is there, else the first place.

    It returns None where the submission does not hold the quotation, and for a quotation of more than
    `MAX_QUOTE` characters, whose comparison could take forever.

    Args:
        reading: The submission.
        quote: The quotation, as the model gave it.
        sentence_ids: The sentences that it is said to stand in.
        budget: What all quotations of one answer may take together. None: this one has a budget of its own.

    Raises:
        AnswerTooLarge: The budget is used up.
    """
    budget = budget or ComparisonBudget()
    quote = strip_invisible(quote).strip()
    if not quote or len(quote) > MAX_QUOTE:
        return None
    named = _named_span(reading, sentence_ids)
    # The model may have copied the sentence numbers that it was shown.
    wordings = list(filter(None, dict.fromkeys((quote, _SENTENCE_NUMBER.sub("", quote).strip()))))
    for wording in wordings:
        if found := _first_occurrence(reading.visible_text, wording, named):
            return reading.anchor(*found, feedback_pb2.Anchor.MATCH_EXACT)
    folded = reading.folded.text
    folded_named = named and reading.folded.folded_span(*named)
    needles = [each for wording in wordings for each in _folded_needles(wording)]
    for needle in needles:
        if found := _first_occurrence(folded, needle, folded_named):
            return reading.anchor(*_visible_span(reading, found), feedback_pb2.Anchor.MATCH_NORMALIZED)
    for needle in needles:
        for span in filter(None, (folded_named, (0, len(folded)))):
            if found := _approximate(folded, needle, span, budget):
                return reading.anchor(*_visible_span(reading, found), feedback_pb2.Anchor.MATCH_APPROXIMATE)
    return None


def anchor_of_sentences(
    reading: SubmissionReading, sentence_ids: Sequence[str]
) -> feedback_pb2.Anchor | None:
    """Returns the anchor of the named sentences, for a point without a quotation; None if they are many."""
    span = _named_span(reading, sentence_ids)
    if span is None or len(sentence_ids) > _MAX_NAMED_SENTENCES:
        return None
    return reading.anchor(*span, feedback_pb2.Anchor.MATCH_APPROXIMATE)


def sentences_of_point(
    reading: SubmissionReading, sentence_ids: Sequence[str], quotation: feedback_pb2.Anchor | None
) -> list[feedback_pb2.Sentence]:
    """Returns the sentences that a point is about: those of its quotation, and then those that it names."""
    numbers = _named_numbers(reading, sentence_ids)
    if quotation is not None:
        touched = range(reading.sentence_at(quotation.start), reading.sentence_at(quotation.end - 1) + 1)
        numbers = [*touched, *numbers]
    first = list(dict.fromkeys(numbers))[:MAX_SENTENCES]
    spans = (reading.sentences[number - 1] for number in sorted(first))
    received = (reading.visible.received_span(each.start, each.end) for each in spans)
    return [feedback_pb2.Sentence(start=start, end=end) for start, end in received]


def _named_span(reading: SubmissionReading, sentence_ids: Sequence[str]) -> Span | None:
    """Returns the span of the visible text from the first to the last of the named sentences."""
    known = [reading.sentences[number - 1] for number in _named_numbers(reading, sentence_ids)]
    if not known:
        return None
    return min(each.start for each in known), max(each.end for each in known)


def _named_numbers(reading: SubmissionReading, sentence_ids: Sequence[str]) -> list[int]:
    """Returns the numbers of the sentences that are named and that there are."""
    matches = filter(None, map(_SENTENCE_ID.fullmatch, sentence_ids))
    numbers = [int(match.group(1)) for match in matches]
    return [number for number in numbers if 1 <= number <= len(reading.sentences)]


def _first_occurrence(text: str, needle: str, named: Span | None) -> Span | None:
    start = text.find(needle, *named) if named else -1
    if start < 0:
        start = text.find(needle)
    return None if start < 0 else (start, start + len(needle))


def _folded_needles(wording: str) -> Iterator[str]:
    """Yields the folded wording, and the same without the quotation marks around it."""
    needle = fold(wording).text.strip()
    bare = needle.strip("' ")
    if needle:
        yield needle
    if bare and bare != needle:
        yield bare


def _approximate(text: str, needle: str, span: Span, budget: ComparisonBudget) -> Span | None:
    if len(needle) < _MIN_LENGTH_ONE_EDIT:
        return None
    # A comparison takes words of 64 bits, so a longer quotation takes as many times as long.
    budget.spend((span[1] - span[0]) * -(-len(needle) // _COMPARED_AT_ONCE))
    if len(needle) >= _MIN_LENGTH_SIMILAR:
        return _similar(text, needle, span)
    return _one_edit_away(text, needle, span, budget)


def _similar(text: str, needle: str, span: Span) -> Span | None:
    low, high = span
    if high - low < len(needle):
        # The alignment would look for the text in the quotation.
        return span if fuzz.ratio(needle, text[low:high]) >= _MIN_SIMILARITY else None
    alignment = fuzz.partial_ratio_alignment(needle, text[low:high], score_cutoff=_MIN_SIMILARITY)
    if alignment is None:
        return None
    start, end = _snap(text, low + alignment.dest_start), _snap(text, low + alignment.dest_end)
    return (start, end) if start < end else None


def _one_edit_away(text: str, needle: str, span: Span, budget: ComparisonBudget) -> Span | None:
    """Returns the first place that is one edit away from the needle.

    One edit leaves one half of the needle as it is, so only the places that hold a half are compared.
    """
    low, high = span
    size = len(needle)
    middle = size // 2
    windows = [
        (start, start + size + change)
        for start in _occurrences(text, needle[:middle], span)
        for change in (0, -1, 1)
    ] + [
        (start + size - middle - size - change, start + size - middle)
        for start in _occurrences(text, needle[middle:], span)
        for change in (0, -1, 1)
    ]
    budget.spend(_CHARACTERS_PER_WINDOW * len(windows))
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


def _occurrences(text: str, part: str, span: Span) -> Iterator[int]:
    start = text.find(part, *span)
    while start >= 0:
        yield start
        start = text.find(part, start + 1, span[1])


def _snap(text: str, edge: int) -> int:
    """Moves the edge of an alignment to the nearest edge of a word, where there is one close by."""
    for distance in range(_MAX_SNAP_DISTANCE + 1):
        for place in (edge - distance, edge + distance):
            if place in {0, len(text)} or (
                0 < place < len(text) and not (text[place - 1].isalnum() and text[place].isalnum())
            ):
                return place
    return edge


def _visible_span(reading: SubmissionReading, folded_span: Span) -> Span:
    """Returns where a span of the folded text is in the visible text, without the white space around it."""
    start, end = reading.folded.original_span(*folded_span)
    passage = reading.visible_text[start:end]
    return start + len(passage) - len(passage.lstrip()), start + len(passage.rstrip())

"""E7: measures how many quotations are found, of those that are in a work and of those that are not."""

# ruff: noqa: PLR2004  # a goal's numbers stand beside its wording

import random
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.evaluate.goal import Goal
from bench.evaluate.works import read
from modelkit.answer_form.schema import MAX_QUOTE
from orchestrator.answer.quote_verification import find_quote
from orchestrator.submission.folding import fold
from orchestrator.submission.reading import SubmissionReading

_QUOTES_PER_WORK = 8
_LEAST_WORDS, _MOST_WORDS = 3, 16
_SWAPPED = 0.4
_COPYISTS: Sequence[Callable[[str], str]] = (
    lambda quote: quote,
    lambda quote: quote.replace("'", "’").replace('"', "“"),
    lambda quote: "  ".join(quote.split()),
    str.upper,
    lambda quote: f"“{quote}”",
)


@dataclass(slots=True)
class _FoundRate:
    found: int = 0
    of: int = 0

    @property
    def value(self) -> float:
        return self.found / max(self.of, 1)


def goals(seed: int, readings: Sequence[SubmissionReading]) -> Iterator[Goal]:
    """Measures Korean and English works separately."""
    for language in ("ko", "en"):
        own = [each for each in readings if each.language_code == language]
        if len(own) > 1:
            yield _goal(random.Random(seed), language, own)  # noqa: S311  # it repeats itself


def _goal(generator: random.Random, language: str, readings: Sequence[SubmissionReading]) -> Goal:
    true, foreign, swapped = _FoundRate(), _FoundRate(), _FoundRate()
    torn = 0
    # Some keyboards write Korean with decomposed syllables.
    decomposed = read(unicodedata.normalize("NFD", each.text) for each in readings[::4])
    for reading in [*readings, *decomposed]:
        for _ in range(_QUOTES_PER_WORK):
            quote = _passage(generator, reading)
            torn += _count(true, reading, generator.choice(_COPYISTS)(quote)[:MAX_QUOTE])
            other = _passage(generator, generator.choice(readings))
            for share, wrong in ((foreign, other), (swapped, _with_swapped_words(generator, quote, other))):
                # Headings, sources and set phrases that both works hold are not invented.
                if fold(wrong).text.strip() not in reading.folded.text:
                    torn += _count(share, reading, wrong[:MAX_QUOTE])
    return Goal(
        "E7",
        f"quote check, {language}",
        "true >= .99, foreign <= .005, swapped words <= .015; all slices",
        f"true {true.value:.4f}, foreign {foreign.value:.4f}, swapped {swapped.value:.4f}, {torn} torn",
        true.value >= 0.99 and foreign.value <= 0.005 and swapped.value <= 0.015 and not torn,
        f"{true.of}, {foreign.of} and {swapped.of} quotations of {len(readings)} works",
    )


def _count(share: _FoundRate, reading: SubmissionReading, quote: str) -> int:
    """Counts the quotation, and returns 1 if what is shown is not a slice of the work."""
    anchor = find_quote(reading, quote)
    share.of += 1
    if anchor is None:
        return 0
    share.found += 1
    return int(anchor.quote != reading.text[anchor.start : anchor.end])


def _passage(generator: random.Random, reading: SubmissionReading) -> str:
    words = reading.visible_text.split()
    size = min(generator.randint(_LEAST_WORDS, _MOST_WORDS), len(words))
    start = generator.randint(0, len(words) - size)
    return " ".join(words[start : start + size])[:MAX_QUOTE]


def _with_swapped_words(generator: random.Random, quote: str, other: str) -> str:
    words, others = quote.split(), other.split()
    for place in generator.sample(range(len(words)), max(round(_SWAPPED * len(words)), 1)):
        words[place] = generator.choice(others)
    return " ".join(words)

from collections.abc import Callable, Sequence

import pytest

from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading
from services.proofreader.rule_reviewers import RuleReviewer
from tests.hostile_texts import HOSTILE_TEXTS, HostileText
from tests.linear_time import check_growth, lengths
from tests.unit.proofreader.test_language import reviewers

# As in the service: the look-up of words is bounded by it, and all else by nothing.
CPU_SECONDS = 1.5


def reading_by(reviewer: RuleReviewer, language: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        # The time of parsing is a part of it.
        reading = Reading(CPU_SECONDS)
        return reviewer.review(ParsedText.read(text, language), reading)

    return read


READINGS = [(reviewer, language) for reviewer in (0, 1) for language in ("en", "ko")]
CASES = [
    pytest.param(
        *(shape, *reading, lengths(number, turn)),
        id=f"{('language', 'structure')[reading[0]]}-{reading[1]}-{name}",
    )
    for number, (name, shape) in enumerate(HOSTILE_TEXTS.items())
    for turn, reading in enumerate(READINGS)
]


@pytest.mark.parametrize(("shape", "reviewer", "language", "of_lengths"), CASES)
def test_a_text_of_any_shape_is_read_in_time_that_grows_with_its_length(
    shape: HostileText, reviewer: int, language: str, of_lengths: Sequence[int]
) -> None:
    check_growth(reading_by(reviewers()[reviewer], language), shape, of_lengths)

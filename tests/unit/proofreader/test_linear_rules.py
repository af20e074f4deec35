from collections.abc import Callable

import pytest

from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading
from services.proofreader.rule_reviewers import RuleReviewer
from tests.hostile_texts import HOSTILE_TEXTS, HostileText
from tests.linear_time import check_growth
from tests.unit.proofreader.test_language import reviewers

# As in the service: the look-up of words is bounded by it, and all else by nothing.
CPU_SECONDS = 1.5


def reading_by(reviewer: RuleReviewer, language: str) -> Callable[[str], object]:
    return lambda text: reviewer.review(ParsedText.read(text, language), Reading(CPU_SECONDS))


@pytest.mark.parametrize("shape", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("reviewer", [0, 1], ids=["language", "structure"])
def test_a_text_of_any_shape_is_read_in_time_that_grows_with_its_length(
    shape: HostileText, language: str, reviewer: int
) -> None:
    check_growth(reading_by(reviewers()[reviewer], language), shape)

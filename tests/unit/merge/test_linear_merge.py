"""A point on the whole of a long text, which names a thousand words, is read in time that grows with it."""

import pytest

from chorus.feedback.v1 import feedback_pb2
from orchestrator.merge.candidate import merge_candidates
from orchestrator.merge.pair_features import PointContent, pair_features
from tests.hostile_texts import HOSTILE_TEXTS, HostileText
from tests.linear_time import check_growth
from tests.unit.merge.panels import opinion

# As much as a model may say.
_MOST_SAID = 2000
_NAMES = ('"z" ' * _MOST_SAID)[:_MOST_SAID]


def compare(text: str) -> None:
    """Compares two points that quote a whole text: one names words, one says what the text begins with."""
    anchor = feedback_pb2.Anchor(start=0, end=len(text), quote=text)
    named = feedback_pb2.Point(issue="spelling", anchor=anchor, observation=_NAMES, next_step=_NAMES)
    said = feedback_pb2.Point(issue="spelling", anchor=anchor, observation=text[:_MOST_SAID])
    said.suggested_rewrite = said.next_step = said.observation
    candidates = merge_candidates([opinion("a", named), opinion("b", said)], {})
    first, second = (PointContent.of(each, "ko") for each in candidates)
    pair_features(first, second)


@pytest.mark.parametrize(
    "shape",
    [*HOSTILE_TEXTS.values(), lambda length: ("a b c " * length)[:length]],
    ids=[*HOSTILE_TEXTS, "words of one letter"],
)
def test_points_on_a_text_of_any_shape_are_compared_in_time_that_grows_with_its_length(
    shape: HostileText,
) -> None:
    check_growth(compare, shape)

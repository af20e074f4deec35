"""Where an anchor is in strings of UTF-16."""

import pytest

from chorus.feedback.v1.feedback_pb2 import Anchor
from chorus_client import utf16_range


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        ("a dog", 2, 5, (2, 5)),
        ("📚 a dog", 4, 7, (5, 8)),
        ("우리 👩‍👩‍👧‍👦 셋", 3, 10, (3, 14)),
        ("", 0, 0, (0, 0)),
    ],
)
def test_code_points_past_the_first_plane_are_two_units(
    text: str, start: int, end: int, expected: tuple[int, int]
) -> None:
    anchor = Anchor(start=start, end=end, quote=text[start:end])
    first, last = utf16_range(text, anchor)
    assert (first, last) == expected
    assert text.encode("utf-16-le")[2 * first : 2 * last].decode("utf-16-le") == anchor.quote


def test_a_text_that_is_not_the_one_that_was_sent_is_refused() -> None:
    with pytest.raises(ValueError, match=r"at 2\.\.5 is not what"):
        utf16_range("a cat", Anchor(start=2, end=5, quote="dog"))

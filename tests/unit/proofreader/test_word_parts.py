import pytest

from services.proofreader.korean.word_parts import WordParts

PARTS = WordParts.of_forms(
    [("학교", False), ("필요", False), ("하다", False), ("에서", True), ("ᆸ니다", True)]
)


@pytest.mark.parametrize(
    ("word", "places", "found"),
    [
        ("학고에서", (1,), {"학교에서"}),
        ("학고에서", (0, 2, 3), set()),
        ("필오", (0, 1), {"필요"}),
        ("필오", (0,), set()),
        ("학교에사", (3,), {"학교에서"}),
    ],
)
def test_a_letter_is_changed_in_the_given_places_alone(
    word: str, places: tuple[int, ...], found: set[str]
) -> None:
    assert set(PARTS.plausible(word, places, suspected=())) == found

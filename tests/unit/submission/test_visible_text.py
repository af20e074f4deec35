import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.submission.visible_text import (
    _SINGLE_CHARACTERS,
    VisibleText,
    _clusters,
    strip_invisible,
)

# Composition, clusters and invisible characters meet in these.
PIECES = st.sampled_from(
    [
        "가", "ᄀ", "ᅡ", "ᆨ", "각", "e", "\u0301", "é", "\u0316", "👨\u200d👩\u200d👧", "🇰🇷", "👍🏽",
        "\u200b", "\u202e", "\u3164", "\ufe0f", "\U000e0041", "\u00ad", " ", "\n", "\r\n", ".", "ﬁ", "क्षि",
        "\u1160", "\x00",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=30))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("plain", "plain"),
        (unicodedata.normalize("NFD", "한국어 é"), "한국어 é"),
        ("ig\u200bno\u2060re", "ignore"),
        ("\u202eabc\u202c", "abc"),
        ("가\u3164나\uffa0다\u115f", "가나다"),
        ("a\U000e0048\U000e0049b", "ab"),
        ("ᄀ\u200bᅡ", "가"),
        ("a\tb\r\nc\x07", "a\tb\r\nc"),
    ],
)
def test_invisible_characters_are_not_read(text: str, read: str) -> None:
    assert VisibleText.of(text).text == read == strip_invisible(text)


@given(TEXTS)
@settings(max_examples=80, deadline=None)
def test_the_visible_text_is_composed_and_each_character_knows_its_place(text: str) -> None:
    visible = VisibleText.of(text)
    assert visible.text == strip_invisible(text)
    assert len(visible.starts) == len(visible.ends) == len(visible.text)
    assert list(visible.starts) == sorted(visible.starts)
    for character, start, end in zip(visible.text, visible.starts, visible.ends, strict=True):
        assert character in strip_invisible(text[start:end])


@given(TEXTS, st.data())
@settings(max_examples=80, deadline=None)
def test_a_span_becomes_whole_clusters_that_hold_it(text: str, data: st.DataObject) -> None:
    visible = VisibleText.of(text)
    if not visible.text:
        return
    start = data.draw(st.integers(0, len(visible.text) - 1))
    end = data.draw(st.integers(start + 1, len(visible.text)))
    low, high = visible.received_span(start, end)
    assert 0 <= low < high <= len(text)
    assert {low, high} <= set(visible.cluster_offsets)
    assert visible.text[start:end] in strip_invisible(text[low:high])


def test_a_cluster_without_end_is_read_in_pieces() -> None:
    marks = "e" + "\u0301\u0316" * 5000
    text = f"a{marks}b 🇰🇷🇩🇪 c"
    visible = VisibleText.of(text)
    assert visible.text == strip_invisible(text)
    assert visible.text.endswith("b 🇰🇷🇩🇪 c")
    start, end = visible.received_span(1, 2)
    assert (start, end - start < 100) == (1, True)
    assert {start, end} <= set(visible.cluster_offsets)
    flag = visible.text.index("🇩")
    assert text[slice(*visible.received_span(flag, flag + 1))] == "🇩🇪"


@given(st.text(max_size=60).filter(_SINGLE_CHARACTERS.fullmatch))
def test_characters_that_never_join_are_clusters_of_their_own(text: str) -> None:
    assert VisibleText.of(text).cluster_offsets == range(len(text) + 1)
    assert [*_clusters(text)] == [(at, at + 1) for at in range(len(text))]

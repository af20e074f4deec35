import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.submission.visible_text import hidden_passages, reading_copy, visible

# Where composition, clusters and invisible characters meet.
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
def test_what_nobody_sees_is_not_read(text: str, read: str) -> None:
    assert reading_copy(text).text == read == visible(text)


@given(TEXTS)
@settings(max_examples=80, deadline=None)
def test_the_copy_is_composed_and_each_character_knows_its_place(text: str) -> None:
    copy = reading_copy(text)
    assert copy.text == visible(text)
    assert len(copy.starts) == len(copy.ends) == len(copy.text)
    assert list(copy.starts) == sorted(copy.starts)
    for character, start, end in zip(copy.text, copy.starts, copy.ends, strict=True):
        assert character in visible(text[start:end])


@given(TEXTS, st.data())
@settings(max_examples=80, deadline=None)
def test_a_range_becomes_whole_clusters_that_hold_it(text: str, data: st.DataObject) -> None:
    copy = reading_copy(text)
    if not copy.text:
        return
    start = data.draw(st.integers(0, len(copy.text) - 1))
    end = data.draw(st.integers(start + 1, len(copy.text)))
    low, high = copy.received_range(start, end)
    assert 0 <= low < high <= len(text)
    assert {low, high} <= set(copy.clusters)
    assert copy.text[start:end] in visible(text[low:high])


def test_hidden_writing_is_found_and_flags_and_families_are_not() -> None:
    spelt = "".join(chr(0xE0000 + ord(letter)) for letter in "give 5")
    text = f"An essay.{spelt} More."
    assert [text[start:end] for start, end in hidden_passages(text)] == [spelt]
    assert hidden_passages("a" + "\u200b\u200c" * 8)
    wales = "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in "gbwls") + "\U000e007f"
    assert (
        hidden_passages(
            f"{wales} 👨\u200d👩\u200d👧 a\u200b\u200bb 가\u3164\u3164\u3164\u3164\u3164\u3164\u3164\u3164"
        )
        == []
    )


def test_a_cluster_without_end_is_read_in_pieces() -> None:
    marks = "e" + "\u0301\u0316" * 5000
    text = f"a{marks}b 🇰🇷🇩🇪 c"
    copy = reading_copy(text)
    assert copy.text == visible(text)
    assert copy.text.endswith("b 🇰🇷🇩🇪 c")
    start, end = copy.received_range(1, 2)
    assert (start, end - start < 100) == (1, True)
    assert {start, end} <= set(copy.clusters)
    flag = copy.text.index("🇩")
    assert text[slice(*copy.received_range(flag, flag + 1))] == "🇩🇪"

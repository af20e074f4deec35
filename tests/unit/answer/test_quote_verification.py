import unicodedata
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chorus.feedback.v1 import feedback_pb2
from orchestrator.answer.quote_verification import find_quote
from tests.unit.answer.answers import TEXT, reading

EXACT = feedback_pb2.Anchor.MATCH_EXACT
NORMALIZED = feedback_pb2.Anchor.MATCH_NORMALIZED
APPROXIMATE = feedback_pb2.Anchor.MATCH_APPROXIMATE

KOREAN = (
    "저는 6월 20일에 여행을 가고 싶습니다. 제주도에서 등산을 하고 전통 음식을 먹을 겁니다. 아주 기다렬겁니다."
)
ENGLISH = reading()
WORK_KOREAN = reading(KOREAN, "ko")


@pytest.mark.parametrize(
    ("quote", "shown", "match"),
    [
        ("Dogs are  bad", "Dogs are  bad", EXACT),
        ("[S2] Dogs are  bad", "Dogs are  bad", EXACT),
        ("Dogs are bad", "Dogs are  bad", NORMALIZED),
        ("dogs are bad", "Dogs are  bad", NORMALIZED),
        ('bark at "everyone" all', "bark at “everyone” all", NORMALIZED),
        ("“I like cats.”", "I like cats.", NORMALIZED),
        ("pets. [S2] Dogs are", "pets. Dogs are", EXACT),
        ("Dogs are\u200b bad", "Dogs are  bad", NORMALIZED),
        ("Cats are god pets", "Cats are good pets", APPROXIMATE),
        ("they bork at “everyone” all the tyme", "they bark at “everyone” all the time", APPROXIMATE),
    ],
)
def test_a_quotation_is_found(quote: str, shown: str, match: feedback_pb2.Anchor.Match.ValueType) -> None:
    anchor = find_quote(ENGLISH, quote)
    assert anchor is not None
    assert (anchor.quote, anchor.match) == (shown, match)
    assert anchor.quote == TEXT[anchor.start : anchor.end]


@pytest.mark.parametrize(
    "quote",
    [
        "",
        "[S1]",
        "birds",
        "cits",
        "Cats be god pets",
        "Whales sing in the deep and very cold sea",
        "Dogs are good because they sleep near everyone all the night",
        "Cats are good pets. " * 20,
    ],
)
def test_what_the_work_does_not_say_is_not_found(quote: str) -> None:
    assert find_quote(ENGLISH, quote) is None


def test_a_korean_quotation_is_found_and_a_foreign_one_is_not() -> None:
    found = find_quote(WORK_KOREAN, "전통음식을 먹을 겁니다")
    assert found is not None
    assert (found.quote, found.match) == ("전통 음식을 먹을 겁니다", APPROXIMATE)
    assert find_quote(WORK_KOREAN, "여행은") is None
    assert (
        find_quote(WORK_KOREAN, "저는 7월 11일에 수영을 하고 싶습니다. 부산에서 낚시를 하고 놀 겁니다.")
        is None
    )


def test_among_several_places_the_named_sentence_wins() -> None:
    twice = reading("I like cats. Dogs bark. I like cats a lot.")
    places = [find_quote(twice, "I like cats", ids) for ids in ([], ["S3"], ["[S3]"], ["S2"], ["S99", "x"])]
    assert [place and place.start for place in places] == [0, 24, 24, 0, 0]
    # Python reads no number of more than 4,300 digits.
    assert find_quote(twice, "I like cats", ["S" + "9" * 5_000]) == places[0]
    nearly = reading("I really like cats. I really like cats.")
    anchor = find_quote(nearly, "I realy like cats.", ["S2"])
    assert anchor is not None
    assert anchor.start == 20


def test_a_text_shorter_than_the_quotation_is_not_looked_for_in_it() -> None:
    short = reading("Yes, because it is so.")
    assert find_quote(short, "He said: Yes, because it is so. And then he left for good.") is None
    text = "The header of UDP is much smaller"
    anchor = find_quote(reading(text), f"{text}.")
    assert anchor is not None
    assert anchor.quote == text


def test_an_edge_does_not_tear_a_word() -> None:
    text = "Well, the internationalisation of the entire curriculum is what we need most."
    anchor = find_quote(reading(text), "the internationalization of an entire curriculum is what")
    assert anchor is not None
    assert anchor.quote == "the internationalisation of the entire curriculum is what"


@given(st.integers(0, len(KOREAN) - 12), st.integers(10, 60), st.sampled_from(["NFC", "NFD"]))
@settings(max_examples=60, deadline=None)
def test_any_passage_is_found_and_sliced_as_received(
    start: int, length: int, form: Literal["NFC", "NFD"]
) -> None:
    received = unicodedata.normalize(form, KOREAN) + " 👨\u200d👩\u200d👧 e\u0301"
    quote = KOREAN[start : start + length].strip()
    anchor = find_quote(reading(received, "ko"), quote)
    assert anchor is not None
    assert anchor.match == EXACT
    assert anchor.quote == received[anchor.start : anchor.end]
    assert unicodedata.normalize("NFC", anchor.quote) == quote


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_whatever_is_quoted_what_is_shown_is_a_slice(quote: str) -> None:
    anchor = find_quote(ENGLISH, quote)
    assert anchor is None or anchor.quote == TEXT[anchor.start : anchor.end] != ""

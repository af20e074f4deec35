import re
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chorus.feedback.v1 import feedback_pb2, submission_pb2
from orchestrator.injection.detection import suspected_injections
from orchestrator.submission.reading import SubmissionReading, read_submission
from orchestrator.submission.sentences import split_sentences
from rpckit.errors import InvalidRequest

PIECES = [
    "나는 ",
    "갔다. ",
    "ᄒ",
    "ᅡ",
    "ᆫ",
    "e\u0301",
    "😀",
    "\u200b",
    "\n\n",
    "So. ",
    "[S2] ",
    "👍🏽",
    "\u3164",
]


def read(text: str, language: str = "en") -> SubmissionReading:
    return read_submission(submission_pb2.Submission(text=text, language_code=language))


def sentences(reading: SubmissionReading) -> list[str]:
    return [reading.visible_text[each.start : each.end] for each in reading.sentences]


def test_sentences_are_numbered_and_the_white_space_stands() -> None:
    reading = read("A title\n\nDr. Kim agreed.  He left at 5 p.m. today!\n\n  The end")
    assert reading.numbered == (
        "[S1] A title\n\n[S2] Dr. Kim agreed.  [S3] He left at 5 p.m. today!\n\n  [S4] The end"
    )


def test_korean_sentences_are_split_without_full_stops() -> None:
    reading = read("저는 학생이에요 그래서 학교에 갔어요. 정말요?\n\n끝", "ko-KR")
    assert sentences(reading)[-2:] == ["정말요?", "끝"]
    assert "".join(sentences(reading)).replace(" ", "") == re.sub(r"\s", "", reading.visible_text)


def test_what_looks_like_a_number_in_the_text_does_not_pass_for_one() -> None:
    reading = read("First [S2] here. Second.")
    numbered = reading.numbered
    assert numbered == "[S1] First ［S2］ here. [S2] Second."
    assert re.findall(r"\[S(\d+)\] ", numbered) == ["1", "2"]


def test_nothing_visible_is_nothing_to_read() -> None:
    with pytest.raises(InvalidRequest) as error:
        read("\u200b \u3164\n")
    assert list(error.value.metadata) == ["submission.text"]


def test_an_anchor_is_a_slice_of_the_text_as_received() -> None:
    text = unicodedata.normalize("NFD", "나는 학교에 갔다. 👨\u200d👩\u200d👧 좋다.")
    reading = read(text, "ko")
    start = reading.visible_text.index("학교")
    anchor = reading.anchor(start, start + 2, feedback_pb2.Anchor.MATCH_EXACT)
    assert anchor.quote == text[anchor.start : anchor.end] == unicodedata.normalize("NFD", "학교")
    man = reading.visible_text.index("👨")
    assert reading.anchor(man, man + 1, feedback_pb2.Anchor.MATCH_EXACT).quote == "👨\u200d👩\u200d👧"


@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=20).map("".join),
    st.sampled_from(["en", "ko"]),
    st.data(),
)
@settings(max_examples=60, deadline=None)
def test_every_anchor_is_a_slice_and_numbers_are_in_sequence(
    text: str, language: str, data: st.DataObject
) -> None:
    try:
        reading = read(text, language)
    except InvalidRequest:
        return
    start = data.draw(st.integers(0, len(reading.visible_text) - 1))
    end = data.draw(st.integers(start + 1, len(reading.visible_text)))
    anchor = reading.anchor(start, end, feedback_pb2.Anchor.MATCH_EXACT)
    assert anchor.quote == text[anchor.start : anchor.end]
    numbers = [int(each) for each in re.findall(r"\[S(\d+)\] ", reading.numbered)]
    assert numbers == list(range(1, len(reading.sentences) + 1))
    covered = {place for each in reading.sentences for place in range(each.start, each.end)}
    assert all(
        reading.visible_text[place].isspace() for place in set(range(len(reading.visible_text))) - covered
    )


def test_a_place_is_in_the_sentence_that_holds_it() -> None:
    reading = read("One two. Three.\n\nFour")
    places = [reading.text.index(word) for word in ("One", "two", "Three", "Four")]
    assert [reading.sentence_at(place) for place in places] == [1, 1, 2, 3]
    assert reading.sentence_at(len(reading.text)) == 3


def test_an_unmarked_text_has_the_language_that_is_detected() -> None:
    assert read("Ich mag Hunde, weil sie treu sind.", "").language_code == "de"


def test_a_given_language_stands() -> None:
    assert read("Hello.", "de-AT").language_code == "de-AT"


@pytest.mark.parametrize(
    "text",
    ["🇰" * 100_000, "한" * 100_000, "\ufdfa" * 100_000, "a" + "\u0301\u0316" * 50_000],
    ids=["regional indicators", "unbroken Hangul", "a ligature of 18 letters", "marks"],
)
def test_no_text_takes_long_to_read(text: str) -> None:
    # What is loaded once is not measured, whichever test comes first.
    suspected_injections(read("가.", "ko"))
    started = time.process_time()
    reading = read(text, "ko")
    suspected_injections(reading)
    assert time.process_time() - started < 5
    assert reading.numbered.startswith("[S1] ")


def test_a_long_korean_text_is_split_to_its_end() -> None:
    reading = read("나는 학교에 갔다. " * 3000, "ko")
    assert set(sentences(reading)) == {"나는 학교에 갔다."}
    assert len(reading.sentences) == 3000


@pytest.mark.parametrize("space", ["\u3000", "\xa0", "\x85", "\u2028"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_wide_space_between_a_capital_and_a_full_stop_is_read(space: str, language: str) -> None:
    text = f"It was plan A{space}. Then{space}we left."
    assert "".join(text[each.start : each.end] for each in split_sentences(text, language)).endswith("left.")


def test_only_an_empty_line_ends_what_no_mark_ends() -> None:
    text = "\n\n a title \n \t\n the rest,\n of it  here\n\n\nthe end \n"
    found = [text[each.start : each.end] for each in split_sentences(text, "en")]
    assert found == ["a title", "the rest,\n of it  here", "the end"]

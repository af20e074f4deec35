import pytest

from orchestrator.answer.filler import says_nothing


@pytest.mark.parametrize(
    "text",
    [
        *("", " \n", "-", "—", "...", "N/A", "n/a.", "NA", "None.", '"none"', "(Not applicable)", "Ｎ／Ａ"),
        *(
            "No comment.",
            "No issues!",
            "없음",
            "없음.",
            "없습니다.",
            "해당 없음",
            "해당없음",
            "해당 사항 없음.",
        ),
    ],
)
def test_a_filler_says_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        *("None of the claims has a reason.", "No reason is given.", "Not applicable to a letter.", "No."),
        *("근거가 없음", "이유가 없습니다.", "해당 없음이라고 쓴 문장이 있어요.", "nothing " * 1000, "1"),
    ],
)
def test_a_sentence_says_something(text: str) -> None:
    assert not says_nothing(text)

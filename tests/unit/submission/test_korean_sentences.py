import pytest

from orchestrator.submission.sentences import split_sentences

CASES = {
    "marks": ["정말 좋았다!", "왜요?", "네… 알겠어요."],
    "no mark at all": [
        "오늘 친구를 만났다",
        "밥을 먹었다",
        "집에 갔습니다",
        "정말 재미있어요",
        "또 가고 싶다",
    ],
    "marks forgotten for long": [
        "지난 주말에 나는 친구들과 함께 기차를 타고 바다가 보이는 작은 마을에 놀러 갔다",
        "날씨가 아주 맑았고 사람도 별로 없어서 우리는 하루 종일 모래밭에서 놀았다",
        "저녁에는 시장에서 생선구이를 먹었다.",
        "맛있었다.",
    ],
    "a quotation inside a sentence": ['그는 "밥 먹자. 배고프다."라고 말했다.', "나는 웃었다."],
    "a quotation and a verb of saying": ['할머니가 "얼른 오너라." 하고 부르셨다.', "나는 뛰었다."],
    "a list": ["1. 종이를 접는다.", "2. 다시 편다."],
    "words that end like verbs": ["이 책은 필요 없고 중요 사항만 개요 뒤에 모두 다 적었다."],
    "auxiliaries": ["공부하다 보면 어려운 문제도 풀게 된다."],
}
LINES = "안녕하세요\n저는 철수입니다\n반갑습니다"


@pytest.mark.parametrize("sentences", CASES.values(), ids=CASES.keys())
def test_sentences_are_told_apart_by_marks_and_where_they_are_missing_by_endings(
    sentences: list[str],
) -> None:
    assert _split(" ".join(sentences)) == sentences


def test_no_space_is_needed_after_a_mark() -> None:
    assert _split("나는 밥을 먹었다.그리고 학교에 갔다.") == ["나는 밥을 먹었다.", "그리고 학교에 갔다."]


def test_a_line_ends_a_sentence_only_after_its_verb() -> None:
    assert _split(LINES) == LINES.split("\n")
    assert _split("나는 학교에\n걸어서 갔다.") == ["나는 학교에\n걸어서 갔다."]


def test_endings_end_no_sentence_that_has_its_mark() -> None:
    assert _split("그가 왔다 갔다 하는 동안 나는 잤다.") == ["그가 왔다 갔다 하는 동안 나는 잤다."]


def _split(text: str) -> list[str]:
    return [text[each.start : each.end] for each in split_sentences(text, "ko")]

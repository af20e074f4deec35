import functools

import pytest

from services.proofreader.finding import IMPROVEMENT, STRENGTH, Finding
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading
from services.proofreader.rule_reviewers import load_reviewers

reviewers = functools.cache(load_reviewers)


def _findings(text: str, language: str) -> list[Finding]:
    return reviewers()[1].review(ParsedText.read(text, language), Reading())


def _found(text: str, language: str) -> dict[str, str]:
    return {each.wording: each.polarity for each in _findings(text, language)}


def _sentences(count: int) -> str:
    return " ".join(f"The river is {number} miles long." for number in range(count))


@pytest.mark.parametrize(
    ("text", "language", "wording", "polarity"),
    [
        (_sentences(12), "en", "paragraph_none", IMPROVEMENT),
        (f"{_sentences(14)}\n\n{_sentences(3)}", "en", "paragraph_long", IMPROVEMENT),
        ("\n\n".join([_sentences(4)] * 3), "en", "paragraph_clear", STRENGTH),
        (_sentences(12), "en", "connective_none", IMPROVEMENT),
        (_sentences(4) + " However, it is. " * 4, "en", "connective_overused", IMPROVEMENT),
        (
            _sentences(6) + " However, it is old. Therefore, it is wide. For example, here.",
            "en",
            "connective_varied",
            STRENGTH,
        ),
        (_sentences(8) + " In addition, it is cold.", "en", "ending_adds", IMPROVEMENT),
        (_sentences(8) + " In conclusion, it is cold.", "en", "ending_concludes", STRENGTH),
        ("We walked home. I believe it is good. We slept.", "en", "claim_bare", IMPROVEMENT),
        ("하지만 나는 갔다. " + "강이 길다. " * 8, "ko", "opening_leaning", IMPROVEMENT),
        ("강이 길다. " * 8 + "결론적으로 강은 길다.", "ko", "ending_concludes", STRENGTH),
        ("밥을 먹었다. 우리는 환경을 지켜야 한다. 잠을 잤다.", "ko", "claim_bare", IMPROVEMENT),
    ],
)
def test_finds(text: str, language: str, wording: str, polarity: str) -> None:
    assert _found(text, language).get(wording) == polarity


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"),
        ("We slept.", "en"),
        ("I believe it is good, because we all slept well.", "en"),
        ("우리는 환경을 지켜야 한다. 왜냐하면 모두가 여기에 살기 때문이다.", "ko"),
        ("어떤 사람은 벌을 받아야 한다는 말을 했다.", "ko"),
        # A title, and a thesis that the rest of the text argues.
        ("도서관을 열어야 한다\n\n밥을 먹었다.", "ko"),
        ("I believe it is good.\n\nWe slept.\n\nSo it must be done.", "en"),
    ],
)
def test_is_silent(text: str, language: str) -> None:
    assert _found(text, language) == {}


_VARIED = "However, it is old. Therefore, it is wide. "


@pytest.mark.parametrize(
    "more",
    [
        # A fragment joins nothing.
        "For us it is good. Because it is long.",
        "For example, it is old. However, it is new. However, it is deep.",
    ],
)
def test_does_not_praise_what_is_to_mend(more: str) -> None:
    assert "connective_varied" not in _found(_sentences(8) + " " + _VARIED + more, "en")


def test_praise_of_the_whole_is_about_no_sentence() -> None:
    joined = _sentences(4) + " However, it is old. Therefore, it is wide. For example, here."
    text = "\n\n".join([_sentences(4), joined, _sentences(4)])
    praise = [each for each in _findings(text, "en") if each.polarity == STRENGTH]
    assert {each.wording for each in praise} == {"connective_varied", "paragraph_clear"}
    assert {(each.start, each.end) for each in praise} == {(0, 0)}


def test_a_text_without_paragraphs_is_told_so_as_a_whole() -> None:
    (undivided,) = [each for each in _findings(_sentences(12), "en") if each.wording == "paragraph_none"]
    assert (undivided.start, undivided.end) == (0, 0)


@pytest.mark.parametrize(
    ("joining", "language"),
    [
        ("But it is wide.", "en"),
        ("So we left.", "en"),
        ("They do not, however.", "en"),
        ("We left because it rained.", "en"),
        ("그러자 비가 왔다.", "ko"),
        ("한편 강은 길다.", "ko"),
    ],
)
def test_no_joining_word_is_missed_where_one_stands(joining: str, language: str) -> None:
    plain = "강이 길다. " * 13 if language == "ko" else _sentences(13)
    assert "connective_none" in _found(plain, language)
    assert "connective_none" not in _found(f"{plain} {joining}", language)

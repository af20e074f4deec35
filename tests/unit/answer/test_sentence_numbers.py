import pytest

from orchestrator.answer.sentence_numbers import in_words
from tests.unit.answer.answers import answer, check, point, reading, score

READING = reading(" ".join(f"Cats have {number} lives." for number in range(12)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("S4 already says so. S5 does not.", "Sentence 4 already says so. Sentence 5 does not."),
        ("As in S3, S4 and [S12].", "As in sentence 3, sentence 4 and sentence 12."),
        ("Sentence S4 and sentences S5-S6", "Sentence 4 and sentences 5 to 6"),
        ("S2-S4 and S7–8", "Sentences 2 to 4 and sentences 7 to 8"),
        ("So an S4 issue, e.g. S5, “no.” S6", "So a sentence 4 issue, e.g. sentence 5, “no.” Sentence 6"),
        ("The subject of S4's verb (S5)", "The subject of sentence 4's verb (sentence 5)"),
        ("S0, S13, S4a, VS4, AWS.S3 and S are none.", "S0, S13, S4a, VS4, AWS.S3 and S are none."),
        (f"S{'9' * 4000}", f"S{'9' * 4000}"),
        ("", ""),
    ],
)
def test_a_number_is_said_in_words(text: str, expected: str) -> None:
    assert in_words(text, READING, "en-GB") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("S4는 길어요. S5가 짧아요.", "4번 문장은 길어요. 5번 문장이 짧아요."),
        ("S2와 S3 사이에", "2번 문장과 3번 문장 사이에"),
        ("S7은 S8을 [S9]로 이어요.", "7번 문장은 8번 문장을 9번 문장으로 이어요."),
        ("S4에서 S5 문장까지", "4번 문장에서 5번 문장까지"),
        ("S4번 문장은 문장 S5에서", "4번 문장은 5번 문장에서"),
        ("S3와의 S4로는 S4로부터", "3번 문장과의 4번 문장으로는 4번 문장으로부터"),
        ("S2나 S2라는 S2랑", "2번 문장이나 2번 문장이라는 2번 문장이랑"),
        ("S4예요. S4였어요. S2-S4는", "4번 문장이에요. 4번 문장이었어요. 2~4번 문장은"),
        ("AWS.S3는 갤럭시S5를", "AWS.S3는 갤럭시S5를"),
        ("S13과 갤럭시S4a", "S13과 갤럭시S4a"),
    ],
)
def test_in_korean_the_particle_goes_with_it(text: str, expected: str) -> None:
    assert in_words(text, READING, "ko") == expected


def test_what_the_work_calls_so_stays_and_so_does_another_language() -> None:
    phone = reading("My S4 is old. It still works.")
    assert in_words("S4 is a phone, see S2.", phone, "en") == "S4 is a phone, see sentence 2."
    phone = reading("My S2 is old. It still works.")
    assert in_words("S2 is a phone.", phone, "en") == "S2 is a phone."
    phone = reading("My phone runs iOS2. It works.")
    assert in_words("S2 is short.", phone, "en") == "Sentence 2 is short."
    assert in_words("Siehe S4.", READING, "de") == "Siehe S4."


def test_no_part_of_an_answer_names_a_number() -> None:
    said = point(observation="See S2.", reason="S3 says so.", next_step="Join S2 and S3.")
    feedback = check(
        answer(
            [said],
            [score("content", 3, rationale="S1 is clear.")],
            summary={"goal": "", "strengths": "S3.", "next": ""},
        )
    )
    (only,) = feedback.points
    assert (only.observation, only.reason) == ("See sentence 2.", "Sentence 3 says so.")
    assert only.next_step == "Join sentence 2 and sentence 3."
    assert feedback.scores[0].rationale == "Sentence 1 is clear."
    assert feedback.summary == "Sentence 3."


def test_what_words_would_make_too_long_stays() -> None:
    observation = "See S2 and S3. " * 130
    (only,) = check(answer([point(observation=observation)])).points
    assert only.observation == observation.strip()

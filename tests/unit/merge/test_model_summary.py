import json
from typing import Any

import pytest

from chorus.feedback.v1 import merged_pb2
from orchestrator.merge.model_summary import accepted_summary, wording_request
from orchestrator.merge.template_summary import SummarySentence
from tests.unit.merge.panels import STRENGTH, TEXT, merged, opinion, point

RESULT = merged(
    opinion(
        "a", point(observation="Only 2 of 5 reasons are given."), point("p2", place=(80, 98), issue="depth")
    ),
    opinion("b", point(issue="claim_unclear", polarity=STRENGTH, place=(20, 39), observation="Clear.")),
)
IDS = {each.members[0].point.issue: each.id for each in RESULT.points}
STEP, PRAISE, DEPTH = IDS["evidence_missing"], IDS["claim_unclear"], IDS["depth"]


def sentence(text: str, *ids: str, kind: str = "next_step") -> dict[str, Any]:
    return {"kind": kind, "point_ids": list(ids or (STEP,)), "text": text}


def accepted(*sentences: dict[str, Any], language: str = "en") -> merged_pb2.Summary | None:
    return accepted_summary(json.dumps({"sentences": sentences}), RESULT, language, "openai/x")


def test_a_model_sees_the_points_and_not_the_submission() -> None:
    request = wording_request(RESULT, "ko")
    document = request.turns[0].parts[0].document
    shown = json.loads(document.text)
    assert [each["id"] for each in shown] == [each.id for each in RESULT.points]
    assert TEXT not in request.SerializeToString().decode("utf-8", "replace")
    assert "evidence" not in request.system_instruction
    assert "해요체" in request.system_instruction
    assert request.model == ""


def test_a_true_summary_is_accepted_with_its_model() -> None:
    summary = accepted(
        sentence("Where you write “Sentence numbers 2”, your claim is clear.", PRAISE, kind="strength"),
        sentence("Add evidence to 'Sentence numbers 1', as only 2 of 5 reasons are there.", STEP, STEP),
        sentence("It's the reader's view that matters, so go into detail.", STEP, DEPTH),
    )
    assert summary is not None
    assert summary.model == "openai/x"
    assert [list(each.point_ids) for each in summary.sentences] == [[PRAISE], [STEP], [STEP, DEPTH]]
    assert summary.sentences[0].kind == SummarySentence.KIND_STRENGTH


def test_a_summary_in_a_code_fence_is_one() -> None:
    answer = json.dumps({"sentences": [sentence("Add evidence.")]})
    assert accepted_summary(f"```json\n{answer}\n```", RESULT, "en", "openai/x") is not None


@pytest.mark.parametrize(
    "bad",
    [
        sentence("Add 3 examples."),
        sentence("Add ３ examples."),
        sentence("Add three examples."),
        sentence("You reached 85% here."),
        sentence("This is worth half the marks."),
        sentence("You wrote “I hate dogs”, so add evidence."),
        sentence('You wrote "I hate dogs", so add evidence.'),
        sentence("You wrote 'I hate dogs', so add evidence."),
        sentence("You wrote «I hate dogs», so add evidence."),
        sentence("You wrote “Sentence numbers 2”, so add evidence."),
        sentence("You wrote “Sentence numbers 1, so add evidence."),
        sentence("You wrote “”, so add evidence."),
        sentence("Add evidence.", "unknown"),
        sentence("Add evidence.", STEP, "unknown"),
        {"kind": "next_step", "point_ids": [], "text": "Add evidence."},
        sentence("Your evidence is excellent.", STEP, kind="strength"),
        sentence("Change your claim.", PRAISE),
        sentence("Change your claim.", STEP, PRAISE),
        sentence(" "),
        sentence("Add evidence. " * 40),
        sentence("See https://example.org for evidence."),
        sentence("<b>Add evidence.</b>"),
        sentence("Add evi\u200bdence."),
        sentence("근거를 더해 보세요."),
        {"kind": "praise", "point_ids": [STEP], "text": "Add evidence."},
    ],
)
def test_what_says_more_than_the_points_is_not(bad: dict[str, Any]) -> None:
    assert accepted(sentence("Add evidence.")) is not None
    assert accepted(sentence("Add evidence."), bad) is None


@pytest.mark.parametrize(
    ("texts", "good"),
    [
        (["근거를 더해 보세요.", "자세히 써 볼까요? 그러면 좋겠죠."], True),
        (["근거를 더해 보십시오.", "자세히 쓰면 좋겠습니다."], True),
        (["근거를 더해 보세요.", "자세히 쓰면 좋겠습니다."], False),
        (["근거를 더해 보세요. 그러면 좋겠습니다."], False),
        (["근거를 더해라."], False),
        (["“Sentence numbers 1” 부분에 근거를 더해 보세요."], True),
        (["“Sentence numbers 1”."], False),
        (["이유를 세 가지 더해 보세요."], False),
        (["삼십 점을 받았어요."], False),
        (["이 점을 더 설명해 보세요. 한 문장이면 돼요."], True),
        (["Add evidence."], False),
    ],
)
def test_korean_keeps_to_one_register(texts: list[str], good: bool) -> None:
    assert (accepted(*map(sentence, texts), language="ko") is not None) is good


@pytest.mark.parametrize("raw", ["", "no", "[]", '{"sentences": []}', '{"sentences": [{}]}', "[" * 10_000])
def test_what_is_not_of_the_form_is_not(raw: str) -> None:
    assert accepted_summary(raw, RESULT, "en", "openai/x") is None


def test_four_next_steps_are_too_many() -> None:
    steps = [sentence("Add evidence.")] * 4
    assert accepted(*steps[:3]) is not None
    assert accepted(*steps) is None


def test_contested_points_are_not_offered() -> None:
    result = merged(
        opinion("a", point(polarity=STRENGTH), point("p2", place=(80, 98), issue="depth")),
        opinion("b", point()),
    )
    shown = json.loads(wording_request(result, "en").turns[0].parts[0].document.text)
    assert [each["issue"] for each in shown] == ["depth"]
    assert {each["polarity"] for each in shown} == {"improvement"}
    contested = next(each.id for each in result.points if each.contradicts)
    answer = json.dumps({"sentences": [sentence("Add evidence.", contested)]})
    assert accepted_summary(answer, result, "en", "m") is None

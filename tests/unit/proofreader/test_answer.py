import json

import pytest

from chorus.feedback.v1.submission_pb2 import Criterion, Rubric
from modelkit.answer_form.schema import answer_schema
from modelkit.json_schema.answer_schema import AnswerSchema
from rpckit.errors import BadOutput
from services.proofreader.answer import select, write_answer
from services.proofreader.finding import MINOR, MODERATE, STRENGTH, Finding
from services.proofreader.parsed_text import ParsedText

SCHEMA = AnswerSchema.parse(answer_schema(Rubric(criteria=[Criterion(id="a"), Criterion(id="b")]), "ko"))
SHORT = AnswerSchema.parse(answer_schema(Rubric(criteria=[Criterion(id="a")]), "ko", short=True))
SUBMISSION = ParsedText.read("[S1] " + "가나다 " * 120 + ". [S2] 끝.", "ko")


def _finding(start: int, end: int, issue: str = "concision", **more: str) -> Finding:
    return Finding("long_sentence", issue, start, end, values={"words": "40"}, **more)


@pytest.mark.parametrize("schema", [SCHEMA, SHORT])
def test_an_answer_keeps_to_its_schema(schema: AnswerSchema) -> None:
    pieces = write_answer(SUBMISSION, [_finding(0, 3), _finding(8, 11)], schema, "ko")
    answer = json.loads("".join(pieces))
    schema.check_value(answer)
    assert len(pieces) > len(answer)
    assert [each["id"] for each in answer["points"]] == ["p1", "p2"]
    assert answer["points"][0]["sentence_ids"] == ["S1"]
    assert not any(each["observable"] for each in answer["criteria"])


def test_a_quote_is_a_copy_and_not_long() -> None:
    ((first, second),) = [
        json.loads("".join(write_answer(SUBMISSION, [_finding(0, 400), _finding(4, 7)], SCHEMA, "ko")))[
            "points"
        ]
    ]
    assert first["quote"] == SUBMISSION.text[:300].rstrip()
    assert second["quote"] == SUBMISSION.text[4:7]


def test_an_issue_that_the_schema_lacks_is_left_out() -> None:
    answer = json.loads("".join(write_answer(SUBMISSION, [_finding(0, 3, issue="style")], SCHEMA, "ko")))
    assert answer["points"] == []


def test_a_schema_that_asks_for_more_is_refused() -> None:
    schema = AnswerSchema.parse(
        json.dumps({**SCHEMA.schema, "required": [*SCHEMA.schema["required"], "grade"]})
    )
    with pytest.raises(BadOutput):
        write_answer(SUBMISSION, [], schema, "ko")


def test_selects_a_few_of_every_issue_the_severe_first() -> None:
    many = [_finding(place, place + 1, issue="spelling") for place in range(20)]
    grave = _finding(50, 51, issue="register_mix", severity=MODERATE)
    praise = [_finding(place, place + 1, polarity=STRENGTH) for place in range(9)]
    chosen = select([*praise, *many, _finding(60, 61, issue="spacing"), grave])
    assert [each.issue for each in chosen[:3]] == ["register_mix", "spelling", "spacing"]
    assert [each.polarity for each in chosen].count(STRENGTH) == 4
    assert len(chosen) == 12
    assert chosen[0].severity == MODERATE
    assert chosen[1].severity == MINOR


def test_a_point_about_the_whole_quotes_nothing() -> None:
    answer = json.loads("".join(write_answer(SUBMISSION, [_finding(0, 0)], SCHEMA, "ko")))
    (point,) = answer["points"]
    assert (point["quote"], point["sentence_ids"]) == ("", [])

import json

import pytest
from google.protobuf import json_format

from chorus.feedback.v1 import submission_pb2
from chorus.model.v1 import content_pb2
from modelkit.generate_request import shared_parts
from orchestrator.answer.prompt import review_request
from orchestrator.submission.reading import read_submission
from tests.unit.answer.answers import RUBRIC, TEXT, reading

SUBMISSION = submission_pb2.Submission(text=TEXT, task="Write about pets.", reference_answer="Reasons.")


def test_the_material_comes_as_documents_and_the_request_last() -> None:
    request = review_request(reading(), SUBMISSION, RUBRIC, "en")
    (turn,) = request.turns
    assert turn.role == content_pb2.ROLE_USER
    assert [part.document.title for part in turn.parts] == [
        "task",
        "reference_answer",
        "rubric",
        "submission",
        "",
    ]
    rubric = turn.parts[2].document
    assert rubric.media_type == "application/json"
    assert json_format.Parse(rubric.text, submission_pb2.Rubric()) == RUBRIC
    assert turn.parts[3].document.text.startswith("[S1] Cats are good pets. [S2] Dogs")
    assert turn.parts[3].document.language_code == "en"
    assert json.loads(request.output_format.json_schema)["$id"] == "urn:chorus:answer:1"


def test_no_word_of_the_work_or_the_task_is_an_instruction() -> None:
    request = review_request(reading(), SUBMISSION, RUBRIC, "en")
    instructions = request.system_instruction + request.turns[0].parts[-1].text
    assert "Cats" not in instructions
    assert "pets" not in instructions


@pytest.mark.parametrize("blank", ["", " \n"])
def test_what_is_not_given_is_no_document(blank: str) -> None:
    submission = submission_pb2.Submission(text=TEXT, task=blank, reference_answer=blank)
    request = review_request(reading(), submission, RUBRIC, "en")
    assert [part.document.title for part in request.turns[0].parts] == ["rubric", "submission", ""]


@pytest.mark.parametrize("short", [False, True])
def test_only_the_long_form_asks_for_rewrites(short: bool) -> None:
    request = review_request(reading(), SUBMISSION, RUBRIC, "en", short=short)
    assert ("suggested_rewrite" in request.system_instruction) is not short


def test_a_korean_is_addressed_in_one_register() -> None:
    instruction = review_request(reading(), SUBMISSION, RUBRIC, "ko-KR").system_instruction
    assert "해요체" in instruction
    assert "해요체" not in review_request(reading(), SUBMISSION, RUBRIC, "en").system_instruction


def test_what_differs_between_the_works_of_a_class_comes_last() -> None:
    first = submission_pb2.Submission(text=TEXT, task="Write about pets.", author_level="중학교 2학년")
    second = submission_pb2.Submission(text="A dog.", task="Write about pets.", author_level="B1")
    one = review_request(read_submission(first), first, RUBRIC, "en")
    other = review_request(read_submission(second), second, RUBRIC, "en")
    assert "중학교 2학년" in one.turns[0].parts[-1].text
    assert one.system_instruction == other.system_instruction
    assert one.output_format == other.output_format
    assert [part.document.title for part in shared_parts(one)] == ["task", "rubric"]
    assert shared_parts(one) == shared_parts(other)

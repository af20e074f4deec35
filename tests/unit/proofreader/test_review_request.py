import json

import pytest

from chorus.model.v1.content_pb2 import ROLE_USER, Document, Part, Turn
from chorus.model.v1.generation_pb2 import OutputFormat
from chorus.model.v1.model_service_pb2 import GenerateRequest
from rpckit.errors import NotSupported
from services.proofreader.review_request import read_review_request
from tests.unit.modelkit.checked import checked

ANSWER = {"$id": "urn:chorus:answer:1", "type": "object"}


def _request(
    schema: object = ANSWER, text: str = "[S1] One.", title: str = "submission", language: str = "en"
) -> GenerateRequest:
    document = Document(title=title, text=text, language_code=language)
    return GenerateRequest(
        turns=[Turn(role=ROLE_USER, parts=[Part(text="Please."), Part(document=document)])],
        output_format=OutputFormat(json_schema=schema if isinstance(schema, str) else json.dumps(schema)),
    )


@pytest.mark.parametrize(
    ("asked", "language"),
    [({}, ""), ({"x-feedback-language": "ko-KR"}, "ko"), ({"x-feedback-language": "EN"}, "en")],
)
def test_reads_what_is_asked(asked: dict[str, str], language: str) -> None:
    review_request = read_review_request(checked(_request({**ANSWER, **asked})))
    assert review_request.submission().text == "One."
    assert review_request.feedback_language == language


@pytest.mark.parametrize(
    ("request_", "capability"),
    [
        (_request({"type": "object"}), "JSON_SCHEMA"),
        (_request({**ANSWER, "$id": "urn:other"}), "JSON_SCHEMA"),
        (_request(title="task"), "TEXT"),
        (_request({**ANSWER, "x-feedback-language": "fr"}), "LANGUAGE"),
    ],
)
def test_serves_the_answer_to_a_submission_only(request_: GenerateRequest, capability: str) -> None:
    with pytest.raises(NotSupported) as raised:
        read_review_request(checked(request_))
    assert raised.value.metadata == {"capability": capability}


@pytest.mark.parametrize(
    ("text", "language", "named"),
    [
        ("Das ist ein Text.", "de", '"de"'),
        ("Das ist ein Text, den niemand hier liest.", "", "the language of this text"),
    ],
)
def test_says_which_language_nobody_here_reads(text: str, language: str, named: str) -> None:
    review_request = read_review_request(checked(_request(text=text, language=language)))
    with pytest.raises(NotSupported, match=named) as raised:
        review_request.submission()
    assert raised.value.metadata == {"capability": "LANGUAGE"}

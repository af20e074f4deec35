import json

import pytest

from chorus.model.v1.content_pb2 import Document, Part, Turn
from chorus.model.v1.generation_pb2 import ImageFormat, OutputFormat
from chorus.model.v1.model_service_pb2 import GenerateRequest
from rpckit.errors import InvalidRequest, NotSupported
from services.proofreader.request import read_assignment

ANSWER = {"$id": "urn:chorus:answer:1", "type": "object"}


def _request(
    schema: object = ANSWER, text: str = "[S1] One.", title: str = "submission", language: str = "en"
) -> GenerateRequest:
    document = Document(title=title, text=text, language_code=language)
    return GenerateRequest(
        turns=[Turn(parts=[Part(text="Please."), Part(document=document)])],
        output_format=OutputFormat(json_schema=schema if isinstance(schema, str) else json.dumps(schema)),
    )


@pytest.mark.parametrize(
    ("asked", "language"),
    [({}, "en"), ({"x-feedback-language": "ko"}, "ko"), ({"x-feedback-language": "fr"}, "en")],
)
def test_reads_what_is_asked(asked: dict[str, str], language: str) -> None:
    assignment = read_assignment(_request({**ANSWER, **asked}))
    assert assignment.submission().text == "One."
    assert assignment.feedback_language == language


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (_request("{"), "output_format.json_schema"),
        (_request({**ANSWER, "type": "nothing"}), "output_format.json_schema"),
        (_request("[]"), "output_format.json_schema"),
        (_request(text=" \n"), "turns[0].parts[1].document.text"),
        (_request(title="task"), "turns[0].parts"),
        (GenerateRequest(output_format=OutputFormat(json_schema=json.dumps(ANSWER))), "turns"),
    ],
)
def test_names_the_field_that_is_wrong(request_: GenerateRequest, field: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        read_assignment(request_)
    assert raised.value.metadata.keys() == {field}


@pytest.mark.parametrize(
    ("request_", "capability"),
    [
        (_request({"type": "object"}), "JSON_SCHEMA"),
        (_request({**ANSWER, "$id": "urn:other"}), "JSON_SCHEMA"),
        (GenerateRequest(), "TEXT"),
        (GenerateRequest(output_format=OutputFormat(image=ImageFormat())), "IMAGE_OUTPUT"),
    ],
)
def test_serves_the_answer_to_a_submission_only(request_: GenerateRequest, capability: str) -> None:
    with pytest.raises(NotSupported) as raised:
        read_assignment(request_)
    assert raised.value.metadata == {"capability": capability}


@pytest.mark.parametrize(
    ("text", "language", "named"),
    [
        ("Das ist ein Text.", "de", '"de"'),
        ("Das ist ein Text, den niemand hier liest.", "", "the language of this text"),
    ],
)
def test_says_which_language_nobody_here_reads(text: str, language: str, named: str) -> None:
    assignment = read_assignment(_request(text=text, language=language))
    with pytest.raises(NotSupported, match=named) as raised:
        assignment.submission()
    assert raised.value.metadata == {"capability": "LANGUAGE"}

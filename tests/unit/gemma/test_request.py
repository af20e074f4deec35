import json
from typing import Any

from google.protobuf import json_format

from chorus.model.v1.model_service_pb2 import GenerateRequest
from modelkit.servicer import CheckedRequest
from services.gemma.interface.generation_request import ChatMessage, SamplingParameters
from services.gemma.server.request import to_generation_request
from tests.unit.modelkit.checked import checked

HELLO = {"role": "ROLE_USER", "parts": [{"text": "Hello"}]}


def request(**fields: Any) -> CheckedRequest:
    return checked(json_format.ParseDict({"turns": [HELLO], **fields}, GenerateRequest()))


def test_unset_fields_take_the_servers_defaults() -> None:
    job = to_generation_request(request())
    assert job.messages == (ChatMessage("user", "Hello"),)
    assert job.sampling == SamplingParameters(temperature=0.7, top_p=0.9, max_output_tokens=300, seed=None)
    assert job.json_schema is None


def test_zero_means_zero() -> None:
    sampling = to_generation_request(request(sampling={"temperature": 0, "top_p": 0, "seed": 0})).sampling
    assert (sampling.temperature, sampling.top_p, sampling.seed) == (0, 0, 0)


def test_what_is_set_is_taken() -> None:
    given = {
        "temperature": 1.5,
        "top_p": 0.5,
        "max_output_tokens": 7,
        "seed": -3,
        "stop_sequences": ["a", "b"],
    }
    job = to_generation_request(request(sampling=given, output_format={"json_schema": '{"type": "object"}'}))
    assert job.sampling == SamplingParameters(1.5, 0.5, 7, -3, ("a", "b"))
    assert job.json_schema == '{"type": "object"}'


def test_a_schema_is_handed_on_as_it_was_sent() -> None:
    schema = json.dumps({"$id": "urn:chorus:answer:1", "type": "object"}, indent=4)
    assert to_generation_request(request(output_format={"json_schema": schema})).json_schema == schema


def review_of(
    text: str, title: str = "submission", identifier: str = "urn:chorus:answer:1"
) -> CheckedRequest:
    document = {"title": title, "text": text, "media_type": "text/plain"}
    turn = {"role": "ROLE_USER", "parts": [{"document": document}]}
    schema = json.dumps({"$id": identifier, "type": "object"})
    return request(turns=[turn], output_format={"json_schema": schema})


def test_a_review_quotes_from_the_works_sentences() -> None:
    long = "word " * 100
    job = to_generation_request(review_of(f"[S1] One, two.\n\n[S2] ... [S3] {long}[S4] {'글' * 301}"))
    assert job.passages == ("One, two.", long[:299], long[300:-1], "글" * 300, "글")


def test_only_a_review_quotes() -> None:
    assert to_generation_request(review_of("[S1] One.", title="rubric")).passages == ()
    assert to_generation_request(review_of("[S1] One.", identifier="x")).passages == ()

import json
import math
from typing import Any

import pytest
from google.protobuf import json_format

from chorus.model.v1.model_service_pb2 import GenerateRequest
from rpckit.errors import InvalidRequest, NotSupported
from services.gemma.interface.generation_request import ChatMessage, SamplingParameters
from services.gemma.server.request import to_generation_request

HELLO = {"role": "ROLE_USER", "parts": [{"text": "Hello"}]}
ANSWER = {"role": "ROLE_MODEL", "parts": [{"text": "Hi"}]}


def request(**fields: Any) -> GenerateRequest:
    return json_format.ParseDict({"turns": [HELLO], **fields}, GenerateRequest())


def test_unset_fields_take_the_servers_defaults() -> None:
    asked = to_generation_request(request())
    assert asked.messages == (ChatMessage("user", "Hello"),)
    assert asked.sampling == SamplingParameters(temperature=0.7, top_p=0.9, max_output_tokens=300, seed=None)
    assert asked.json_schema is None


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
    asked = to_generation_request(
        request(sampling=given, output_format={"json_schema": '{"type": "object"}'})
    )
    assert asked.sampling == SamplingParameters(1.5, 0.5, 7, -3, ("a", "b"))
    assert asked.json_schema == '{"type": "object"}'


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"turns": []}, "turns"),
        ({"turns": [{"role": "ROLE_USER"}]}, "turns[0].parts"),
        ({"turns": [{"role": "ROLE_USER", "parts": [{}, {"text": " \n"}]}]}, "turns[0].parts"),
        ({"turns": [{"parts": [{"text": "Hello"}]}]}, "turns[0].role"),
        ({"turns": [HELLO, ANSWER]}, "turns[1].role"),
        ({"turns": [ANSWER, HELLO]}, "turns[0].role"),
        ({"sampling": {"temperature": -0.1}}, "sampling.temperature"),
        ({"sampling": {"temperature": 2.1}}, "sampling.temperature"),
        ({"sampling": {"top_p": 1.1}}, "sampling.top_p"),
        ({"sampling": {"max_output_tokens": 0}}, "sampling.max_output_tokens"),
        ({"sampling": {"stop_sequences": list("abcde")}}, "sampling.stop_sequences"),
        ({"sampling": {"stop_sequences": ["a", ""]}}, "sampling.stop_sequences[1]"),
        ({"output_format": {"json_schema": ""}}, "output_format.json_schema"),
        ({"output_format": {"json_schema": "{"}}, "output_format.json_schema"),
        ({"output_format": {"json_schema": '{"type": "text"}'}}, "output_format.json_schema"),
        ({"output_format": {"json_schema": "3"}}, "output_format.json_schema"),
        ({"output_format": {"json_schema": "[" * 100_000}}, "output_format.json_schema"),
    ],
)
def test_a_malformed_field_is_named(fields: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        to_generation_request(request(**fields))
    assert list(refused.value.metadata) == [path]


def test_no_number_is_no_temperature() -> None:
    malformed = request()
    malformed.sampling.temperature = math.nan
    with pytest.raises(InvalidRequest, match=r"sampling\.temperature"):
        to_generation_request(malformed)


def test_every_malformed_field_is_named_at_once() -> None:
    with pytest.raises(InvalidRequest) as refused:
        to_generation_request(
            request(turns=[], sampling={"temperature": 9}, output_format={"json_schema": "{"})
        )
    assert set(refused.value.metadata) == {"turns", "sampling.temperature", "output_format.json_schema"}


@pytest.mark.parametrize(
    ("fields", "capability"),
    [
        (
            {"turns": [{"role": "ROLE_USER", "parts": [{"image": {"media_type": "image/png"}}]}]},
            "IMAGE_INPUT",
        ),
        ({"output_format": {"image": {}}}, "IMAGE_OUTPUT"),
    ],
)
def test_images_are_not_supported(fields: dict[str, Any], capability: str) -> None:
    with pytest.raises(NotSupported) as refused:
        to_generation_request(request(**fields))
    assert refused.value.metadata == {"capability": capability}


def test_a_schema_may_have_an_id() -> None:
    schema = json.dumps({"$id": "urn:chorus:answer:1", "type": "object"})
    assert to_generation_request(request(output_format={"json_schema": schema})).json_schema == schema

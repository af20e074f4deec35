import pytest

from chorus.model.v1 import content_pb2, generation_pb2, model_service_pb2
from rpckit.errors import InvalidRequest, NotSupported
from services.cloud_proxy.request_check import check
from tests.unit.cloud_proxy.prompts import ENTRY, request

IMAGE = content_pb2.Part(image=content_pb2.Image(data=b"x", media_type="image/png"))
MODEL = content_pb2.ROLE_MODEL
Turn, Sampling = content_pb2.Turn, generation_pb2.Sampling


def said(role: content_pb2.Role.ValueType) -> content_pb2.Turn:
    return Turn(role=role, parts=[content_pb2.Part(text="x")])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (model_service_pb2.GenerateRequest(), "turns"),
        (model_service_pb2.GenerateRequest(turns=[said(MODEL)]), "turns[0].role"),
        (
            model_service_pb2.GenerateRequest(turns=[Turn(), said(content_pb2.ROLE_USER)]),
            "turns[0].role",
        ),
        (request(content_pb2.Part()), "turns[0].parts"),
        (request(sampling=Sampling(max_output_tokens=0)), "sampling.max_output_tokens"),
        (request(sampling=Sampling(temperature=-1)), "sampling.temperature"),
        (request(sampling=Sampling(temperature=float("nan"))), "sampling.temperature"),
        (request(sampling=Sampling(top_p=1.5)), "sampling.top_p"),
        (request(sampling=Sampling(stop_sequences="abcde")), "sampling.stop_sequences"),
        (request(output_format=generation_pb2.OutputFormat(json_schema="{")), "output_format.json_schema"),
    ],
)
def test_a_malformed_field_is_named(wrong: model_service_pb2.GenerateRequest, field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check(wrong, ENTRY)
    assert field in caught.value.metadata


@pytest.mark.parametrize(
    ("asked", "capability"),
    [
        (request(IMAGE), "IMAGE_INPUT"),
        (
            request(output_format=generation_pb2.OutputFormat(image=generation_pb2.ImageFormat())),
            "IMAGE_OUTPUT",
        ),
    ],
)
def test_what_the_model_cannot_do_is_named(asked: model_service_pb2.GenerateRequest, capability: str) -> None:
    with pytest.raises(NotSupported) as caught:
        check(asked, ENTRY)
    assert caught.value.metadata == {"capability": capability}


def test_the_schema_is_read() -> None:
    form = generation_pb2.OutputFormat(json_schema='{"type": "object"}')
    assert check(request(output_format=form), ENTRY) == {"type": "object"}
    assert check(request(), ENTRY) is None

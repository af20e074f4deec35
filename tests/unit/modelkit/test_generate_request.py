import math
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf import json_format

from chorus.model.v1.content_pb2 import ROLE_MODEL, ROLE_USER, Document, Image, Part, Role, Turn
from chorus.model.v1.generation_pb2 import ImageFormat, OutputFormat, Sampling
from chorus.model.v1.model_pb2 import (
    CAPABILITY_IMAGE_OUTPUT,
    CAPABILITY_JSON_SCHEMA,
    CAPABILITY_TEXT,
    Capability,
)
from chorus.model.v1.model_service_pb2 import GenerateRequest
from modelkit.generate_request import (
    MAX_DOCUMENT_TITLE,
    MAX_IMAGE_BYTES,
    MAX_IMAGES,
    MAX_MEDIA_TYPE,
    MAX_MODEL_NAME,
    MAX_PARTS,
    MAX_STOP_SEQUENCE,
    MAX_TURNS,
    content_parts,
    require_capabilities,
    violations,
)
from modelkit.language import MAX_LANGUAGE_CODE
from rpckit.errors import NotSupported
from tests.fakes.pictures import png_header

HELLO = Part(text="Hello")
PNG = png_header(1, 1)
JPEG = b"\xff\xd8\xff\xe0"
WEBP = b"RIFF\x00\x00\x00\x00WEBP"


def turn(*parts: Part, role: Role.ValueType = ROLE_USER) -> Turn:
    return Turn(role=role, parts=parts)


def asking(*turns: Turn, **fields: Any) -> GenerateRequest:
    return GenerateRequest(turns=turns or [turn(HELLO)], **fields)


def document(**fields: Any) -> Part:
    return Part(document=Document(**{"title": "task", "text": "Write.", **fields}))


def image(data: bytes = PNG, media_type: str = "image/png") -> Part:
    return Part(image=Image(data=data, media_type=media_type))


def picture(ratio: float) -> OutputFormat:
    return OutputFormat(image=ImageFormat(aspect_ratio=ratio))


def malformed() -> Iterator[tuple[GenerateRequest, str]]:
    yield GenerateRequest(), "turns"
    yield asking(*[turn(HELLO)] * (MAX_TURNS + 1)), "turns"
    yield asking(turn()), "turns[0].parts"
    yield asking(turn(Part(), Part(text=" \n"))), "turns[0].parts"
    yield asking(turn(*[HELLO] * (MAX_PARTS + 1))), "turns[0].parts"
    yield asking(Turn(parts=[HELLO])), "turns[0].role"
    unknown_role = json_format.ParseDict({"role": 7, "parts": [{"text": "a"}]}, Turn())
    yield asking(turn(HELLO), unknown_role), "turns[1].role"
    yield asking(turn(HELLO), turn(HELLO, role=ROLE_MODEL)), "turns[1].role"
    yield asking(turn(HELLO, role=ROLE_MODEL), turn(HELLO)), "turns[0].role"
    answered = (turn(HELLO), turn(HELLO, document(), role=ROLE_MODEL), turn(HELLO))
    yield asking(*answered), "turns[1].parts[1]"
    yield asking(turn(document(title=" "))), "turns[0].parts[0].document.title"
    yield asking(turn(document(title="a" * (MAX_DOCUMENT_TITLE + 1)))), "turns[0].parts[0].document.title"
    yield asking(turn(HELLO, document(text=" "))), "turns[0].parts[1].document.text"
    yield asking(turn(document(language_code="a"))), "turns[0].parts[0].document.language_code"
    long_code = "en" + "-abcdefgh" * (MAX_LANGUAGE_CODE // 9 + 1)
    yield asking(turn(document(language_code=long_code))), "turns[0].parts[0].document.language_code"
    yield (
        asking(turn(document(media_type="a" * (MAX_MEDIA_TYPE + 1)))),
        "turns[0].parts[0].document.media_type",
    )
    yield asking(turn(image(media_type="image/gif"))), "turns[0].parts[0].image.media_type"
    yield asking(turn(image(media_type=""))), "turns[0].parts[0].image.media_type"
    yield asking(turn(image(b""))), "turns[0].parts[0].image.data"
    yield asking(turn(image(JPEG))), "turns[0].parts[0].image.data"
    yield asking(turn(image(PNG, "image/webp"))), "turns[0].parts[0].image.data"
    yield asking(turn(image(PNG + bytes(MAX_IMAGE_BYTES)))), "turns[0].parts[0].image.data"
    yield asking(turn(*[image()] * (MAX_IMAGES + 1))), f"turns[0].parts[{MAX_IMAGES}].image"
    yield asking(model="a" * (MAX_MODEL_NAME + 1)), "model"
    for temperature in (-0.1, 2.1, 5, math.nan, math.inf):
        yield asking(sampling=Sampling(temperature=temperature)), "sampling.temperature"
    for top_p in (-0.1, 1.1, math.nan, -math.inf):
        yield asking(sampling=Sampling(top_p=top_p)), "sampling.top_p"
    yield asking(sampling=Sampling(max_output_tokens=0)), "sampling.max_output_tokens"
    yield asking(sampling=Sampling(stop_sequences="abcde")), "sampling.stop_sequences"
    yield asking(sampling=Sampling(stop_sequences=["a", ""])), "sampling.stop_sequences[1]"
    long_stop = "a" * (MAX_STOP_SEQUENCE + 1)
    yield asking(sampling=Sampling(stop_sequences=[long_stop])), "sampling.stop_sequences[0]"
    for ratio in (0, -1, math.nan, math.inf, 11):
        yield asking(output_format=picture(ratio)), "output_format.image.aspect_ratio"


@pytest.mark.parametrize(("request_", "path"), [*malformed()])
def test_a_malformed_field_is_named(request_: GenerateRequest, path: str) -> None:
    assert dict(violations(request_)).keys() == {path}


def well_formed() -> Iterator[GenerateRequest]:
    yield asking()
    yield asking(*[turn(HELLO)] * MAX_TURNS)
    yield asking(turn(HELLO), turn(HELLO, role=ROLE_MODEL), turn(Part(), HELLO), turn(HELLO))
    yield asking(turn(document()))
    yield asking(
        turn(document(title="가" * MAX_DOCUMENT_TITLE, language_code="zh-Hant-TW", media_type="text/html"))
    )
    yield asking(turn(image(), image(JPEG, "image/jpeg"), image(WEBP, "image/webp")))
    yield asking(turn(image(PNG + bytes(MAX_IMAGE_BYTES - len(PNG)))))
    yield asking(model="a" * MAX_MODEL_NAME)
    extremes = Sampling(temperature=2, top_p=1, max_output_tokens=2**31 - 1, seed=-(2**63))
    yield asking(sampling=extremes)
    yield asking(sampling=Sampling(temperature=0, top_p=0, max_output_tokens=1, stop_sequences="abcd"))
    yield asking(output_format=OutputFormat(image=ImageFormat()))
    yield asking(output_format=picture(0.1))
    yield asking(output_format=picture(10))


@pytest.mark.parametrize("request_", [*well_formed()])
def test_what_is_within_the_limits_has_no_violation(request_: GenerateRequest) -> None:
    assert not list(violations(request_))


def test_every_malformed_field_is_named_at_once() -> None:
    request = asking(turn(), model="a" * 201, sampling=Sampling(temperature=9, top_p=9))
    assert dict(violations(request)).keys() == {
        "model",
        "turns[0].parts",
        "sampling.temperature",
        "sampling.top_p",
    }


TEXT_MODEL = (CAPABILITY_TEXT, CAPABILITY_JSON_SCHEMA)


@pytest.mark.parametrize(
    ("request_", "capabilities", "lacking"),
    [
        (asking(), (CAPABILITY_JSON_SCHEMA,), "TEXT"),
        (asking(output_format=OutputFormat(json_schema="{}")), (CAPABILITY_TEXT,), "JSON_SCHEMA"),
        (asking(turn(image())), TEXT_MODEL, "IMAGE_INPUT"),
        (asking(output_format=picture(1)), TEXT_MODEL, "IMAGE_OUTPUT"),
        (asking(output_format=OutputFormat(json_schema="{}")), (CAPABILITY_JSON_SCHEMA,), ""),
        (asking(output_format=picture(1)), (CAPABILITY_IMAGE_OUTPUT,), ""),
        (asking(), TEXT_MODEL, ""),
    ],
)
def test_what_the_model_cannot_do_is_named(
    request_: GenerateRequest, capabilities: tuple[Capability.ValueType, ...], lacking: str
) -> None:
    if not lacking:
        require_capabilities(request_, "a/b", capabilities)
        return
    with pytest.raises(NotSupported, match="a/b") as refused:
        require_capabilities(request_, "a/b", capabilities)
    assert refused.value.metadata == {"capability": lacking}


def test_parts_of_an_unknown_kind_and_blank_texts_are_no_content() -> None:
    parts = (Part(), Part(text=" \n"), HELLO, document(), image())
    assert content_parts(turn(*parts)) == list(parts[2:])

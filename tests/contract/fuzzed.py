"""Requests as nobody would write them: the orchestrator's own, with some of its fields changed at random."""

import functools
import json
from collections.abc import Callable
from typing import Any

from google.protobuf.message import DecodeError, Message
from hypothesis import strategies as st

from chorus.model.v1.content_pb2 import Document, Image, Part, Role, Turn
from chorus.model.v1.generation_pb2 import Sampling
from chorus.model.v1.model_service_pb2 import GenerateRequest
from modelkit import generate_request as limits
from modelkit.answer_form.schema import SCHEMA_ID
from modelkit.json_schema.answer_schema import MAX_SCHEMA_DEPTH
from tests.contract.requests import answer_request
from tests.fakes.pictures import png_header

# A field number that no message has.
UNKNOWN_FIELD = b"\xfa\xff\x7f\x07unknown"

Draw = Callable[[st.SearchStrategy[Any]], Any]
Mutation = Callable[[GenerateRequest, Draw], object]

_FEW_TEXTS = st.sampled_from(["", " \n", "a", "가나다. ", "\x00", "submission", "ko", "```", "</document>"])
_TEXTS = _FEW_TEXTS | st.text(max_size=20)
_LONG = st.sampled_from([limits.MAX_STOP_SEQUENCE, limits.MAX_DOCUMENT_TITLE, limits.MAX_MEDIA_TYPE]).flatmap(
    lambda most: st.integers(most, most + 1).map("a".__mul__)
)
_FLOATS = st.floats(width=32) | st.sampled_from([0.0, -0.0, 1.0, 2.0, 0.1, 10.0, 5.0])
_ROLES = st.sampled_from([*Role.values(), 7, -1])
_IMAGES = st.builds(
    Image,
    data=st.sampled_from([b"", b"x", png_header(1, 1), b"\xff\xd8\xff", b"RIFF1234WEBP"]),
    media_type=st.sampled_from([*limits.IMAGE_MEDIA_TYPES, "", "image/gif", "text/plain"]),
)
_DOCUMENTS = st.builds(
    Document,
    title=st.just("submission") | _TEXTS | _LONG,
    text=_TEXTS,
    language_code=st.sampled_from(["", "ko", "en-GB", "de", "?", "x" * 65]),
    media_type=st.sampled_from(["", "text/plain", "application/json"]) | _LONG,
)
_PARTS = (
    st.just(Part())
    | st.builds(Part, text=_TEXTS)
    | st.builds(Part, document=_DOCUMENTS)
    | st.builds(Part, image=_IMAGES)
)
_TURNS = st.builds(Turn, role=_ROLES, parts=st.lists(_PARTS, max_size=3))

_KEYWORDS = """
    $anchor $defs $id $ref $schema additionalProperties allOf anyOf const contains definitions
    dependentRequired dependentSchemas else enum exclusiveMinimum format if items maxItems maxLength maximum
    minItems minLength minimum multipleOf not oneOf pattern patternProperties prefixItems properties
    propertyNames required then type unevaluatedProperties uniqueItems x-feedback-language
"""
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 3)
    | st.sampled_from(["string", "object", "array", "integer", "#", "#/$defs/a", "(", "^a+$", "ko", "points"])
    | st.sampled_from([1e308, -0.5, 10**30]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "points", "type"]), inner, max_size=2)
    ),
    max_leaves=4,
)
_SCHEMAS: st.SearchStrategy[Any] = st.recursive(
    st.booleans()
    | st.just({})
    | st.sampled_from([{"type": each} for each in ("string", "object", "integer")]),
    lambda inner: st.dictionaries(
        st.sampled_from(_KEYWORDS.split()),
        inner
        | _VALUES
        | st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["a", "points", "^a"]), inner, max_size=2),
        max_size=4,
    ),
    max_leaves=8,
)
_RAW_SCHEMAS = st.sampled_from(
    [
        "",
        "{",
        "null",
        "{}",
        "true",
        "[" * 5000,
        '{"const": 1e400}',
        r'{"enum": ["\udfff"]}',
        '{"not":' * MAX_SCHEMA_DEPTH + "{}" + "}" * MAX_SCHEMA_DEPTH,
        '{"not":' * (MAX_SCHEMA_DEPTH - 1) + "{}" + "}" * (MAX_SCHEMA_DEPTH - 1),
        '{"$ref": "#"}',
        '{"properties": {"a": {"$ref": "#"}}}',
        '{"pattern": "^(a|a)*$"}',
        '{"type": "string", "minLength": 4294967296}',
        '{"type": "array", "minItems": 2147483647}',
        '{"type": "integer", "multipleOf": 5e-324}',
        '{"type": "object", "required": ["a"], "properties": {"a": false}}',
        json.dumps({"enum": [f"value{number}" for number in range(2000)]}),
        json.dumps({"$id": SCHEMA_ID, "properties": {"points": {"items": {"properties": {"issue": 3}}}}}),
        json.dumps({"$id": SCHEMA_ID, "properties": {"points": {"items": True}, "criteria": False}}),
    ]
)


def _sampling(request: GenerateRequest, draw: Draw) -> None:
    fields = st.fixed_dictionaries(
        {},
        optional={
            "temperature": _FLOATS,
            "top_p": _FLOATS,
            "max_output_tokens": st.integers(-1, 3) | st.sampled_from([2**31 - 1, -(2**31)]),
            "seed": st.integers(-(2**63), 2**63 - 1),
            "reasoning_effort": st.integers(-1, 9),
            "stop_sequences": st.lists(_TEXTS | _LONG, max_size=limits.MAX_STOP_SEQUENCES + 1),
        },
    )
    request.sampling.CopyFrom(Sampling(**draw(fields)))


def _schema(request: GenerateRequest, draw: Draw) -> None:
    request.output_format.json_schema = draw(_RAW_SCHEMAS | _SCHEMAS.map(json.dumps))


def _answer_schema(request: GenerateRequest, draw: Draw) -> None:
    """Changes the schema that the proofreader serves, and leaves its name."""
    changed = draw(
        st.dictionaries(st.sampled_from(["points", "criteria", "work_language", "grade"]), _SCHEMAS)
    )
    schema = json.loads(_plain().output_format.json_schema)
    schema["properties"] |= changed
    request.output_format.json_schema = json.dumps(schema)


def _no_schema(request: GenerateRequest, draw: Draw) -> None:
    request.ClearField("output_format")
    if draw(st.booleans()):
        request.output_format.image.aspect_ratio = draw(_FLOATS)


def _turns(request: GenerateRequest, draw: Draw) -> None:
    turns = draw(st.lists(_TURNS, max_size=3))
    own = list(request.turns)
    del request.turns[:]
    request.turns.extend(draw(st.permutations([*turns, *own])))


def _many_turns(request: GenerateRequest, draw: Draw) -> None:
    request.turns.extend([draw(_TURNS)] * draw(st.integers(limits.MAX_TURNS - 2, limits.MAX_TURNS)))


def _parts(request: GenerateRequest, draw: Draw) -> None:
    for turn in request.turns:
        turn.parts.extend(draw(st.lists(_PARTS, max_size=3)))


def _many_parts(request: GenerateRequest, draw: Draw) -> None:
    for turn in request.turns:
        turn.parts.extend([draw(_PARTS)] * draw(st.sampled_from([limits.MAX_IMAGES, limits.MAX_PARTS])))


def _instruction(request: GenerateRequest, draw: Draw) -> None:
    request.system_instruction = draw(_TEXTS)


def _unknown_fields(request: GenerateRequest, draw: Draw) -> None:
    for each in draw(st.lists(st.sampled_from([request, request.sampling, *request.turns]), max_size=2)):
        message: Message = each
        message.MergeFromString(UNKNOWN_FIELD)


_MUTATIONS: tuple[Mutation, ...] = (
    _sampling,
    _schema,
    _answer_schema,
    _no_schema,
    _turns,
    _many_turns,
    _parts,
    _many_parts,
    _instruction,
    _unknown_fields,
)


@functools.cache
def _plain() -> GenerateRequest:
    """The request that is changed. Splitting its sentences takes longer than all the rest."""
    return answer_request("")


@st.composite
def fuzzed_requests(draw: Draw) -> bytes:
    """Serialized requests that name no model."""
    request = GenerateRequest()
    request.CopyFrom(_plain())
    for mutate in draw(st.lists(st.sampled_from(_MUTATIONS), max_size=3)):
        mutate(request, draw)
    data = request.SerializeToString()
    flipped = bytearray(data)
    for place in draw(st.lists(st.integers(0, max(0, len(data) - 1)), max_size=2)):
        flipped[place] ^= draw(st.integers(1, 255))
    try:
        GenerateRequest.FromString(bytes(flipped))
    except DecodeError:
        return data
    return bytes(flipped)

"""Of bytes that protobuf refuses, the string that is not UTF-8 is named, wherever the contract has one."""

from collections.abc import Iterator

import pytest
from google.protobuf import descriptor, message, message_factory, struct_pb2

from chorus.classroom.v1 import classroom_service_pb2
from chorus.feedback.v1 import feedback_service_pb2
from chorus.model.v1 import model_service_pb2
from rpckit.malformed import violations

REQUEST = feedback_service_pb2.GetFeedbackRequest
WHOLE = {REQUEST.DESCRIPTOR.full_name: "the bytes are not such a message"}
SERVICES = [
    service
    for file in (classroom_service_pb2, feedback_service_pb2, model_service_pb2)
    for service in file.DESCRIPTOR.services_by_name.values()
]
REQUESTS = {method.input_type.full_name: method.input_type for each in SERVICES for method in each.methods}
NOT_UTF_8 = b"ab\xff"


def varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def with_length(number: int, value: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(value)) + value


def strings(
    kind: descriptor.Descriptor, above: tuple[descriptor.Descriptor, ...] = ()
) -> Iterator[tuple[str, bytes]]:
    """Yields the path to each string of a message, and the message with a wrong one there."""
    for field in kind.fields:
        name = f"{field.name}[0]" if field.label == field.LABEL_REPEATED else field.name
        if field.type == field.TYPE_STRING:
            yield name, with_length(field.number, NOT_UTF_8)
        elif field.type == field.TYPE_MESSAGE and field.message_type not in above:
            for path, inner in strings(field.message_type, (*above, kind)):
                yield f"{name}.{path}", with_length(field.number, inner)


@pytest.mark.parametrize("kind", REQUESTS.values(), ids=REQUESTS)
def test_each_string_of_each_request_is_named(kind: descriptor.Descriptor) -> None:
    parse = message_factory.GetMessageClass(kind).FromString
    for path, data in strings(kind):
        with pytest.raises(message.DecodeError):
            parse(data)
        assert violations(data, kind) == {path: "not UTF-8"}


def test_what_stands_before_it_is_passed_over_and_repeated_fields_are_counted() -> None:
    request = REQUEST(models=["a/b", "c/d"], request_id="x", include_raw=True)
    request.policy.max_cost_usd_nanos = -1
    request.sampling.temperature = 0.5
    models = REQUEST.DESCRIPTOR.fields_by_name["models"].number
    unknown = (
        with_length(1000, NOT_UTF_8) + varint(1001 << 3 | 5) + b"abcd" + varint(1002 << 3 | 1) + b"12345678"
    )
    data = request.SerializeToString() + unknown + with_length(models, NOT_UTF_8)
    assert violations(data, REQUEST.DESCRIPTOR) == {"models[2]": "not UTF-8"}


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff\xff",
        b"\xff" * 20,
        with_length(1, b"abc")[:-1],
        varint(1 << 3 | 3),
        varint(2000 << 3 | 5) + b"ab",
        with_length(1, b"\xff"),
        b"\x0a" + varint(2**63),
    ],
    ids=["no tag", "endless", "cut", "group", "cut number", "no inner message", "huge"],
)
def test_of_what_is_no_message_the_type_is_named(data: bytes) -> None:
    assert violations(data, REQUEST.DESCRIPTOR) == WHOLE


def test_no_sender_chooses_how_long_it_looks() -> None:
    models = REQUEST.DESCRIPTOR.fields_by_name["models"].number
    last = with_length(models, NOT_UTF_8)
    assert violations(with_length(models, b"") * 9_000 + last, REQUEST.DESCRIPTOR) == {
        "models[9000]": "not UTF-8"
    }
    assert violations(with_length(models, b"") * 10_000 + last, REQUEST.DESCRIPTOR) == WHOLE


def test_nor_how_deep() -> None:
    kind = struct_pb2.Value.DESCRIPTOR
    text, values = kind.fields_by_name["string_value"].number, kind.fields_by_name["list_value"].number
    data = with_length(text, NOT_UTF_8)
    assert violations(with_length(values, with_length(1, data)), kind) == {
        "list_value.values[0].string_value": "not UTF-8"
    }
    for _ in range(200):
        data = with_length(values, with_length(1, data))
    assert violations(data, kind) == {kind.full_name: "the bytes are not such a message"}

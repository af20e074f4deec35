"""Writes the golden bytes that are not there yet: `python -m tests.contract.golden.write`.

Each file is one message with every field set, named after the message and a number: there are as many as it
takes to see each case of its `oneof`s, and each `optional` field with a value and with zero. What is written
once stays: a file is removed only with its message, by a change that callers were told of.
"""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

FOLDER = Path(__file__).parent
PROTOS = Path(__file__).parents[3] / "protos"

_TEXT = "가나다 e\u0301 👩‍👧 "


def messages() -> Iterator[type[Message]]:
    """Every top-level message of the contract."""
    for path in sorted(PROTOS.glob("chorus/*/v1/*.proto")):
        name = ".".join(path.relative_to(PROTOS).with_suffix("").parts)
        for descriptor in import_module(f"{name}_pb2").DESCRIPTOR.message_types_by_name.values():
            yield message_factory.GetMessageClass(descriptor)


def filled(descriptor: Descriptor, number: int) -> Message:
    """The message with this number."""
    message = message_factory.GetMessageClass(descriptor)()
    for field in descriptor.fields:
        if _is_set(field, number):
            _fill(message, field, number)
    return message


def count(descriptor: Descriptor) -> int:
    """How many messages it takes."""
    cases = (len(oneof.fields) for oneof in descriptor.oneofs)
    optional = (2 for field in descriptor.fields if _is_optional(field))
    return max([1, *cases, *optional])


def _is_optional(field: FieldDescriptor) -> bool:
    return field.has_presence and field.message_type is None and len(_cases(field)) == 1


def _cases(field: FieldDescriptor) -> list[FieldDescriptor]:
    return list(field.containing_oneof.fields) if field.containing_oneof else []


def _is_set(field: FieldDescriptor, number: int) -> bool:
    cases = _cases(field)
    return not cases or field.number == cases[number % len(cases)].number


def _fill(message: Message, field: FieldDescriptor, number: int) -> None:
    if field.message_type and field.message_type.GetOptions().map_entry:
        value = field.message_type.fields_by_name["value"]
        if value.message_type:
            getattr(message, field.name)["key"].CopyFrom(filled(value.message_type, number))
        else:
            getattr(message, field.name)["key"] = _TEXT
    elif field.label == FieldDescriptor.LABEL_REPEATED:
        values = [_value(field, number), _value(field, number + 1)]
        getattr(message, field.name).extend(values)
    elif field.message_type:
        part = getattr(message, field.name)
        part.CopyFrom(filled(field.message_type, number))
        part.SetInParent()
    else:
        zero = _is_optional(field) and number % 2 == 1
        setattr(message, field.name, field.default_value if zero else _value(field, number))


def _value(field: FieldDescriptor, number: int) -> Any:
    if field.message_type:
        return filled(field.message_type, number)
    if field.enum_type:
        return field.enum_type.values[-1].number
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_STRING if field.type == FieldDescriptor.TYPE_BYTES:
            return bytes((0, 255, number))
        case FieldDescriptor.CPPTYPE_STRING:
            return f"{_TEXT}{field.name} {number}"
        case FieldDescriptor.CPPTYPE_BOOL:
            return True
        case FieldDescriptor.CPPTYPE_FLOAT | FieldDescriptor.CPPTYPE_DOUBLE:
            return field.number + 0.5
        case FieldDescriptor.CPPTYPE_INT64:
            return -(2**53) - field.number
        case _:
            return -(2**30) - field.number


def file(message: type[Message], number: int) -> Path:
    """Where the bytes are."""
    return FOLDER / f"{message.DESCRIPTOR.full_name}.{number}.binpb"


if __name__ == "__main__":
    for each in messages():
        for n in range(count(each.DESCRIPTOR)):
            if not file(each, n).exists():
                file(each, n).write_bytes(filled(each.DESCRIPTOR, n).SerializeToString(deterministic=True))
                sys.stdout.write(f"{file(each, n).name}\n")

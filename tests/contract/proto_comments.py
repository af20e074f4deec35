"""The comments of the contract, read from its descriptors."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
)

_ROOT = Path(__file__).parents[2]
_PACKAGE_PREFIX = "chorus."


@dataclass(frozen=True)
class Element:
    """Something that the contract names, with its comment on one line.

    Attributes:
        name: The full name, as "chorus.feedback.v1.Submission.text"; an enum value's begins with its enum's.
        kind: "service", "rpc", "message", "field", "oneof", "enum" or "value".
    """

    name: str
    kind: str
    comment: str


@cache
def files() -> Sequence[FileDescriptorProto]:
    """The files of the contract, without those that they import from elsewhere."""
    buf = Path(sys.executable).parent / "buf"
    built = subprocess.run(  # noqa: S603 - the tool of the project
        (buf, "build", "protos", "--as-file-descriptor-set", "--output", "-"),
        cwd=_ROOT,
        capture_output=True,
        check=True,
    )
    found = FileDescriptorSet.FromString(built.stdout).file
    return [each for each in found if each.package.startswith(_PACKAGE_PREFIX)]


@cache
def elements() -> Sequence[Element]:
    """Everything that the contract names."""
    return [element for file in files() for element in _CommentReading(file).elements()]


class _CommentReading:
    def __init__(self, file: FileDescriptorProto) -> None:
        self._file = file
        self._comments = {
            tuple(location.path): location.leading_comments for location in file.source_code_info.location
        }

    def elements(self) -> Iterator[Element]:
        package = self._file.package
        for number, service in enumerate(self._file.service):
            name = f"{package}.{service.name}"
            yield self._element(name, "service", (6, number))
            for place, method in enumerate(service.method):
                yield self._element(f"{name}.{method.name}", "rpc", (6, number, 2, place))
        for number, message in enumerate(self._file.message_type):
            yield from self._message(message, (4, number), f"{package}.{message.name}")
        for number, enum in enumerate(self._file.enum_type):
            yield from self._enum(enum, (5, number), f"{package}.{enum.name}")

    def _message(self, message: DescriptorProto, path: tuple[int, ...], name: str) -> Iterator[Element]:
        yield self._element(name, "message", path)
        for number, field in enumerate(message.field):
            yield self._element(f"{name}.{field.name}", "field", (*path, 2, number))
        optional = {each.oneof_index for each in message.field if each.proto3_optional}
        for number, oneof in enumerate(message.oneof_decl):
            if number not in optional:
                yield self._element(f"{name}.{oneof.name}", "oneof", (*path, 8, number))
        for number, nested in enumerate(message.nested_type):
            if not nested.options.map_entry:
                yield from self._message(nested, (*path, 3, number), f"{name}.{nested.name}")
        for number, enum in enumerate(message.enum_type):
            yield from self._enum(enum, (*path, 4, number), f"{name}.{enum.name}")

    def _enum(self, enum: EnumDescriptorProto, path: tuple[int, ...], name: str) -> Iterator[Element]:
        yield self._element(name, "enum", path)
        for number, value in enumerate(enum.value):
            yield self._element(f"{name}.{value.name}", "value", (*path, 2, number))

    def _element(self, name: str, kind: str, path: tuple[int, ...]) -> Element:
        return Element(name, kind, " ".join(self._comments.get(path, "").split()))

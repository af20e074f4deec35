"""Writes docs/api.md, the contract on one page.

buf build protos --as-file-descriptor-set --output - | python docs/api.py > docs/api.md
"""  # noqa: INP001 - a script

import sys
from collections.abc import Iterator, Sequence

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    MethodDescriptorProto,
    MethodOptions,
    ServiceDescriptorProto,
)

_OURS = "chorus."
# What callers need comes first.
_PACKAGES = ("chorus.feedback.v1", "chorus.classroom.v1", "chorus.model.v1")
_IDEMPOTENCY = {
    MethodOptions.IDEMPOTENT: "A repeat does no harm.",
    MethodOptions.NO_SIDE_EFFECTS: "Changes nothing.",
}


class Page:
    """The Markdown of one proto file."""

    def __init__(self, file: FileDescriptorProto) -> None:
        self._file = file
        self._comments = {
            tuple(location.path): location.leading_comments for location in file.source_code_info.location
        }

    def lines(self) -> Iterator[str]:
        """Services, then messages, then enums, in the file's order."""
        package = self._file.package
        yield f"## {self._file.name}"
        for number, service in enumerate(self._file.service):
            yield from self._service(service, (6, number), f"{package}.{service.name}")
        for number, message in enumerate(self._file.message_type):
            yield from self._message(message, (4, number), f"{package}.{message.name}")
        for number, enum in enumerate(self._file.enum_type):
            yield from self._enum(enum, (5, number), f"{package}.{enum.name}")

    def _service(self, service: ServiceDescriptorProto, path: Sequence[int], name: str) -> Iterator[str]:
        yield f"### {name}"
        yield self._text(path)
        for number, method in enumerate(service.method):
            yield f"#### {service.name}.{method.name}"
            yield _signature(method)
            yield self._text((*path, 2, number))
            if idempotency := _IDEMPOTENCY.get(method.options.idempotency_level):
                yield idempotency

    def _message(self, message: DescriptorProto, path: Sequence[int], name: str) -> Iterator[str]:
        yield f"### {name}"
        yield self._text(path)
        rows = []
        for number, field in enumerate(message.field):
            said = self._cell((*path, 2, number))
            if field.HasField("oneof_index") and not field.proto3_optional:
                said = f"One of `{message.oneof_decl[field.oneof_index].name}`. {said}".rstrip()
            rows.append(f"| {field.number} | `{field.name}` | {_type(field, message)} | {said} |")
        if rows:
            yield "\n".join(["| | field | type | |", "|---|---|---|---|", *rows])
        for number, nested in enumerate(message.nested_type):
            if not nested.options.map_entry:
                yield from self._message(nested, (*path, 3, number), f"{name}.{nested.name}")
        for number, enum in enumerate(message.enum_type):
            yield from self._enum(enum, (*path, 4, number), f"{name}.{enum.name}")

    def _enum(self, enum: EnumDescriptorProto, path: Sequence[int], name: str) -> Iterator[str]:
        yield f"### {name}"
        yield self._text(path)
        rows = [
            f"| {value.number} | `{value.name}` | {self._cell((*path, 2, number))} |"
            for number, value in enumerate(enum.value)
        ]
        yield "\n".join(["| | value | |", "|---|---|---|", *rows])

    def _text(self, path: Sequence[int]) -> str:
        comment = self._comments.get(tuple(path), "")
        return "\n".join(line.removeprefix(" ") for line in comment.splitlines())

    def _cell(self, path: Sequence[int]) -> str:
        return " ".join(self._text(path).split()).replace("|", "\\|")


def _signature(method: MethodDescriptorProto) -> str:
    takes = "stream of " * method.client_streaming + _link(method.input_type)
    returns = "stream of " * method.server_streaming + _link(method.output_type)
    return f"{takes} → {returns}"


def _type(field: FieldDescriptorProto, message: DescriptorProto) -> str:
    entries = {each.name: each for each in message.nested_type if each.options.map_entry}
    if entry := entries.get(field.type_name.rpartition(".")[2]):
        key, value = (_type(each, entry) for each in entry.field)
        return f"map of {key} to {value}"
    scalar = FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
    name = _link(field.type_name) if field.type_name else scalar
    if field.label == FieldDescriptorProto.LABEL_REPEATED:
        return f"repeated {name}"
    return f"optional {name}" if field.proto3_optional else name


def _link(full_name: str) -> str:
    name = full_name.removeprefix(".")
    if not name.startswith(_OURS):
        return name
    # As the package is in every anchor, the short name is enough to read.
    short = ".".join(part for part in name.split(".") if part[0].isupper())
    return f"[{short}](#{name.replace('.', '').lower()})"


def _order(file: FileDescriptorProto) -> tuple[int, bool, str]:
    return _PACKAGES.index(file.package), not file.service, file.name


if __name__ == "__main__":
    files = FileDescriptorSet.FromString(sys.stdin.buffer.read()).file
    ours = sorted((file for file in files if file.package in _PACKAGES), key=_order)
    parts = ["# The contract on one page", "[api.py](api.py) makes this from [protos/](../protos)."]
    for each in ours:
        parts += filter(None, Page(each).lines())
    sys.stdout.write("\n\n".join(parts) + "\n")

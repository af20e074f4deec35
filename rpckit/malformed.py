"""Finds out why bytes are no message of a type, which protobuf does not say."""

from collections import Counter
from collections.abc import Iterator

from google.protobuf import descriptor

# More is not looked at: the walk is in Python, and whoever sends such bytes chooses how long it is.
_MOST_FIELDS = 10_000
_MOST_DEPTH = 100
_VARINT, _FIXED_64, _BYTES, _FIXED_32 = 0, 1, 2, 5
_FIXED_SIZES = {_FIXED_64: 8, _FIXED_32: 4}
_MOST_VARINT_BYTES = 10


class _NoMessageError(Exception):
    """The bytes do not follow the wire format, or are too many to be looked at."""


def violations(data: bytes, kind: descriptor.Descriptor) -> dict[str, str]:
    """Returns what is wrong by field: the first string that is not UTF-8, or else the message as a whole.

    Args:
        data: What protobuf refused.
        kind: The message that it should have been.
    """
    try:
        for path in _wrong_strings(memoryview(data), kind, "", [_MOST_FIELDS], _MOST_DEPTH):
            return {path: "not UTF-8"}
    except _NoMessageError:
        pass
    return {kind.full_name: "the bytes are not such a message"}


def _wrong_strings(
    data: memoryview, kind: descriptor.Descriptor, prefix: str, left: list[int], depth: int
) -> Iterator[str]:
    """Yields the paths of the strings that are not UTF-8; `left` counts down over the whole message.

    Raises:
        _NoMessageError: The bytes do not follow the wire format, or are too many to be looked at.
    """
    if not depth:
        raise _NoMessageError
    seen: Counter[int] = Counter()
    for number, value in _lengths(data, left):
        field = kind.fields_by_number.get(number)
        if field is None:
            continue
        index = f"[{seen[number]}]" if field.label == field.LABEL_REPEATED else ""
        seen[number] += 1
        path = f"{prefix}{field.name}{index}"
        if field.type == field.TYPE_STRING and not _is_utf_8(value):
            yield path
        elif field.type == field.TYPE_MESSAGE:
            yield from _wrong_strings(value, field.message_type, f"{path}.", left, depth - 1)


def _lengths(data: memoryview, left: list[int]) -> Iterator[tuple[int, memoryview]]:
    """Yields the number and the bytes of each field that has a length: strings, bytes, messages."""
    place = 0
    while place < len(data):
        left[0] -= 1
        if left[0] < 0:
            raise _NoMessageError
        tag, place = _varint(data, place)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == _BYTES:
            size, place = _varint(data, place)
            if size > len(data) - place:
                raise _NoMessageError
            yield number, data[place : place + size]
            place += size
        elif wire_type == _VARINT:
            _, place = _varint(data, place)
        elif wire_type in _FIXED_SIZES:
            place += _FIXED_SIZES[wire_type]
        else:
            raise _NoMessageError


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    """Returns a number and where it ends."""
    value = 0
    for count in range(_MOST_VARINT_BYTES):
        if place >= len(data):
            break
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:  # noqa: PLR2004 - the last byte has no high bit
            return value, place
    raise _NoMessageError


def _is_utf_8(value: memoryview) -> bool:
    try:
        str(value, "utf-8")
    except UnicodeDecodeError:
        return False
    return True

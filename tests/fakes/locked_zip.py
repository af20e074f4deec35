"""A zip archive that is locked with a password: Python's zipfile opens such archives but writes none."""

import struct
import zlib
from collections.abc import Mapping

_ENCRYPTED = 1
_STORED = 0
_VERSION = 20
_HEADER = 12
# The initial keys and the multiplier are those of PKWARE's APPNOTE, section 6.1.
_KEYS = (0x12345678, 0x23456789, 0x34567890)
_MULTIPLIER = 134775813


def locked_zip(files: Mapping[str, bytes], password: bytes) -> bytes:
    """The files by their names in an archive with the traditional encryption."""
    local, central = b"", b""
    for name, data in files.items():
        checksum = zlib.crc32(data)
        body = _encrypted(bytes(_HEADER - 1) + bytes([checksum >> 24]) + data, password)
        common = struct.pack(
            "<HHHHHLLLHH",
            *(_VERSION, _ENCRYPTED, _STORED, 0, 0),
            *(checksum, len(body), len(data), len(name.encode()), 0),
        )
        entry = (
            struct.pack("<LH", 0x02014B50, _VERSION) + common + struct.pack("<HHHLL", 0, 0, 0, 0, len(local))
        )
        central += entry + name.encode()
        local += struct.pack("<L", 0x04034B50) + common + name.encode() + body
    count = len(files)
    end = struct.pack("<LHHHHLLH", 0x06054B50, 0, 0, count, count, len(central), len(local), 0)
    return local + central + end


def _encrypted(data: bytes, password: bytes) -> bytes:
    keys = _KEYS
    for byte in password:
        keys = _updated(keys, byte)
    encrypted = bytearray()
    for byte in data:
        mask = (keys[2] | 2) & 0xFFFF
        encrypted.append(byte ^ ((mask * (mask ^ 1) >> 8) & 0xFF))
        keys = _updated(keys, byte)
    return bytes(encrypted)


def _updated(keys: tuple[int, int, int], byte: int) -> tuple[int, int, int]:
    first = _crc(keys[0], byte)
    second = ((keys[1] + (first & 0xFF)) * _MULTIPLIER + 1) & 0xFFFFFFFF
    return first, second, _crc(keys[2], second >> 24)


def _crc(key: int, byte: int) -> int:
    # zlib inverts the value before and after.
    return zlib.crc32(bytes([byte]), key ^ 0xFFFFFFFF) ^ 0xFFFFFFFF

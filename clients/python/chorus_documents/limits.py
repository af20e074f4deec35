"""Defines the most that reading one file may take."""

from dataclasses import dataclass

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take.

    Attributes:
        file_bytes: Its size.
        unpacked_bytes: What all parts that are read of an archive amount to.
        text_characters: The text in it; plain text is bounded by file_bytes alone.
        memory_bytes: The address space of the process that parses it.
        cpu_seconds: The CPU time of that process.
        wall_seconds: How long that process is waited for.
    """

    file_bytes: int = 32 * _MEBIBYTE
    unpacked_bytes: int = 64 * _MEBIBYTE
    text_characters: int = 1_000_000
    memory_bytes: int = 512 * _MEBIBYTE
    cpu_seconds: int = 20
    wall_seconds: int = 120


DEFAULT_LIMITS = Limits()

# Parts of an archive, elements within each other, and pages: more than any piece of writing has.
MAX_PARTS = 10_000
MAX_DEPTH = 500
MAX_PAGES = 2_000

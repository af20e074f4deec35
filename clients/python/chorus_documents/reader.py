"""Reads a file that a writer has."""

from pathlib import Path

from chorus_documents.document import Document, Refusal, UnreadableDocument
from chorus_documents.limits import DEFAULT_LIMITS, Limits
from chorus_documents.plain_text import plain_text
from chorus_documents.process import parse_apart
from chorus_documents.signatures import container


def read_file(path: Path, limits: Limits = DEFAULT_LIMITS) -> Document:
    """Reads a file; its first bytes say what it is, whatever its name.

    Raises:
        UnreadableDocument: It is of a kind that is not read, broken, or beyond a limit.
        OSError: It cannot be opened.
    """
    with path.open("rb") as file:
        return read(file.read(limits.file_bytes + 1), limits)


def read(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Document:
    """Reads what a file holds.

    Raises:
        UnreadableDocument: It is of a kind that is not read, broken, or beyond a limit.
    """
    if len(data) > limits.file_bytes:
        raise UnreadableDocument(Refusal.TOO_LARGE)
    kind = container(data)
    return parse_apart(data, kind, limits) if kind else plain_text(data)

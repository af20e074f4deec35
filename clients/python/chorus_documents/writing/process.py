"""Has comments put into a file in a process of its own: the file came from anywhere."""

import json
from dataclasses import asdict

from chorus_documents.document import Format, Refusal, UnreadableDocument
from chorus_documents.limits import DEFAULT_LIMITS, Limits
from chorus_documents.process import run_apart
from chorus_documents.writing.returned_work import ReturnedWork


def commented(
    work: ReturnedWork, file_format: Format, data: bytes = b"", limits: Limits = DEFAULT_LIMITS
) -> bytes:
    """Returns a file with what is said about a work as comments.

    Args:
        work: What is said. Offsets are those of the text that `chorus_documents.reader` reads of the file.
        file_format: DOCX or HWPX.
        data: The file that came. Empty, of DOCX alone: a new one is made of the work's text.
        limits: What the process may take.

    Raises:
        UnreadableDocument: The file is broken, beyond a limit, or a library is missing.
    """
    asked = json.dumps(asdict(work)).encode()
    # JSON as Python writes it holds no line break.
    answer = run_apart("chorus_documents.writing", file_format.name, asked + b"\n" + data, limits)
    # A refusal is JSON; no file begins with a brace.
    if answer.startswith(b"{"):
        raise UnreadableDocument(Refusal[json.loads(answer)["refusal"]])
    return answer

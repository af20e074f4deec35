"""Puts comments or memos into the file on standard input, in a process of its own, and prints the file.

Standard input begins with a line of JSON, the work; the file follows. Whatever a library raises over a broken
file ends this process with BROKEN_FILE, as `chorus_documents.__main__` does.
"""

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from chorus_documents.confinement import BROKEN_FILE, confine
from chorus_documents.document import Format, Refusal, UnreadableDocument
from chorus_documents.limits import Limits
from chorus_documents.writing.returned_work import Labels, Note, Remark, ReturnedWork, Score


def main() -> None:
    """Reads `Format.name` and the limits as JSON from the command line."""
    limits = Limits(**json.loads(sys.argv[2]))
    asked, _, data = sys.stdin.buffer.read().partition(b"\n")
    try:
        import docx  # noqa: PLC0415 - it may be missing

        from chorus_documents.writing import docx_comments, hwpx_memos  # noqa: PLC0415 - as above
    except ModuleNotFoundError:
        _refuse(Refusal.LIBRARY_MISSING)
        return
    # python-docx makes it from a file of its own, which cannot be opened any more when the work begins.
    empty = docx.Document()
    confine(limits)
    sys.excepthook = lambda *_: os._exit(BROKEN_FILE)
    work = _work(json.loads(asked))
    try:
        if sys.argv[1] == Format.HWPX.name:
            written = hwpx_memos.with_memos(data, work, limits)
        elif data:
            written = docx_comments.with_comments(data, work, limits)
        else:
            written = docx_comments.new_with_comments(work, empty)
    except UnreadableDocument as error:
        _refuse(error.refusal)
    except MemoryError:
        _refuse(Refusal.TOO_MUCH_MEMORY)
    else:
        sys.stdout.buffer.write(written)


def _work(found: Mapping[str, Any]) -> ReturnedWork:
    notes = [Note(**each | {"said": [Remark(**said) for said in each["said"]]}) for each in found["notes"]]
    scores = [Score(**each) for each in found["scores"]]
    total = found["total"] and Score(**found["total"])
    labels = Labels(**found["labels"])
    return ReturnedWork(**{**found, "notes": notes, "scores": scores, "labels": labels, "total": total})


def _refuse(refusal: Refusal) -> None:
    sys.stdout.buffer.write(json.dumps({"refusal": refusal.name}).encode())


if __name__ == "__main__":
    main()

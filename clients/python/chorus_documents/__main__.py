"""Parses the file on standard input, in a process of its own, and prints what it found as JSON.

Whatever a parser raises over a broken file ends this process with BROKEN_FILE; `process.py`, which started
it, says so.
"""

import codecs
import json
import os
import sys
from importlib import import_module

from chorus_documents.confinement import BROKEN_FILE, confine
from chorus_documents.document import Document, Refusal, UnreadableDocument
from chorus_documents.limits import Limits
from chorus_documents.signatures import Container

# A parser's module bears its name. Some need a library that may be missing.
_PARSERS = {Container.ZIP: "zipped", Container.COMPOUND_FILE: "compound", Container.PDF: "pdf"}
# No codec can be loaded any more when the parsing begins.
_CODECS = ("cp437", "utf-16-le", "utf-16-be", "latin-1", "ascii")


def main() -> None:
    """Reads `Container.name` and the limits as JSON from the command line."""
    name = _PARSERS[Container[sys.argv[1]]]
    limits = Limits(**json.loads(sys.argv[2]))
    try:
        parse = getattr(import_module(f"chorus_documents.{name}"), name)
    except ModuleNotFoundError:
        _print({"refusal": Refusal.LIBRARY_MISSING.name})
        return
    for codec in _CODECS:
        codecs.lookup(codec)
    confine(limits)
    # What is raised before is no fault of the file.
    sys.excepthook = lambda *_: os._exit(BROKEN_FILE)
    try:
        _print(_described(parse(sys.stdin.buffer.read(), limits)))
    except UnreadableDocument as error:
        _print({"refusal": error.refusal.name})
    except MemoryError:
        _print({"refusal": Refusal.TOO_MUCH_MEMORY.name})


def _described(document: Document) -> dict[str, object]:
    return {
        "text": document.text,
        "format": document.format.name,
        "remarks": [remark.name for remark in document.remarks],
    }


def _print(found: dict[str, object]) -> None:
    # Escapes hold half a surrogate pair, too; whoever reads them replaces it.
    sys.stdout.buffer.write(json.dumps(found).encode())


if __name__ == "__main__":
    main()

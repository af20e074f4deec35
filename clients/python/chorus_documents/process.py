"""Starts the process that parses a file, and understands how it ends."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict

from chorus_documents.confinement import BROKEN_FILE
from chorus_documents.document import Document, Format, Refusal, Remark, UnreadableDocument
from chorus_documents.limits import Limits
from chorus_documents.signatures import Container


def parse_apart(data: bytes, kind: Container, limits: Limits) -> Document:
    """Parses a file in a process of its own, which may use what the limits say and can reach nothing.

    Raises:
        UnreadableDocument: The file is of another kind, broken, or beyond a limit.
    """
    answer = json.loads(run_apart("chorus_documents", kind.name, data, limits))
    if "refusal" in answer:
        raise UnreadableDocument(Refusal[answer["refusal"]])
    # Half a surrogate pair, which a broken file may hold, cannot be sent.
    text = answer["text"].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not text.strip():
        raise UnreadableDocument(Refusal.NO_TEXT)
    return Document(text, Format[answer["format"]], frozenset(map(Remark.__getitem__, answer["remarks"])))


def run_apart(module: str, argument: str, data: bytes, limits: Limits) -> bytes:
    """Runs a module of ours with a file on its standard input, and returns what it prints.

    Raises:
        UnreadableDocument: It ended in another way than by itself.
    """
    command = (sys.executable, "-P", "-m", module, argument, json.dumps(asdict(limits)))
    # It looks for modules where this process does, and gets none of its secrets.
    variables = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with tempfile.TemporaryFile() as output:
        try:
            ended = subprocess.run(  # noqa: S603 - our own program
                command,
                input=data,
                stdout=output,
                stderr=subprocess.DEVNULL,
                env=variables,
                timeout=limits.wall_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UnreadableDocument(Refusal.TOO_SLOW) from None
        output.seek(0)
        found = output.read()
    if ended.returncode:
        raise UnreadableDocument(_refusal(ended.returncode))
    return found


def _refusal(code: int) -> Refusal:
    # The system sends the one for CPU time beyond the soft limit, and the other beyond the hard one.
    if code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return Refusal.TOO_SLOW
    return Refusal.BROKEN if code == BROKEN_FILE else Refusal.CRASHED

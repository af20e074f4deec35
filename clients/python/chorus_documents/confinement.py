"""Takes from a process what the parsing of a file does not need."""

import resource

from chorus_documents.limits import Limits

# How a confined process exits that could not make sense of its file.
BROKEN_FILE = 3
# Standard input, output and error; a file or a socket would be the next.
_OPEN_FILES = 3
_MAX_OUTPUT_BYTES = 64 * 1024 * 1024


def confine(limits: Limits) -> None:
    """Bounds the memory, CPU time and output of this process for good; it can open no file and no connection.

    What the parsing imports has to be imported before.
    """
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, _MAX_OUTPUT_BYTES),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hardest = resource.getrlimit(kind)
        allowed = most if hardest == resource.RLIM_INFINITY else min(most, hardest)
        resource.setrlimit(kind, (allowed, allowed))

"""Tests that freed memory goes back to the system."""

import ctypes
import sys
from pathlib import Path

import pytest

from rpckit.malloc_trim import release_freed_memory

PROCESS = ctypes.CDLL(None) if sys.platform == "linux" else None
BLOCK, BLOCKS = 1000, 50_000


def resident_bytes() -> int:
    return int(Path("/proc/self/status").read_text().partition("RssAnon:")[2].split()[0]) * 1024


@pytest.mark.skipif(not hasattr(PROCESS, "malloc_trim"), reason="this is not glibc")
def test_what_was_freed_is_given_back() -> None:
    assert PROCESS
    PROCESS.malloc.restype, PROCESS.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    blocks = [PROCESS.malloc(ctypes.c_size_t(BLOCK)) for _ in range(BLOCKS)]
    for each in blocks:
        ctypes.memset(each, 1, BLOCK)
    # The last block stays: glibc returns by itself what is free at the heap's end.
    for each in blocks[:-1]:
        PROCESS.free(each)
    before = resident_bytes()
    release_freed_memory()
    assert before - resident_bytes() > BLOCK * BLOCKS // 2
    PROCESS.free(blocks[-1])

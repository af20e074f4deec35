"""Tests that freed memory goes back to the system, and how many arenas glibc keeps."""

import ctypes
import subprocess
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


@pytest.mark.skipif(not hasattr(PROCESS, "mallopt"), reason="this is not glibc")
def test_the_threads_share_two_arenas() -> None:
    """In a process of its own, because the arenas that another test's threads have made stay."""
    program = """
import ctypes, tempfile, threading
from rpckit.malloc_trim import share_malloc_arenas
share_malloc_arenas()
process = ctypes.CDLL(None)
process.malloc.restype, process.fopen.restype = ctypes.c_void_p, ctypes.c_void_p
begun, ended = threading.Barrier(7), threading.Event()
def allocate():
    process.malloc(ctypes.c_size_t(1000))
    begun.wait()
    ended.wait()
threads = [threading.Thread(target=allocate) for _ in range(6)]
for each in threads: each.start()
begun.wait()
with tempfile.NamedTemporaryFile() as file:
    stream = ctypes.c_void_p(process.fopen(file.name.encode(), b"w"))
    process.malloc_info(0, stream)
    process.fclose(stream)
    print(file.read().count(b"<heap nr="))
ended.set()
"""
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)  # noqa: S603 - our own
    assert int(told.stdout) == 2

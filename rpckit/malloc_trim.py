"""Keeps glibc from holding on to freed memory."""

import ctypes
import sys

# Of malloc.h.
_M_ARENA_MAX = -8
_ARENAS = 2


def share_malloc_arenas() -> None:
    """Lets all threads share two of glibc's arenas; elsewhere it does nothing.

    Else there are up to eight for each core, each of which keeps freed blocks that the others cannot use. It
    is for servers that hold Python's lock most of the time, and does nothing for threads that run already.
    """
    if sys.platform == "linux" and hasattr(process := ctypes.CDLL(None), "mallopt"):
        process.mallopt(_M_ARENA_MAX, _ARENAS)


def release_freed_memory() -> None:
    """Calls glibc's malloc_trim, because glibc keeps freed blocks for itself; elsewhere it does nothing."""
    if sys.platform == "linux" and hasattr(process := ctypes.CDLL(None), "malloc_trim"):
        process.malloc_trim(0)

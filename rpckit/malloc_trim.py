"""Hands freed heap memory back to the operating system."""

import ctypes
import sys


def release_freed_memory() -> None:
    """Calls glibc's malloc_trim, because glibc keeps freed blocks for itself; elsewhere it does nothing."""
    if sys.platform == "linux" and hasattr(process := ctypes.CDLL(None), "malloc_trim"):
        process.malloc_trim(0)

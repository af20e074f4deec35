"""Tells what a process has in use, without the freed memory that its allocators keep for later."""

import ctypes
import sys

# Of malloc.h.
_FIELDS = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"


class _MallocInfo(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_size_t) for name in _FIELDS.split())


def malloc_bytes() -> int:
    """Returns what malloc has given out and not got back; 0 where it is not glibc's.

    Small objects of Python are not in it: Python gets their memory elsewhere, in blocks that
    `sys.getallocatedblocks` counts.
    """
    if sys.platform == "linux" and hasattr(process := ctypes.CDLL(None), "mallinfo2"):
        process.mallinfo2.restype = _MallocInfo
        info = process.mallinfo2()
        return int(info.uordblks + info.hblkhd)
    return 0

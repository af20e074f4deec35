"""Memory that was only needed while something loaded."""

import ctypes


def give_back() -> None:
    """Returns to the system what is free; glibc would keep it, and elsewhere nothing is done."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)

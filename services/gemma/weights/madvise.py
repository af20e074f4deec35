"""Tells the system how a mapped file will be read."""

import ctypes
import mmap
import sys

import torch


def advise_random_access(tensor: torch.Tensor) -> None:
    """Turns off read-ahead for a mapped tensor whose rows are looked up one by one.

    The system would read megabytes beside each row.
    """
    if sys.platform == "linux":
        start = tensor.data_ptr() // mmap.PAGESIZE * mmap.PAGESIZE
        length = tensor.data_ptr() + tensor.nbytes - start
        ctypes.CDLL(None).madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), mmap.MADV_RANDOM)

"""Tensors that are files, mapped: what is read of them, and when."""

import ctypes
import mmap
import sys

import torch


def read_row_by_row(table: torch.Tensor) -> None:
    """Has the system read what is looked up: it would read as much as megabytes beside each row."""
    if sys.platform == "linux":
        start = table.data_ptr() // mmap.PAGESIZE * mmap.PAGESIZE
        size = table.data_ptr() + table.nbytes - start
        ctypes.CDLL(None).madvise(ctypes.c_void_p(start), ctypes.c_size_t(size), mmap.MADV_RANDOM)

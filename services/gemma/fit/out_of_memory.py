"""Recognizes what torch raises when memory runs out, which is the failure of one answer."""

import re

import torch

from rpckit.errors import OutOfMemory
from services.gemma.fit.resources import free_memory

# On a CPU torch raises a plain RuntimeError, which only its text tells from another.
_CPU_ALLOCATION = re.compile(r"DefaultCPUAllocator: .*you tried to allocate (\d+) bytes", re.DOTALL)


def out_of_memory(error: RuntimeError | MemoryError, device: torch.device) -> OutOfMemory | None:
    """Returns the error for the caller if memory ran out, None if something else went wrong.

    Its metadata holds `free_bytes`, and `needed_bytes` where torch says them.
    """
    metadata = {"free_bytes": str(_free_bytes(device))}
    if found := _CPU_ALLOCATION.search(str(error)):
        metadata["needed_bytes"] = found[1]
    elif not isinstance(error, torch.OutOfMemoryError | MemoryError):
        return None
    return OutOfMemory("this answer does not fit into the memory there is", metadata=metadata)


def _free_bytes(device: torch.device) -> int:
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return free
    return free_memory()
